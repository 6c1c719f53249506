import { aliasTableOf, type Sampler, samplerOf } from "../measure/sampler.js";
import { scaledExp } from "../measure/score.js";
import { placesOf } from "../measure/support.js";
import { lazy } from "../numeric/cache.js";
import { BELOW_INFINITY, outOfRange, requireInteger, requireNumber } from "../numeric/check.js";
import { requireRandom } from "../numeric/random.js";
import { prepare, type SelectionProblem, TEMPERATURE } from "./problem.js";
import { untilAllowed } from "./rounds.js";

/**
 * What Metropolis selection holds of the answers offered so far.
 *
 * @typeParam A the type of an answer
 */
export interface MetropolisState<A = unknown> {
  /** The answer held; undefined until one is offered that is not forbidden. */
  readonly current: A | undefined;
  /** The reward of the answer held; −∞ while none is. */
  readonly reward: number;
  /** The number of answers offered, forbidden ones among them. */
  readonly offered: number;
}

/**
 * Metropolis selection from a stream of answers with their rewards.
 *
 * @typeParam A the type of an answer
 */
export interface MetropolisStream<A = unknown> extends MetropolisState<A> {
  /**
   * Offers the next draw.
   *
   * @param answer an answer drawn from ref
   * @param reward its reward, −∞ where it is forbidden
   * @returns whether it is held from now on
   */
  offer(answer: A, reward: number): boolean;
}

/**
 * Metropolis selection among the answers of a problem.
 *
 * @typeParam A the type of an answer
 */
export interface MetropolisSampler<A = unknown> extends MetropolisState<A> {
  /**
   * Offers the next draw; the reward is the problem's.
   *
   * @param answer an answer of the support of ref
   * @returns whether it is held from now on
   */
  offer(answer: A): boolean;
  /**
   * Draws from ref itself: each answer of the sampler is the one held after N fresh draws, with the law `metropolisLaw`.
   * N forbidden draws are drawn again. What was offered before stays as it is.
   *
   * @param n the number of draws N, a whole number of at least 1
   * @returns the sampler
   */
  among(n: number): Sampler<A>;
}

/**
 * Whether a reward is taken in place of the one held: with probability min(1, e^{(reward − held)/β}), −∞ never. A number of
 * the source is drawn only where it decides.
 */
function isTaken(reward: number, held: number, beta: number, rng: () => number): boolean {
  if (reward === -Infinity) return false;
  return reward >= held || rng() < scaledExp(reward, held, beta);
}

/**
 * Metropolis selection one draw at a time: the first answer is held, and each later one replaces it with probability
 * min(1, e^{(r′ − r)/β}). One answer is held, however many are offered, and it may be read at any time: after N draws from
 * ref it has the law `metropolisLaw(problem, N)`.
 *
 * Given β, answers are offered with their rewards. Given a problem, the rewards are the problem's, and `among(n)` draws
 * from ref itself. β = 0 takes an answer of at least the reward held, and β = ∞ each one. A forbidden answer (reward −∞) is
 * never held.
 *
 * The weights are computed with + − × ÷ alone, so that a seed gives the same picks in every engine.
 *
 * @param problem the reference policy, the reward and β from 0 to ∞
 * @param rng gives uniform numbers in [0, 1): `randomSource`, or `Math.random`
 * @returns what takes the answers offered, and holds one of them
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when β is negative or NaN, a reward is NaN, +∞ or −∞ throughout, an answer offered is not in the support,
 * n is no whole number of at least 1, N draws would hold an allowed answer in fewer than one of a million rounds, or rng
 * gives a number outside [0, 1)
 * @example
 * ```ts
 * import { measure, metropolisLaw, metropolisSampler, randomSource } from "exptilt";
 * const problem = { ref: measure(["a", "b"], [3, 1]), reward: [0, 1], beta: 0.5 };
 * metropolisLaw(problem, 8).mass[1] // => 0.688986906463
 * const draw = metropolisSampler(problem, randomSource(1)).among(8);
 * const share = Array.from({ length: 1e4 }, draw).filter((answer) => answer === "b").length / 1e4;
 * Math.abs(share - 0.689) < 0.02 // => true
 * ```
 */
export function metropolisSampler<A>(problem: SelectionProblem<A>, rng: () => number): MetropolisSampler<A>;
/**
 * @param beta the temperature β from 0 to ∞, in the units of the reward
 * @param rng gives uniform numbers in [0, 1): `randomSource`, or `Math.random`
 * @returns what takes the answers offered, and holds one of them
 * @throws TypeError when an argument has the wrong type
 * @throws RangeError when β is negative or NaN, a reward offered is NaN or +∞, or rng gives a number outside [0, 1)
 * @example
 * ```ts
 * import { metropolisSampler, randomSource } from "exptilt";
 * const held = metropolisSampler<string>(0.5, randomSource(1));
 * held.offer("a first answer", 0.3) // => true
 * held.offer("a better answer", 0.9) // => true
 * held.offer("a forbidden answer", -Infinity) // => false
 * held.current // => "a better answer"
 * held.offered // => 3
 * ```
 */
export function metropolisSampler<A = unknown>(beta: number, rng: () => number): MetropolisStream<A>;
export function metropolisSampler<A>(
  given: SelectionProblem<A> | number,
  rng: () => number,
): MetropolisSampler<A> | MetropolisStream<A> {
  if (typeof given === "object") return ofProblem(given, rng);
  const beta = requireNumber(CALLER, "beta", given, TEMPERATURE);
  return streamOf(beta, requireRandom(CALLER, rng));
}

const CALLER = "metropolisSampler";

function streamOf<A>(beta: number, rng: () => number): MetropolisStream<A> {
  let [current, held, offered] = [undefined as A | undefined, -Infinity, 0];
  return {
    offer(answer, given) {
      const reward = requireNumber(CALLER, "reward", given, BELOW_INFINITY);
      offered++;
      if (!isTaken(reward, held, beta, rng)) return false;
      [current, held] = [answer, reward];
      return true;
    },
    get current() {
      return current;
    },
    get reward() {
      return held;
    },
    get offered() {
      return offered;
    },
  };
}

function ofProblem<A>(problem: SelectionProblem<A>, source: () => number): MetropolisSampler<A> {
  const { ref, law, score, beta } = prepare(CALLER, problem, problem?.beta);
  const rng = requireRandom(CALLER, source);
  const stream = streamOf<A>(beta, rng);
  const placeOf = lazy(() => placesOf(ref.support));
  return {
    offer(answer) {
      const place = placeOf()(answer);
      if (place === undefined) throw outOfRange(CALLER, "answer", "be in the support of ref", answer);
      return stream.offer(answer, score[place]);
    },
    among(given) {
      const n = requireInteger(CALLER, "n", given, 1);
      const draw = aliasTableOf(law).drawBy(rng);
      const tooSeldom = (chance: number) =>
        outOfRange(CALLER, "n", `be larger where N draws hold an allowed answer with probability ${chance}`, n);
      const round = () => {
        let held = -1;
        for (let i = 0; i < n; i++) {
          const drawn = draw();
          if (isTaken(score[drawn], held < 0 ? -Infinity : score[held], beta, rng)) held = drawn;
        }
        return held;
      };
      return samplerOf(CALLER, ref.support, untilAllowed({ caller: CALLER, law, score }, n, tooSeldom, round));
    },
    get current() {
      return stream.current;
    },
    get reward() {
      return stream.reward;
    },
    get offered() {
      return stream.offered;
    },
  };
}
