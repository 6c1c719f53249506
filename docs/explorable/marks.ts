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

/** As many elements of a kind as there are things to draw. */
function elementsOf<E extends SVGElement>(on: SVGGElement, size: number, make: () => E): E[] {
  while (on.childElementCount > size) on.lastElementChild?.remove();
  while (on.childElementCount < size) on.append(make());
  return [...on.children] as E[];
}

function setAll(on: Element, attributes: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (on.getAttribute(name) !== value) on.setAttribute(name, value);
  }
}

export function drawLines(on: SVGGElement, lines: readonly Line[], x: Scale, y: Scale, panel: number): void {
  const paths = elementsOf(on, lines.length, () => svgElement("path", { class: "line" }));
  for (const [i, { series, points, chosen = false }] of lines.entries()) {
    let d = "";
    for (const point of points) {
      if (Number.isFinite(point[panel + 1])) {
        d += `${d === "" ? "M" : "L"}${x.to(point[0]).toFixed(1)} ${y.to(point[panel + 1]).toFixed(1)}`;
      }
    }
    setAll(paths[i], { d, "data-series": series });
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

export function drawDots(on: SVGGElement, dots: readonly Dot[], x: Scale, y: Scale, panel: number): void {
  const paths = elementsOf(on, dots.length, () => svgElement("path", { class: "dot" }));
  for (const [i, { series, shape, point, chosen = false }] of dots.entries()) {
    const there = Number.isFinite(point[panel + 1]);
    setAll(paths[i], {
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
export function drawLabels(
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
    setAll(texts[i], { x: String(right + 8), y: (places[i] + 4).toFixed(1), "data-series": series });
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
  under: [-8, 16, "end"],
  below: [10, 18, "start"],
} as const;

export function drawNotes(
  on: SVGGElement,
  notes: readonly Note[],
  x: Scale,
  y: Scale,
  panel: number,
  right: number,
): void {
  const texts = elementsOf(on, notes.length, () => svgElement("text", { class: "note" }));
  for (const [i, { series, point, text, where = "right" }] of notes.entries()) {
    const [left, place] = [x.to(point[0]), y.to(point[panel + 1])];
    // What has no room on the right of a line that falls stands below it.
    const side = where === "right" && left > right - 120 ? "under" : where;
    const [dx, dy, anchor] = OFFSETS[side];
    setAll(texts[i], {
      x: (left + dx).toFixed(1),
      y: (place + dy).toFixed(1),
      "text-anchor": anchor,
      "data-series": series,
    });
    write(texts[i], text);
  }
}
