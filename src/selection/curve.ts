import { isRounded } from "../measure/levels.js";
import { resolveScore, type Score } from "../measure/score.js";
import { requireArrayLike, requireNumber } from "../numeric/check.js";
import { expm1MinusX } from "../numeric/deviance.js";
import { twoSum } from "../numeric/doubleDouble.js";
import { exp, expm1, log1p } from "../numeric/elementary.js";
import { isNormal } from "../numeric/float64.js";
import { floats } from "../numeric/floats.js";
import { peakOf } from "../numeric/peak.js";
import { stretches } from "../numeric/stretches.js";
import { sum } from "../numeric/sum.js";
import { DRAWS_OR_LIMIT } from "./draws.js";
import { type LimitDistance, type LimitLevels, levelMass, limitDistanceOf, limitLevels } from "./limit.js";
import { prepare, prepareAll, type SelectionProblem } from "./problem.js";
import { allowedBy } from "./ratio/kept.js";
import type { LevelRatios, RatioToRef } from "./ratio/levelRatios.js";
import type { Prepared } from "./ratio/prepared.js";
import { ratiosAt } from "./ratio/ratiosAt.js";
import { type PolicyReading, readByLevel, winByLevel } from "./reading.js";

/** One point of a selection curve: what N draws give, and how far they still are from N → ∞. */
export interface CurvePoint extends PolicyReading {
  /** The number of draws N; Infinity is the limit. */
  readonly n: number;
  /** The distances from the law to its limit. */
  readonly limit: LimitDistance;
}

/** Levels times numbers of draws that are in memory at once. */
const MAX_RATIOS_HELD = 2 ** 22;

/**
 * What best-of-N gives as N grows: expected reward, expected gold reward, KL to ref, win rate and the distance to the
 * limit, for many N at once. Exact readings of `softBestOfNLaw` (at β = 0 `bestOfNLaw`) without building each law.
 *
 * Sorting, φ and the exponentials are shared by all N: a curve of 11 N costs little more than its largest N.
 *
 * @param problem the reference policy, the reward, β from 0 to ∞, and the gold reward where wanted
 * @param ns the numbers of draws, real numbers of at least 1 or Infinity for the limit, in any order
 * @returns one point for each N, in the order given
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when an N is below 1 or NaN, β is negative or NaN, or a reward is NaN, +∞ or −∞ throughout
 * @example
 * ```ts
 * import { selectionCurve, uniform } from "exptilt";
 * // The best of the measured reward is worth nothing: reward hacking.
 * const problem = { ref: uniform(["a", "b", "c"]), reward: [0, 1, 2], gold: [0, 1, 0], beta: 0 };
 * const curve = selectionCurve(problem, [1, 2, 4]);
 * curve.map((point) => point.reward) // => [1, 1.444444, 1.790123]
 * curve.map((point) => point.gold) // => [0.333333, 0.333333, 0.185185]
 * curve.map((point) => point.limit.totalVariation) // => [0.666667, 0.444444, 0.197531]
 * ```
 */
export function selectionCurve<A>(problem: SelectionProblem<A>, ns: ArrayLike<number>): CurvePoint[] {
  const caller = "selectionCurve";
  const prepared = prepare(caller, problem, problem?.beta);
  const all = Array.from(requireArrayLike(caller, "ns", ns), (n, i) =>
    requireNumber(caller, `ns[${i}]`, n, DRAWS_OR_LIMIT),
  );
  const gold = goldOf(caller, prepared, problem.gold);
  return readAt(prepared, gold, all, (point, limit, ratios) => ({
    ...point,
    limit: ratios === undefined ? AT_LIMIT : limitDistanceOf(prepared.levels, limit, ratios),
  }));
}

/** The readings of one problem at several temperatures and N, without the distances. */
export interface SelectionReadings {
  /** What one draw gives. */
  readonly oneDraw: Pick<PolicyReading, "reward" | "gold">;
  /** The points of each β. */
  readonly curves: readonly Omit<CurvePoint, "limit">[][];
}

export function selectionReadings<A>(
  caller: string,
  problem: Omit<SelectionProblem<A>, "beta">,
  betas: readonly number[],
  ns: readonly number[],
): SelectionReadings {
  const all = prepareAll(caller, problem, betas);
  // The levels, and so the gold of each, are the same at every temperature.
  const [first] = all;
  const gold = goldOf(caller, first, problem.gold);
  const { levels } = first;
  const { allowed, logAllowed } = allowedBy(levels);
  const size = levels.mass.length;
  const law = levelMass(levels, { ratio: floats(size).fill(1 / allowed), logRatio: floats(size).fill(-logAllowed) });
  const oneDraw = { reward: readByLevel(levels.reward, law), ...(gold && { gold: readByLevel(gold, law) }) };
  return { oneDraw, curves: all.map((prepared) => readAt(prepared, gold, ns, (point) => point)) };
}

const AT_LIMIT: LimitDistance = { totalVariation: 0, kl: 0, reverseKl: 0 };

function goldOf<A>(caller: string, prepared: Prepared<A>, gold: Score<A> | undefined): Float64Array | undefined {
  return gold === undefined
    ? undefined
    : meansByLevel(prepared, resolveScore(caller, "gold", prepared.ref.support, gold));
}

/** Makes the point of each N from its readings and, but for the limit, its ratios. */
function readAt<A, Point>(
  prepared: Prepared<A>,
  gold: Float64Array | undefined,
  ns: readonly number[],
  make: (point: Omit<CurvePoint, "limit">, limit: LimitLevels, ratios: LevelRatios | undefined) => Point,
): Point[] {
  const { levels } = prepared;
  const win = winByLevel(levels);
  const limit = limitLevels(prepared);
  const points: Point[] = [];
  const take = (n: number, law: Float64Array, ratios: LevelRatios | undefined) => {
    const reading = {
      n,
      reward: readByLevel(levels.reward, law),
      ...(gold !== undefined && { gold: readByLevel(gold, law) }),
      klToRef: klToRef(prepared, ratios ?? limitRatios(limit), law),
      winRate: readByLevel(win, law),
    };
    points.push(make(reading, limit, ratios));
  };
  const together = Math.max(1, Math.floor(MAX_RATIOS_HELD / levels.mass.length));
  for (const some of stretches(ns, together)) {
    const finite = some.filter((n) => n < Infinity);
    let next = 0;
    const ratios = ratiosAt(prepared, finite);
    for (const n of some) {
      if (n === Infinity) take(n, limit.mass, undefined);
      else take(n, levelMass(levels, ratios[next]), ratios[next++]);
    }
  }
  return points;
}

/** The limit's ratios, of which only the logarithm is read but where the likeliest level has nearly its own probability. */
const limitRatios = ({ logRatio }: LimitLevels): RatioToRef => ({
  logRatio,
  get ratio() {
    return logRatio.map(exp);
  },
});

/** The mean of f over the answers of each level, within their range; −∞ where one of them has it. */
function meansByLevel<A>({ law, levels }: Prepared<A>, f: Float64Array): Float64Array {
  const { mass, logMass, levelOf } = levels;
  const held = new Float64Array(mass.length);
  const low = new Float64Array(mass.length);
  const least = new Float64Array(mass.length).fill(Infinity);
  const most = new Float64Array(mass.length).fill(-Infinity);
  for (let i = 0; i < f.length; i++) {
    const level = levelOf[i];
    if (level < 0) continue;
    if (f[i] < least[level]) least[level] = f[i];
    if (f[i] > most[level]) most[level] = f[i];
    const whole = !isRounded(mass[level]);
    const share = whole ? law.probability(i) / mass[level] : exp(law.logProbability(i) - logMass[level]);
    const { hi, lo } = twoSum(held[level], share === 0 ? 0 : share * f[i]);
    held[level] = hi;
    low[level] += lo;
  }
  return held.map((h, i) => {
    const mean = Number.isFinite(h) ? h + low[i] : h;
    return least[i] === -Infinity ? least[i] : Math.min(most[i], Math.max(least[i], mean));
  });
}

/**
 * KL(P‖ref) as a sum of non-negative terms ref·(ρ log ρ − ρ + 1), ρ = P/ref, which keeps its digits near ρ = 1. Where
 * the likeliest level's ρ is nearest 1, its ρ − 1 comes from the others': Σ ref·(ρ − 1) = P(a draw is forbidden).
 */
function klToRef<A>({ levels }: Prepared<A>, ratios: RatioToRef, law: Float64Array): number {
  const { mass, forbidden } = levels;
  const { logRatio } = ratios;
  const term = (p: number, q: number, l: number) => (l > -1 ? q * expm1MinusX(-l) : p - q + (q > 0 ? q * l : 0));
  const terms = floats(mass.length);
  for (let i = 0; i < terms.length; i++) terms[i] = term(mass[i], law[i], logRatio[i]);
  const peak = peakOf(mass);
  if (Math.abs(logRatio[peak]) < 0.01) {
    const { ratio } = ratios;
    const more = mass.map((p, i) => (i === peak ? 0 : isNormal(p) ? p * excess(ratio[i], logRatio[i]) : law[i] - p));
    const own = (forbidden - sum(more).hi) / mass[peak];
    terms[peak] = term(mass[peak], mass[peak] * (1 + own), log1p(own));
  }
  return sum(terms).hi + forbidden;
}

/** ρ − 1, from its logarithm where it is small. */
const excess = (rho: number, l: number) => (l > -0.5 && l < 0.5 ? expm1(l) : rho - 1);
