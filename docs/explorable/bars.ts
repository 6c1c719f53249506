import { element, svgElement, write } from "../explorer/dom.js";
import { show } from "../explorer/format.js";
import { largest, niceTop } from "../explorer/niceTop.js";

/** What the bars are of: one answer or atom each. */
export interface Bars {
  readonly labels: readonly string[];
  /** What each is worth to the method: the order of the bars. */
  readonly order: readonly number[];
  /** What stands below each, with its name where there is room. */
  readonly below: (i: number, named: boolean) => string;
  readonly caption: string;
  /** The gold reward of each, where all have one. */
  readonly gold?: readonly number[];
}

const [TOP, BOTTOM, LEFT] = [8, 34, 40];

/** Above so many answers the bars touch, and the scale fits them. */
const MANY = 60;

/** So many answers have room for what stands below each. */
const LABELLED = 24;

/** One bar an answer: the law filled, the reference as an outline, and below them what is gold. */
export class BarChart {
  readonly svg: SVGSVGElement = svgElement("svg", {
    class: "bars",
    role: "img",
    "aria-label": "The probability of each answer",
  });
  readonly #bars = svgElement("path", { class: "bar" });
  readonly #goldBars = svgElement("path", { class: "bar gold" });
  readonly #outline = svgElement("path", { class: "outline" });
  readonly #frame = svgElement("g", { class: "grid" });
  #size: readonly [number, number] = [0, 0];
  #order: readonly number[] = [];
  #of: Bars | undefined;
  #framed = "";

  constructor() {
    this.svg.append(this.#frame, this.#bars, this.#goldBars, this.#outline);
  }

  resize(width: number, height: number): void {
    this.#size = [width, height];
    this.svg.setAttribute("width", String(width));
    this.svg.setAttribute("height", String(height));
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  }

  draw(of: Bars, ref: ArrayLike<number>, law: ArrayLike<number>, series: string): void {
    const [width, height] = this.#size;
    if (width === 0) return;
    if (of !== this.#of) {
      this.#of = of;
      this.#order = [...of.order.keys()].sort((a, b) => of.order[a] - of.order[b]);
    }
    const size = this.#order.length;
    const top = size <= MANY ? 1 : niceTop(Math.max(largest(ref), largest(law)));
    const bottom = height - BOTTOM;
    const step = (width - LEFT - 8) / size;
    const gap = size > MANY ? 0 : Math.min(0.14 * step, 10);
    const y = (p: number) => bottom - (p / top) * (bottom - TOP);
    const paths = { outline: "", gold: "", other: "" };
    const marked = goldLevel(of.gold);
    for (const [place, i] of this.#order.entries()) {
      const left = LEFT + place * step + gap;
      const bar = (p: number) =>
        p > 0 ? `M${left.toFixed(1)} ${bottom}V${y(p).toFixed(1)}h${(step - 2 * gap).toFixed(1)}V${bottom}` : "";
      paths.outline += bar(ref[i]);
      const isGold = marked === undefined || of.gold === undefined || of.gold[i] >= marked;
      paths[isGold ? "gold" : "other"] += bar(law[i]);
    }
    this.#outline.setAttribute("d", paths.outline);
    this.#goldBars.setAttribute("d", paths.gold);
    this.#bars.setAttribute("d", paths.other);
    this.svg.setAttribute("data-series", series);
    this.#drawFrame(of, top, step, gap);
  }

  /** In words, for those who do not see the bars: the likeliest answers. */
  say({ labels, gold }: Bars, law: ArrayLike<number>): void {
    const likeliest = [...labels.keys()].sort((a, b) => law[b] - law[a]).slice(0, 3);
    const one = (i: number) => `${labels[i]}${gold === undefined ? "" : `, gold ${show(gold[i])},`} ${show(law[i])}`;
    this.svg.setAttribute("aria-label", `The likeliest of ${labels.length}: ${likeliest.map(one).join("; ")}`);
  }

  #drawFrame(of: Bars, top: number, step: number, gap: number): void {
    const [width, height] = this.#size;
    const key = JSON.stringify([width, height, top, of.labels, of.order, of.gold]);
    if (key === this.#framed) return;
    this.#framed = key;
    const bottom = height - BOTTOM;
    const parts: SVGElement[] = [];
    const text = (said: string, x: number, y: number, anchor: string, attributes = {}) => {
      const made = svgElement("text", { x: x.toFixed(1), y, "text-anchor": anchor, ...attributes });
      write(made, said);
      parts.push(made);
    };
    for (const share of [0, 0.5, 1]) {
      const y = bottom - share * (bottom - TOP);
      parts.push(svgElement("line", { x1: LEFT, x2: width - 8, y1: y, y2: y, ...(share === 0 && { class: "base" }) }));
      text(String(Number((share * top).toPrecision(3))), LEFT - 6, y + 4, "end");
    }
    const marked = goldLevel(of.gold);
    const middle = (place: number) => LEFT + (place + 0.5) * step;
    if (this.#order.length <= LABELLED && step > 26) {
      for (const [place, i] of this.#order.entries()) {
        const isGold = marked !== undefined && of.gold !== undefined && of.gold[i] >= marked;
        // Room for the name too, some 7 pixels a letter.
        const longest = Math.max(...of.labels.map((label) => label.length)) + 8;
        text(`${isGold ? "✓ " : ""}${of.below(i, step > 7 * longest)}`, middle(place), bottom + 14, "middle", {
          class: isGold ? "gold-label" : "label",
        });
      }
      text(of.caption, (LEFT + width) / 2, height - 4, "middle");
    } else {
      // What is gold as small bars that hang below the axis.
      if (of.gold !== undefined) parts.push(goldStrip(this.#order, of.gold, step, gap, bottom));
      const ends = [this.#order[0], this.#order[this.#order.length - 1]].map((i) => of.below(i, false));
      text(ends[0], LEFT, height - 4, "start");
      text(`${of.caption} →`, (LEFT + width) / 2, height - 4, "middle");
      text(ends[1], width - 8, height - 4, "end");
    }
    this.#frame.replaceChildren(...parts);
  }
}

/** From which gold reward on an answer is marked, where gold has two values; undefined where it has one or more than two. */
export function goldLevel(gold: readonly number[] | undefined): number | undefined {
  const values = new Set(gold);
  return values.size === 2 ? Math.max(...values) : undefined;
}

function goldStrip(
  order: readonly number[],
  gold: readonly number[],
  step: number,
  gap: number,
  bottom: number,
): SVGPathElement {
  const [low, high] = [Math.min(...gold), Math.max(...gold)];
  let d = "";
  for (const [place, i] of order.entries()) {
    const depth = high > low ? (14 * (gold[i] - low)) / (high - low) : 0;
    d += `M${(LEFT + place * step + gap).toFixed(1)} ${bottom + 3}v${depth.toFixed(1)}h${(step - 2 * gap).toFixed(1)}v${(-depth).toFixed(1)}`;
  }
  return svgElement("path", { class: "strip", d });
}

/** A number below a bar: two digits. */
export function short(x: number): string {
  return String(Number(x.toPrecision(2)))
    .replace("Infinity", "∞")
    .replace("-", "−");
}

/** What the signs of the bars mean. */
export function barsKey(outline: string, gold: readonly number[] | undefined): HTMLElement {
  const key = element("p", { class: "key" }, element("span", { class: "outline-key", "aria-hidden": "true" }));
  key.append(` outline: ${outline}`);
  if (goldLevel(gold) !== undefined) key.append(" · ", element("span", { class: "gold-key" }, "✓ full bars"), ": gold");
  else if (gold !== undefined) key.append(" · ", element("span", { class: "gold-key" }, "below the axis"), ": gold");
  return key;
}
