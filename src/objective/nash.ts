import { Law } from "../measure/law.js";
import { type Distribution, distributionOf, type Measure, requireMeasure } from "../measure/measure.js";
import { type TiltedLaw, tiltLaw } from "../measure/tilt.js";
import { type Condition, outOfRange, requireNumber, requireObject } from "../numeric/check.js";
import { square } from "../numeric/elementary.js";
import { linearSystem } from "../numeric/linearSystem.js";
import { sum } from "../numeric/sum.js";
import { requireMargins } from "./preferenceMatrix.js";

/**
 * A game of two policies: each draws an answer, and the one whose answer is preferred wins.
 *
 * @typeParam A the type of an answer
 */
export interface NashProblem<A = unknown> {
  /** The reference policy: any measure, read as the law proportional to it. */
  readonly ref: Measure<A>;
  /** `preference[i][j]`: the probability that answer i is preferred to answer j. Cycles are allowed. */
  readonly preference: ArrayLike<ArrayLike<number>>;
  /** The temperature β > 0, a probability of winning per nat: the price of one nat of KL to `ref`. */
  readonly beta: number;
}

/**
 * The optimum of Nash learning from human feedback (NLHF): the policy that is its own best response where each player pays β
 * for each nat of KL to ref. With P the matrix of preferences, Pπ* is the probability of each answer to beat a draw of π*:
 *
 * $$\pi^* = \arg\max_\pi\; \pi^\top P \pi^* - \beta\, \mathrm{KL}(\pi \,\|\, \mathrm{ref}), \qquad \pi^*(i) \propto \mathrm{ref}(i)\, e^{(P\pi^*)_i/\beta}$$
 *
 * It is the tilt of ref by the reward Pπ*. For β > 0 there is exactly one, whatever the preferences, since the regularised
 * game is strongly monotone. Answers without mass in ref stay without. β = ∞ gives ref. As β → 0 it tends to a von Neumann
 * winner, a mixture that no answer beats more often than not. There may be several: β = 0 is refused.
 *
 * `preference[i][j] + preference[j][i]` must be 1 within 2⁻⁵⁰, and the diagonal ½; what is used is half the difference of the
 * two. Newton's method along a path of falling temperatures takes K³/3 multiplications a step, and some ten steps a decade of β
 * below 1: a quarter of a second for 200 answers at β = 0.01. Rounding of the scores is magnified by 1/β, so probabilities may
 * err by some 10⁻¹⁶/β. Munos et al. (2023), arXiv:2312.00886.
 *
 * @param problem the reference policy, the preferences and β
 * @returns the optimal policy, with log E_ref[e^{Pπ/β}] in nats as its `logNormalizer`
 * @throws TypeError when an argument has the wrong type, or the matrix is not square with one row for each answer
 * @throws RangeError when a preference is not in [0, 1], or not 1 less its converse; when β is below 10⁻⁹, or (in rare games,
 * with β below 10⁻⁴) so small that rounding hides the optimum
 * @example
 * ```ts
 * import { nashOptimum, uniform } from "exptilt";
 * const ref = uniform(["rock", "paper", "scissors"]);
 * // Paper always beats rock. Rock beats scissors, and scissors beat paper, three times in four.
 * const preference = [[0.5, 0, 0.75], [1, 0.5, 0.25], [0.25, 0.75, 0.5]];
 * nashOptimum({ ref, preference, beta: 0.1 }).mass // => [0.215665598, 0.325496741, 0.458837660]
 * nashOptimum({ ref, preference, beta: 1e-3 }).mass // => [0.249309644, 0.250695901, 0.499994455]
 * ```
 */
export function nashOptimum<A>(problem: NashProblem<A>): Distribution<A> {
  const caller = "nashOptimum";
  const { ref, preference, beta } = requireObject(caller, "problem", problem);
  const { support, law } = requireMeasure(caller, "ref", ref);
  const margins = requireMargins(caller, "preference", preference, support.length);
  const temperature = requireNumber(caller, "beta", beta, GAME_TEMPERATURE);
  const { scores, tilted } = equilibrium(caller, law, margins, temperature);
  return distributionOf(support, tilted.law, () => {
    const { anchor, excess } = tilted.logPartition();
    return (0.5 + scores[anchor]) / temperature + excess;
  });
}

/** Scores s that are the margins Aπ of their tilt π. */
export interface Equilibrium {
  readonly scores: Float64Array;
  readonly tilted: TiltedLaw;
  /** π. */
  readonly policy: Float64Array;
  /** Aπ. */
  readonly margin: Float64Array;
}

/** Scores at a temperature, and by how much they miss the margins of their tilt. */
interface Point extends Equilibrium {
  /** s − Aπ. */
  readonly missed: Float64Array;
  readonly size: number;
}

/** The rounding of margins is magnified by 1/β. */
export const GAME_TEMPERATURE: Condition = { least: 1e-9, most: Infinity, says: "be at least 1e-9 (Infinity allowed)" };

/** Where the path of temperatures starts, at which margins are worth half a nat at most, and the factor of each of its steps. */
const FIRST_TEMPERATURE = 1;
const TEMPERATURE_STEP = 0.3;

/** Between two temperatures the scores are only needed to a part of the lower one. */
const ENOUGH = 1e-3;

/** Newton's method takes some ten steps at each temperature. */
const MAX_STEPS = 100;

/** A shorter step of Newton's method is none. */
const MIN_STEP = 2 ** -20;

/** By how much scores miss their margins where rounding alone is left, which β magnifies, and by how much at most. */
const ROUNDING: number = 2 ** -50;
const MAX_MISSED = 1e-6;

/**
 * The scores along a path of falling temperatures t, down to β: where each point is the tilt of ref^{β/t} at t, the optimum of
 * the game with the payoff β log ref beside the margins, and t for the price of entropy. From one t to the next the policy
 * stays, and the scores are those of it. Newton's method then takes few steps, where from ref it may go in circles.
 */
export function equilibrium(caller: string, ref: Law, margins: readonly Float64Array[], beta: number): Equilibrium {
  const logRef = ref.logProbabilities();
  let t = Math.max(beta, FIRST_TEMPERATURE);
  const reference = () => (t === beta ? ref : Law.fromLogMass(logRef.map((l) => (beta / t) * l)));
  let base = reference();
  let point = at(new Float64Array(margins.length));
  for (;;) {
    const enough = t === beta ? 0 : ENOUGH * t;
    for (let step = 0; step < MAX_STEPS && point.size > enough; step++) {
      const next = nearer(point);
      if (next === undefined) break;
      point = next;
    }
    if (t === beta) break;
    const lower = Math.max(beta, t * TEMPERATURE_STEP);
    const scores = point.scores.map((s, i) =>
      logRef[i] > -Infinity ? (lower / t) * s + (lower / t - 1) * beta * logRef[i] : 0,
    );
    t = lower;
    base = reference();
    point = at(scores);
  }
  const allowed = ROUNDING * Math.sqrt(margins.length) * Math.max(1, 1 / beta);
  if (point.size <= Math.min(allowed, MAX_MISSED)) return point;
  throw outOfRange(caller, "beta", "be larger: rounding hides the optimum", beta);

  function at(scores: Float64Array): Point {
    const tilted = tiltLaw(caller, base, scores, t);
    const policy = tilted.law.probabilities();
    const margin = Float64Array.from(margins, (row) => sum(row.map((a, j) => a * policy[j])).hi);
    const missed = scores.map((s, i) => s - margin[i]);
    return { scores, tilted, policy, margin, missed, size: Math.sqrt(sum(missed.map(square)).hi) };
  }

  /** A step of Newton's method, halved until it brings the scores nearer; undefined where none does. */
  function nearer({ scores, policy, margin, missed, size }: Point): Point | undefined {
    const step = newtonSystem(margins, policy, margin, t)(missed);
    for (let part = 1; part >= MIN_STEP; part /= 2) {
      const next = at(scores.map((s, i) => s - part * step[i]));
      if (next.size <= (1 - part / 4) * size) return next;
    }
    return undefined;
  }
}

/** The equations of Newton's method for s − Aπ(s) = 0: the derivative of π is that of a tilt at the temperature t. */
export function newtonSystem(
  margins: readonly Float64Array[],
  policy: Float64Array,
  margin: Float64Array,
  t: number,
): (missed: ArrayLike<number>) => Float64Array {
  const n = policy.length;
  const slopes = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      slopes[i * n + j] = Number(i === j) - (policy[j] / t) * (margins[i][j] - margin[i]);
    }
  }
  return linearSystem(slopes, n);
}
