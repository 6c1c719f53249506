import { expm1, log1p } from "../../numeric/elementary.js";
import { floats } from "../../numeric/floats.js";
import type { LevelRatios, RatioToRef } from "./levelRatios.js";
import type { LimitLevels } from "./limitLevels.js";

/**
 * Ratios to ref with those to the limit. `gapsOf` gives P/π* − 1 where it has its own digits, and no finite number
 * elsewhere: there it comes from log(P/ref) − log(π* / ref), which have an error of some 1e−16 of their size. Computed when
 * first read.
 */
export function withGaps(ratios: RatioToRef, limit: LimitLevels, gapsOf: () => Float64Array): LevelRatios {
  return new WithGaps(ratios, limit, gapsOf);
}

class WithGaps implements LevelRatios {
  readonly ratio: Float64Array;
  readonly logRatio: Float64Array;
  readonly #limit: LimitLevels;
  readonly #gapsOf: () => Float64Array;
  #gaps: Pick<LevelRatios, "gap" | "logGap"> | undefined;

  constructor({ ratio, logRatio }: RatioToRef, limit: LimitLevels, gapsOf: () => Float64Array) {
    this.ratio = ratio;
    this.logRatio = logRatio;
    this.#limit = limit;
    this.#gapsOf = gapsOf;
  }

  get gap(): Float64Array {
    return this.#both().gap;
  }

  get logGap(): Float64Array {
    return this.#both().logGap;
  }

  #both(): Pick<LevelRatios, "gap" | "logGap"> {
    if (this.#gaps !== undefined) return this.#gaps;
    const gap = this.#gapsOf();
    const logGap = floats(gap.length);
    for (let i = 0; i < gap.length; i++) {
      const near = Math.abs(gap[i]) < 0.5;
      logGap[i] = near ? log1p(gap[i]) : this.logRatio[i] - this.#limit.logRatio[i];
      if (!near && !(gap[i] > -1 && gap[i] < Infinity)) gap[i] = expm1(logGap[i]);
    }
    this.#gaps = { gap, logGap };
    return this.#gaps;
  }
}
