import { brief } from "../explorer/format.js";
import type { Curves, Point } from "./curves.js";
import type { Extent } from "./extent.js";
import type { Dot, Line, Note } from "./marks.js";
import { METHOD_WORDS, METHODS, type Method } from "./methods.js";
import type { Content } from "./picture.js";
import { linear, logarithmic, roundRange, type Span } from "./scale.js";

/** What the pictures are drawn from. */
export interface Drawn {
  readonly method: Method;
  readonly n: number;
  readonly beta: number;
  readonly curves: Curves;
  /** What each method gives at N and β, as far as it is known. */
  readonly points: ReadonlyMap<Method, Point>;
  /** Where the chosen method has the most gold, where that is known. */
  readonly best: Point | undefined;
  readonly extent: Extent;
  /** Where the axis of N ends. */
  readonly most: number;
}

/** What the pictures over N and over KL show. */
export function contentsOf(drawn: Drawn): { readonly overN: Content; readonly overKl: Content } {
  const { method, n, beta, curves, points, extent, most } = drawn;
  const [linesN, linesKl]: [Line[], Line[]] = [[], []];
  const [dotsN, dotsKl]: [Dot[], Dot[]] = [[], []];
  for (const [shape, each] of METHODS.entries()) {
    const about = { series: each, chosen: each === method };
    const label = METHOD_WORDS[each].title;
    const point = points.get(each);
    if (each === "rlhf") {
      // Over N the optimum is one level: the limit of three of the methods.
      if (point !== undefined) linesN.push({ ...about, label, points: [1, most].map((at) => overN({ ...point, at })) });
      linesKl.push({ ...about, points: curves.frontier.map(overKl) });
    } else {
      // While something is dragged only the chosen curve follows; the others come when the page is idle.
      const along = each === method || each === "best" ? curves.along(each, beta, most) : curves.last(each);
      extent.include(along);
      linesN.push({ ...about, label, points: along.map(overN) });
      linesKl.push({ ...about, points: along.map(overKl) });
      if (point !== undefined) dotsN.push({ ...about, shape, point: overN(point) });
    }
    if (point !== undefined) dotsKl.push({ ...about, shape, point: overKl(point) });
  }
  const axis = (ends: Span) => (span: Span) => linear(roundRange(ends), span);
  const y = [curves.problem.gold && axis(extent.gold), axis(extent.reward)];
  const spent = Math.min(points.get("rlhf")?.kl ?? 0, extent.kl);
  return {
    overN: {
      x: (span) => logarithmic(most, span),
      y,
      lines: inFront(linesN),
      dots: inFront(dotsN),
      notes: peakOf(drawn),
      knob: { at: n, text: `N = ${brief(n)}`, least: 1, most },
    },
    overKl: {
      x: (span) => linear([0, 1.02 * extent.kl], span),
      y,
      // The frontier last: it is dotted, and other lines run below it.
      lines: inFront(linesKl).sort((a, b) => Number(a.series === "rlhf") - Number(b.series === "rlhf")),
      dots: inFront(dotsKl),
      notes: notesOf(drawn),
      knob: { at: spent, text: `β = ${brief(beta)}`, least: 0, most: extent.kl },
    },
  };
}

const overN = ({ at, gold, reward }: Point) => [at, gold, reward];
const overKl = ({ kl, gold, reward }: Point) => [kl, gold, reward];

/** What stands in the first panel: gold, or the reward where there is no gold. */
const heightOf = ({ gold, reward }: Point) => (Number.isNaN(gold) ? reward : gold);

/** In the picture over N: where the chosen method has the most gold, where that is between the ends. */
function peakOf({ method, n, best, most }: Drawn): Note[] {
  if (best === undefined || method === "rlhf" || best.at === 1 || best.at >= most || best.at === n) return [];
  return [{ series: method, point: overN(best), text: `most at N = ${brief(best.at)}`, where: "above" }];
}

/** In the picture over KL: which line is the frontier, and which mark the chosen method. */
function notesOf({ method, curves, points, extent }: Drawn): Note[] {
  const { frontier } = curves;
  const end = frontier[frontier.length - 1];
  const far = frontier.find(({ kl }) => kl >= 0.7 * extent.kl) ?? end;
  // Where the frontier rises there is room above it on its left, else on its right.
  const side = heightOf(end) > heightOf(far) ? "left" : "right";
  const line: Note = { series: "rlhf", point: overKl(far), text: "RLHF optima, every β", where: side };
  const point = points.get(method);
  if (point === undefined || method === "rlhf") return [line];
  // Where the curve goes on up there is room below it.
  const last = curves.last(method).at(-1);
  const where = last !== undefined && heightOf(last) > heightOf(point) ? "below" : "right";
  return [line, { series: method, point: overKl(point), text: METHOD_WORDS[method].at(brief(point.at)), where }];
}

/** What is chosen is drawn last, above the others. */
function inFront<T extends { readonly chosen?: boolean }>(all: readonly T[]): T[] {
  return [...all.filter(({ chosen }) => !chosen), ...all.filter(({ chosen }) => chosen)];
}
