import { scaledDifference } from "../../measure/score.js";
import { exp } from "../../numeric/elementary.js";
import type { SampleLevels } from "./levels.js";

/**
 * The weights e^{r/β} of levels of samples, in blocks that are far apart. Log-weights are relative to the first level of
 * their block, so that they keep their digits.
 */
export class SampleWeights {
  readonly count: Float64Array;
  readonly values: readonly Float64Array[];
  readonly x: Float64Array;
  /** The first level of each block, and the number of levels last. */
  readonly starts: readonly number[];
  /** The number of samples in the levels before each, and the number of all last. */
  readonly before: Float64Array;
  /** By how many nats each level is lighter than the one before. */
  readonly #gap: Float64Array;

  constructor({ reward, count, values }: SampleLevels, beta: number, minGap: number) {
    const size = reward.length;
    this.count = count;
    this.values = values;
    this.x = new Float64Array(size);
    this.#gap = new Float64Array(size);
    this.before = new Float64Array(size + 1);
    const starts = [0];
    let top = 0;
    for (let i = 0; i < size; i++) {
      this.before[i + 1] = this.before[i] + count[i];
      if (i === 0) continue;
      this.#gap[i] = scaledDifference(reward[i - 1], reward[i], beta);
      if (this.#gap[i] > minGap) {
        top = i;
        starts.push(i);
      } else this.x[i] = scaledDifference(reward[i], reward[top], beta);
    }
    starts.push(size);
    this.starts = starts;
  }

  /** The number of all samples. */
  get size(): number {
    return this.before[this.count.length];
  }

  get blocks(): number {
    return this.starts.length - 1;
  }

  /** The least log-weight in a block. */
  lightest(block: number): number {
    return this.x[this.starts[block + 1] - 1];
  }

  /** Σ of count·f·w over each level and all lighter ones, relative to its own w; 0 last. */
  sumsOfLighter(f: Float64Array): Float64Array {
    const sums = new Float64Array(f.length + 1);
    for (let i = f.length - 1; i >= 0; i--) {
      const next = i + 1 < f.length ? sums[i + 1] * exp(-this.#gap[i + 1]) : 0;
      sums[i] = this.count[i] * f[i] + next;
    }
    return sums;
  }

  /** The log-weight of level i relative to a block, which it belongs to or follows. */
  from(block: number, i: number): number {
    return i < this.starts[block + 1] ? this.x[i] : this.x[i - 1] - this.#gap[i];
  }
}
