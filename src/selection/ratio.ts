import { exp, expm1, expPlus, log, log1p } from "../numeric/elementary.js";
import { logNormal } from "../numeric/expLog.js";
import { floats } from "../numeric/floats.js";
import { sum } from "../numeric/sum.js";
import { gridFor } from "./grid.js";
import { type Ladder, meanLessWeight } from "./ladder.js";
import { expOfSum, type Kernel, type LaplaceTransform, laplaceTransforms } from "./laplace.js";
import { nodesOf } from "./nodes.js";
import type { Windows } from "./windows.js";

/**
 * A selection law by reward level: beside its ratio to ref, its ratio to the limit N → ∞, each to its own digits.
 * Forbidden draws are drawn again: `kept` is the probability that some draw is not, and the ratios are divided by it.
 */
export interface LevelRatios {
  /** P/ref. */
  readonly ratio: Float64Array;
  /** log(P/ref), also where the ratio underflows. */
  readonly logRatio: Float64Array;
  /** P/π* − 1; Infinity where P/π* overflows. */
  readonly gap: Float64Array;
  /** log(P/π*). */
  readonly logGap: Float64Array;
}

/** Room for the ratios of so many levels. */
export function emptyRatios(size: number): LevelRatios {
  const room = () => floats(size);
  return { ratio: room(), logRatio: room(), gap: room(), logGap: room() };
}

/** The Laplace transform of (φ^{N−1} − e^{−(N−1)μt}) for several N at once. */
function jensenTransforms(ladder: Ladder, ns: readonly number[]): { transforms: LaplaceTransform[]; windows: Windows } {
  const grid = gridFor(ns.every((n) => Number.isInteger(n) || n > 64));
  const [least, most] = [Math.min(...ns) - 1, Math.max(...ns) - 1];
  const nodes = nodesOf(ladder, grid, { least, most, lead: 6 });
  const kernels = ns.map((n): Kernel => {
    const logF = nodes.room.floats(nodes.at.length);
    for (let i = 0; i < logF.length; i++) {
      const over = (n - 1) * nodes.excess[i];
      logF[i] = (n - 1) * nodes.logPhi[i] + (over > 40 ? 0 : logOneMinusExp(over));
    }
    return { logF, order: 2 };
  });
  return { transforms: laplaceTransforms(nodes, kernels), windows: nodes.windows };
}

/** log(1 − e^{−x}) for x ≥ 0: for small x, log x and what (1 − e^{−x})/x adds to it. */
function logOneMinusExp(x: number): number {
  if (!(x < 0.01)) return log(-expm1(-x));
  return (x > 1e-300 ? logNormal(x) : log(x)) + x * (-0.5 + x * (1 / 24 - x * x * (1 / 2880)));
}

/**
 * The ratios of soft best-of-N for several N > 1, sharing sorting, φ and the exponentials between them.
 *
 * φ^{N−1} = e^{−(N−1)μt} + (φ^{N−1} − e^{−(N−1)μt}), of which the second is non-negative by Jensen: so that, with
 * m = w + (N−1)μ, P/ref = N w/m + N w ∫ e^{−tw}(φ^{N−1} − e^{−(N−1)μt}) dt is a sum of two non-negative terms, and
 * P/π* − 1 = (μ − w)/m + N μ ∫ … of two terms of the size of the answer, 1/N, however large N.
 */
export function softRatios(ladder: Ladder, ns: readonly number[]): LevelRatios[] {
  const { transforms, windows } = jensenTransforms(ladder, ns);
  return ns.map((n, i) => new SoftRatios(ladder, n, windows, transforms[i]));
}

/** The ratio of each level at once; the gaps and the logarithms when one is first asked for. */
class SoftRatios implements LevelRatios {
  readonly ratio: Float64Array;
  readonly #ladder: Ladder;
  readonly #n: number;
  readonly #windows: Windows;
  readonly #transform: LaplaceTransform;
  /** log of the probability that every draw is forbidden, and what is kept. */
  readonly #logLost: number;
  readonly #kept: number;
  #logs: Pick<LevelRatios, "logRatio" | "gap" | "logGap"> | undefined;

  constructor(ladder: Ladder, n: number, windows: Windows, transform: LaplaceTransform) {
    this.ratio = floats(ladder.x.length);
    this.#ladder = ladder;
    this.#n = n;
    this.#windows = windows;
    this.#transform = transform;
    this.#logLost = n * logForbidden(ladder);
    this.#kept = -expm1(this.#logLost);
    const { x, low, weight, byWeight, mean } = ladder;
    const { value, whole, part } = transform;
    const { grid, steps, factor } = windows;
    const { ratio } = this;
    for (let i = 0; i < x.length; i++) {
      // N w/m where forbidden draws are kept, and what Jensen's inequality adds.
      const inverse = byWeight ? 1 / weight[i] : expPlus(-x[i], -low[i]);
      let drawn = n / (1 + (n - 1) * mean * inverse);
      // Of a level so rare and so far above that no node sees it the integral is 0, whatever its scale.
      if (value[i] > 0) drawn += n * value[i] * factor[i] * expOfSum(whole[i] + steps[i] * grid.step, part[i]);
      ratio[i] = drawn / this.#kept;
    }
  }

  get logRatio(): Float64Array {
    return this.#logarithms().logRatio;
  }

  get gap(): Float64Array {
    return this.#logarithms().gap;
  }

  get logGap(): Float64Array {
    return this.#logarithms().logGap;
  }

  #logarithms(): Pick<LevelRatios, "logRatio" | "gap" | "logGap"> {
    if (this.#logs !== undefined) return this.#logs;
    const { value, whole, part } = this.#transform;
    const { grid, steps, factor } = this.#windows;
    const { x, low, weight, byWeight, mean, logMean } = this.#ladder;
    const { ratio } = this;
    const n = this.#n;
    const kept = this.#kept;
    const lost = exp(this.#logLost);
    const logN = log(n);
    const [logRatio, gap, logGap] = [floats(x.length), floats(x.length), floats(x.length)];
    for (let i = 0; i < x.length; i++) {
      const w = weight[i];
      const m = w + (n - 1) * mean;
      // A level too rare to be the anchor may outweigh it beyond the range of doubles.
      const raw =
        (w < Infinity ? meanLessWeight(this.#ladder, i) / m : -1) +
        (value[i] > 0 ? n * value[i] * expOfSum(whole[i], part[i] + logMean) : 0);
      // Where few draws count, the law is far from its limit and the two parts of the gap would cancel.
      gap[i] = kept < 0.5 ? ratio[i] * mean * (byWeight ? 1 / w : expPlus(-x[i], -low[i])) - 1 : (raw + lost) / kept;
      if (Math.abs(gap[i]) < 0.5) {
        logGap[i] = log1p(gap[i]);
        logRatio[i] = logGap[i] + (x[i] - logMean);
      } else {
        const exponent = whole[i] + steps[i] * grid.step;
        // A ratio as small as that is more than f^{N−1}: all draws are kept.
        logRatio[i] =
          ratio[i] > 1e-290
            ? log(ratio[i])
            : logN + logSum(x[i] - log(m), exponent + (part[i] + log(factor[i] * value[i])));
        logGap[i] = logRatio[i] - x[i] + logMean;
      }
    }
    this.#logs = { logRatio, gap, logGap };
    return this.#logs;
  }
}

/** log of the probability that a draw is forbidden, from whichever of it and its complement is small. */
export function logForbidden({ forbidden, mass }: { forbidden: number; mass: Float64Array }): number {
  return forbidden < 0.5 ? log(forbidden) : log1p(-sum(mass).hi);
}

/**
 * The probability that not all of 1 + Poisson(λ) draws are forbidden, 1 − f e^{−λ(1 − f)}, and its logarithm: from what is
 * allowed, so that it keeps its digits where that is little.
 */
export function keptByPoisson(
  { forbidden, mass }: { forbidden: number; mass: Float64Array },
  rate: number,
): { kept: number; logKept: number } {
  if (forbidden === 0) return { kept: 1, logKept: 0 };
  const allowed = sum(mass).hi;
  const lost = forbidden * exp(-rate * allowed);
  const kept = allowed - forbidden * expm1(-rate * allowed);
  return { kept, logKept: lost < 0.5 ? log1p(-lost) : log(kept) };
}

function logSum(a: number, b: number): number {
  const [large, small] = a > b ? [a, b] : [b, a];
  return large + log1p(exp(small - large));
}
