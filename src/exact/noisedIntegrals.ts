import type { BigNumber } from "mathjs";
import { requireSameSupport } from "../measure/support.js";
import { cached } from "../numeric/cache.js";
import { outOfRange, requireArrayLike, requireObject } from "../numeric/check.js";
import type { Arithmetic } from "./arithmetic.js";
import { marginalOf, pointsOf, readClass } from "./atomicData.js";
import type { Exact, Input, InputAtoms, InputMeasure } from "./input.js";
import { readMeasure, readPair } from "./measure.js";
import { NoisedLine, type OfMeans } from "./noisedLine.js";
import {
  belowInfinity,
  betweenZeroAndOne,
  finite,
  type Numbers,
  positive,
  requireNumber,
  requireNumbers,
} from "./read.js";

/** |E_p[a|·] − E_q[a|·]|². */
const distance: OfMeans = ([p, q], _, fixed) => fixed.times(p - q, p - q);
/** |E_q[a|·] − x₀|². */
const missed: OfMeans = ([q], x, fixed) => fixed.times(q - x, q - x);
/** |E_c[a|·] − x₀|² − |E[a|·] − x₀|². */
const excess: OfMeans = ([own, all], x, fixed) => fixed.times(own - all, own + all - 2n * x);

/** Laws on atoms as laws on places: coincident atoms are one place. */
function placed(
  atoms: Numbers,
  laws: readonly Numbers[],
): { readonly places: BigNumber[]; readonly laws: BigNumber[][] } {
  const order = [...atoms.keys()].filter((i) => laws.some((law) => law[i].gt(0)));
  order.sort((i, j) => atoms[i].comparedTo(atoms[j]));
  const places: BigNumber[] = [];
  const out: BigNumber[][] = laws.map(() => []);
  for (const i of order) {
    const known = places.length > 0 && places[places.length - 1].eq(atoms[i]);
    if (!known) places.push(atoms[i]);
    for (const [l, law] of laws.entries()) {
      const at = places.length - 1;
      out[l][at] = known ? out[l][at].plus(law[i]) : law[i];
    }
  }
  return { places, laws: out };
}

/** −log₂ of the largest relative difference of two laws, which is also that of their posteriors. */
function nearness(p: Numbers, q: Numbers): number {
  let most = 0;
  for (const [j, a] of p.entries()) {
    const larger = a.gt(q[j]) ? a : q[j];
    if (larger.gt(0)) most = Math.max(most, a.minus(q[j]).abs().div(larger).toNumber());
  }
  return most > 0 ? Math.max(0, Math.ceil(-Math.log2(most))) : 0;
}

/** u = α/σ of a level σ. */
function rootSnr(arithmetic: Arithmetic, sigma: BigNumber): BigNumber {
  return arithmetic.one.minus(sigma).times(arithmetic.one.plus(sigma)).sqrt().div(sigma);
}

function requireGrid(arithmetic: Arithmetic, caller: string, grid: ArrayLike<Input>, least: number): BigNumber[] {
  const levels = Array.from(requireArrayLike(caller, "grid", grid), (sigma, t) =>
    requireNumber(arithmetic, caller, `grid[${t}]`, sigma, betweenZeroAndOne),
  );
  if (levels.length < least) throw outOfRange(caller, "grid", `have at least ${least} levels`, levels.length);
  for (let t = 1; t < levels.length; t++)
    if (!levels[t].gt(levels[t - 1]))
      throw outOfRange(caller, `grid[${t}]`, "exceed the level before it", levels[t].toNumber());
  return levels;
}

/** ω_t = (σ²_{t+1} − σ²_t)/(2σ_t²(1 − σ_t²)). */
export const densityRatioWeights: Exact<"densityRatioWeights"> = (arithmetic, grid) =>
  weightsOf(arithmetic, requireGrid(arithmetic, "densityRatioWeights", grid, 2));

function weightsOf(arithmetic: Arithmetic, levels: Numbers): BigNumber[] {
  return levels.slice(1).map((next, t) => {
    const [s, square] = [levels[t], levels[t].pow(2)];
    return next
      .minus(s)
      .times(next.plus(s))
      .div(square.times(arithmetic.one.minus(square)).times(2));
  });
}

/** u² E[f] at each level of a grid. */
function meansOnGrid(arithmetic: Arithmetic, line: NoisedLine, levels: Numbers, f: OfMeans): BigNumber[] {
  const { fixed, range } = line;
  return levels.map((sigma) => {
    const u = rootSnr(arithmetic, sigma).times(range);
    return u.pow(2).times(fixed.ratio(line.mean(fixed.of(u), f, false), fixed.one));
  });
}

/**
 * Nodes per unit of τ and nat of accuracy: 1/(2πd), where the integrand is analytic in the strip of half width d about real
 * τ. Between atoms of like weight d is 1.3. An atom e^rarity times as rare as another emerges in a sharp bend, at
 * u²·distance²/2 = rarity, and d is π/rarity.
 */
const nodesPerNat = (rarity: number) => Math.max(0.12, rarity / (2 * Math.PI ** 2));

/** A level of the integral over all: u, and its weight in ∫·du². */
interface Level {
  readonly u: BigNumber;
  readonly weight: BigNumber;
}

const levelsKnown = new WeakMap<Arithmetic, Map<string, Level>>();

/**
 * Node number k of the trapezoid rule in τ for ∫·du² with u² = e^(τ − e^(−τ)). Towards small τ, u² falls doubly exponentially;
 * towards large τ the integrand falls as e^(−u²·gap²/8).
 */
function levelOf(arithmetic: Arithmetic, k: number, perUnit: number): Level {
  const known = cached(levelsKnown, arithmetic, () => new Map<string, Level>());
  return cached(known, `${k}/${perUnit}`, () => {
    const tau = arithmetic.number(k).div(perUnit);
    const fall = arithmetic.exp(tau.neg());
    const square = arithmetic.exp(tau.minus(fall));
    return { u: square.sqrt(), weight: square.times(fall.plus(1)).div(perUnit) };
  });
}

/** ½ ∫ u² E[f] dλ over all log-SNR λ = 2 log u. */
function integral(arithmetic: Arithmetic, line: NoisedLine, f: OfMeans): BigNumber {
  const { fixed, nats, range } = line;
  // With one place, every posterior is a point mass there.
  if (range.isZero()) return arithmetic.zero;
  line.requireNodes(line.last);
  const perUnit = Math.ceil(nats * nodesPerNat(line.rarity));
  const first = -Math.ceil(perUnit * Math.log(nats));
  const last = Math.ceil(perUnit * 2 * Math.log(line.last));
  let sum = 0n;
  for (let k = first; k <= last; k++) {
    const { u, weight } = levelOf(arithmetic, k, perUnit);
    sum += fixed.of(weight) * line.mean(fixed.of(u), f, true);
  }
  return fixed.ratio(sum, fixed.one << fixed.bits).div(2);
}

/** The laws p and q of atoms on a line, read and checked. */
function readLaws(arithmetic: Arithmetic, caller: string, atoms: InputAtoms, p: InputMeasure, q: InputMeasure) {
  const laws = readPair(arithmetic, caller, p, q).map(({ law }) => law.mass);
  return placed(pointsOf(arithmetic, caller, atoms, laws[0].length), laws);
}

/** ½ ∫ E_p|ε_p − ε_q|² dλ. */
export const klByMismatchedEstimation: Exact<"klByMismatchedEstimation"> = (arithmetic, atoms, p, q, grid) => {
  const caller = "klByMismatchedEstimation";
  const { places, laws } = readLaws(arithmetic, caller, atoms, p, q);
  const lostBits = nearness(laws[0], laws[1]);
  const line = new NoisedLine(arithmetic, { places, sources: laws[0], laws, lostBits, caller });
  if (grid === undefined) {
    if (laws[0].some((m, j) => m.gt(0) && laws[1][j].isZero())) return arithmetic.infinity;
    if (laws[0].every((m, j) => m.eq(laws[1][j]))) return arithmetic.zero;
    return integral(arithmetic, line, distance);
  }
  const levels = requireGrid(arithmetic, caller, grid, 2);
  return weighted(arithmetic, levels, meansOnGrid(arithmetic, line, levels.slice(0, -1), distance));
};

function weighted(arithmetic: Arithmetic, levels: Numbers, means: Numbers): BigNumber {
  return arithmetic.sum(weightsOf(arithmetic, levels).map((omega, t) => omega.times(means[t])));
}

/** E|ε − ε_q(x_t)|² for x₀ ~ p, averaged over a grid. */
export const denoisingLoss: Exact<"denoisingLoss"> = (arithmetic, atoms, p, q, grid) => {
  const caller = "denoisingLoss";
  const { places, laws } = readLaws(arithmetic, caller, atoms, p, q);
  return lossOnGrid(arithmetic, caller, places, laws, requireGrid(arithmetic, caller, grid, 1));
};

/** Z⁻¹ E_ref[e^{r/β} |ε − ε_q(x_t)|²], averaged over a grid. */
export const weightedDenoisingLoss: Exact<"weightedDenoisingLoss"> = (arithmetic, atoms, problem, q, grid) => {
  const caller = "weightedDenoisingLoss";
  const given = readMeasure(arithmetic, caller, "problem.ref", requireObject(caller, "problem", problem).ref);
  const ref = given.law.mass;
  const reward = requireNumbers(arithmetic, caller, "problem.reward", problem.reward, ref.length, belowInfinity);
  const beta = requireNumber(arithmetic, caller, "problem.beta", problem.beta, positive);
  const top = reward.reduce((most, r, i) => (ref[i].gt(0) && r.gt(most) ? r : most), arithmetic.negativeInfinity);
  if (!top.isFinite()) throw outOfRange(caller, "problem.reward", "be above -Infinity for some atom", -Infinity);
  const draws = ref.map((m, i) => (m.gt(0) ? m.times(arithmetic.exp(reward[i].minus(top).div(beta))) : m));
  const mean = arithmetic.sum(draws);
  const own = readMeasure(arithmetic, caller, "q", q);
  requireSameSupport(caller, given.support, own.support, ["problem.ref", "q"]);
  const model = own.law.mass;
  const points = pointsOf(arithmetic, caller, atoms, ref.length);
  const { places, laws } = placed(points, [draws.map((m) => m.div(mean)), model]);
  return lossOnGrid(arithmetic, caller, places, laws, requireGrid(arithmetic, caller, grid, 1));
};

function lossOnGrid(
  arithmetic: Arithmetic,
  caller: string,
  places: Numbers,
  [sources, model]: readonly Numbers[],
  levels: Numbers,
): BigNumber {
  const line = new NoisedLine(arithmetic, { places, sources, laws: [model], lostBits: 0, caller });
  return arithmetic.sum(meansOnGrid(arithmetic, line, levels, missed)).div(levels.length);
}

/** L(x;c) of (37): over all levels, or on a grid. */
export const densityRatioLoss: Exact<"densityRatioLoss"> = (arithmetic, data, x, label, grid) => {
  const caller = "densityRatioLoss";
  const { own: law, ...classes } = readClass(arithmetic, caller, data, label);
  const [own, all] = [law.law.mass, marginalOf(classes)];
  const atoms = pointsOf(arithmetic, caller, data.atoms, own.length);
  const at = requireNumber(arithmetic, caller, "x", x, finite);
  const nothing = own.map(() => arithmetic.zero);
  const source = [...nothing, arithmetic.one];
  const { places, laws } = placed([...atoms, at], [source, [...own, arithmetic.zero], [...all, arithmetic.zero]]);
  const input = { places, sources: laws[0], laws: laws.slice(1), caller, lostBits: nearness(laws[1], laws[2]) };
  const line = new NoisedLine(arithmetic, input);
  if (grid === undefined) {
    const here = laws[0].findIndex((m) => m.gt(0));
    if (!laws[2][here].gt(0)) throw outOfRange(caller, "x", "be at an atom of positive p(x)", at.toNumber());
    if (!laws[1][here].gt(0)) return arithmetic.infinity;
    return integral(arithmetic, line, excess);
  }
  const levels = requireGrid(arithmetic, caller, grid, 2);
  return weighted(arithmetic, levels, meansOnGrid(arithmetic, line, levels.slice(0, -1), excess));
};
