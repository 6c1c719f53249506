import { logNormal } from "./expLog.js";
import { stuck } from "./random.js";

/** Pairs rejected in a row: one is with probability 0.215, this many are with probability 10^−667. */
const MAX_REJECTED = 1000;

/** Draws from N(0, 1) by the polar method of Marsaglia and Bray (1964), two at a time; `rng` gives numbers in [0, 1). */
export function gaussianSource(rng: () => number, caller = "gaussianSource"): () => number {
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const kept = spare;
      spare = undefined;
      return kept;
    }
    for (let rejected = 0; rejected < MAX_REJECTED; rejected++) {
      const u = 2 * rng() - 1;
      const v = 2 * rng() - 1;
      const s = u * u + v * v;
      if (s >= 1 || s === 0) continue;
      const scale = Math.sqrt((-2 * logNormal(s)) / s);
      spare = v * scale;
      return u * scale;
    }
    throw stuck(caller, MAX_REJECTED);
  };
}
