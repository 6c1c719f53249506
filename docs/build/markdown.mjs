/** Markdown to HTML: formulas, highlighted code, figures with captions, links to the pages and to the reference. */
import highlighter from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import json from "highlight.js/lib/languages/json";
import typescript from "highlight.js/lib/languages/typescript";
import MarkdownIt from "markdown-it";
import { useFormulas } from "./formulas.mjs";
import { useTerms } from "./glossary.mjs";
import { escapeHtml } from "./page.mjs";

highlighter.registerLanguage("ts", typescript);
highlighter.registerLanguage("json", json);
highlighter.registerLanguage("sh", bash);

/**
 * @typedef {object} Surroundings what a page is written among
 * @property {(href: string) => string} link the address on the site of what a link in the source points to
 * @property {(name: string) => string | undefined} reference the address of a public name's page in the reference
 * @property {(href: string) => { src: string, narrow?: string, width: number, height: number }} picture an image
 * @property {{ terms: readonly { term: string, pattern: string }[], address: string }} [glossary] the terms that are linked, and
 *   the page that has them
 */

/**
 * @param {string} text the source, with or without front matter
 * @param {Surroundings} surroundings
 * @returns the page: its title (the first heading), first paragraph as plain text, sections, terms that it defines, and HTML
 */
export function renderMarkdown(text, surroundings) {
  const parser = new MarkdownIt({ html: true, linkify: false });
  useBlocks(parser);
  parser.core.ruler.push("figures", figures(surroundings));
  useLinks(parser, surroundings);
  const { glossary } = surroundings;
  if (glossary !== undefined) useTerms(parser, glossary.terms, (term) => `${glossary.address}#${termSlug(term)}`);
  parser.core.ruler.push("headings", headings);
  parser.core.ruler.push("terms", terms);

  const env = { sections: [], terms: [], slugs: new Map() };
  const html = parser.render(text.replace(/^---\n.*?\n---\n/s, ""), env);
  const { title, sections, terms: defined } = env;
  if (title === undefined) throw new Error("a page needs a first heading");
  const description = plainText(/<p>(.*?)<\/p>/s.exec(html)?.[1] ?? "");
  return { title, description, sections, terms: defined, html };
}

/** HTML as plain text in one line, without the code blocks and drawings. */
export function plainText(html) {
  return html
    .replace(/<(pre|svg)[ >].*?<\/\1>/gs, " ")
    .replace(
      /<(su[pb])>(.*?)<\/\1>/gs,
      (_, tag, text) => `${tag === "sup" ? "^" : "_"}${/\W/.test(text) ? `(${text})` : text}`,
    )
    .replace(/<\/?(p|li|td|th|h\d|div|ul|ol|table|dd|dt|br)\b[^>]*>/g, " ")
    .replace(/<[^>]*>/g, "")
    .replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (_, name) => ENTITIES[name])
    .replace(/\s+/g, " ")
    .trim();
}

const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", nbsp: " " };

/** How a parser writes formulas, code and tables. What may be wider than the page scrolls by itself, also by the keyboard. */
export function useBlocks(parser) {
  const { rules } = parser.renderer;
  rules.fence = (tokens, index) => codeBlock(tokens[index].content, tokens[index].info.trim());
  useFormulas(parser);
  const formula = rules.math_block;
  rules.math_block = (...args) => formula(...args).replace(/<math(?=[^>]* display="block")/, '<math tabindex="0"');
  rules.table_open = (_tokens, _index, _options, env) => {
    env.tables = (env.tables ?? 0) + 1;
    return `<div class="site-table" tabindex="0" role="group" aria-label="Table ${env.tables}"><table>\n`;
  };
  rules.table_close = () => "</table></div>\n";
  // A corner of a table heads nothing.
  const isCorner = (token) => token.content === "";
  rules.td_open = (tokens, index) => `<td${alignment(tokens[index])}>`;
  rules.th_open = (tokens, index) => `<${isCorner(tokens[index + 1]) ? "td" : "th"}${alignment(tokens[index])}>`;
  rules.th_close = (tokens, index) => (isCorner(tokens[index - 1]) ? "</td>" : "</th>");
}

/** The policy of the pages has no styles within them: a class says how a cell is aligned. */
function alignment(token) {
  const [, side] = /text-align:(right|center)/.exec(token.attrGet("style") ?? "") ?? [];
  return side === undefined ? "" : ` class="${side}"`;
}

/** Code as HTML, with its parts told apart where the language is known. */
export function highlighted(code, language) {
  const known = highlighter.getLanguage(language) !== undefined;
  return known ? highlighter.highlight(code, { language }).value : escapeHtml(code);
}

function codeBlock(code, language) {
  const name = language === "" ? "" : ` class="language-${escapeHtml(language)}"`;
  return `<pre tabindex="0"><code${name}>${highlighted(code, language)}</code></pre>\n`;
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

/**
 * Links lead to the pages of the site; the name of something public, set as code, alone or as a call, leads to its page in
 * the reference.
 *
 * @param {MarkdownIt} parser
 * @param {Pick<Surroundings, "link" | "reference">} surroundings
 */
export function useLinks(parser, { link, reference }) {
  parser.core.ruler.push("links", ({ tokens, Token }) => {
    for (const token of tokens) {
      let inLink = false;
      token.children = token.children?.flatMap((child) => {
        if (child.type === "link_open") {
          inLink = true;
          child.attrSet("href", link(child.attrGet("href")));
        }
        if (child.type === "link_close") inLink = false;
        const [, name] = /^([\w/]+)(?:\(.*\))?$/.exec(child.content) ?? [];
        const address = child.type === "code_inline" && !inLink && name !== undefined ? reference(name) : undefined;
        if (address === undefined) return [child];
        const open = new Token("link_open", "a", 1);
        open.attrSet("href", address);
        return [open, child, new Token("link_close", "a", -1)];
      });
    }
  });
}

/** Headings get addresses as on GitHub; the first names the page, those of the second level are its sections. */
function headings({ tokens, env }) {
  for (const [i, token] of tokens.entries()) {
    if (token.type !== "heading_open") continue;
    const text = textOf(tokens[i + 1].children);
    const plain = slugOf(text);
    const used = env.slugs.get(plain) ?? 0;
    env.slugs.set(plain, used + 1);
    const slug = used === 0 ? plain : `${plain}-${used}`;
    token.attrSet("id", slug);
    if (token.tag === "h1") env.title ??= text;
    if (token.tag === "h2") env.sections.push({ slug, text });
  }
}

/** A paragraph `**term** — what it means` defines a term, which has an address of its own. */
function terms({ tokens, md, env }) {
  for (const [i, token] of tokens.entries()) {
    const children = token.type === "paragraph_open" ? tokens[i + 1].children : [];
    const end = children.findIndex(({ type }) => type === "strong_close");
    const after = children[end + 1]?.content;
    if (!children.some(({ type }, at) => type === "strong_open" && at <= 1) || !after?.startsWith(" — ")) continue;
    const term = textOf(children.slice(0, end));
    const slug = termSlug(term);
    token.attrSet("id", slug);
    const text = plainText(md.renderer.renderInline(children.slice(end + 1), md.options, env));
    env.terms.push({ slug, term, text: text.replace(/^— /, "") });
  }
}

function textOf(children) {
  return children
    .filter(({ type }) => type !== "html_inline")
    .map(({ type, content }) => (type === "softbreak" ? " " : content))
    .join("");
}

const termSlug = (term) => `term-${slugOf(term)}`;

function slugOf(text) {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replace(/\s/g, "-");
}
