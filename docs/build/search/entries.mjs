/** What can be found on the site: its parts, each section of each guide, each term of the glossary, each public name. */
import { plainText } from "../markdown.mjs";
import { PARTS } from "../page.mjs";

/**
 * @param {{ name: string, title: string, file: string, html: string, description: string, terms: object[] }[]} guides
 * @param {import("../reference.mjs").Entry[]} names
 * @returns {import("./finder.mjs").SearchEntry[]}
 */
export function searchEntries(guides, names) {
  return [
    ...PARTS.filter(({ about }) => about !== undefined).map(({ name, href, about }) => ({
      title: name,
      section: "",
      kind: "page",
      href,
      summary: about,
      text: "",
    })),
    ...guides.flatMap(({ name, title, file, html, description, terms }) => [
      ...sectionsOf(html).map(({ slug, heading, text }, i) => ({
        title: i === 0 ? title : name,
        name,
        section: i === 0 ? "" : heading,
        kind: "guide",
        href: i === 0 ? file : `${file}#${slug}`,
        summary: i === 0 ? description : text.slice(0, 120),
        text,
      })),
      ...terms.map(({ slug, term, text }) => ({
        title: term,
        section: "",
        kind: "term",
        href: `${file}#${slug}`,
        summary: text,
        text: "",
      })),
    ]),
    ...names.map(({ name, module, kind, category, file, summary }) => ({
      title: name,
      section: "",
      kind,
      href: file,
      summary: plainText(summary),
      text: `${module} ${category === "Types" ? "" : category}`,
    })),
  ];
}

/** The parts of a page under its headings of the first two levels. */
function sectionsOf(html) {
  return html.split(/(?=<h[12] id=)/).flatMap((part) => {
    const [whole, slug, heading] = /^<h[12] id="([^"]*)">(.*?)<\/h[12]>/s.exec(part) ?? [];
    return whole === undefined
      ? []
      : [{ slug, heading: plainText(heading), text: plainText(part.slice(whole.length)) }];
  });
}
