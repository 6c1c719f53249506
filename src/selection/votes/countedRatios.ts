import { exp, log } from "../../numeric/elementary.js";
import { logFactorial } from "../../numeric/stirling.js";
import { keptOf } from "../ratio/kept.js";
import type { RatioToRef } from "../ratio/levelRatios.js";
import { countedVotes } from "./countedVotes.js";
import type { Election } from "./election.js";
import type { Round } from "./rounds.js";

/** Past so many draws nⁿ/n! leaves the range of doubles. */
export const MAX_COUNTED: number = 500;

/** λⁱ/i! for i = 0, …, n. */
export function poissonTerms(rate: number, n: number): Float64Array {
  const out = new Float64Array(n + 1).fill(1);
  for (let i = 1; i <= n; i++) out[i] = (out[i - 1] * rate) / i;
  return out;
}

/**
 * P/ref of an answer of each contender by counting all ways to share n draws. Numbers of votes have the terms λⁱ/i! with
 * λ = n ref: those of all ways come to nⁿ/n!.
 */
export function countedRatios(
  { contenders, share, logShare, rewards }: Election,
  rounds: Round[],
  n: number,
): RatioToRef {
  const terms = Array.from(share, (p) => poissonTerms(n * p, n));
  const step = (c: number, i: number) => (n * share[c]) / i;
  const { sums, fewest } = countedVotes({ contenders, terms, step, rounds }, [n]);
  const { kept, logKept } = keptOf(rewards, n);
  const all = poissonTerms(n, n)[n];
  const ratio = sums[0].map((s, c) => (s === 0 ? 0 : ((n * terms[c][fewest[c] - 1]) / fewest[c]) * (s / all / kept)));
  const logRatio = sums[0].map((s, c) => {
    if (ratio[c] > MIN_RATIO || s === 0) return log(ratio[c]);
    const i = fewest[c];
    return i * log(n) + (i - 1) * logShare[c] - logFactorial(i) + log(s / all) - logKept;
  });
  for (let c = 0; c < ratio.length; c++) if (!(ratio[c] > MIN_RATIO)) ratio[c] = exp(logRatio[c]);
  return { ratio, logRatio };
}

/** Below this a product may have been rounded below the normal doubles on the way. */
const MIN_RATIO = 1e-250;
