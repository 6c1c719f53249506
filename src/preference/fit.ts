import { NON_NEGATIVE, outOfRange, requireInteger, requireNumber, requireOptions } from "../numeric/check.js";
import type { GroundedLaplacian } from "../numeric/laplacian.js";
import { timesPowerOfTwo } from "../numeric/powerOfTwo.js";
import { sum } from "../numeric/sum.js";
import { type PairwiseComparison, readTournament, type Tournament } from "./comparisons.js";
import { islands, requireMaximum } from "./existence.js";
import { LikelihoodNetwork } from "./likelihood.js";

/**
 * The options of a Bradley–Terry fit.
 *
 * @typeParam A the type of an item
 */
export interface BradleyTerryOptions<A> {
  /** The items in the order of the result; by default those of the comparisons, in the order of their appearance. */
  readonly items?: readonly A[];
  /** The item whose ability is 0; by default none is, and the abilities add up to 0. */
  readonly reference?: A;
  /**
   * ρ of the penalty ½ρ Σ (ability − mean)² that is taken off the log-likelihood: the precision of a normal prior on the
   * abilities, in the unit of the counts; 0 by default. With ρ > 0 a maximum exists for any comparisons.
   */
  readonly ridge?: number;
}

/**
 * Abilities fitted to comparisons; all arrays are aligned with `items`.
 *
 * @typeParam A the type of an item
 */
export interface BradleyTerryFit<A> {
  /** The items. */
  readonly items: readonly A[];
  /** The ability of each, in nats of log-odds: the reward r of equation (3), with sum 0 or relative to the reference. */
  readonly ability: Float64Array;
  /**
   * The standard error of each ability, from the inverse of Fisher's information at the fit (with a ridge, the standard
   * deviation of the normal approximation of the posterior law). It is that of the ability as identified: relative to
   * the reference, which has standard error 0, or to the mean of all.
   */
  readonly standardError: Float64Array;
  /**
   * The covariance of the abilities of items[i] and items[j], as identified. Each i costs one solution of the linear
   * equations, kept until another i is asked for, so an inner loop should run over j.
   *
   * @param i the index of an item
   * @param j the index of an item
   * @returns the covariance
   * @throws TypeError when i or j is no number
   * @throws RangeError when i or j is no index of an item
   */
  covariance(i: number, j: number): number;
  /** 2 Σ observed·log(observed/expected) over the wins of both sides of each compared pair; at least 0. */
  readonly deviance: number;
  /** The number of compared pairs less that of free abilities, K − 1 of K items (all linked by comparisons). */
  readonly degreesOfFreedom: number;
  /** Σ wins·log σ(difference of abilities), in nats, at most 0; without the penalty, and without binomial coefficients. */
  readonly logLikelihood: number;
  /** The steps taken. */
  readonly iterations: number;
  /** The largest slope left at the fit: of observed minus expected wins of an item, less the pull of the ridge. */
  readonly gradientNorm: number;
  /** Whether the last step was too small for another to matter; false only where rounding ended the search before. */
  readonly converged: boolean;
}

/** Newton's method takes far fewer steps. */
const MAX_STEPS = 1000;

/** The largest change of a difference of abilities in the last step, whose error is the square of this. */
const MAX_LAST_STEP_NATS = 1e-8;

/**
 * The maximum-likelihood abilities of items under Bradley–Terry comparisons, P(i ≻ j) = σ(abilityᵢ − abilityⱼ): the
 * rewards that equation (3) is learned by.
 *
 * They maximise Σ wᵢⱼ log σ(abilityᵢ − abilityⱼ) − ½ρ Σ (ability − mean)², where wᵢⱼ counts the wins of i over j, a tie
 * as half a win to each, and ρ is `options.ridge`. At the maximum, without a ridge, the expected wins of each item are
 * its observed wins. A finite maximum exists when every item leads to every other through wins (Zermelo 1929, Ford 1957),
 * and is then unique up to a constant; with a ridge one always exists. A single item has ability 0.
 *
 * Counts of any size do: a common factor changes no ability, and the counts of one data set may be 10⁶⁰⁰ apart.
 * Newton's method with a line search on the slope. Its equations are solved by conjugate gradients, in some twenty passes
 * over the compared pairs; where counts are far apart or the items few, by eliminating the items one by one, which keeps
 * every digit, and may take K³/3 multiplications. Standard errors and covariances are of that elimination, made when one is
 * first read.
 *
 * Bradley and Terry, Biometrika 39 (1952); Agresti, Categorical Data Analysis, 2nd ed. (2002), section 10.6.
 *
 * @typeParam A the type of an item; arrays are the same item when their entries are, all else by SameValueZero
 * @param comparisons counted wins and ties, in any order; see `comparisonsFromWins` for a matrix
 * @param options the order of the items, the one with ability 0, a ridge
 * @returns the abilities with their standard errors, and how well they fit
 * @throws TypeError when an argument has the wrong type or shape
 * @throws RangeError when there are no comparisons, a count or the ridge is negative, NaN or infinite, an item is compared
 * with itself or is not one of `options.items`, the reference is no item, or the maximum does not exist: the error then
 * names the groups of items that only ever won, only ever lost, or were never compared
 * @example
 * ```ts
 * import { fitBradleyTerry } from "exptilt";
 * const fit = fitBradleyTerry(
 *   [
 *     { winner: "llama", loser: "bloom", count: 72 },
 *     { winner: "bloom", loser: "llama", count: 28 },
 *     { tie: ["llama", "bloom"], count: 11 },
 *   ],
 *   { reference: "bloom" },
 * );
 * fit.items // => ["llama", "bloom"]
 * fit.ability // => [0.838732, 0]
 * fit.standardError // => [0.206770, 0]
 *
 * const unbeaten = [{ winner: "a", loser: "b" }, { winner: "b", loser: "c" }, { winner: "c", loser: "b" }];
 * fitBradleyTerry(unbeaten); // throws RangeError: {"a"} lost to no other group
 * fitBradleyTerry(unbeaten, { ridge: 1 }).ability // => [0.351046, -0.263397, -0.087649]
 * ```
 */
export function fitBradleyTerry<A>(
  comparisons: Iterable<PairwiseComparison<A>>,
  options: BradleyTerryOptions<A> = {},
): BradleyTerryFit<A> {
  const caller = "fitBradleyTerry";
  requireOptions(caller, options, { items: true, reference: true, ridge: true });
  const ridge = requireNumber(caller, "options.ridge", options.ridge ?? 0, NON_NEGATIVE);
  const tournament = readTournament(caller, comparisons, options.items, ridge);
  const { items, indexOf, first, second, exponent } = tournament;
  const reference = options.reference === undefined ? -1 : indexOf(options.reference);
  if (options.reference !== undefined && reference < 0) {
    throw outOfRange(caller, "options.reference", "be one of the items", options.reference);
  }
  if (ridge === 0) requireMaximum(caller, tournament, " (a positive options.ridge gives it one)");

  const { network, potential, iterations, converged } = maximum(tournament, ridge, reference);
  const { logLikelihood, deviance } = network.fit(potential);
  const steepest = network.gradient().reduce((most, slope) => Math.max(most, Math.abs(slope)), 0);

  return new Fit(tournament, network, potential, reference, {
    deviance: timesPowerOfTwo(deviance, -exponent),
    degreesOfFreedom: first.length - (items.length - (ridge === 0 ? 1 : islands(items.length, first, second).count)),
    logLikelihood: timesPowerOfTwo(logLikelihood, -exponent),
    iterations,
    gradientNorm: timesPowerOfTwo(steepest, -exponent),
    converged,
  });
}

type Facts = Omit<BradleyTerryFit<unknown>, "items" | "ability" | "standardError" | "covariance">;

/** The abilities and how well they fit; the information is factored when an error or a covariance is first asked for. */
class Fit<A> implements BradleyTerryFit<A> {
  readonly items: readonly A[];
  readonly ability: Float64Array;
  readonly deviance: number;
  readonly degreesOfFreedom: number;
  readonly logLikelihood: number;
  readonly iterations: number;
  readonly gradientNorm: number;
  readonly converged: boolean;
  readonly #network: LikelihoodNetwork;
  readonly #exponent: number;
  readonly #reference: number;
  #errors: Float64Array | undefined;
  #known:
    | { readonly information: GroundedLaplacian; readonly rowSum: Float64Array; readonly total: number }
    | undefined;
  #row: { readonly of: number; readonly entries: Float64Array } = { of: -1, entries: new Float64Array(0) };

  constructor(
    { items, exponent }: Tournament<A>,
    network: LikelihoodNetwork,
    potential: Float64Array,
    reference: number,
    facts: Facts,
  ) {
    const n = items.length;
    const mean = reference >= 0 ? 0 : sum(potential.subarray(0, n)).hi / n;
    this.items = items;
    this.ability = potential.slice(0, n).map((x) => x - mean);
    this.deviance = facts.deviance;
    this.degreesOfFreedom = facts.degreesOfFreedom;
    this.logLikelihood = facts.logLikelihood;
    this.iterations = facts.iterations;
    this.gradientNorm = facts.gradientNorm;
    this.converged = facts.converged;
    this.#network = network;
    this.#exponent = exponent;
    this.#reference = reference;
  }

  get standardError(): Float64Array {
    this.#errors ??= this.#inverse()
      .information.inverseDiagonal()
      .subarray(0, this.items.length)
      .map((entry, i) => Math.sqrt(this.#identified(entry, i, i)));
    return this.#errors;
  }

  /** A bound function: it also works when taken off the fit. */
  readonly covariance = (i: number, j: number): number => {
    const n = this.items.length;
    for (const [name, index] of Object.entries({ i, j })) {
      if (requireInteger("covariance", name, index, 0) >= n) {
        throw outOfRange("covariance", name, `be an index of one of ${n} items`, index);
      }
    }
    if (this.#row.of !== i)
      this.#row = { of: i, entries: this.#inverse().information.solve(this.#only((v) => v === i)) };
    return this.#identified(this.#row.entries[j], i, j);
  };

  #only(chosen: (i: number) => boolean): Float64Array {
    return this.#network.zero().map((_, v) => (v < this.items.length && chosen(v) ? 1 : 0));
  }

  /** The inverse of the information, grounded at one item, with what it takes to read it relative to the mean of all. */
  #inverse() {
    if (this.#known === undefined) {
      const n = this.items.length;
      const information = this.#network.information();
      const rowSum =
        this.#reference >= 0 ? new Float64Array(n) : information.solve(this.#only(() => true)).subarray(0, n);
      this.#known = { information, rowSum, total: sum(rowSum).hi };
    }
    return this.#known;
  }

  #identified(entry: number, i: number, j: number): number {
    const n = this.items.length;
    const { rowSum, total } = this.#inverse();
    return timesPowerOfTwo(entry - (rowSum[i] + rowSum[j]) / n + total / n / n, this.#exponent);
  }
}

/** The maximum of the likelihood, where there is one: the potentials are 0 at the reference, or without one (−1) anywhere. */
export function maximum(tournament: Tournament<unknown>, ridge: number, reference: number): Maximum {
  const ground = reference >= 0 ? reference : mostCompared(tournament);
  const network = new LikelihoodNetwork(tournament, timesPowerOfTwo(ridge, tournament.exponent), ground);
  return { network, ...maximise(network) };
}

interface Maximum {
  readonly network: LikelihoodNetwork;
  readonly potential: Float64Array;
  readonly iterations: number;
  readonly converged: boolean;
}

/** The item with most comparisons, to be held at 0: it is the nearest to the others. */
function mostCompared({ items, first, second, firstWins, secondWins }: Tournament<unknown>): number {
  const count = new Float64Array(items.length);
  for (let p = 0; p < first.length; p++) {
    const both = firstWins[p] + secondWins[p];
    count[first[p]] += both;
    count[second[p]] += both;
  }
  return count.indexOf(count.reduce((most, x) => Math.max(most, x), 0));
}

/** A step may leave this share of the gradient at most, and at least. */
const MAX_SHARE_LEFT = 1e-3;
const MIN_SHARE_LEFT = 1e-12;

/** The largest error of the last step that is left to the next one. */
const MAX_ERROR_NATS = 1e-19;

/**
 * Climbs from the least-squares start to the maximum of a concave log-likelihood that has one. A step is solved for as
 * many digits as Newton's method will give it, which doubles them from step to step, and some more.
 */
function maximise(network: LikelihoodNetwork): { potential: Float64Array; iterations: number; converged: boolean } {
  let potential = network.zero();
  network.moveTo(potential);
  const first = lineSearch(network, potential, network.leastSquares(MAX_SHARE_LEFT));
  if (first === undefined) network.moveTo(potential);
  else potential = first;
  let share = MAX_SHARE_LEFT;
  for (let iterations = 1; iterations <= MAX_STEPS; iterations++) {
    const step = network.newtonStep(share);
    const length = network.span(step);
    if (length <= MAX_LAST_STEP_NATS && length * share <= MAX_ERROR_NATS) {
      return { potential: potential.map((x, v) => x + step[v]), iterations, converged: true };
    }
    const next = lineSearch(network, potential, step);
    if (next === undefined) return { potential, iterations, converged: false };
    potential = next;
    // The next step will have some length². Its error is to be far below its square, or to be of no account.
    const square = length * length;
    const enough = Math.max(square * length, (0.1 * MAX_ERROR_NATS) / square);
    share = Math.max(MIN_SHARE_LEFT, Math.min(MAX_SHARE_LEFT, enough));
  }
  return { potential, iterations: MAX_STEPS, converged: false };
}

/**
 * A point along a direction of ascent where the slope is at most half of the first in size: near enough to the maximum
 * of a concave function. The network is moved there. The slope decides, since rounding hides differences of likelihoods. A step that falls short,
 * as on the tails, is doubled. Undefined when the direction does not ascend.
 */
function lineSearch(network: LikelihoodNetwork, from: Float64Array, direction: Float64Array): Float64Array | undefined {
  const enough = network.slope(direction) / 2;
  if (!(enough > 0 && enough < Infinity)) return undefined;
  let [low, high] = [0, Infinity];
  for (let t = 1; t < Infinity && t !== low && t !== high; t = high === Infinity ? 2 * t : (low + high) / 2) {
    const point = from.map((x, v) => x + t * direction[v]);
    network.moveTo(point);
    const slope = network.slope(direction);
    if (slope > enough) low = t;
    else if (slope < -enough) high = t;
    else return point;
  }
  return undefined;
}
