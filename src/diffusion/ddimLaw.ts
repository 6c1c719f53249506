import { type Distribution, distribution, lawOf } from "../measure/measure.js";
import { NON_NEGATIVE, outOfRange, wrongType } from "../numeric/check.js";
import { log1p } from "../numeric/elementary.js";
import { solveOde } from "../numeric/extrapolate.js";
import { normalInterval } from "../numeric/normal.js";
import { timesPowerOfTwo } from "../numeric/powerOfTwo.js";
import { type AtomicData, type AtomLaw, requireAtomLaw, requireClass, requireLine } from "./atoms.js";
import { gridLaw } from "./gridLaw.js";
import { type GuidanceOptions, requireNegative } from "./guidance.js";
import { guidedMean, LineField } from "./lineField.js";
import { LineLaws } from "./lineLaws.js";
import { requireGrid, rootSnr } from "./schedule.js";
import { type GuidanceStrength, requireStrength, type StrengthAt } from "./strength.js";

/** The local error of the probability flow. The ends that it starts from are more accurate. */
const FLOW_TOLERANCE = 1e-13;

/** The probability of starts that may end elsewhere, where guidance folds the line into more stretches than are followed. */
const MAX_UNSURE_MASS = 1e-9;

/**
 * The exact law of what DDIM makes of pure noise N(0, 1) on a line, under classifier-free guidance of strength w: which atom
 * each starting point ends at. No sample is drawn.
 *
 * In z = x_t/σ and u = α/σ the probability flow is dz/du = m(z, u), the guided denoiser m = (1+w)·E[a|c] − w·E[a], and DDIM
 * is Euler's method for it:
 *
 * $$z_s = z_t + (u_s - u_t)\, m(z_t, u_t), \qquad u = \sqrt{1 - \sigma^2}/\sigma$$
 *
 * The flow keeps the order of points, so each atom of the class is reached from an interval of starting points. The ends of
 * the interval are followed back to u = 0, where z ~ N(0, 1): the atom's probability is the mass of N(0, 1) between them.
 * w = 0 gives p(x|c), to some 1e−12; with w > 0 the law is not the target (31).
 *
 * The strength may be confined to an interval of noise levels (arXiv 2404.07724), or with a grid be any function w(σ) of its
 * levels. A negative prompt takes the place of p(x). Without a grid it must have every atom of the class where w > 0: else
 * the flow would end off the atoms.
 *
 * Without a grid it is the law of the flow, the limit of fine grids. With one it is the law of `ddimSample` on that grid
 * from x ~ N(0, 1) at its highest level, each sample counted to the nearest atom of the class. It is exact to some 1e−12 of 1,
 * for coarse steps that guidance folds too. Where the end of an interval all but touches a fold the law itself is sensitive:
 * 1e−16 of an atom moves it by 1e−8. Time grows as K times the number of atoms in reach of each other, times the levels of
 * the grid, times the folds.
 *
 * @param data the atoms, in one dimension
 * @param label the class c
 * @param strength the guidance strength w, at least 0: a number, w on an interval of noise levels, or with a grid a function of σ
 * @param grid the noise levels σ, increasing in (0, 1); the continuous flow when left out
 * @param options `negative`: the law in the place of p(x)
 * @returns the law of the output, on the atoms' indices; coincident atoms share as p(x|c) does
 * @throws TypeError when an argument has the wrong type, or the strength is a function and there is no grid
 * @throws RangeError when the atoms are not on a line, a class is unknown, the strength is negative, not finite or, without a grid, above 1e5, or the grid does
 * not increase in (0, 1), or folds the line into so many stretches that starts of probability above 1e−9 are out of sight, or, without a grid, p(x) or
 * the negative law lacks an atom of the class
 * @example
 * ```ts
 * import { totalVariation } from "exptilt";
 * import { atomicData, ddimLaw, guidedTarget } from "exptilt/diffusion";
 * const data = atomicData({ atoms: [[-1], [0], [1]], classes: { a: [0.5, 0.25, 0.25], b: [0.1, 0.1, 0.8] } });
 * ddimLaw(data, "a", 0).mass // => [0.500000, 0.250000, 0.250000]
 * ddimLaw(data, "a", 2).mass // => [0.8826, 0.0839, 0.0335]
 * guidedTarget(data, "a", 2).mass // => [0.7101, 0.2609, 0.0290]
 * totalVariation(ddimLaw(data, "a", 2), guidedTarget(data, "a", 2)) // => 0.1770
 * // Guidance on an interval of noise levels only, and away from class b in place of p(x).
 * ddimLaw(data, "a", { strength: 2, above: 0.3, upTo: 0.8 }).mass // => [0.6950, 0.1905, 0.1145]
 * ddimLaw(data, "a", 2, undefined, { negative: "b" }).mass // => [0.9818, 0.0087, 0.0095]
 * ```
 */
export function ddimLaw(
  data: AtomicData,
  label: string,
  strength: GuidanceStrength,
  grid?: ArrayLike<number>,
  options: GuidanceOptions = {},
): Distribution<number> {
  const caller = "ddimLaw";
  const conditional = requireClass(caller, "label", data, label);
  requireLine(caller, data);
  const w = requireStrength(caller, strength, NON_NEGATIVE);
  const negative = requireNegative(caller, data, options);
  const other = requireAtomLaw(caller, "options.negative", data, negative);
  const laws = [lawOf(caller, "label", conditional), lawOf(caller, "options.negative", other)];
  const { power } = new LineLaws(caller, data, laws);
  const [own, all] = laws.map((law) => new LineField(data, law, power));
  if (grid === undefined)
    return shared(data, conditional, own, power, flowLaw(own, all, requirePieces(w, own, all, power, negative)));
  const levels = requireGrid(caller, "grid", grid);
  const u = levels.map((sigma) => rootSnr(sigma, power));
  const { reached, unsure } = gridLaw(own, all, levels.map(w.at), levels[levels.length - 1], u);
  if (unsure > MAX_UNSURE_MASS)
    throw outOfRange(
      caller,
      "grid",
      `let the starts that it folds out of sight weigh at most ${MAX_UNSURE_MASS}`,
      unsure,
    );
  return shared(data, conditional, own, power, reached);
}

/** The flow down to u under one strength w. */
interface Piece {
  readonly w: number;
  readonly to: number;
}

/** The stretches of the flow, from the lowest noise up, on which w is one number. */
function requirePieces(
  { pieces }: StrengthAt,
  own: LineField,
  all: LineField,
  power: number,
  negative: AtomLaw,
): readonly Piece[] {
  const caller = "ddimLaw";
  if (pieces === undefined)
    throw wrongType(caller, "strength", "be a number or an interval without a grid", "a function");
  const most = Math.max(...pieces.map(({ strength }) => strength));
  if (most > MAX_FLOW_GUIDANCE)
    throw outOfRange(caller, "strength", `be at most ${MAX_FLOW_GUIDANCE} without a grid`, most);
  const held = new Set(all.points);
  if (most > 0 && !own.points.every((x) => held.has(x))) {
    const argument = negative === undefined ? "label" : "options.negative";
    const says = negative === undefined ? "have a positive prior" : "have mass at every atom of the class";
    throw outOfRange(caller, argument, `${says} without a grid`, negative ?? "none");
  }
  return pieces.map(({ strength, upTo }) => ({ w: strength, to: upTo === 1 ? 0 : rootSnr(upTo, power) }));
}

/** The probability with which the flow reaches each point. */
function flowLaw(own: LineField, all: LineField, pieces: readonly Piece[]): Float64Array {
  const ends = flowEnds(own, all, pieces);
  const reached = new Float64Array(own.points.length);
  for (let k = 0; k + 1 < ends.length; k++) reached[ends[k].point] += normalInterval(ends[k].from, ends[k + 1].from);
  return reached;
}

/** The number of the flow's steps grows as w. Up to this w they take a second. */
const MAX_FLOW_GUIDANCE = 1e5;

/** From `from` up to the next entry starting points end at a point of the class. The last entry closes the list. */
interface End {
  readonly from: number;
  readonly point: number;
}

/** The ends of the flow's basins: each is followed back to u = 0 from where it parts two neighbours of the class. */
function flowEnds(own: LineField, all: LineField, pieces: readonly Piece[]): readonly End[] {
  const { points } = own;
  const fields = pieces.map(({ w, to }) => ({ mean: guidedMean(own, all, w), to }));
  const w = Math.max(...pieces.map((piece) => piece.w));
  // How far log-weights may move a boundary, in nats.
  const nats = (1 + w) * own.logRange + w * all.logRange + log1p(2 * w);
  const ends: End[] = [{ from: -Infinity, point: 0 }];
  for (let k = 1; k < points.length; k++) {
    const gap = points[k] - points[k - 1];
    const u = (12 + Math.sqrt(144 + 8 * nats)) / gap;
    const ahead = fields.filter(({ to }) => to < u);
    let z = parting(ahead[0].mean, points[k - 1], points[k], u);
    let from = u;
    for (const { mean, to } of ahead) {
      z = solveOde((at, value) => mean(value, at), from, to, z, FLOW_TOLERANCE);
      from = to;
    }
    // Rounding may cross two ends of a basin of no mass.
    ends.push({ from: Math.max(z, ends[k - 1].from), point: k });
  }
  return [...ends, { from: Infinity, point: points.length }];
}

/**
 * Where the field at u parts two neighbours: it leads down below that point and up above it. On the way back to u = 0 an error
 * shrinks by e^{−u²gap²/8} and more.
 */
function parting(mean: (z: number, u: number) => number, a: number, b: number, u: number): number {
  let [low, high] = [a, b];
  for (let i = 0; i < 60; i++) {
    const y = low + (high - low) / 2;
    if (mean(u * y, u) < y) low = y;
    else high = y;
  }
  return u * (low + (high - low) / 2);
}

/** The probability of each point, shared out to its atoms in proportion to p(x|c). */
function shared(
  data: AtomicData,
  conditional: Distribution<number>,
  own: LineField,
  power: number,
  reached: Float64Array,
): Distribution<number> {
  const mass = new Float64Array(data.size);
  const total = new Float64Array(reached.length);
  // Atoms without mass get no share.
  const place = Array.from(conditional.mass, (m, i) =>
    m > 0 ? own.nearest(timesPowerOfTwo(data.points[i], power)) : -1,
  );
  for (const [i, at] of place.entries()) if (at >= 0) total[at] += conditional.mass[i];
  for (const [i, at] of place.entries()) if (at >= 0) mass[i] = reached[at] * (conditional.mass[i] / total[at]);
  return distribution(conditional.support, mass);
}
