import { byId, element, markup, symbols } from "./dom.js";
import { apiPage, LAW_WORDS, READING_WORDS, type Words } from "./words.js";

/** Writes what the laws and the figures are. */
export function writeGlossary(): void {
  byId("law-words").append(...Object.values(LAW_WORDS).flatMap(entry));
  byId("reading-words").append(...Object.values(READING_WORDS).flatMap(entry));
}

function entry({ title, formula, equation, api, text }: Words): HTMLElement[] {
  const term = element("dt", {}, element("strong", {}, title), " ", markup(`<span class="formula">${formula}</span>`));
  if (equation !== "") term.append(` ${equation}`);
  const link = element("a", { href: apiPage(api) }, element("code", {}, api));
  return [term, element("dd", {}, symbols(`${text} `), link)];
}
