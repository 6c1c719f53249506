import { expm1, log1p } from "../../numeric/elementary.js";
import { floats } from "../../numeric/floats.js";
import type { LevelRatios, RatioToRef } from "./levelRatios.js";
import type { LimitLevels } from "./limitLevels.js";

/** The ratios to the limit, of `LevelRatios`. */
export type Gaps = Pick<LevelRatios, "gap" | "logGap">;

/** Ratios to ref with those to the limit, which are computed when one of them is first read: a law asks for none. */
export class GapsWhenRead implements LevelRatios {
  readonly ratio: Float64Array;
  readonly logRatio: Float64Array;
  readonly heard?: Float64Array;
  readonly #gapsOf: () => Gaps;
  #gaps: Gaps | undefined;

  constructor({ ratio, logRatio }: RatioToRef, gapsOf: () => Gaps, heard?: Float64Array) {
    this.ratio = ratio;
    this.logRatio = logRatio;
    if (heard !== undefined) this.heard = heard;
    this.#gapsOf = gapsOf;
  }

  get gap(): Float64Array {
    return this.#both().gap;
  }

  get logGap(): Float64Array {
    return this.#both().logGap;
  }

  #both(): Gaps {
    this.#gaps ??= this.#gapsOf();
    return this.#gaps;
  }
}

/**
 * Ratios to ref with those to the limit. `gapsOf` gives P/π* − 1 where it has its own digits, and no finite number
 * elsewhere: there it comes from log(P/ref) − log(π* / ref), which have an error of some 1e−16 of their size.
 */
export function withGaps(ratios: RatioToRef, limit: LimitLevels, gapsOf: () => Float64Array): LevelRatios {
  return new GapsWhenRead(ratios, () => {
    const gap = gapsOf();
    const logGap = floats(gap.length);
    for (let i = 0; i < gap.length; i++) {
      const near = Math.abs(gap[i]) < 0.5;
      logGap[i] = near ? log1p(gap[i]) : ratios.logRatio[i] - limit.logRatio[i];
      if (!near && !(gap[i] > -1 && gap[i] < Infinity)) gap[i] = expm1(logGap[i]);
    }
    return { gap, logGap };
  });
}
