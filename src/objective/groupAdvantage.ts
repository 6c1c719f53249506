import { exp } from "../numeric/elementary.js";

/** The gap of the expected advantages of success and failure, and its derivative by the log-odds of success. */
export interface AdvantageGap {
  readonly gap: number;
  readonly slope: number;
}

/**
 * E[A | success] − E[A | failure] of an advantage (r − mean)/sd in a group of G draws with rewards 0 and 1, at log-odds L of
 * success; a group of equal rewards gives 0. With sd² = j(G − j)/G² for j successes, the sum over j is one over i = j − 1:
 *
 *     gap = E[sd]/(p(1 − p)) = (G − 1) E[1/√((i + 1)(G − 1 − i))],   i ~ Binomial(G − 2, p),
 *
 * whose terms are positive; its limit G → ∞ is 1/√(p(1 − p)). `correction` 1 divides by G − 1 in sd², as torch.std does.
 */
export function advantageGap(groupSize: number, correction: 0 | 1, logOdds: number): AdvantageGap {
  const others = groupSize - 2;
  const odds = exp(-Math.abs(logOdds));
  const failing = logOdds > 0;
  // i successes at odds of at most 1: what is symmetric is counted from the other end.
  const share = odds / (1 + odds);
  const mode = Math.min(others, Math.floor((others + 1) * share));
  let [total, sum, moment, product] = [0, 0, 0, 0];
  const add = (i: number, weight: number) => {
    const value = 1 / Math.sqrt((i + 1) * (groupSize - 1 - i));
    total += weight;
    sum += weight * value;
    moment += weight * (i - mode);
    product += weight * value * (i - mode);
  };
  add(mode, 1);
  for (let i = mode, w = 1; i < others && w > 1e-22; ) {
    w *= ((others - i) / (i + 1)) * odds;
    add(++i, w);
  }
  for (let i = mode, w = 1; i > 0 && w > 1e-22; ) {
    w *= i / (others - i + 1) / odds;
    add(--i, w);
  }
  const scale = (groupSize - 1) * (correction === 1 ? Math.sqrt((groupSize - 1) / groupSize) : 1);
  const slope = (product - (sum * moment) / total) / total;
  return { gap: (scale * sum) / total, slope: scale * (failing ? -slope : slope) };
}
