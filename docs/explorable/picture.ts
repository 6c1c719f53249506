import { svgElement, write } from "../explorer/dom.js";
import type { Scale } from "./scale.js";

/** A line of a picture: x, and y in each panel; what is not finite is left out. */
export interface Line {
  /** Its colour, dash and marker, by the stylesheet. */
  readonly series: string;
  readonly points: readonly (readonly number[])[];
  /** What stands at its end in the upper panel, where there is room for labels. */
  readonly label?: string;
  readonly chosen?: boolean;
}

/** A mark at a point. */
export interface Dot {
  readonly series: string;
  /** Which of the shapes it has. */
  readonly shape: number;
  readonly point: readonly number[];
  readonly chosen?: boolean;
}

/** A word beside a point of the first panel. */
export interface Note {
  readonly series: string;
  readonly point: readonly number[];
  readonly text: string;
  /** Beside the point and a little above it where left out. */
  readonly where?: "above" | "right" | "left" | "below";
}

/** What can be dragged along the axis. */
export interface Knob {
  /** Its place on the axis. */
  readonly at: number;
  /** What stands on it. */
  readonly text: string;
  readonly least: number;
  readonly most: number;
}

/** What a picture shows; y is given for each panel. */
export interface Content {
  readonly x: (span: readonly [number, number]) => Scale;
  /** A panel without a scale is left out. */
  readonly y: readonly (((span: readonly [number, number]) => Scale) | undefined)[];
  readonly lines: readonly Line[];
  readonly dots: readonly Dot[];
  readonly notes?: readonly Note[];
  readonly knob?: Knob;
}

export interface PictureOptions {
  /** What the picture is called for those who do not see it. */
  readonly label: string;
  /** The name of each panel, from the top, and its share of the height. */
  readonly panels: readonly { readonly title: string; readonly share: number }[];
  readonly axis: string;
  /** Room for labels at the ends of the lines. */
  readonly labelled: boolean;
  /** The handle, where there is one. */
  readonly slider?: Slider;
}

/** What happens when the handle is moved. */
export interface Slider {
  readonly label: string;
  /** Dragged to a value of the axis, which may lie beyond its ends. */
  readonly move: (to: number) => void;
  /** So many steps by keyboard. */
  readonly step: (by: number) => void;
  readonly end: (last: boolean) => void;
}

const [TOP, BOTTOM, LEFT] = [20, 46, 40];
const GAP = 26;

interface Panel {
  readonly grid: SVGGElement;
  readonly title: SVGTextElement;
  readonly lines: SVGGElement;
  readonly dots: SVGGElement;
  readonly labels: SVGGElement;
  readonly notes: SVGGElement;
}

/** A panel in its place, with its scale. */
interface Placed {
  readonly i: number;
  readonly span: readonly [number, number];
  readonly y: Scale;
}

/** Panels one above the other on one axis, with a handle that is dragged along it. */
export class Picture {
  readonly svg: SVGSVGElement;
  readonly #options: PictureOptions;
  readonly #panels: readonly Panel[];
  readonly #axis = svgElement("g", { class: "axis", "aria-hidden": "true" });
  readonly #surface = svgElement("rect", { class: "surface" });
  readonly #handle: SVGGElement;
  readonly #stem = svgElement("line", { class: "stem" });
  readonly #grip = svgElement("rect", { class: "grip", rx: 11, height: 22 });
  readonly #gripText = svgElement("text", { class: "grip-text", "text-anchor": "middle", "aria-hidden": "true" });
  #size: readonly [number, number] = [0, 0];
  #scale: Scale | undefined;
  #frame = "";

  constructor(options: PictureOptions) {
    this.#options = options;
    this.#panels = options.panels.map(() => ({
      grid: svgElement("g", { class: "grid", "aria-hidden": "true" }),
      title: svgElement("text", { class: "panel-title", "aria-hidden": "true" }),
      lines: svgElement("g", { class: "lines", "aria-hidden": "true" }),
      dots: svgElement("g", { class: "dots", "aria-hidden": "true" }),
      labels: svgElement("g", { class: "labels", "aria-hidden": "true" }),
      notes: svgElement("g", { class: "labels", "aria-hidden": "true" }),
    }));
    const { label, slider } = options;
    const sliding = { role: "slider", tabindex: 0, "aria-label": slider?.label ?? "" };
    this.#handle = svgElement("g", { class: "handle", ...(slider && sliding) });
    this.#handle.append(this.#stem, this.#grip, this.#gripText);
    this.svg = svgElement("svg", { class: "picture", role: "group", "aria-label": label });
    for (const { grid, title } of this.#panels) this.svg.append(grid, title);
    this.svg.append(this.#axis);
    for (const { lines } of this.#panels) this.svg.append(lines);
    if (slider !== undefined) this.svg.append(this.#surface, this.#handle);
    for (const { dots, labels, notes } of this.#panels) this.svg.append(labels, dots, notes);
    if (slider !== undefined) this.#listen(slider);
  }

  /** Gives the picture a size in pixels; true where it is another. */
  resize(width: number, height: number): boolean {
    if (width === this.#size[0] && height === this.#size[1]) return false;
    this.#size = [width, height];
    this.svg.setAttribute("width", String(width));
    this.svg.setAttribute("height", String(height));
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    return true;
  }

  draw({ x, y, lines, dots, notes = [], knob }: Content): void {
    const [width, height] = this.#size;
    if (width === 0) return;
    const right = width - (this.#options.labelled ? 104 : 12);
    const scale = x([LEFT, right]);
    this.#scale = scale;
    const bottom = height - BOTTOM;
    const kept = [...this.#panels.keys()].filter((i) => y[i] !== undefined);
    const whole = kept.reduce((sum, i) => sum + this.#options.panels[i].share, 0);
    const room = bottom - TOP - GAP * (kept.length - 1);
    let top = TOP;
    const placed = kept.map((i) => {
      const span = [top + (room * this.#options.panels[i].share) / whole, top] as const;
      top = span[0] + GAP;
      return { i, span, y: (y[i] as (span: readonly [number, number]) => Scale)(span) };
    });
    this.#drawFrame(scale, placed, right);
    for (const { i, y } of placed) {
      drawLines(this.#panels[i].lines, lines, scale, y, i);
      drawDots(this.#panels[i].dots, dots, scale, y, i);
    }
    const [first] = placed;
    const { labels, notes: words } = this.#panels[0];
    if (this.#options.labelled) drawLabels(labels, lines, right, first.y, first.i, first.span[0]);
    drawNotes(words, notes, scale, first.y, first.i, right);
    if (knob !== undefined) this.#drawHandle(knob, scale, bottom);
  }

  /** Axes and grid, where they changed. */
  #drawFrame(x: Scale, placed: readonly Placed[], right: number): void {
    const [width, height] = this.#size;
    const key = JSON.stringify([width, height, x.ticks, x.to(1), placed.map(({ i, y }) => [i, y.ticks, y.to(0)])]);
    if (key === this.#frame) return;
    this.#frame = key;
    const bottom = height - BOTTOM;
    const text = (of: string, at: readonly [number, number], anchor: string) => {
      const made = svgElement("text", { x: at[0], y: at[1], "text-anchor": anchor });
      made.textContent = of;
      return made;
    };
    for (const { grid, title, lines, dots } of this.#panels) {
      for (const part of [grid, lines, dots]) part.replaceChildren();
      write(title, "");
    }
    for (const { i, y, span } of placed) {
      const { grid, title } = this.#panels[i];
      const [low, high] = span;
      grid.replaceChildren(
        ...y.ticks.flatMap(({ at, text: label }) => {
          const place = y.to(at);
          return [
            svgElement("line", { x1: LEFT, x2: right, y1: place, y2: place }),
            text(label, [LEFT - 6, place + 4], "end"),
          ];
        }),
        svgElement("line", { class: "base", x1: LEFT, x2: right, y1: low, y2: low }),
      );
      title.setAttribute("x", String(LEFT - 30));
      title.setAttribute("y", String(high - 8));
      write(title, this.#options.panels[i].title);
    }
    this.#axis.replaceChildren(
      ...x.ticks.flatMap(({ at, text: label }) => [
        svgElement("line", { x1: x.to(at), x2: x.to(at), y1: bottom, y2: bottom + 4 }),
        text(label, [x.to(at), bottom + 17], "middle"),
      ]),
      text(this.#options.axis, [(LEFT + right) / 2, height - 6], "middle"),
    );
    for (const [name, value] of Object.entries({ x: LEFT, y: 0, width: right - LEFT, height })) {
      this.#surface.setAttribute(name, String(value));
    }
  }

  #drawHandle({ at, text, least, most }: Knob, x: Scale, bottom: number): void {
    const place = x.to(at);
    this.#handle.setAttribute("transform", `translate(${place.toFixed(2)} 0)`);
    for (const [name, value] of Object.entries({ y1: TOP - 8, y2: bottom }))
      this.#stem.setAttribute(name, String(value));
    const width = 18 + 7 * text.length;
    // The grip stays in the picture; the stem marks the place.
    const left = Math.min(Math.max(-width / 2, 2 - place), this.#size[0] - place - width - 2);
    for (const [name, value] of Object.entries({ x: left, y: bottom + 1, width }))
      this.#grip.setAttribute(name, String(value));
    this.#gripText.setAttribute("x", String(left + width / 2));
    this.#gripText.setAttribute("y", String(bottom + 16));
    write(this.#gripText, text);
    const said = { valuemin: least, valuemax: most, valuenow: at, valuetext: text };
    for (const [name, value] of Object.entries(said)) this.#handle.setAttribute(`aria-${name}`, String(value));
  }

  #listen({ move, step, end }: Slider): void {
    const follow = (event: PointerEvent) => {
      if (this.#scale === undefined) return;
      const { left, width } = this.svg.getBoundingClientRect();
      move(this.#scale.from(((event.clientX - left) * this.#size[0]) / width));
    };
    for (const on of [this.#surface, this.#handle]) {
      on.addEventListener("pointerdown", (event) => {
        if (event.button !== 0) return;
        event.preventDefault();
        on.setPointerCapture(event.pointerId);
        this.#handle.focus({ preventScroll: true });
        follow(event);
      });
      on.addEventListener("pointermove", (event) => {
        if (on.hasPointerCapture(event.pointerId)) follow(event);
      });
    }
    const keys: Readonly<Record<string, () => void>> = {
      ArrowRight: () => step(1),
      ArrowUp: () => step(1),
      ArrowLeft: () => step(-1),
      ArrowDown: () => step(-1),
      PageUp: () => step(5),
      PageDown: () => step(-5),
      Home: () => end(false),
      End: () => end(true),
    };
    this.#handle.addEventListener("keydown", (event) => {
      const done = keys[event.key];
      if (done === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      done();
    });
  }
}

/** As many elements of a kind as there are things to draw. */
function elementsOf<E extends SVGElement>(on: SVGGElement, size: number, make: () => E): E[] {
  while (on.childElementCount > size) on.lastElementChild?.remove();
  while (on.childElementCount < size) on.append(make());
  return [...on.children] as E[];
}

function set(on: Element, attributes: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (on.getAttribute(name) !== value) on.setAttribute(name, value);
  }
}

function drawLines(on: SVGGElement, lines: readonly Line[], x: Scale, y: Scale, panel: number): void {
  const paths = elementsOf(on, lines.length, () => svgElement("path", { class: "line" }));
  for (const [i, { series, points, chosen = false }] of lines.entries()) {
    let d = "";
    for (const point of points) {
      if (Number.isFinite(point[panel + 1])) {
        d += `${d === "" ? "M" : "L"}${x.to(point[0]).toFixed(1)} ${y.to(point[panel + 1]).toFixed(1)}`;
      }
    }
    set(paths[i], { d, "data-series": series });
    paths[i].toggleAttribute("data-chosen", chosen);
  }
}

/** Shapes that are told apart without colour, of about one area. */
export const SHAPES = [
  "M5 0A5 5 0 1 1 -5 0A5 5 0 1 1 5 0Z",
  "M-4.5 -4.5H4.5V4.5H-4.5Z",
  "M0 -6L5.8 4.5H-5.8Z",
  "M0 -6.5L5.5 0L0 6.5L-5.5 0Z",
  "M0 6L5.8 -4.5H-5.8Z",
  "M-6 -2H-2V-6H2V-2H6V2H2V6H-2V2H-6Z",
];

function drawDots(on: SVGGElement, dots: readonly Dot[], x: Scale, y: Scale, panel: number): void {
  const paths = elementsOf(on, dots.length, () => svgElement("path", { class: "dot" }));
  for (const [i, { series, shape, point, chosen = false }] of dots.entries()) {
    const there = Number.isFinite(point[panel + 1]);
    set(paths[i], {
      d: there ? SHAPES[shape % SHAPES.length] : "",
      "data-series": series,
      transform: there
        ? `translate(${x.to(point[0]).toFixed(1)} ${y.to(point[panel + 1]).toFixed(1)}) scale(${chosen ? 1.15 : 0.75})`
        : "",
    });
    paths[i].toggleAttribute("data-chosen", chosen);
  }
}

/** Labels stand at least so far apart. */
const LABEL_HEIGHT = 14;

/** The names of the lines beside their ends, moved apart where they would overlap. */
function drawLabels(
  on: SVGGElement,
  lines: readonly Line[],
  right: number,
  y: Scale,
  panel: number,
  low: number,
): void {
  const wanted = lines
    .flatMap(({ series, points, label, chosen = false }) => {
      const end = points.at(-1)?.[panel + 1];
      if (label === undefined || end === undefined || !Number.isFinite(end)) return [];
      return [{ series, label, chosen, at: y.to(end) }];
    })
    .sort((a, b) => a.at - b.at);
  const places = apart(
    wanted.map(({ at }) => Math.min(at, low)),
    LABEL_HEIGHT,
  );
  const texts = elementsOf(on, wanted.length, () => svgElement("text"));
  for (const [i, { series, label, chosen }] of wanted.entries()) {
    set(texts[i], { x: String(right + 8), y: (places[i] + 4).toFixed(1), "data-series": series });
    texts[i].toggleAttribute("data-chosen", chosen);
    write(texts[i], label);
  }
}

/** Places nearest to those wanted, in their order and at least a distance apart: what would overlap stands around its mean. */
export function apart(wanted: readonly number[], distance: number): number[] {
  const groups: { centre: number; size: number }[] = [];
  for (const at of wanted) {
    groups.push({ centre: at, size: 1 });
    for (;;) {
      const [a, b] = groups.slice(-2);
      if (b === undefined || b.centre - a.centre >= (distance * (a.size + b.size)) / 2) break;
      const size = a.size + b.size;
      // The mean of where the first of the group wants to be, of all its members.
      const first = (g: typeof a) => g.centre - (distance * (g.size - 1)) / 2;
      const start = (a.size * first(a) + b.size * (first(b) - distance * a.size)) / size;
      groups.splice(-2, 2, { centre: start + (distance * (size - 1)) / 2, size });
    }
  }
  return groups.flatMap(({ centre, size }) =>
    Array.from({ length: size }, (_, i) => centre + distance * (i - (size - 1) / 2)),
  );
}

/** Where a note stands beside its point, and its anchor. */
const OFFSETS = {
  above: [0, -9, "middle"],
  right: [10, -8, "start"],
  left: [-10, -8, "end"],
  below: [10, 18, "start"],
} as const;

function drawNotes(on: SVGGElement, notes: readonly Note[], x: Scale, y: Scale, panel: number, right: number): void {
  const texts = elementsOf(on, notes.length, () => svgElement("text", { class: "note" }));
  for (const [i, { series, point, text, where = "right" }] of notes.entries()) {
    const [left, place] = [x.to(point[0]), y.to(point[panel + 1])];
    // What has no room on the right stands on the left.
    const side = where === "right" && left > right - 120 ? "left" : where;
    const [dx, dy, anchor] = OFFSETS[side];
    set(texts[i], {
      x: (left + dx).toFixed(1),
      y: (place + dy).toFixed(1),
      "text-anchor": anchor,
      "data-series": series,
    });
    write(texts[i], text);
  }
}
