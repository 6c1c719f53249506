import { svgElement, write } from "../explorer/dom.js";
import { type Dot, drawDots, drawLabels, drawLines, drawNotes, type Line, type Note } from "./marks.js";
import type { Scale, Span } from "./scale.js";

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
  readonly x: (span: Span) => Scale;
  /** A panel without a scale is left out. */
  readonly y: readonly (((span: Span) => Scale) | undefined)[];
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
  readonly span: Span;
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
  #size: Span = [0, 0];
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
      return { i, span, y: (y[i] as (span: Span) => Scale)(span) };
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
    const text = (of: string, at: Span, anchor: string) => {
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
    const shown = `◂ ${text} ▸`;
    const width = 18 + 6.6 * shown.length;
    // The grip stays in the picture; the stem marks the place.
    const left = Math.min(Math.max(-width / 2, 2 - place), this.#size[0] - place - width - 2);
    for (const [name, value] of Object.entries({ x: left, y: bottom + 1, width }))
      this.#grip.setAttribute(name, String(value));
    this.#gripText.setAttribute("x", String(left + width / 2));
    this.#gripText.setAttribute("y", String(bottom + 16));
    write(this.#gripText, shown);
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
