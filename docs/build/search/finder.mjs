/** Finds entries of guides and reference by words. */
import MiniSearch from "minisearch";
import { SYNONYMS } from "./synonyms.mjs";

/**
 * @typedef {object} SearchEntry
 * @property {string} title the name of a page, a term or something public
 * @property {string} [name] a shorter name of the page
 * @property {string} section the heading within the page, or ""
 * @property {string} kind page, guide, term, function, constant, type or class
 * @property {string} href where it is, from the top of the site
 * @property {string} summary one line on it
 * @property {string} text more words that it is found by
 */

/** The words of a text in lower case, those in camel case by their parts: `passAtK` is pass, at, k. */
function parts(text) {
  const plain = text.replaceAll("@", " at ").replaceAll("β", " beta ").normalize("NFKC");
  const humps = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;
  return (plain.match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => word.split(humps).map((part) => part.toLowerCase()));
}

/** What a text is found by: its words, and those in camel case also as a whole. */
export function words(text) {
  return parts(text).flatMap((word) => (word.length > 1 ? [word.join(""), ...word] : word));
}

/** A text as it is asked for: without case, signs and humps. */
const phrase = (text) => parts(text).flat().join(" ");

const OPTIONS = {
  fields: ["title", "section", "summary", "text"],
  storeFields: ["title", "section", "kind", "href", "summary"],
  idField: "href",
  tokenize: words,
  processTerm: (term) => term,
};
const BOOST = { title: 8, section: 4, summary: 2, text: 1 };
// A whole page before its parts; what one calls before its types; what is called exactly as it is asked for before all.
const SECTION = 0.5;
const TYPE = 0.5;
const EXACT = 20;

/**
 * @param {SearchEntry[]} entries
 * @returns {(query: string) => (SearchEntry & { score: number })[]} what a query finds, the best first
 */
export function finder(entries) {
  const index = new MiniSearch(OPTIONS);
  index.addAll(entries);
  const exact = new Map();
  for (const { href, title, name, section } of entries) {
    if (section === "") exact.set(href, new Set([title, name ?? title].map(phrase)));
  }
  const search = (query, combineWith) =>
    index.search(query, {
      combineWith,
      boost: BOOST,
      prefix: (term) => term.length > 1,
      fuzzy: (term) => (term.length > 4 ? 0.2 : 0),
      boostDocument: (href, _term, { section, kind }) =>
        (exact.get(href)?.has(phrase(query)) ? EXACT : 1) *
        (section === "" ? 1 : SECTION) *
        (kind === "type" ? TYPE : 1),
    });
  const found = (query) => {
    const all = search(query, "AND");
    return all.length > 0 ? all : search(query, "OR");
  };
  return (query) => {
    const meant = SYNONYMS.get(phrase(query));
    if (meant === undefined) return found(query);
    const first = found(meant);
    const known = new Set(first.map(({ href }) => href));
    return [...first, ...found(query).filter(({ href }) => !known.has(href))];
  };
}
