import {
  FINITE,
  NON_NEGATIVE,
  outOfRange,
  requireArrayLike,
  requireInteger,
  requireLength,
  requireNumber,
  requireNumbers,
  requireObject,
  requireOptions,
} from "../../numeric/check.js";
import { deal } from "../../numeric/deal.js";
import { randomSource, requireRandom } from "../../numeric/random.js";
import { DRAWS } from "../draws.js";
import { requireMethod, type SelectionMethod } from "../method.js";
import { TEMPERATURE } from "../problem.js";
import type { Candidate } from "./candidate.js";
import { crossFit } from "./crossFit.js";
import { type MeanEstimate, meanOverQueries, quantile } from "./meanOverQueries.js";
import { type Overoptimization, overoptimization } from "./overoptimization.js";

/** A setting of selection, and what it gives on each query. */
export interface SelectionCandidate {
  /** The way to spend the draws, soft best-of-N where left out. */
  readonly method?: SelectionMethod;
  /** The temperature β, 0 for hard best-of-N; that of a majority vote does not matter. */
  readonly beta: number;
  /** The number of draws N. */
  readonly n: number;
  /** The expected reward on each query. */
  readonly reward: ArrayLike<number>;
  /** The expected gold reward on each query: all candidates have it, or none. */
  readonly gold?: ArrayLike<number>;
  /** KL to ref on each query, in nats. */
  readonly klToRef: ArrayLike<number>;
}

/** What may be chosen in `chooseSelection`. */
export interface ChooseOptions {
  /** The most KL to ref to spend, on average over the queries. */
  readonly kl?: number;
  /** The most draws to spend. */
  readonly n?: number;
  /** The number of parts that the queries are cut into, at least 2; 5 when left out. */
  readonly folds?: number;
  /** The cluster of each query, for queries that are not drawn one by one; a part holds whole clusters. */
  readonly cluster?: ArrayLike<unknown>;
  /** The source that deals the queries out to the parts; `randomSource(0)` when left out. */
  readonly rng?: () => number;
}

/** A setting that was chosen, and what it is worth. */
export interface ChosenSetting {
  /** Its method, where the candidates name theirs. */
  readonly method?: SelectionMethod;
  /** Its temperature β. */
  readonly beta: number;
  /** Its number of draws N. */
  readonly n: number;
  /** The place among the candidates. */
  readonly index: number;
  /** What one maximises, gold or else reward, cross-fitted: each query is read at the setting chosen without its part. */
  readonly value: MeanEstimate;
  /** `value` less that of one draw, on the same queries. */
  readonly gain: MeanEstimate;
  /** The expected reward of the setting named. */
  readonly reward: MeanEstimate;
  /** KL to ref of the setting named, in nats. */
  readonly klToRef: MeanEstimate;
  /** For each part the place of the candidate that the other parts choose: how steady the choice is. */
  readonly byPart: readonly number[];
}

/** What `chooseSelection` finds. */
export interface SelectionChoice {
  /** What was maximised. */
  readonly by: "gold" | "reward";
  /** The number of queries. */
  readonly queries: number;
  /** What one draw gives. */
  readonly oneDraw: MeanEstimate;
  /** The setting with the greatest mean. */
  readonly best: ChosenSetting;
  /** The fewest draws whose paired shortfall from the best is within its own standard error. */
  readonly cheapest: ChosenSetting;
  /** The best within the KL budget, where one was given and a candidate meets it. */
  readonly withinKl?: ChosenSetting;
  /** The best within the budget of draws, where one was given. */
  readonly withinN?: ChosenSetting;
  /** Whether the interval of the best's gain leaves out 0: if not, the data do not tell it from one draw. */
  readonly telling: boolean;
  /** The temperatures at which more draws come to lower the gold while the reward rises. Empty without gold. */
  readonly overoptimized: readonly Overoptimization[];
}

/**
 * Which N and β to use, and which method where candidates name it, what they give and what they cost, from figures on
 * each query: those of `selectionCurve` where the law is known, or unbiased ones such as `estimateSoftBestOfN` gives.
 *
 * The setting named has the greatest mean gold (reward where there is no gold). Its own mean is flattered by the search, so
 * what is reported is cross-fitted: the queries are dealt out to `folds` parts, each part is read at the setting that the
 * other parts choose, and mean, gain and standard error are of these readings. That is what the choice gives on new queries,
 * made on a little less data than one has.
 *
 * Time grows as candidates times queries, and as their square in the test for overoptimization.
 *
 * @param candidates the settings, each with its figures on the same queries; one of them must have n = 1
 * @param options the budgets, the folds, clusters of queries and the random source
 * @returns the best, the cheapest that is as good as the data can tell, and the best within each budget
 * @throws TypeError when an argument has the wrong type, lengths differ, or some candidates have gold and others not
 * @throws RangeError when a figure is not finite, no candidate has n = 1, there are fewer than 2 queries or clusters, or an option is out of range
 * @example
 * ```ts
 * import { chooseSelection } from "exptilt";
 * // Two draws help each of four queries, eight draws find the flaw of the reward.
 * const candidates = [
 *   { beta: 0, n: 1, reward: [0, 1, 0, 1], gold: [0.1, 0.5, 0.2, 0.4], klToRef: [0, 0, 0, 0] },
 *   { beta: 0, n: 2, reward: [1, 2, 1, 2], gold: [0.3, 0.6, 0.4, 0.5], klToRef: [0.2, 0.2, 0.2, 0.2] },
 *   { beta: 0, n: 8, reward: [2, 3, 2, 3], gold: [0.0, 0.2, 0.1, 0.0], klToRef: [1.2, 1.2, 1.2, 1.2] },
 * ];
 * const { best, overoptimized } = chooseSelection(candidates, { folds: 2 });
 * [best.n, best.gain.mean, best.klToRef.mean] // => [2, 0.15, 0.2]
 * overoptimized[0].n // => 8
 * ```
 */
export function chooseSelection(
  candidates: readonly SelectionCandidate[],
  options: ChooseOptions = {},
): SelectionChoice {
  const caller = "chooseSelection";
  const { all, by, queries } = readCandidates(caller, candidates);
  requireOptions(caller, options, { kl: true, n: true, folds: true, cluster: true, rng: true });
  const cluster = options.cluster === undefined ? undefined : numbered(caller, options.cluster, queries);
  const units = cluster === undefined ? queries : Math.max(...cluster) + 1;
  if (units < 2) throw outOfRange(caller, "options.cluster", "name at least 2 clusters", units);
  const folds = Math.min(units, requireInteger(caller, "options.folds", options.folds ?? 5, 2));
  const fold = deal(units, folds, requireRandom(caller, options.rng ?? randomSource(0)));
  const foldOf = Uint32Array.from({ length: queries }, (_, i) => fold[cluster === undefined ? i : cluster[i]]);

  const [base] = all.filter(({ n }) => n === 1);
  const mean = (values: Float64Array) => meanOverQueries(values, cluster);
  const chosen = (among: readonly Candidate[], slack: boolean): ChosenSetting => {
    const { named, without, value } = crossFit(among, foldOf, folds, slack, cluster);
    return {
      ...(named.method !== undefined && { method: named.method }),
      beta: named.beta,
      n: named.n,
      index: all.indexOf(named),
      value: mean(value),
      gain: mean(value.map((x, i) => x - base.value[i])),
      reward: mean(named.reward),
      klToRef: mean(named.klToRef),
      byPart: without.map((candidate) => all.indexOf(candidate)),
    };
  };
  const best = chosen(all, false);
  const within = (fits: (candidate: Candidate) => boolean) => {
    const among = all.filter(fits);
    return among.length === 0 ? undefined : chosen(among, false);
  };
  const kl = options.kl === undefined ? undefined : requireNumber(caller, "options.kl", options.kl, NON_NEGATIVE);
  const n = options.n === undefined ? undefined : requireNumber(caller, "options.n", options.n, DRAWS);
  const withinKl = kl === undefined ? undefined : within(({ klToRef }) => mean(klToRef).mean <= kl);
  const withinN = n === undefined ? undefined : within((candidate) => candidate.n <= n);
  const [low, high] = best.gain.interval;
  return {
    by,
    queries,
    oneDraw: mean(base.value),
    best,
    cheapest: chosen(all, true),
    ...(withinKl && { withinKl }),
    ...(withinN && { withinN }),
    telling: low > 0 || high < 0,
    overoptimized: by === "gold" ? overoptimization(all, mean, (tail) => quantile(units - 1, tail)) : [],
  };
}

function readCandidates(caller: string, candidates: readonly SelectionCandidate[]) {
  const { length } = requireArrayLike(caller, "candidates", candidates);
  if (length === 0) throw outOfRange(caller, "candidates", "have at least one entry", candidates);
  const first = requireObject(caller, "candidates[0]", candidates[0]);
  const by = first.gold === undefined ? ("reward" as const) : ("gold" as const);
  const queries = requireArrayLike(caller, "candidates[0].reward", first.reward).length;
  if (queries < 2)
    throw outOfRange(caller, "candidates[0].reward", "have at least 2 entries, one a query", first.reward);
  const all = Array.from({ length }, (_, c): Candidate => {
    const at = `candidates[${c}]`;
    const one = requireObject(caller, at, candidates[c]);
    const figures = (name: "reward" | "gold" | "klToRef") => {
      requireLength(caller, `${at}.${name}`, one[name], queries);
      return requireNumbers(caller, `${at}.${name}`, one[name], FINITE);
    };
    if ((one.gold === undefined) !== (by === "reward"))
      throw new TypeError(`${caller}: ${at} must have gold as candidates[0] has it, or none as it has none`);
    const reward = figures("reward");
    return {
      ...(one.method !== undefined && requireMethod(caller, { method: one.method }, at)),
      beta: requireNumber(caller, `${at}.beta`, one.beta, TEMPERATURE),
      n: requireNumber(caller, `${at}.n`, one.n, DRAWS),
      value: by === "gold" ? figures("gold") : reward,
      reward,
      klToRef: figures("klToRef"),
    };
  });
  if (!all.some(({ n }) => n === 1)) throw new RangeError(`${caller}: candidates must have one with n = 1`);
  return { all, by, queries };
}

/** The clusters as whole numbers from 0, in the order of their first queries. */
function numbered(caller: string, cluster: ArrayLike<unknown>, queries: number): Uint32Array {
  requireLength(caller, "options.cluster", cluster, queries);
  const places = new Map<unknown, number>();
  return Uint32Array.from({ length: queries }, (_, i) => {
    const name = cluster[i];
    if (!places.has(name)) places.set(name, places.size);
    return places.get(name) as number;
  });
}
