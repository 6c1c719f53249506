import { logNormal } from "./expLog.js";
/** Draws from N(0, 1) by the polar method of Marsaglia and Bray (1964): two at a time, the second kept for the next call. */
export function gaussianSource(rng: () => number): () => number {
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const kept = spare;
      spare = undefined;
      return kept;
    }
    for (;;) {
      const u = 2 * rng() - 1;
      const v = 2 * rng() - 1;
      const s = u * u + v * v;
      if (s >= 1 || s === 0) continue;
      const scale = Math.sqrt((-2 * logNormal(s)) / s);
      spare = v * scale;
      return u * scale;
    }
  };
}
