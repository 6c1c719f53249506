import type { Algebra } from "../exact/algebra.js";
import type { Few } from "./fewAnswers.js";
import { entries, total } from "./sums.js";
import { logSum } from "./written.js";

/** The largest number of draws in the claims that enumerate all draws. */
export const ENUMERATED_DRAWS: number = 3;

/** Draws regardless of their order: how often each answer is drawn, and in how many orders. */
export interface Drawn {
  readonly counts: readonly number[];
  readonly orders: number;
}

/** All outcomes of `draws` draws from `size` answers. */
export function drawsOf(size: number, draws: number): Drawn[] {
  if (size === 1) return [{ counts: [draws], orders: 1 }];
  return Array.from({ length: draws + 1 }, (_, first) => first).flatMap((first) =>
    drawsOf(size - 1, draws - first).map(({ counts, orders }) => ({
      counts: [first, ...counts],
      orders: orders * choose(draws, first),
    })),
  );
}

function choose(n: number, k: number): number {
  let value = 1;
  for (let i = 1; i <= k; i++) value = (value * (n - k + i)) / i;
  return value;
}

/** The law of the answer picked, by enumeration: over all draws, the sum of the log-probabilities that a rule gives to each. */
export function enumerated<N>(
  A: Algebra<N>,
  { ref }: Pick<Few<N>, "ref">,
  draws: number,
  logShare: (counts: readonly number[], i: number) => N | undefined,
): { logMass: N[] } {
  const logs = entries(ref.logMass);
  const parts = logs.map(() => ({ logs: [] as N[], factors: [] as N[] }));
  for (const { counts, orders } of drawsOf(logs.length, draws)) {
    const log = logOfDraw(A, logs, counts);
    for (const [i, c] of counts.entries()) {
      const share = c > 0 ? logShare(counts, i) : undefined;
      if (share === undefined) continue;
      parts[i].logs.push(A.add(log, share));
      parts[i].factors.push(A.number(c * orders));
    }
  }
  return { logMass: parts.map((part) => logSum(A, part.logs, part.factors)) };
}

/** The log-probability of draws in one order. */
export function logOfDraw<N>(A: Algebra<N>, logs: readonly N[], counts: readonly number[]): N {
  const terms = counts.flatMap((c, j) => (c > 0 ? [A.multiply(A.number(c), logs[j])] : []));
  return total(A, terms);
}
