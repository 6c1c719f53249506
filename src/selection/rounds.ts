import { expm1, log1p } from "../numeric/elementary.js";
import { stuck } from "../numeric/random.js";
import type { Prepared } from "./ratio/prepared.js";

/** The smallest probability that a round of N draws has an allowed answer: below it, only the law can be drawn from. */
const MIN_ROUND_PROBABILITY = 1e-6;

/** Rounds, in units of their expected number: more are needed once in e^40 answers. */
const MAX_ROUNDS = 40;

/**
 * Simulates N draws until one of them is allowed: a round gives the answer picked among N draws, or −1 where all are
 * forbidden. Where that is too seldom, the error is the caller's.
 */
export function untilAllowed<A>(
  { caller, law, score }: Pick<Prepared<A>, "caller" | "law" | "score">,
  n: number,
  tooSeldom: (chance: number) => RangeError,
  round: () => number,
): () => number {
  const allowed = Math.min(
    1,
    score.reduce((s, r, i) => (r > -Infinity ? s + law.probability(i) : s), 0),
  );
  const chance = -expm1(n * log1p(-allowed));
  if (!(chance >= MIN_ROUND_PROBABILITY)) throw tooSeldom(chance);
  const most = Math.ceil(MAX_ROUNDS / chance);
  return () => {
    for (let rounds = 0; rounds < most; rounds++) {
      const picked = round();
      if (picked >= 0) return picked;
    }
    throw stuck(caller, most * n);
  };
}
