import { Law } from "../measure/law.js";
import { logAdd } from "../measure/levels.js";
import {
  type Distribution,
  distributionOf,
  type LawfulMeasure,
  type Measure,
  normalized,
  requirePair,
} from "../measure/measure.js";
import { answerKey } from "../measure/support.js";
import { FINITE, outOfRange, requireNumber, requireOptions, wrongType } from "../numeric/check.js";
import { exp, log, pow } from "../numeric/elementary.js";
import { isNormal } from "../numeric/float64.js";
import { logSumExp } from "../numeric/logSumExp.js";

/** How fast masked positions are revealed. */
export interface MaskedGuidanceOptions {
  /**
   * Whether the rates of each masked position are divided by their total, so that every position is revealed equally fast
   * and the order is uniformly random; false when left out.
   */
  readonly normalized?: boolean;
}

/** Partial sequences are counted as sequences times subsets of the positions. More are not gone through: it would take seconds. */
const MAX_PARTIAL_SEQUENCES = 2 ** 22;

/** A probability below it may have lost terms to underflow, and is taken from its logarithm. */
const MIN_SUMMED_PROBABILITY = 1e-290;

/**
 * The exact law of what masked (absorbing) discrete diffusion makes under classifier-free guidance. All positions start masked.
 * In a partial sequence s, each masked position i turns into token v at a rate ∝ p_c(v|s)^{1+w} p(v|s)^{−w}, where p(v|s) is
 * the probability of v at i given the tokens in s. One clock drives all positions, so the noise schedule only sets the
 * times of the jumps: the output has the law of the jump chain, whatever the schedule.
 *
 * $$P(s \to s') = \frac{R(s, s')}{\sum_{s''} R(s, s'')}, \qquad R(s, s') =
 * \Big( \frac{p_c(s')}{p_c(s)} \Big)^{1+w} \Big( \frac{p(s')}{p(s)} \Big)^{-w}$$
 *
 * Here p(s) is the marginal probability of the tokens in s. The output has probability p_c(x)^{1+w} p(x)^{−w} G(x), where G
 * sums, over the orders of the positions, the products of 1/Σ R on the way: at one position the law is the tilt
 * ∝ p_c^{1+w} p^{−w} of (31), at w = 0 it is p_c, and else it is neither. With `normalized` each position's rates are divided
 * by their total, as samplers do that pick a position first: that is another law.
 *
 * Both laws are measures on sequences of equal length; `sequenceDistribution` makes them of autoregressive policies. Time and
 * memory grow as the number of partial sequences, up to K·2^L for K sequences of L tokens.
 * Nisonoff and others (arXiv 2406.01572); arXiv 2506.10971, 2507.08965.
 *
 * @param conditional p_c, any measure on sequences of L tokens, read as the law proportional to it
 * @param unconditional p, or that of a negative prompt: a measure on the same sequences in the same order
 * @param strength the guidance strength w, finite; see `guidanceWeight` for the scales of other authors
 * @param options `normalized`: equal rates for all positions
 * @returns the law of the output, on the same sequences
 * @throws TypeError when an argument has the wrong type, an answer is no array of tokens, or the supports differ
 * @throws RangeError when sequences differ in length or are empty, K·2^L exceeds 2^22, the strength is not finite, or the unconditional law has no mass where
 * the conditional has, unless w is 0
 * @example
 * ```ts
 * import { distribution, power, product, totalVariation } from "exptilt";
 * import { maskedGuidanceLaw } from "exptilt/diffusion";
 * const words = [["a", "a"], ["a", "b"], ["b", "a"], ["b", "b"]];
 * const own = distribution(words, [0.4, 0.1, 0.2, 0.3]);
 * const all = distribution(words, [0.25, 0.25, 0.25, 0.25]);
 * const law = maskedGuidanceLaw(own, all, 3);
 * law.mass // => [0.6575, 0.0020, 0.0640, 0.2765]
 * const target = product(power(own, 4), power(all, -3));
 * totalVariation(law, target) // => 0.0665
 * totalVariation(maskedGuidanceLaw(own, all, 3, { normalized: true }), target) // => 0.0820
 * ```
 */
export function maskedGuidanceLaw<T>(
  conditional: Measure<readonly T[]>,
  unconditional: Measure<readonly T[]>,
  strength: number,
  options: MaskedGuidanceOptions = {},
): Distribution<readonly T[]> {
  const caller = "maskedGuidanceLaw";
  const [own, all] = requirePair(caller, ["conditional", conditional], ["unconditional", unconditional]);
  const w = requireNumber(caller, "strength", strength, FINITE);
  const perPosition = requireMaskedGuidance(caller, options);
  const tokens = requireSequences(caller, own.support);
  if (w === 0) return normalized(own);
  requireSupported(
    caller,
    (k) => own.law.supports(k),
    (k) => all.law.supports(k),
    tokens.length,
  );
  const states = partialSequences(tokens, own, all, w);
  const { mass, logMass } = jumpChain(states, tokens[0].length, perPosition);
  return distributionOf(own.support, Law.fromMass(mass, logMass), 0);
}

/** Whether the rates are normalized. */
export function requireMaskedGuidance(caller: string, options: MaskedGuidanceOptions): boolean {
  const { normalized = false } = requireOptions(caller, options, { normalized: true });
  if (typeof normalized !== "boolean") throw wrongType(caller, "options.normalized", "be a boolean", normalized);
  return normalized;
}

/** The unconditional law must have mass wherever the conditional has. */
export function requireSupported(
  caller: string,
  own: (k: number) => boolean,
  all: (k: number) => boolean,
  size: number,
): void {
  for (let k = 0; k < size; k++)
    if (own(k) && !all(k))
      throw outOfRange(caller, `unconditional.mass[${k}]`, "be positive where the conditional has mass", 0);
}

/** The tokens of each sequence, as numbers from 0 for each position. */
export function requireSequences(caller: string, support: readonly (readonly unknown[])[]): Int32Array[] {
  const length = Array.isArray(support[0]) ? support[0].length : 0;
  const vocabularies = Array.from({ length }, () => new Map<unknown, number>());
  const limit = MAX_PARTIAL_SEQUENCES / support.length;
  return support.map((sequence, k) => {
    const argument = `conditional.support[${k}]`;
    if (!Array.isArray(sequence)) throw wrongType(caller, argument, "be an array of tokens", sequence);
    if (length === 0) throw outOfRange(caller, argument, "have at least one token", sequence);
    if (sequence.length !== length) throw outOfRange(caller, argument, `have ${length} tokens, as the first`, sequence);
    if (!(2 ** length <= limit))
      throw outOfRange(
        caller,
        "conditional.support",
        `have K·2^L of at most ${MAX_PARTIAL_SEQUENCES}`,
        2 ** length * support.length,
      );
    return Int32Array.from(sequence, (token, i) => {
      const known = vocabularies[i];
      const key = answerKey([token]);
      const number = known.get(key) ?? known.size;
      known.set(key, number);
      return number;
    });
  });
}

/** The partial sequences, numbered subset by subset of the revealed positions. */
interface PartialSequences {
  /** For each subset of positions, as bits, the partial sequence that each sequence extends. */
  readonly of: readonly Int32Array[];
  /** log p_c(s)^{1+w} p(s)^{−w}, −∞ where p_c(s) is 0. */
  readonly logTilted: Float64Array;
  /** The quotient of p_c^{1+w} p^{−w} of two partial sequences. */
  readonly quotient: (s: number, t: number) => number;
}

function partialSequences(
  tokens: readonly Int32Array[],
  own: LawfulMeasure<unknown>,
  all: LawfulMeasure<unknown>,
  w: number,
): PartialSequences {
  const [pOwn, pAll] = [own.law, all.law].map((law) => marginals(law));
  const of: Int32Array[] = [];
  const ids = new Int32Array(tokens.length);
  for (let subset = 0; subset < 2 ** tokens[0].length; subset++) {
    // The partial sequences without the lowest position, told apart by its token.
    const position = 31 - Math.clz32(subset & -subset);
    const before = subset === 0 ? undefined : of[subset & (subset - 1)];
    const known = new Map<number, number>();
    const groups: number[][] = [];
    for (let k = 0; k < ids.length; k++) {
      const key = before === undefined ? 0 : before[k] + tokens[k][position] * 2 ** 23;
      let id = known.get(key);
      if (id === undefined) {
        id = groups.length;
        known.set(key, id);
        groups.push([]);
      }
      groups[id].push(k);
      ids[k] = id;
    }
    const first = pOwn.size();
    for (const group of groups) {
      pOwn.add(group);
      pAll.add(group);
    }
    of.push(ids.map((id) => first + id));
  }
  const logTilted = Float64Array.from({ length: pOwn.size() }, (_, s) => {
    const [a, b] = [pOwn.log(s), pAll.log(s)];
    return a === -Infinity ? a : a + w * (a - b);
  });
  const quotient = (s: number, t: number): number => {
    const [a, b] = [pOwn.quotient(s, t), pAll.quotient(s, t)];
    const [ratio, x] = [a / b, a * pow(a / b, w)];
    // By logarithms where a factor leaves the doubles: there their rounding is as small.
    return [a, b, ratio, x / a, x].every(isNormal) ? x : exp(logTilted[s] - logTilted[t]);
  };
  return { of, logTilted, quotient };
}

/** Sums of a law over groups of answers, in the order in which they are added. */
function marginals(law: Law) {
  const logOf = law.logProbabilities();
  // Below it weights that only logarithms hold are missing.
  const least = law.hasTail ? MIN_SUMMED_PROBABILITY : 0;
  const [weights, logs]: [number[], number[]] = [[], []];
  return {
    size: () => logs.length,
    add(group: readonly number[]): void {
      let weight = 0;
      for (const k of group) weight += law.weight[k];
      weights.push(weight);
      logs.push(logSumExp(group.map((k) => logOf[k])));
    },
    log: (s: number) => logs[s],
    quotient: (s: number, t: number) =>
      weights[s] > least && weights[t] > least ? weights[s] / weights[t] : exp(logs[s] - logs[t]),
  };
}

/** The law of the jump chain at its end, by the probability of passing each partial sequence. */
function jumpChain({ of, logTilted, quotient }: PartialSequences, length: number, perPosition: boolean) {
  const passed = new Float64Array(logTilted.length);
  const logPassed = new Float64Array(logTilted.length).fill(-Infinity);
  /** Hands a share of the probability of s to partial sequences with one token more, in proportion to their rates. */
  const hand = (s: number, next: readonly number[], share: number) => {
    const fastest = next.reduce((top, t) => (logTilted[t] > logTilted[top] ? t : top), next[0]);
    const rates = next.map((t) => quotient(t, fastest));
    const total = rates.reduce((sum, rate) => sum + rate, 0) / share;
    const logTotal = log(total);
    for (const [j, t] of next.entries()) {
      const step = rates[j] / total;
      const logStep = isNormal(step) ? log(step) : logTilted[t] - logTilted[fastest] - logTotal;
      passed[t] += passed[s] * step;
      logPassed[t] = logAdd(logPassed[t], logPassed[s] + logStep);
    }
  };
  passed[0] = 1;
  logPassed[0] = 0;
  for (let subset = 0; subset < of.length - 1; subset++) {
    const masked = Array.from({ length }, (_, i) => i).filter((i) => (subset & (1 << i)) === 0);
    /** The next partial sequences of each, position by position. */
    const next = new Map<number, number[][]>();
    for (const [j, i] of masked.entries()) {
      const seen = new Set<number>();
      for (const [k, t] of of[subset | (1 << i)].entries()) {
        if (seen.has(t) || logTilted[t] === -Infinity) continue;
        seen.add(t);
        const s = of[subset][k];
        const rows = next.get(s) ?? masked.map(() => []);
        rows[j].push(t);
        next.set(s, rows);
      }
    }
    for (const [s, rows] of next) {
      if (perPosition) for (const row of rows) hand(s, row, 1 / masked.length);
      else hand(s, rows.flat(), 1);
    }
  }
  const last = of[of.length - 1];
  const logMass = Float64Array.from(last, (s) => logPassed[s]);
  const mass = Float64Array.from(last, (s) => (passed[s] < MIN_SUMMED_PROBABILITY ? exp(logPassed[s]) : passed[s]));
  return { mass, logMass };
}
