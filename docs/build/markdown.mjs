/** Markdown to HTML: formulas, highlighted code, figures with captions, links to the pages and to the reference. */
import highlighter from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import json from "highlight.js/lib/languages/json";
import typescript from "highlight.js/lib/languages/typescript";
import MarkdownIt from "markdown-it";
import { useFormulas } from "./formulas.mjs";
import { escapeHtml } from "./page.mjs";

highlighter.registerLanguage("ts", typescript);
highlighter.registerLanguage("json", json);
highlighter.registerLanguage("sh", bash);

/**
 * @typedef {object} Surroundings what a page is written among
 * @property {(href: string) => string} link the address on the site of what a link in the source points to
 * @property {(name: string) => string | undefined} reference the address of a public name's page in the reference
 * @property {(href: string) => { src: string, narrow?: string, width: number, height: number }} picture an image
 */

/**
 * @param {string} text the source, with or without front matter
 * @param {Surroundings} surroundings
 * @returns the page: its title (the first heading), first paragraph as plain text, sections and HTML
 */
export function renderMarkdown(text, surroundings) {
  const parser = new MarkdownIt({ html: true, linkify: false, highlight });
  useFormulas(parser);
  parser.core.ruler.push("figures", figures(surroundings));
  parser.core.ruler.push("links", links(surroundings));
  parser.core.ruler.push("headings", headings);
  const { rules } = parser.renderer;
  // What may be wider than the page scrolls by itself, and can be reached by the keyboard for it.
  const fence = rules.fence;
  rules.fence = (...args) => focusable(fence(...args));
  const formula = rules.math_block;
  rules.math_block = (...args) => focusable(formula(...args));
  rules.table_open = (_tokens, _index, _options, { tables }) =>
    `<div class="site-table" tabindex="0" role="group" aria-label="Table ${++tables.count}"><table>\n`;
  rules.table_close = () => "</table></div>\n";
  // A corner of a table heads nothing.
  rules.th_open = (tokens, index) => (tokens[index + 1].content === "" ? "<td>" : "<th>");
  rules.th_close = (tokens, index) => (tokens[index - 1].content === "" ? "</td>" : "</th>");

  const env = { sections: [], slugs: new Map(), tables: { count: 0 } };
  const html = parser.render(text.replace(/^---\n.*?\n---\n/s, ""), env);
  const { title, sections } = env;
  if (title === undefined) throw new Error("a page needs a first heading");
  const first = /<p>(.*?)<\/p>/s.exec(html)?.[1] ?? "";
  const description = first.replace(/<annotation.*?<\/annotation>|<[^>]*>/gs, "").replace(/\s+/g, " ");
  return { title, description: plain(description), sections, html };
}

function plain(html) {
  return html.replace(/&(amp|lt|gt|quot);/g, (_, name) => ({ amp: "&", lt: "<", gt: ">", quot: '"' })[name]);
}

/** A block that the tabulator key stops at. */
function focusable(html) {
  return html.replace(/<pre(?=[ >])|<math(?=[^>]* display="block")/, '$& tabindex="0"');
}

function highlight(code, language) {
  return highlighter.getLanguage(language) === undefined
    ? escapeHtml(code)
    : highlighter.highlight(code, { language }).value;
}

/** An image that is a paragraph of its own, with a paragraph in italics below it, is a figure with its caption. */
function figures({ picture }) {
  return ({ tokens, Token, md, env }) => {
    for (let i = tokens.length - 3; i >= 0; i--) {
      const shown = tokens[i].type === "paragraph_open" ? tokens[i + 1].children : [];
      if (shown.length !== 1 || shown[0].type !== "image") continue;
      const caption = tokens[i + 4]?.children ?? [];
      if (caption[0]?.type !== "em_open" || caption.at(-1)?.type !== "em_close") {
        throw new Error(`the figure ${shown[0].attrGet("src")} has no caption in italics below it`);
      }
      const { src, narrow, width, height } = picture(shown[0].attrGet("src"));
      const source = narrow === undefined ? "" : `<source media="(max-width: 40rem)" srcset="${narrow}">`;
      const alt = escapeHtml(shown[0].content);
      const figure = new Token("html_block", "", 0);
      const text = md.renderer.renderInline(caption.slice(1, -1), md.options, env);
      figure.content = `<figure><picture>${source}<img src="${src}" width="${width}" height="${height}" alt="${alt}"></picture><figcaption>${text}</figcaption></figure>\n`;
      tokens.splice(i, 6, figure);
    }
  };
}

/** Links lead to the pages of the site; the name of something public, set as code, leads to its page in the reference. */
function links({ link, reference }) {
  return ({ tokens, Token }) => {
    for (const token of tokens) {
      let inLink = false;
      token.children = token.children?.flatMap((child) => {
        if (child.type === "link_open") {
          inLink = true;
          child.attrSet("href", link(child.attrGet("href")));
        }
        if (child.type === "link_close") inLink = false;
        const address = child.type === "code_inline" && !inLink ? reference(child.content) : undefined;
        if (address === undefined) return [child];
        const open = new Token("link_open", "a", 1);
        open.attrSet("href", address);
        return [open, child, new Token("link_close", "a", -1)];
      });
    }
  };
}

/** Headings get addresses as on GitHub; the first names the page, those of the second level are its sections. */
function headings({ tokens, env }) {
  for (const [i, token] of tokens.entries()) {
    if (token.type !== "heading_open") continue;
    const text = tokens[i + 1].children.map(({ content }) => content).join("");
    const plain = text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replace(/\s/g, "-");
    const used = env.slugs.get(plain) ?? 0;
    env.slugs.set(plain, used + 1);
    const slug = used === 0 ? plain : `${plain}-${used}`;
    token.attrSet("id", slug);
    if (token.tag === "h1") env.title ??= text;
    if (token.tag === "h2") env.sections.push({ slug, text });
  }
}
