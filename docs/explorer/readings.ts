import { byId, element, markup, write } from "./dom.js";
import { show } from "./format.js";
import { LAWS, type Reading } from "./laws.js";
import { LAW_WORDS, READING_WORDS } from "./words.js";

const FIGURES = Object.keys(READING_WORDS) as (keyof Reading)[];

/** The table of what each law gives. */
export class Readings {
  readonly #table = byId<HTMLTableElement>("readings");
  readonly #cells: readonly (readonly HTMLElement[])[];

  constructor() {
    const heads = FIGURES.map((name) => {
      const { title, formula } = READING_WORDS[name];
      return element(
        "th",
        { scope: "col", "data-figure": name },
        title,
        markup(`<span class="formula">${formula}</span>`),
      );
    });
    const head = element("tr", {}, element("th", { scope: "col" }, "Law"), ...heads);
    const rows = LAWS.map((law) => FIGURES.map((figure) => element("td", { "data-law": law, "data-figure": figure })));
    const body = rows.map((cells, i) =>
      element("tr", {}, element("th", { scope: "row", "data-law": LAWS[i] }, LAW_WORDS[LAWS[i]].title), ...cells),
    );
    this.#table.append(element("thead", {}, head), element("tbody", {}, ...body));
    this.#cells = rows;
  }

  draw(readings: readonly Reading[]): void {
    this.#table.toggleAttribute("data-no-gold", Number.isNaN(readings[0].gold));
    for (const [i, reading] of readings.entries()) {
      for (const [j, figure] of FIGURES.entries()) write(this.#cells[i][j], show(reading[figure]));
    }
  }
}
