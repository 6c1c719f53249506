import type { Algebra, DistributionOf, MeasureOf, SelfCertaintyProblemOf, TiltProblemOf } from "../exact/algebra.js";
import { lazily } from "../numeric/cache.js";
import { requireObject, wrongType } from "../numeric/check.js";
import { exp } from "../numeric/elementary.js";
import { type Atoms, atomsOf } from "./builtInAtoms.js";
import { type CheckedInstance, type Instance, requireInstance } from "./checkedInstance.js";
import { float64Algebra } from "./float64.js";

export type { Instance };

/** An instance in one arithmetic: what the claims are made of. Each member is made when it is first read. */
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
  /** The RLIF problem on ref with β_if = (max(β, 2⁻³⁰) + 1)/L rounded to a double, so that Lβ_if − 1 is β up to rounding. */
  readonly internal: SelfCertaintyProblemOf<N>;
  /** The optimum of that problem. */
  readonly internalOptimum: DistributionOf<N>;
  /** The RLHF problem equivalent to it: reward log ref, β_hf = Lβ_if − 1. */
  readonly faithful: TiltProblemOf<N>;
  /** The doubles from which small autoregressive policies are built: the positive masses of ref, scaled. */
  readonly tokens: readonly number[];
  /** The atoms of the diffusion half: the instance's own, or made from its answers. */
  readonly atoms: Atoms<N>;
}

/** The weights 1, 2, …, 7, 1, …: ref times these is a policy within the support of ref that is no tilt by r. */
const rank = (i: number): number => 1 + (i % 7);

/** The least β of the RLIF problem, which keeps (β + 1)/L above 1/L when it is rounded. */
export const LEAST_INTERNAL_BETA: number = 2 ** -30;

/**
 * An instance in an arithmetic: the laws, optima and policies that the claims speak of, made when they are first read.
 *
 * @param algebra the arithmetic: `float64Algebra`, or `exactAlgebra()` of `exptilt/exact`
 * @param instance the problem; rewards must be finite
 * @returns the world of the instance
 * @throws TypeError when the algebra is none, the instance is no object, or its parts have the wrong type or length
 * @throws RangeError when a mass, β, L or |V| is out of range or a reward is not finite
 * @example
 * ```ts
 * import { float64Algebra, worldOf } from "exptilt/claims";
 * const world = worldOf(float64Algebra, { mass: [3, 1], reward: [0, 1], beta: 0.5, length: 2, vocabularySize: 2 });
 * world.optimum.mass // => [0.288765, 0.711235]
 * world.internal.beta // => 0.75
 * ```
 */
export function worldOf<N>(algebra: Algebra<N>, instance: Instance): World<N> {
  const caller = "worldOf";
  requireAlgebra(caller, algebra);
  const checked = requireInstance(caller, instance);
  const { mass, logMass, length, vocabularySize, policy } = checked;

  const numbers = (values: readonly number[]) => values.map((x) => algebra.number(x));
  const support = [...logMass.keys()];
  const reward = numbers(checked.reward);
  const beta = algebra.number(checked.beta);

  const world: World<N> = lazily<World<N>>({
    algebra: () => algebra,
    instance: () => instance,
    support: () => support,
    given: () =>
      mass === undefined ? algebra.fromLogMass(support, numbers(logMass)) : algebra.measure(support, numbers(mass)),
    ref: () => algebra.normalize(world.given),
    policies: () => [
      algebra.distribution(support, numbers(logMass.map((l) => (l > -Infinity ? 1 : 0)))),
      policy === undefined
        ? algebra.normalize(algebra.product(world.given, algebra.measure(support, numbers(support.map(rank)))))
        : algebra.distribution(support, numbers(policy)),
    ],
    reward: () => reward,
    beta: () => beta,
    hp: () => algebra.humanPreference(support, reward),
    problem: () => ({ ref: world.ref, reward, beta }),
    optimum: () => algebra.rlhfOptimum(world.problem),
    internal: () => ({
      ref: world.ref,
      length,
      beta: algebra.number((Math.max(checked.beta, LEAST_INTERNAL_BETA) + 1) / length),
      vocabularySize,
    }),
    internalOptimum: () => algebra.rlifOptimum(world.internal),
    faithful: () => algebra.rlhfEquivalent(world.internal),
    tokens: () => relativeMasses(checked).filter((m) => m > 1e-200),
    atoms: () => atomsOf(algebra, checked.atoms),
  });
  return world;
}

/** Refuses what lacks a member of `float64Algebra`, or has one of another type. */
function requireAlgebra(caller: string, algebra: object): void {
  const members = requireObject(caller, "algebra", algebra) as Readonly<Record<string, unknown>>;
  for (const [name, type] of MEMBERS)
    if (typeof members[name] !== type) throw wrongType(caller, `algebra.${name}`, `be a ${type}`, members[name]);
}

const MEMBERS = Object.entries(float64Algebra).map(([name, member]) => [name, typeof member] as const);

/** The masses divided by the largest, as doubles. */
function relativeMasses({ mass, logMass }: CheckedInstance): number[] {
  const given = mass ?? logMass;
  const max = given.reduce((a, b) => Math.max(a, b));
  return given.map((x) => (mass === undefined ? exp(x - max) : x / max));
}
