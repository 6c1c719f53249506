import type { Algebra, DistributionOf, SelfCertaintyProblemOf, TiltProblemOf } from "../exact/algebra.js";
import { cached } from "../numeric/cache.js";
import { LEAST_INTERNAL_BETA, type World } from "./instance.js";
import { entries, largest, least, positions } from "./sums.js";

/** Answers in the claims that enumerate all draws. */
const ENUMERATED_ANSWERS = 4;

/** N near the limit: above e^{2·range/β} log N wherever range/β is at most 8. */
export const DRAWS_NEAR_LIMIT: number = 2 ** 28;

/** N at which the law is far from its limit. */
export const DRAWS_FAR_FROM_LIMIT: number = 2 ** 10;

/** The first answers of an instance that have mass, so few that all draws from them can be enumerated. */
export interface Few<N> {
  readonly ref: DistributionOf<N>;
  readonly reward: readonly N[];
  readonly beta: N;
  readonly problem: TiltProblemOf<N>;
  /** (r_j − r_i)/β = log(w_j/w_i) for each pair: `exponents[i][j]`. */
  readonly exponents: readonly (readonly N[])[];
  /** The index of an answer of highest reward. */
  readonly best: number;
  /** Laws with the support of ref: the uniform one, and ref weighted by ranks. */
  readonly policies: readonly DistributionOf<N>[];
  /** The law of soft best-of-N, made once for each N. */
  readonly soft: (n: number) => DistributionOf<N>;
}

/** Few answers with ref = hp, and the RLIF problem on them. */
export interface FaithfulFew<N> extends Few<N> {
  readonly internal: SelfCertaintyProblemOf<N>;
}

/** The largest range of rewards, in units of β, where a claim speaks of bounds that grow like e^{range/β}. */
const MAX_RANGE_IN_BETAS = 8;

/** The values made for each world, shared by the claims. */
const made = new WeakMap<object, Map<string, unknown>>();

/** The value of a key in a world, made once. */
export function perWorld<T>(world: object, key: string, make: () => T): T {
  return cached(
    cached(made, world, () => new Map<string, unknown>()),
    key,
    make,
  ) as T;
}

/** The few answers at the instance's own β. */
export function fewOf<N>(world: World<N>): Few<N> {
  return perWorld(world, "few", () => {
    const { algebra: A, beta } = world;
    const { ref, reward } = firstAnswers(world);
    return makeFew(A, ref, reward, beta);
  });
}

/** The few answers at a β of at least 1/8 of the range of their rewards. */
export function warmFewOf<N>(world: World<N>): Few<N> {
  return perWorld(world, "warm", () => {
    const { algebra: A } = world;
    const { ref, reward } = firstAnswers(world);
    return makeFew(A, ref, reward, warmBeta(world, reward));
  });
}

/**
 * The few answers with the reward log ref, for which ref = hp, at a β of at least 1/8 of its range: the β_tts = Lβ_if − 1 of
 * an RLIF problem.
 */
export function faithfulFewOf<N>(world: World<N>): FaithfulFew<N> {
  return perWorld(world, "faithful", () => {
    const { algebra: A, internal: given } = world;
    const { ref } = firstAnswers(world);
    const warm = Math.max(A.toNumber(warmBeta(world, entries(ref.logMass))), LEAST_INTERNAL_BETA);
    const beta = A.divide(A.add(A.number(warm), A.number(1)), A.number(given.length));
    const internal = { ...given, ref, beta };
    const tilt = A.rlhfEquivalent(internal);
    return { ...makeFew(A, ref, entries(ref.logMass), tilt.beta), internal };
  });
}

function firstAnswers<N>(world: World<N>): { ref: DistributionOf<N>; reward: readonly N[] } {
  return perWorld(world, "first", () => {
    const { algebra: A, ref: all, reward } = world;
    const first = positions(A, all).slice(0, ENUMERATED_ANSWERS);
    // By log-masses, since all first answers may be too rare for a double.
    const logMass = first.map((i) => all.logMass[i]);
    return { ref: A.normalize(A.fromLogMass(first, logMass)), reward: first.map((i) => reward[i]) };
  });
}

function makeFew<N>(A: Algebra<N>, ref: DistributionOf<N>, reward: readonly N[], beta: N): Few<N> {
  const exponents = reward.map((r) => reward.map((s) => A.divide(A.subtract(s, r), beta)));
  const problem = { ref, reward, beta };
  const laws = new Map<number, DistributionOf<N>>();
  const soft = (n: number) => cached(laws, n, () => A.softBestOfNLaw(problem, n));
  const ranks = A.measure(
    ref.support,
    reward.map((_, i) => A.number(i + 1)),
  );
  return {
    ref,
    reward,
    beta,
    problem,
    exponents,
    best: reward.indexOf(largest(A, reward)),
    policies: [A.uniform(ref.support), A.normalize(A.product(ref, ranks))],
    soft,
  };
}

/** The β of the instance, or 1/8 of the range of the rewards where that is larger. */
function warmBeta<N>({ algebra: A, beta, instance }: World<N>, reward: readonly N[]): N {
  const apart = A.toNumber(largest(A, reward)) / MAX_RANGE_IN_BETAS - A.toNumber(least(A, reward)) / MAX_RANGE_IN_BETAS;
  return instance.beta >= apart ? beta : A.number(apart);
}

/** Rewards as their ranks 0, 1, 2, …, equal ones as one rank: how far they lie apart does not matter to them. */
export function ranksOf<N>(A: Algebra<N>, reward: readonly N[]): N[] {
  const numbers = reward.map((r) => A.toNumber(r));
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  return numbers.map((r) => A.number(sorted.indexOf(r)));
}
