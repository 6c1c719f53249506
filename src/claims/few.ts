import type { DistributionOf, TiltProblemOf } from "../exact/algebra.js";
import { entries, positions, total } from "./vectors.js";
import type { World } from "./world.js";

/** How many answers of an instance are kept where all sequences of draws are gone through. */
const KEPT = 4;

/** The first answers of an instance that have mass: few enough that every sequence of draws can be enumerated. */
export interface Few<N> {
  readonly ref: DistributionOf<N>;
  readonly reward: readonly N[];
  readonly beta: N;
  readonly problem: TiltProblemOf<N>;
  /** e^{(r_j − r_i)/β} = w_j/w_i for each pair: `odds[i][j]`. */
  readonly odds: readonly (readonly N[])[];
  /** The law of soft best-of-N, made once for each N. */
  readonly soft: (n: number) => N[];
}

/** Rewards at most this many β apart, where a claim speaks of bounds that grow like e^{range/β}. */
const NATS = 8;

/** What was made for a world, shared by the claims on it. */
const made = new WeakMap<object, Map<string, unknown>>();

function once<N>(world: World<N>, key: string, make: () => Few<N>): Few<N> {
  const known = made.get(world) ?? new Map<string, unknown>();
  made.set(world, known);
  if (!known.has(key)) known.set(key, make());
  return known.get(key) as Few<N>;
}

/** The few answers at the instance's own temperature. */
export function fewOf<N>(world: World<N>): Few<N> {
  return once(world, "few", () => makeFew(world, world.beta));
}

/** The few answers at a temperature at which their rewards are at most so many β apart. */
export function warmFewOf<N>(world: World<N>): Few<N> {
  return once(world, "warm", () => makeFew(world, warmBeta(world)));
}

function makeFew<N>(world: World<N>, beta: N): Few<N> {
  const { algebra: A, ref: all, reward: rewards } = world;
  const kept = positions(A, all).slice(0, KEPT);
  const reward = kept.map((i) => rewards[i]);
  // By logarithms: the first answers may all be too rare for a double.
  const logMass = kept.map((i) => all.logMass[i]);
  const ref = A.normalize(A.fromLogMass(kept, logMass));
  const odds = reward.map((r) => reward.map((s) => A.exp(A.divide(A.subtract(s, r), beta))));
  const problem = { ref, reward, beta };
  const laws = new Map<number, N[]>();
  const soft = (n: number) => {
    const law = laws.get(n) ?? entries(A.softBestOfNLaw(problem, n).mass);
    laws.set(n, law);
    return law;
  };
  return { ref, reward, beta, problem, odds, soft };
}

/** The temperature of the instance, or a higher one where rewards would be too many β apart. */
function warmBeta<N>({ algebra: A, beta, ref, instance }: World<N>): N {
  const kept = positions(A, ref).slice(0, KEPT);
  const rewards = kept.map((i) => instance.reward[i]);
  const least = Math.max(...rewards) / NATS - Math.min(...rewards) / NATS;
  return instance.beta >= least ? beta : A.number(least);
}

/** Every sequence of so many draws, as indices, and its probability. */
export function* sequencesOf<N>(
  { algebra: A }: World<N>,
  { ref }: Few<N>,
  draws: number,
): Generator<{ drawn: readonly number[]; probability: N }> {
  const size = ref.mass.length;
  for (let code = 0; code < size ** draws; code++) {
    const drawn = Array.from({ length: draws }, (_, k) => Math.floor(code / size ** k) % size);
    yield { drawn, probability: drawn.reduce((p, i) => A.multiply(p, ref.mass[i]), A.number(1)) };
  }
}

/** The law of the answer picked, by adding over every sequence of draws the share that a rule gives to each draw. */
export function enumerated<N>(
  world: World<N>,
  few: Few<N>,
  draws: number,
  share: (drawn: readonly number[], k: number) => N,
): N[] {
  const { algebra: A } = world;
  const parts = Array.from(few.ref.mass, (): N[] => []);
  for (const { drawn, probability } of sequencesOf(world, few, draws)) {
    for (const [k, i] of drawn.entries()) parts[i].push(A.multiply(probability, share(drawn, k)));
  }
  return parts.map((terms) => total(A, terms));
}
