import { type BigNumber, isBigNumber } from "mathjs";
import { Law } from "../measure/law.js";
import { answerKey } from "../measure/support.js";
import { cached } from "../numeric/cache.js";
import { outOfRange, requireObject } from "../numeric/check.js";
import { components } from "../objective/dpo.js";
import { equilibrium, GAME_TEMPERATURE, newtonSystem } from "../objective/nash.js";
import { complements, PREFERENCE_SLACK, requireSquare } from "../objective/preferenceMatrix.js";
import { requireIncomplete, valueTree } from "../objective/valueTree.js";
import { type PairwiseComparison, readTournament } from "../preference/comparisons.js";
import { requireMaximum } from "../preference/existence.js";
import { maximum } from "../preference/fit.js";
import type { Arithmetic } from "./arithmetic.js";
import type { Exact, Input } from "./input.js";
import { type ExactDistribution, expectationOf, readMeasure } from "./measure.js";
import { readSequencePolicy } from "./problem.js";
import type { ComparisonOf } from "./problems.js";
import {
  belowInfinity,
  bigOutOfRange,
  type Condition,
  type Numbers,
  positiveOrInfinite,
  readNumber,
  requireNumber,
  requireNumbers,
} from "./read.js";
import { tiltOf } from "./tilt.js";

/** Each step of a Newton method whose slopes are doubles gains some ten digits. */
const MAX_STEPS = 1000;

const largest = (values: Numbers, zero: BigNumber): BigNumber =>
  values.reduce((most, x) => (x.abs().gt(most) ? x.abs() : most), zero);

/**
 * Where a function of several numbers is 0 to all digits carried, from a point to which doubles have brought it: Newton's
 * method with the slopes of that point, whose inverse `solve` applies to doubles.
 */
function refined(
  arithmetic: Arithmetic,
  start: Float64Array,
  missed: (point: Numbers) => Numbers,
  solve: (values: Float64Array) => Float64Array,
): { point: Numbers; size: BigNumber } {
  let point: Numbers = Array.from(start, (x) => arithmetic.number(x));
  let smallest = arithmetic.infinity;
  for (let step = 0; step < MAX_STEPS; step++) {
    const miss = missed(point);
    const size = largest(miss, arithmetic.zero);
    const nearer = size.lt(smallest.div(2));
    if (size.lt(smallest)) smallest = size;
    // Rounding alone is left.
    if (size.isZero() || !nearer) break;
    const move = solve(Float64Array.from(miss, (x) => x.div(size).toNumber()));
    point = point.map((x, i) => x.minus(size.times(arithmetic.number(move[i]))));
  }
  return { point, size: smallest };
}

const probability: Condition = { fits: (x) => x.gte(0) && x.lte(1), says: "be between 0 and 1" };
const gameTemperature: Condition = { fits: (x) => x.gte(GAME_TEMPERATURE.least), says: GAME_TEMPERATURE.says };

/** Half of P_ij − P_ji. */
function requireMargins(arithmetic: Arithmetic, caller: string, value: unknown, size: number): BigNumber[][] {
  const argument = "preference";
  const p = requireSquare(caller, argument, value, size).map((row, i) =>
    requireNumbers(arithmetic, caller, `${argument}[${i}]`, row, size, probability),
  );
  return p.map((row, i) =>
    row.map((x, j) => {
      if (x.plus(p[j][i]).minus(arithmetic.one).abs().lte(PREFERENCE_SLACK)) return x.minus(p[j][i]).div(2);
      throw bigOutOfRange(caller, `${argument}[${i}][${j}]`, complements(argument, i, j), x);
    }),
  );
}

export const nashOptimum: Exact<"nashOptimum"> = (arithmetic, problem) => {
  const caller = "nashOptimum";
  const { ref: given, preference, beta: price } = requireObject(caller, "problem", problem);
  const ref = readMeasure(arithmetic, caller, "ref", given);
  const margins = requireMargins(arithmetic, caller, preference, ref.support.length);
  const beta = requireNumber(arithmetic, caller, "beta", price, gameTemperature);
  const near = margins.map((row) => Float64Array.from(row, (x) => x.toNumber()));
  const law = Law.fromLogMass(Float64Array.from(ref.law.logMass, (l) => l.toNumber()));
  const { scores: start, policy, margin } = equilibrium(caller, law, near, beta.toNumber());
  const { point: scores, size } = refined(
    arithmetic,
    start,
    (point) => {
      const { mass } = tiltOf(caller, "reward", ref, point, beta).law;
      return point.map((s, i) => s.minus(arithmetic.sum(margins[i].map((a, j) => a.times(mass[j])))));
    },
    newtonSystem(near, policy, margin, beta.toNumber()),
  );
  if (size.gt(`1e-${arithmetic.digits}`)) throw bigOutOfRange(caller, "beta", "be larger: no optimum was found", beta);
  const winning = scores.map((s) => s.plus(0.5));
  return tiltOf(caller, "reward", ref, winning, beta).law;
};

export const dpoOptimum: Exact<"dpoOptimum"> = (arithmetic, problem, comparisons) => {
  const caller = "dpoOptimum";
  const { ref: given, beta: price } = requireObject(caller, "problem", problem);
  const ref = readMeasure(arithmetic, caller, "ref", given);
  const beta = requireNumber(arithmetic, caller, "beta", price, positiveOrInfinite);
  const list = Symbol.iterator in Object(comparisons) ? [...comparisons] : comparisons;
  const tournament = readTournament(caller, rounded(list), ref.support, 0, "ref.support");
  const wins = winsOf(arithmetic, caller, list);
  const score = ref.support.map(() => arithmetic.zero);
  for (const { part, answers } of components(tournament)) {
    const without = answers.find((i) => !ref.supports(i));
    if (without !== undefined) {
      throw outOfRange(caller, `ref.mass[${without}]`, "be positive, as the answer was compared", 0);
    }
    requireMaximum(caller, part);
    const { network, potential } = maximum(part, 0, -1);
    network.moveTo(potential);
    const information = network.information();
    const scale = new arithmetic.Big(2).pow(part.exponent);
    const pairs = Array.from(part.first, (i, p) => {
      const [a, b] = [part.items[i], part.items[part.second[p]]];
      return { i, j: part.second[p], won: wins(a, b), lost: wins(b, a) };
    });
    /** Expected less observed wins, in the unit of the network. */
    const surplus = (ability: Numbers) => {
      const slopes = answers.map(() => arithmetic.zero);
      for (const { i, j, won, lost } of pairs) {
        const odds = arithmetic.exp(ability[i].minus(ability[j]));
        const more = won.plus(lost).times(odds).div(odds.plus(1)).minus(won).times(scale);
        slopes[i] = slopes[i].plus(more);
        slopes[j] = slopes[j].minus(more);
      }
      return slopes;
    };
    const { point } = refined(arithmetic, potential, surplus, (values) => information.solve(values));
    const mean = arithmetic.sum(point).div(answers.length);
    for (const [k, i] of answers.entries()) score[i] = point[k].minus(mean);
  }
  return tiltOf(caller, "reward", ref, score, beta).law;
};

/** Comparisons with big counts rounded to doubles, to be checked and to start from. */
function rounded(comparisons: Iterable<ComparisonOf<Input>>): Iterable<PairwiseComparison<unknown>> {
  if (!Array.isArray(comparisons)) return comparisons as never;
  return comparisons.map((c) => (isBigNumber(c?.count) ? { ...c, count: c.count.toNumber() } : c));
}

/** How often one answer won against another, a tie being half a win to each. */
function winsOf(arithmetic: Arithmetic, caller: string, comparisons: Iterable<ComparisonOf<Input>>) {
  const counts = new Map<unknown, Map<unknown, BigNumber>>();
  const of = (winner: unknown) => cached(counts, answerKey(winner), () => new Map<unknown, BigNumber>());
  const add = (winner: unknown, loser: unknown, count: BigNumber) => {
    const before = of(winner).get(answerKey(loser)) ?? arithmetic.zero;
    of(winner).set(answerKey(loser), before.plus(count));
  };
  for (const comparison of comparisons) {
    const count = readNumber(arithmetic, caller, "count", comparison.count ?? 1);
    if ("tie" in comparison) {
      const [a, b] = comparison.tie;
      add(a, b, count.div(2));
      add(b, a, count.div(2));
    } else add(comparison.winner, comparison.loser, count);
  }
  return (winner: unknown, loser: unknown) => of(winner).get(answerKey(loser)) ?? arithmetic.zero;
}

/** V of a prefix as reward + β·excess, with the reward of the sequence that the optimum takes most often from there. */
interface Worth {
  readonly value: BigNumber;
  readonly reward: BigNumber;
  readonly excess: BigNumber;
  readonly law?: ExactDistribution;
}

export const softValues: Exact<"softValues"> = (arithmetic, policy, reward, price) => {
  const caller = "softValues";
  const own = readSequencePolicy(arithmetic, caller, policy);
  const beta = requireNumber(arithmetic, caller, "beta", price, positiveOrInfinite);
  const { zero, negativeInfinity } = arithmetic;
  const inner = (law: ExactDistribution, longer: readonly Worth[]): Worth => {
    const rewards = longer.map((worth, a) => (law.supports(a) ? worth.reward : negativeInfinity));
    const top = rewards.reduce((a, b) => (b.gt(a) ? b : a));
    if (!top.isFinite()) return { value: top, reward: top, excess: zero, law };
    const exponents = rewards.map((r, a) => (r.isFinite() ? r.minus(top).div(beta).plus(longer[a].excess) : r));
    const tilted = tiltOf(caller, "reward", law, exponents, arithmetic.one);
    const { reward, excess: before } = longer[tilted.anchor];
    const excess = before.plus(tilted.excess());
    const mean = () =>
      expectationOf(
        law,
        longer.map(({ value }) => value),
      );
    const value = beta.isFinite() ? reward.plus(beta.times(excess)) : mean();
    return { value, reward, excess, law: tilted.law.normalized() };
  };
  const ends = (sequences: readonly unknown[]) =>
    requireNumbers(arithmetic, caller, "reward", reward, sequences.length, belowInfinity).map((r) => ({
      value: r,
      reward: r,
      excess: zero,
    }));
  const find = valueTree<unknown, ExactDistribution, Worth>(caller, own, ends, inner);
  if (!find(caller, []).worth.reward.isFinite()) {
    throw outOfRange(caller, "reward", "be above -Infinity for some sequence that the policy draws", -Infinity);
  }
  const { vocabulary, length, end } = own;
  const conditional = (prefix: readonly unknown[]) => {
    const found = find("conditional", prefix);
    requireIncomplete("conditional", found, prefix);
    return found.worth.law as ExactDistribution;
  };
  return { value: (prefix) => find("value", prefix).worth.value, policy: { vocabulary, length, end, conditional } };
};
