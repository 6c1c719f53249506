import { klOf } from "../information/divergence.js";
import { expectationUnder } from "../measure/expectation.js";
import type { Law } from "../measure/law.js";
import { type Levels, levelAt, massFrom } from "../measure/levels.js";
import { floats } from "../numeric/floats.js";
import { sum } from "../numeric/sum.js";

/** What a researcher reads off a policy beside its reference. */
export interface PolicyReading {
  /** The expected reward, −∞ for a policy that may give a forbidden answer. */
  readonly reward: number;
  /** The expected gold reward, where the problem names one. */
  readonly gold?: number;
  /** KL(policy‖ref), in nats. */
  readonly klToRef: number;
  /** The probability that the policy's answer has a higher reward than an independent one of ref, ties counting half. */
  readonly winRate: number;
}

/** The probability of beating a draw from ref, ties counting half, for an answer of each level. */
export function winByLevel({ mass, forbidden }: Levels): Float64Array {
  const below = massFrom(mass, forbidden);
  const win = floats(mass.length);
  for (let i = 0; i < win.length; i++) win[i] = below[i + 1] + mass[i] / 2;
  return win;
}

/** The same for answers of any reward, whether or not ref has one like it. */
export function winOf(levels: Levels, score: Float64Array): Float64Array {
  const { reward, mass, forbidden } = levels;
  const win = winByLevel(levels);
  const below = massFrom(mass, forbidden);
  return score.map((r) => {
    if (r === -Infinity) return forbidden / 2;
    const level = levelAt(reward, r);
    return reward[level] === r ? win[level] : below[level];
  });
}

/** A reference law, and what is read off policies beside it. */
export interface ReadingBase {
  readonly law: Law;
  readonly levels: Levels;
  readonly score: Float64Array;
  readonly gold: Float64Array | undefined;
}

/** The readings of a law on the answers of ref. */
export function readLaw({ law: base, levels, score, gold }: ReadingBase, law: Law): PolicyReading {
  return {
    reward: expectationUnder(law, score),
    ...(gold !== undefined && { gold: expectationUnder(law, gold) }),
    klToRef: klOf(law, base),
    winRate: Math.min(1, expectationUnder(law, winOf(levels, score))),
  };
}

/** Σ law·value over the levels, within the range of the values: −∞ where one of them is, since each level may be picked. */
export function readByLevel(value: Float64Array, law: Float64Array): number {
  let least = Infinity;
  let most = -Infinity;
  const terms = floats(value.length);
  for (let i = 0; i < terms.length; i++) {
    const v = value[i];
    if (v < least) least = v;
    if (v > most) most = v;
    terms[i] = v * law[i];
  }
  if (least === -Infinity) return least;
  const { hi } = sum(terms);
  // A mean of the largest doubles may be rounded past them on the way.
  const mean = Number.isFinite(hi) ? hi : 4 * sum(terms.map((t) => t / 4)).hi;
  return Math.min(most, Math.max(least, mean)) + 0;
}
