import { sum } from "../../numeric/sum.js";
import type { Candidate } from "./candidate.js";
import { meanOverQueries } from "./meanOverQueries.js";

/** What a rule chooses from all queries, and each query's value at what it chooses without the query's part. */
export interface CrossFit {
  readonly named: Candidate;
  /** What is chosen without each part. */
  readonly without: readonly Candidate[];
  readonly value: Float64Array;
}

/**
 * Chooses the candidate of greatest mean value, or with `slack` the one of fewest draws whose paired shortfall from it is
 * within its own standard error: once on all queries, and once without each part.
 */
export function crossFit(
  candidates: readonly Candidate[],
  foldOf: Uint32Array,
  folds: number,
  slack: boolean,
  cluster?: Uint32Array,
): CrossFit {
  const choose = (among: (i: number) => boolean) => {
    const kept = Uint32Array.from(foldOf.keys()).filter(among);
    const at = (values: Float64Array) => Float64Array.from(kept, (i) => values[i]);
    const mean = (values: Float64Array) => sum(at(values)).hi / kept.length;
    const means = candidates.map(({ value }) => mean(value));
    const kl = candidates.map(({ klToRef }) => mean(klToRef));
    const order = [...candidates.keys()].sort((a, b) => candidates[a].n - candidates[b].n || kl[a] - kl[b]);
    // Of equal means the cheaper setting.
    const best = order.reduce((a, b) => (means[b] > means[a] ? b : a));
    if (!slack) return candidates[best];
    const own = cluster === undefined ? undefined : renumbered(Uint32Array.from(kept, (i) => cluster[i]));
    const top = at(candidates[best].value);
    const near = (c: number) => {
      const value = at(candidates[c].value);
      const short = meanOverQueries(
        top.map((x, i) => x - value[i]),
        own,
      );
      return !(short.mean > short.standardError);
    };
    return candidates[order.find(near) ?? best];
  };
  const without = Array.from({ length: folds }, (_, f) => choose((i) => foldOf[i] !== f));
  return {
    named: choose(() => true),
    without,
    value: Float64Array.from(foldOf, (f, i) => without[f].value[i]),
  };
}

/** The same groups by whole numbers from 0 without gaps. */
function renumbered(cluster: Uint32Array): Uint32Array {
  const places = new Map<number, number>();
  return cluster.map((c) => {
    if (!places.has(c)) places.set(c, places.size);
    return places.get(c) as number;
  });
}
