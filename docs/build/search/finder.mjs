/** Finds entries of guides and reference by words. */
import MiniSearch from "minisearch";
import { SYNONYMS } from "./synonyms.mjs";

/**
 * @typedef {object} SearchEntry
 * @property {string} title the name of a page, a term or something public
 * @property {string} section the heading within the page, or ""
 * @property {string} kind guide, term, function, constant, type or class
 * @property {string} href where it is, from the top of the site
 * @property {string} summary one line on it
 * @property {string} text more words that it is found by
 */

/** The words of a text, in lower case; names in camel case also by their parts: `passAtK` is passatk, pass, at, k. */
export function words(text) {
  const plain = text.replaceAll("@", " at ").replaceAll("β", " beta ").normalize("NFKC");
  return (plain.match(/[\p{L}\p{N}]+/gu) ?? []).flatMap((word) => {
    const parts = word.split(/(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u);
    return (parts.length > 1 ? [word, ...parts] : parts).map((part) => part.toLowerCase());
  });
}

const OPTIONS = {
  fields: ["title", "section", "summary", "text"],
  storeFields: ["title", "section", "kind", "href", "summary"],
  idField: "href",
  tokenize: words,
  processTerm: (term) => term,
};
const BOOST = { title: 8, section: 4, summary: 2, text: 1 };

/**
 * @param {SearchEntry[]} entries
 * @returns {(query: string) => (SearchEntry & { score: number })[]} what a query finds, the best first
 */
export function finder(entries) {
  const index = new MiniSearch(OPTIONS);
  index.addAll(entries);
  const asked = (query) => words(query).join(" ");
  const titles = new Map(entries.map(({ href, title, section }) => [href, asked(section === "" ? title : section)]));

  const search = (query, options) =>
    index.search(query, {
      boost: BOOST,
      prefix: (term) => term.length > 1,
      fuzzy: (term) => (term.length > 4 ? 0.2 : 0),
      // What is called exactly as it is asked for comes first; a definition before the rest.
      boostDocument: (href, _term, { section }) =>
        (titles.get(href) === asked(query) ? 20 : 1) * (section === "" ? 2 : 1),
      ...options,
    });
  return (query) => {
    const meant = SYNONYMS.get(asked(query));
    const found = (text) => {
      const all = search(text, { combineWith: "AND" });
      return all.length > 0 ? all : search(text, { combineWith: "OR" });
    };
    const direct = found(query);
    if (meant === undefined) return direct;
    const first = found(meant);
    const known = new Set(first.map(({ href }) => href));
    return [...first, ...direct.filter(({ href }) => !known.has(href))];
  };
}
