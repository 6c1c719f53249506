import { byId, element, markup, svgElement, write } from "./dom.js";
import { show } from "./format.js";
import { LAWS, type LawName, type Laws } from "./laws.js";
import { largest, niceTop } from "./niceTop.js";
import type { AnswerSet } from "./view.js";
import { LAW_WORDS } from "./words.js";

/** So many answers have room for their labels below the bars. */
const LABELLED = 6;

/** Above so many answers the bars touch, or the gaps would eat them. */
const GAPPED = 60;

interface Panel {
  readonly svg: SVGSVGElement;
  readonly bars: SVGPathElement;
  readonly outline: SVGPathElement;
  readonly band: SVGRectElement;
  readonly value: HTMLElement;
  readonly top: HTMLElement;
  readonly half: HTMLElement;
  readonly labels: HTMLElement;
}

/** One small chart a law, all on one scale, with one answer marked in all of them. */
export class Chart {
  readonly #panels: Readonly<Record<LawName, Panel>>;
  readonly #cursor = byId<HTMLInputElement>("cursor");
  readonly #cursorName = byId("cursor-name");
  #laws: Laws | undefined;
  #set: AnswerSet | undefined;

  constructor() {
    const root = byId("panels");
    const made = LAWS.map((name) => {
      const { figure, panel } = makePanel(name);
      root.append(figure);
      const point = (event: PointerEvent) => this.#pointAt(panel.svg, event);
      panel.svg.addEventListener("pointermove", point);
      panel.svg.addEventListener("pointerdown", point);
      return [name, panel] as const;
    });
    this.#panels = Object.fromEntries(made) as Record<LawName, Panel>;
    this.#cursor.addEventListener("input", () => this.#mark());
  }

  /** Draws the laws of a set. */
  draw(set: AnswerSet, laws: Laws): void {
    const size = set.labels.length;
    if (set !== this.#set) this.#fit(set);
    this.#set = set;
    this.#laws = laws;
    const top = niceTop(Math.max(...LAWS.map((name) => largest(laws[name].mass))));
    const outline = outlinePath(laws.ref.mass, top);
    for (const name of LAWS) {
      const panel = this.#panels[name];
      panel.bars.setAttribute("d", barsPath(laws[name].mass, top, size > GAPPED ? 0 : 0.1));
      panel.outline.setAttribute("d", outline);
      for (const [i, entry] of [...panel.labels.children].entries()) {
        write(entry.children[0], show(laws[name].mass[i]));
      }
      write(panel.top, String(top));
      write(panel.half, String(Number((top / 2).toPrecision(3))));
    }
    this.#mark();
  }

  /** Gives the panels the width and the labels of a set. */
  #fit({ labels }: AnswerSet): void {
    const size = labels.length;
    this.#cursor.max = String(size - 1);
    byId("panels").toggleAttribute("data-many", size > GAPPED);
    for (const name of LAWS) {
      const { svg, bars, outline, labels: row } = this.#panels[name];
      if (size > GAPPED) bars.before(outline);
      else bars.after(outline);
      svg.setAttribute("viewBox", `0 0 ${size} 1`);
      const entry = (label: string) => element("span", {}, element("b", {}), label);
      row.replaceChildren(...(size <= LABELLED ? labels.map(entry) : []));
    }
  }

  #pointAt(svg: SVGSVGElement, event: PointerEvent): void {
    const { left, width } = svg.getBoundingClientRect();
    const size = this.#set?.labels.length ?? 1;
    const at = Math.min(size - 1, Math.max(0, Math.floor(((event.clientX - left) / width) * size)));
    this.#cursor.value = String(at);
    this.#mark();
  }

  /** Marks the answer of the cursor in every panel, and says its probabilities. */
  #mark(): void {
    if (this.#set === undefined || this.#laws === undefined) return;
    const at = Number(this.#cursor.value);
    const label = this.#set.labels[at];
    write(this.#cursorName, label);
    const said = LAWS.map((name) => {
      const { band, value } = this.#panels[name];
      const p = show((this.#laws as Laws)[name].mass[at]);
      band.setAttribute("x", String(at));
      write(value, p);
      return `${LAW_WORDS[name].title} ${p}`;
    });
    this.#cursor.setAttribute("aria-valuetext", `${label}: ${said.join(", ")}`);
  }
}

function makePanel(name: LawName): { figure: HTMLElement; panel: Panel } {
  const { title, formula, equation } = LAW_WORDS[name];
  const band = svgElement("rect", { class: "band", width: 1, height: 1, y: 0 });
  const bars = svgElement("path", { class: "bars" });
  const outline = svgElement("path", { class: "outline" });
  const svg = svgElement("svg", { preserveAspectRatio: "none", "aria-hidden": "true" }, band, outline, bars);
  const [value, top, half] = [
    element("output", { class: "value", "aria-hidden": "true" }),
    element("span", { class: "tick top" }),
    element("span", { class: "tick half" }),
  ];
  const labels = element("div", { class: "labels", "aria-hidden": "true" });
  const head = element("figcaption", {}, element("span", { class: "title" }, title.replaceAll("-", "\u2011")), value);
  head.append(markup(`<span class="formula">${formula} <span class="equation">${equation}</span></span>`));
  const plot = element("div", { class: "plot", "aria-hidden": "true" }, top, half);
  plot.append(svg);
  const figure = element("figure", { class: "panel", "data-law": name }, head, plot, labels);
  return { figure, panel: { svg, bars, outline, band, value, top, half, labels } };
}

function barsPath(mass: Float64Array, top: number, gap: number): string {
  let path = "";
  for (let i = 0; i < mass.length; i++) {
    if (mass[i] > 0) path += `M${i + gap} 1V${(1 - mass[i] / top).toFixed(4)}H${i + 1 - gap}V1Z`;
  }
  return path;
}

function outlinePath(mass: Float64Array, top: number): string {
  let path = "M0 1";
  for (let i = 0; i < mass.length; i++) path += `V${(1 - mass[i] / top).toFixed(4)}H${i + 1}`;
  return `${path}V1`;
}
