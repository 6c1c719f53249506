import { isRounded } from "../measure/levels.js";
import { resolveScore } from "../measure/score.js";
import { requireArrayLike, requireNumber } from "../numeric/check.js";
import { expm1MinusX } from "../numeric/deviance.js";
import { twoSum } from "../numeric/doubleDouble.js";
import { exp, expm1, log1p } from "../numeric/elementary.js";
import { isNormal } from "../numeric/float64.js";
import { peakOf } from "../numeric/peak.js";
import { stretches } from "../numeric/stretches.js";
import { sum } from "../numeric/sum.js";
import { DRAWS } from "./draws.js";
import { type LimitDistance, levelMass, limitDistanceOf, limitLevels } from "./limit.js";
import { prepare, type SelectionProblem } from "./problem.js";
import type { LevelRatios } from "./ratio/levelRatios.js";
import type { Prepared } from "./ratio/prepared.js";
import { ratiosAt } from "./ratio/ratiosAt.js";
import { type PolicyReading, readByLevel, winByLevel } from "./reading.js";

/** One point of a selection curve: what N draws give, and how far they still are from N → ∞. */
export interface CurvePoint extends PolicyReading {
  /** The number of draws N. */
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
 * @param ns the numbers of draws, real numbers of at least 1, in any order
 * @returns one point for each N, in the order given
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when an N is below 1 or not finite, β is negative or NaN, or a reward is NaN, +∞ or −∞ throughout
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
  const all = Array.from(requireArrayLike(caller, "ns", ns), (n, i) => requireNumber(caller, `ns[${i}]`, n, DRAWS));
  const { levels, ref } = prepared;
  const gold = problem.gold === undefined ? undefined : resolveScore(caller, "gold", ref.support, problem.gold);
  const held = {
    reward: levels.reward,
    gold: gold === undefined ? undefined : meansByLevel(prepared, gold),
    win: winByLevel(levels),
  };
  const limit = limitLevels(prepared);
  const points: CurvePoint[] = [];
  const together = Math.max(1, Math.floor(MAX_RATIOS_HELD / levels.mass.length));
  for (const some of stretches(all, together)) {
    for (const [i, ratios] of ratiosAt(prepared, some).entries()) {
      const law = levelMass(levels, ratios);
      points.push({
        n: some[i],
        reward: readByLevel(held.reward, law),
        ...(held.gold !== undefined && { gold: readByLevel(held.gold, law) }),
        klToRef: klToRef(prepared, ratios, law),
        winRate: readByLevel(held.win, law),
        limit: limitDistanceOf(levels, limit, ratios),
      });
    }
  }
  return points;
}

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
function klToRef<A>({ levels }: Prepared<A>, { ratio, logRatio }: LevelRatios, law: Float64Array): number {
  const { mass, forbidden } = levels;
  const term = (p: number, q: number, l: number) => (l > -1 ? q * expm1MinusX(-l) : p - q + (q > 0 ? q * l : 0));
  const terms = mass.map((p, i) => term(p, law[i], logRatio[i]));
  const peak = peakOf(mass);
  if (Math.abs(logRatio[peak]) < 0.01) {
    const more = mass.map((p, i) => (i === peak ? 0 : isNormal(p) ? p * excess(ratio[i], logRatio[i]) : law[i] - p));
    const own = (forbidden - sum(more).hi) / mass[peak];
    terms[peak] = term(mass[peak], mass[peak] * (1 + own), log1p(own));
  }
  return sum(terms).hi + forbidden;
}

/** ρ − 1, from its logarithm where it is small. */
const excess = (rho: number, l: number) => (l > -0.5 && l < 0.5 ? expm1(l) : rho - 1);
