import { scaledDifference } from "../../measure/score.js";
import { exp, log } from "../../numeric/elementary.js";
import { gridFor } from "../integral/trapezoid.js";
import type { SampleLevels } from "./levels.js";

/**
 * log Σ z at the first node at most. Where Σ z < ε the polynomial that sums the nodes before it misses d_n by ε⁶/10, 1e−17.
 */
const LEAD_NATS = 6.2;

/** log(45): past it a sample has left, e^{−z} z < 1e−18. */
export const LOG_WEIGHT_GONE: number = log(45);

/** What is left out, at the nodes between two blocks and of idle levels, is below e^{−38} of what counts. */
const NEGLIGIBLE_NATS = 38;

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
  readonly #lead: number;
  /** Levels of z below e^{−idleNats} are idle: in no subset do they come to more than e^{−38}. */
  readonly idleNats: number;

  /** For up to `most` samples in a subset: levels so much lighter that they meet no such subset begin a block. */
  constructor({ reward, count, values }: SampleLevels, beta: number, most: number) {
    const size = reward.length;
    const minGap = LOG_WEIGHT_GONE + NEGLIGIBLE_NATS + LEAD_NATS + log(most);
    this.#lead = LEAD_NATS + log(most);
    this.idleNats = NEGLIGIBLE_NATS + log(most);
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

  /** The first and the last node, t = e^{m·step}/w with w the weight of the first level, that a block needs. */
  nodes(block: number): readonly [first: number, last: number] {
    const { step } = gridFor(true);
    return [Math.floor(-this.#lead / step), Math.ceil((LOG_WEIGHT_GONE - this.lightest(block)) / step)];
  }

  /** The levels, from and to, of the most samples that are neither gone nor idle at the same node. */
  densest(): readonly [from: number, to: number] {
    const { x, starts, before } = this;
    let [from, to] = [0, 0];
    for (let block = 0; block < this.blocks; block++) {
      for (let i = starts[block], end = i; i < starts[block + 1]; i++) {
        while (end < starts[block + 1] && x[i] - x[end] < this.idleNats + LOG_WEIGHT_GONE) end++;
        if (before[end] - before[i] > before[to] - before[from]) [from, to] = [i, end];
      }
    }
    return [from, to];
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
