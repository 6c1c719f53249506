import { klOf } from "../information/divergence.js";
import { entropyOf, renyiEntropyOf } from "../information/entropy.js";
import { escortLaw, logOdds } from "../measure/escort.js";
import { expectationUnder } from "../measure/expectation.js";
import { Law } from "../measure/law.js";
import {
  type Distribution,
  type LawfulMeasure,
  type Measure,
  NormalizedMeasure,
  requireMeasure,
  requirePair,
} from "../measure/measure.js";
import { NON_NEGATIVE, POSITIVE, requireInteger, requireNumber, requireObject } from "../numeric/check.js";
import { twoProduct, twoSum } from "../numeric/doubleDouble.js";
import { log } from "../numeric/elementary.js";

/**
 * Reinforcement learning from internal feedback: the reward is the policy's own certainty.
 *
 * @typeParam A the type of an answer, a sequence of tokens of one fixed length
 */
export interface SelfCertaintyProblem<A = unknown> {
  /** The reference policy: any measure on sequences, read as the law proportional to it. */
  readonly ref: Measure<A>;
  /** The length L of every sequence, in tokens. */
  readonly length: number;
  /** β_if ≥ 0: the price of one nat of KL to `ref`, in nats of self-certainty per token. */
  readonly beta: number;
  /** |V|, the number of tokens. */
  readonly vocabularySize: number;
}

/**
 * The maximiser of the RLIF objective, and what is known of it.
 *
 * @typeParam A the type of an answer
 */
export interface RlifOptimum<A = unknown> extends Distribution<A> {
  /** `"escort"` where Lβ > 1: one optimum, ∝ ref^a'. `"mode"` where Lβ ≤ 1: the objective is convex, optima sit on the modes. */
  readonly regime: "escort" | "mode";
  /** a' = Lβ/(Lβ − 1), or Infinity in the regime of modes. */
  readonly exponent: number;
  /** The modes of ref: in the regime of modes each point mass on one is an optimum, and at Lβ = 1 every mixture of them. */
  readonly modes: readonly A[];
  /** Whether this is the only optimum. */
  readonly unique: boolean;
  /** The objective at the optimum, in nats per token. A copy by JSON or a clone does not have it, since it is made when read. */
  readonly value: number;
}

/** Lβ and Lβ − 1, the latter from the exact product: its sign is the regime, and near 1 its digits are the exponent's. */
function temperatures(length: number, beta: number): { a: number; excess: number } {
  const a = twoProduct(length, beta);
  // A product whose error can't be told apart from it: nothing near 1.
  if (!Number.isFinite(a.lo)) {
    const product = Math.min(length * beta, Number.MAX_VALUE);
    return { a: product, excess: product };
  }
  const { hi, lo } = twoSum(a.hi, -1);
  return { a: a.hi, excess: hi + (lo + a.lo) };
}

function checked<A>(caller: string, problem: SelfCertaintyProblem<A>) {
  const ref = requireMeasure(caller, "ref", requireObject(caller, "problem", problem).ref);
  const length = requireInteger(caller, "length", problem.length, 1);
  const vocabularySize = requireInteger(caller, "vocabularySize", problem.vocabularySize, 1);
  const beta = requireNumber(caller, "beta", problem.beta, NON_NEGATIVE);
  return { ref, length, beta, logV: log(vocabularySize), ...temperatures(length, beta) };
}

type Checked<A> = ReturnType<typeof checked<A>>;

/**
 * The RLIF objective J(π) = E_π[u_π] − β KL(π‖ref) = log|V| − (H(π) + Lβ KL(π‖ref))/L, in nats per token: expected
 * self-certainty of the policy itself, less the price of leaving the reference. Equation (7).
 *
 * $$J_{\mathrm{if}}(\pi) = \mathbb{E}_\pi[u_\pi] - \beta\, \mathrm{KL}(\pi \,\|\, \mathrm{ref}) = \log |V| - \frac{1}{L} \bigl[ H(\pi) + L \beta\, \mathrm{KL}(\pi \,\|\, \mathrm{ref}) \bigr]$$
 *
 * The self-certainty moves with the policy, and E_π[u_π] = log|V| − H(π)/L holds for sequences of one fixed length L.
 * −∞ where π has mass and ref has none (with β > 0).
 *
 * @param problem the reference policy, the length, β and the vocabulary's size
 * @param policy any measure on the answers of ref, read as the law proportional to it
 * @returns J(π) in nats per token
 * @throws TypeError when an argument has the wrong type or the supports differ
 * @throws RangeError when the length or the vocabulary's size is no whole number ≥ 1, or β is negative or not finite
 * @example
 * ```ts
 * import { rlifObjective, uniform } from "exptilt";
 * const ref = uniform(["aa", "ab", "ba", "bb"]);
 * rlifObjective({ ref, length: 2, beta: 1, vocabularySize: 2 }, ref) // => 0
 * ```
 */
export function rlifObjective<A>(problem: SelfCertaintyProblem<A>, policy: Measure<A>): number {
  const known = checked("rlifObjective", problem);
  const { length, beta, logV } = known;
  const [{ law: ref }, { law }] = requirePair("rlifObjective", ["ref", known.ref], ["policy", policy]);
  const kl = klOf(law, ref);
  if (kl === Infinity) return -Infinity;
  // Rounded, the value of a policy near the optimum may come out above the optimal one.
  return Math.min(logV - entropyOf(law) / length - beta * kl, optimalValueOf(known));
}

/**
 * The optimum of the RLIF objective. For Lβ > 1 it is the escort law ∝ ref^{a'}, a' = Lβ/(Lβ − 1), equation (10). For
 * Lβ ≤ 1 the objective is convex in π and is maximal at point masses on the modes of ref; the first mode is returned,
 * and all are listed.
 *
 * $$\pi^*(o) \propto \mathrm{ref}(o)^{a'}, \quad a' = \frac{L\beta}{L\beta - 1} \quad (L\beta > 1)$$
 *
 * Whether Lβ > 1 is decided on the exact product of the two doubles: 10 · 0.1 is above 1, because the double 0.1 is.
 *
 * @param problem the reference policy, the length, β and the vocabulary's size
 * @returns an optimal policy with its regime, exponent, modes and value; `logNormalizer` is log Σ ref^{a'} (0 for a mode)
 * @throws TypeError when an argument has the wrong type
 * @throws RangeError when the length or the vocabulary's size is no whole number ≥ 1, or β is negative or not finite
 * @example
 * ```ts
 * import { distribution, rlifOptimum } from "exptilt";
 * const ref = distribution(["aa", "ab", "ba", "bb"], [1, 2, 2, 3]);
 * const sharpened = rlifOptimum({ ref, length: 2, beta: 1, vocabularySize: 2 });
 * sharpened.exponent // => 2
 * sharpened.mass // => [0.0555555556, 0.2222222222, 0.2222222222, 0.5]
 * rlifOptimum({ ref, length: 2, beta: 0.25, vocabularySize: 2 }).mass // => [0, 0, 0, 1]
 * ```
 */
export function rlifOptimum<A>(problem: SelfCertaintyProblem<A>): RlifOptimum<A> {
  const known = checked("rlifOptimum", problem);
  const {
    ref: { support, law },
    a,
    excess,
  } = known;
  const modes = modesOf(law);
  const facts = { modes: modes.map((i) => support[i]), value: () => optimalValueOf(known) };
  if (excess > 0) {
    const [escort, logNormalizer] = escortLaw("rlifOptimum", law, a / excess, 1 / excess);
    return new OptimalPolicy(support, escort, logNormalizer, { ...facts, exponent: a / excess, unique: true });
  }
  const point = new Float64Array(support.length);
  point[modes[0]] = 1;
  const unique = modes.length === 1;
  return new OptimalPolicy(support, Law.fromMass(point), 0, { ...facts, exponent: Infinity, unique });
}

/** The law of an optimum with what is known of it; the value is made when it is first read. */
class OptimalPolicy<A> extends NormalizedMeasure<A> implements RlifOptimum<A> {
  readonly regime: "escort" | "mode";
  readonly exponent: number;
  readonly modes: readonly A[];
  readonly unique: boolean;
  #value: number | (() => number);

  constructor(
    support: readonly A[],
    law: Law,
    logNormalizer: number | (() => number),
    facts: { exponent: number; modes: readonly A[]; unique: boolean; value: () => number },
  ) {
    super(support, law, logNormalizer);
    this.regime = facts.exponent === Infinity ? "mode" : "escort";
    this.exponent = facts.exponent;
    this.modes = facts.modes;
    this.unique = facts.unique;
    this.#value = facts.value;
  }

  get value(): number {
    if (typeof this.#value === "function") this.#value = this.#value();
    return this.#value;
  }
}

/** The answers of largest probability; ties are ties of the weights as given. */
function modesOf(law: Law): number[] {
  const modes: number[] = [];
  for (let i = 0; i < law.weight.length; i++) {
    if (law.weight[i] === law.weight[law.peak] && logOdds(law, i, law.peak) === 0) modes.push(i);
  }
  return modes;
}

/**
 * The optimal value of the RLIF objective in nats per token: log|V| − H_{a'}(ref)/L with the Rényi entropy of order
 * a' = Lβ/(Lβ − 1) for Lβ > 1, since min_π [H(π) + a KL(π‖ref)] = H_{a/(a−1)}(ref); and log|V| + β log max ref for
 * Lβ ≤ 1, which it meets at Lβ = 1. Equation (10).
 *
 * $$J_{\mathrm{if}}(\pi^*) = \begin{cases} \log |V| - H_{a'}(\mathrm{ref}) / L & L\beta > 1 \\ \log |V| + \beta \log \max_o \mathrm{ref}(o) & L\beta \le 1 \end{cases}$$
 *
 * @param problem the reference policy, the length, β and the vocabulary's size
 * @returns the value of the objective at its maximum
 * @throws TypeError when an argument has the wrong type
 * @throws RangeError when the length or the vocabulary's size is no whole number ≥ 1, or β is negative or not finite
 * @example
 * ```ts
 * import { distribution, rlifObjective, rlifOptimum, rlifOptimalValue } from "exptilt";
 * const problem = { ref: distribution(["a", "b"], [1, 3]), length: 1, beta: 2, vocabularySize: 2 };
 * rlifOptimalValue(problem) // => 0.22314355131421
 * rlifObjective(problem, rlifOptimum(problem)) // => 0.22314355131421
 * ```
 */
export function rlifOptimalValue<A>(problem: SelfCertaintyProblem<A>): number {
  return optimalValueOf(checked("rlifOptimalValue", problem));
}

/**
 * By how much a policy falls short of the RLIF optimum, in nats per token: J(π*) − J(π) ≥ 0. For Lβ > 1 it is the price of
 * the distance from the optimum; for Lβ ≤ 1 a sum of terms that are 0 on the modes of ref.
 *
 * $$J_{\mathrm{if}}(\pi^*) - J_{\mathrm{if}}(\pi) = \begin{cases} (\beta - 1/L)\, \mathrm{KL}(\pi \,\|\, \pi^*) & L\beta > 1 \\ (1/L - \beta)\, H(\pi) + \beta\, \mathbb{E}_\pi \bigl[ \log \max \mathrm{ref} - \log \mathrm{ref} \bigr] & L\beta \le 1 \end{cases}$$
 *
 * Computed by these, so that it keeps its digits where the difference of the two values has none. +∞ where π has mass and
 * ref has none (with β > 0).
 *
 * @param problem the reference policy, the length, β and the vocabulary's size
 * @param policy any measure on the answers of ref, read as the law proportional to it
 * @returns J(π*) − J(π) in nats per token
 * @throws TypeError when an argument has the wrong type or the supports differ
 * @throws RangeError when the length or the vocabulary's size is no whole number ≥ 1, or β is negative or not finite
 * @example
 * ```ts
 * import { distribution, rlifOptimum, rlifRegret } from "exptilt";
 * const problem = { ref: distribution(["a", "b"], [1, 3]), length: 1, beta: 2, vocabularySize: 2 };
 * rlifRegret(problem, problem.ref) // => 0.0923315153731
 * rlifRegret(problem, rlifOptimum(problem)) // => 0
 * ```
 */
export function rlifRegret<A>(problem: SelfCertaintyProblem<A>, policy: Measure<A>): number {
  const caller = "rlifRegret";
  const { ref: given, length, beta, a, excess } = checked(caller, problem);
  const [{ law: ref }, { law }] = requirePair(caller, ["ref", given], ["policy", policy]);
  if (excess > 0) {
    const kl = klOf(law, escortLaw(caller, ref, a / excess, 1 / excess)[0]);
    return kl === 0 ? 0 : (excess / length) * kl;
  }
  const own = (excess / -length) * entropyOf(law);
  if (beta === 0) return own;
  const below = ref.weight.map((_, i) => (law.supports(i) ? 0 - logOdds(ref, i, ref.peak) : 0));
  if (below.includes(Infinity)) return Infinity;
  return own + beta * expectationUnder(law, below);
}

function optimalValueOf<A>({ ref: { law }, length, beta, logV, a, excess }: Checked<A>): number {
  if (!(excess > 0)) return logV + beta * law.logProbability(law.peak);
  return logV - renyiEntropyOf(law, a / excess, 1 / excess) / length;
}

/** The reference, and β_hf = Lβ_if − 1 of the exact product, for the correspondences. */
export function excessTemperature<A>(
  caller: string,
  problem: SelfCertaintyProblem<A>,
): { readonly ref: LawfulMeasure<A>; readonly beta: number } {
  const { ref, excess } = checked(caller, problem);
  return { ref, beta: requireNumber(caller, "length * beta - 1", excess, POSITIVE) };
}
