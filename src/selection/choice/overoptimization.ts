import type { SelectionMethod } from "../method.js";
import type { Candidate } from "./candidate.js";
import type { MeanEstimate } from "./meanOverQueries.js";

/** A temperature at which more draws lower the gold while the reward rises, beyond what the choice of queries explains. */
export interface Overoptimization {
  /** The method, where the candidates name theirs. */
  readonly method?: SelectionMethod;
  /** The temperature β. */
  readonly beta: number;
  /** The fewest draws at which gold is lower than at fewer ones. */
  readonly n: number;
  /** The number of draws that gold is lower than at. */
  readonly than: number;
  /** By how much it changes from there to `n`, on the same queries: negative. */
  readonly change: MeanEstimate;
  /** The most draws among the candidates of this temperature. */
  readonly last: number;
  /** By how much gold changes from `than` to the most draws. */
  readonly lastChange: MeanEstimate;
  /** The number of pairs that were compared, at all temperatures: the level is shared among them (Bonferroni). */
  readonly comparisons: number;
}

/** The level of the whole test: the chance that gold is called lower anywhere though it is not. */
const LEVEL = 0.05;

/** Compares, for each method at each temperature, every two numbers of draws, paired over the queries. */
export function overoptimization(
  candidates: readonly Candidate[],
  mean: (values: Float64Array) => MeanEstimate,
  quantile: (tail: number) => number,
): Overoptimization[] {
  const betas = [...new Set(candidates.map(({ beta }) => beta))].sort((a, b) => a - b);
  const methods = [...new Set(candidates.map(({ method }) => method))];
  const groups = methods.flatMap((m) =>
    betas.map((b) => candidates.filter(({ method, beta }) => method === m && beta === b).sort((x, y) => x.n - y.n)),
  );
  const comparisons = groups.reduce((s, { length }) => s + (length * (length - 1)) / 2, 0);
  if (comparisons === 0) return [];
  const critical = quantile(LEVEL / comparisons);
  const change = (from: Candidate, to: Candidate, read: (c: Candidate) => Float64Array) => {
    const before = read(from);
    return mean(read(to).map((x, i) => x - before[i]));
  };
  return groups.flatMap((group): Overoptimization[] => {
    for (const [i, to] of group.entries()) {
      const falls = group
        .slice(0, i)
        .map((from) => ({ from, gold: change(from, to, (c) => c.value) }))
        .filter(({ gold }) => gold.mean < -critical * gold.standardError && gold.mean < 0)
        .filter(({ from }) => change(from, to, (c) => c.reward).mean > 0)
        .sort((a, b) => a.gold.mean - b.gold.mean);
      if (falls.length === 0) continue;
      const [{ from, gold }] = falls;
      const last = group[group.length - 1];
      const lastChange = change(from, last, (c) => c.value);
      const by = to.method !== undefined && { method: to.method };
      return [{ ...by, beta: to.beta, n: to.n, than: from.n, change: gold, last: last.n, lastChange, comparisons }];
    }
    return [];
  });
}
