import type { Algebra, DistributionOf, MeasureOf, SelfCertaintyProblemOf, TiltProblemOf } from "../exact/algebra.js";
import { outOfRange, requireInteger, requireLength, requirePositive } from "../numeric/check.js";

/** A concrete problem on which every claim can be checked: plain numbers, each meant at its exact value. */
export interface Instance {
  /** The masses of the reference policy, one an answer, or their logarithms in `logMass`. */
  readonly mass?: readonly number[];
  /** The log-masses of the reference policy, in nats, where `mass` is left out. */
  readonly logMass?: readonly number[];
  /** A finite reward for each answer. */
  readonly reward: readonly number[];
  /** β = β_hf = β_tts. */
  readonly beta: number;
  /** L, the number of tokens of an answer. */
  readonly length: number;
  /** |V|, the number of tokens in the vocabulary. */
  readonly vocabularySize: number;
  /** Masses of a policy to compare with the optimum, positive only where the reference is; built from it when left out. */
  readonly policy?: readonly number[];
}

/** An instance seen in one arithmetic: what the claims are made of, each part made once and shared by all claims. */
export interface World<N> {
  /** The arithmetic, and the library's functions in it. */
  readonly algebra: Algebra<N>;
  /** The instance itself. */
  readonly instance: Instance;
  /** The answers: 0, 1, …, K − 1. */
  readonly support: readonly number[];
  /** The reference as a measure: the masses as given. */
  readonly given: MeasureOf<N>;
  /** The reference law. */
  readonly ref: DistributionOf<N>;
  /** Policies within the support of ref: the uniform law on it, and the instance's own. */
  readonly policies: readonly DistributionOf<N>[];
  /** r, one an answer. */
  readonly reward: readonly N[];
  /** β. */
  readonly beta: N;
  /** hp ∝ e^r. */
  readonly hp: DistributionOf<N>;
  /** (ref, r, β). */
  readonly problem: TiltProblemOf<N>;
  /** π* ∝ ref·e^{r/β}. */
  readonly optimum: DistributionOf<N>;
  /** The RLIF problem on ref with β_if = (β + 1)/L rounded to a double, so that Lβ_if − 1 is β but for rounding. */
  readonly internal: SelfCertaintyProblemOf<N>;
  /** Its optimum. */
  readonly internalOptimum: DistributionOf<N>;
  /** The RLHF problem it is equivalent to: reward log ref, β_hf = Lβ_if − 1. */
  readonly faithful: TiltProblemOf<N>;
  /** The doubles from which small autoregressive policies are built: the positive masses of ref, scaled. */
  readonly tokens: readonly number[];
}

/** ref weighted by the answers' ranks: a policy within the support of ref that is neither ref nor a tilt by the reward. */
function rankedPolicy(mass: readonly number[]): number[] {
  return mass.map((m, i) => m * (1 + (i % 7)));
}

/** A value computed when first read. */
function lazy<T>(make: () => T): () => T {
  let value: { readonly it: T } | undefined;
  return () => {
    value ??= { it: make() };
    return value.it;
  };
}

/**
 * An instance in an arithmetic: the laws, optima and policies that the claims speak of, made when first asked for.
 *
 * @param algebra the arithmetic: `float64Algebra`, or `exactAlgebra()` of `exptilt/exact`
 * @param instance the problem; rewards must be finite
 * @returns the world of the instance
 * @throws TypeError when masses and rewards have different lengths
 * @throws RangeError when β, L or |V| is out of range or a reward is not finite
 * @example
 * ```ts
 * import { float64Algebra, worldOf } from "exptilt";
 * const world = worldOf(float64Algebra, { mass: [3, 1], reward: [0, 1], beta: 0.5, length: 2, vocabularySize: 2 });
 * world.optimum.mass // => [0.288765, 0.711235]
 * world.internal.beta // => 0.75
 * ```
 */
export function worldOf<N>(algebra: Algebra<N>, instance: Instance): World<N> {
  const caller = "worldOf";
  const given = instance.mass ?? instance.logMass ?? [];
  requireLength(caller, "reward", instance.reward, given.length);
  for (const [i, r] of instance.reward.entries()) {
    if (!Number.isFinite(r)) throw outOfRange(caller, `reward[${i}]`, "be finite", r);
  }
  requirePositive(caller, "beta", instance.beta);
  const length = requireInteger(caller, "length", instance.length, 1);
  const vocabularySize = requireInteger(caller, "vocabularySize", instance.vocabularySize, 1);

  const numbers = (values: readonly number[]) => values.map((x) => algebra.number(x));
  const support = [...given.keys()];
  const reward = numbers(instance.reward);
  const beta = algebra.number(instance.beta);
  const plain = instance.mass ?? expScaled(instance.logMass ?? []);

  const measure = lazy(() =>
    instance.mass === undefined
      ? algebra.fromLogMass(support, numbers(instance.logMass ?? []))
      : algebra.measure(support, numbers(instance.mass)),
  );
  const ref = lazy(() => algebra.normalize(measure()));
  const policies = lazy(() => [
    algebra.distribution(support, numbers(plain.map((m) => (m > 0 ? 1 : 0)))),
    algebra.distribution(support, numbers(instance.policy ?? rankedPolicy(plain))),
  ]);
  const hp = lazy(() => algebra.humanPreference(support, reward));
  const problem = lazy(() => ({ ref: ref(), reward, beta }));
  const optimum = lazy(() => algebra.rlhfOptimum(problem()));
  const internal = lazy(() => ({
    ref: ref(),
    length,
    beta: algebra.number((instance.beta + 1) / length),
    vocabularySize,
  }));
  const internalOptimum = lazy(() => algebra.rlifOptimum(internal()));
  const faithful = lazy(() => algebra.rlhfEquivalent(internal()));
  const positive = plain.filter((m) => m > 0);
  const largest = Math.max(...positive);

  return {
    algebra,
    instance,
    support,
    reward,
    beta,
    tokens: positive.map((m) => m / largest).filter((m) => m > 1e-200),
    get given() {
      return measure();
    },
    get ref() {
      return ref();
    },
    get policies() {
      return policies();
    },
    get hp() {
      return hp();
    },
    get problem() {
      return problem();
    },
    get optimum() {
      return optimum();
    },
    get internal() {
      return internal();
    },
    get internalOptimum() {
      return internalOptimum();
    },
    get faithful() {
      return faithful();
    },
  };
}

/** e^{l − max l}: masses on the scale of the largest, for what needs doubles. */
function expScaled(logMass: readonly number[]): number[] {
  const max = Math.max(...logMass);
  return logMass.map((l) => Math.exp(l - max));
}
