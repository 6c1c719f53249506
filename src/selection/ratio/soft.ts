import { logAdd, logMassFrom, massAbove, massFrom } from "../../measure/levels.js";
import { exp, expm1, expPlus, log, log1p } from "../../numeric/elementary.js";
import { floats, Workspace } from "../../numeric/floats.js";
import { exponentOf } from "../../numeric/powerOfTwo.js";
import { expOfSum, type Kernel, type LaplaceTransform, laplaceTransforms } from "../integral/laplaceTransform.js";
import { type Nodes, nodesOf } from "../integral/logPhi.js";
import { gridFor } from "../integral/trapezoid.js";
import { shortfall, type Weights, weightTimes } from "../integral/weights.js";
import type { Windows } from "../integral/windows.js";
import { type Kept, keptOf } from "./kept.js";
import type { LevelRatios } from "./levelRatios.js";
import { gapsAroundPeak } from "./peakGaps.js";

/** From this N on, φ^{N−1} and e^{−(N−1)(1 − φ)} are the same double, and masses are lifted. */
const MIN_LIFTED_DRAWS: number = 2 ** 100;

/** The masses are multiplied by 2^lift for n draws, which is about n. */
export function liftFor(n: number): number {
  return n > MIN_LIFTED_DRAWS ? Math.min(1000, 50 * Math.round(exponentOf(n) / 50)) : 0;
}

/** N − 1 over 2^lift: the power of the lifted φ. */
const powerOf = (n: number, lift: number): number => (lift === 0 ? n - 1 : n * 2 ** -lift);

/** The arrays of an integral, used again by the next one: integrals are not nested. */
const workspace = new Workspace();

/** The Laplace transform of (φ^{N−1} − e^{−(N−1)μt}) for several N at once. */
function jensenTransforms(
  weights: Weights,
  ns: readonly number[],
): { transforms: LaplaceTransform[]; windows: Windows } {
  const grid = gridFor(ns.every((n) => Number.isInteger(n) || n > 64));
  const powers = ns.map((n) => powerOf(n, weights.lift));
  workspace.begin();
  const least = Math.min(...powers);
  const fall = (phi: number, gap: number) =>
    weights.lift > 0 ? least * gap : least * -(gap < 0.5 ? log1p(-gap) : log(phi));
  const nodes = nodesOf(workspace, weights, grid, { least, most: Math.max(...powers), lead: 3.5, fall });
  const kernels = powers.map((power) => jensenKernel(nodes, weights.x[0], power));
  return { transforms: laplaceTransforms(nodes, kernels), windows: nodes.windows };
}

/** φ^{N−1} − e^{−(N−1)μt} = φ^{N−1}(1 − e^{−(N−1)·excess}). */
function jensenKernel({ at, logPhi, excess, curvature, windows, workspace }: Nodes, x0: number, power: number): Kernel {
  const { step } = windows.grid;
  const logF = workspace.floats(at.length);
  const factor = workspace.floats(at.length);
  for (let i = 0; i < logF.length; i++) {
    const over = power * excess[i];
    logF[i] = power * logPhi[i];
    factor[i] = over > 40 ? 1 : -expm1(-over);
    if (over > 1e-30) continue;
    factor[i] = 1;
    const logT = at[i] * step;
    // Where t is so small that the excess underflows, it is t² times the curvature; elsewhere 0 is rounding.
    logF[i] += over < 1e-280 && logT + x0 < -30 ? log(power) + log(curvature) + 2 * logT : log(over);
  }
  return { logF, factor, order: 2 };
}

/** A difference has lost a digit where it is less than this share of the numbers that it is of. */
const SMALL_DIFFERENCE = 0.1;

/** Below this, the rounding error of a log-ratio is more than the logarithm of any constant factor. */
const LOG_RATIO_BEYOND_CONSTANTS = -1e12;

/**
 * log(P/ref) of levels so far apart that gaps were cut, but for a constant factor: an answer of level i is picked among
 * draws without a better level, with F^{N−1}, or beside a draw of a level j above, with w_i/w_j.
 */
function farLogRatios(weights: Weights, uncut: Float64Array, n: number): Float64Array {
  const { levels, logMean } = weights;
  const from = massFrom(levels.mass, levels.forbidden);
  const logFrom = logMassFrom(levels, from);
  const above = massAbove(levels.mass);
  const out = floats(uncut.length).fill(-logMean);
  for (let i = 1; i < out.length; i++) {
    const own = (n - 1) * (above[i] < 0.5 ? log1p(-above[i]) : logFrom[i]);
    const apart = uncut[i - 1] - uncut[i];
    // NaN where both levels are below the range of doubles: the upper one then adds nothing.
    out[i] = Number.isNaN(apart) ? own : Math.max(own, out[i - 1] - apart);
  }
  return out;
}

/**
 * The ratios of soft best-of-N for several N > 1, sharing sorting, φ and the exponentials between them. The numbers of
 * draws are those that the masses are lifted for.
 *
 * φ^{N−1} = e^{−(N−1)μt} + (φ^{N−1} − e^{−(N−1)μt}), of which the second is non-negative by Jensen: so that, with
 * m = w + (N−1)μ, P/ref = N w/m + N w ∫ e^{−tw}(φ^{N−1} − e^{−(N−1)μt}) dt is a sum of two non-negative terms, and
 * P/π* − 1 = (μ − w)/m + N μ ∫ … of two terms of the size of the answer, 1/N, however large N.
 */
export function softRatios(weights: Weights, ns: readonly number[]): LevelRatios[] {
  const { transforms, windows } = jensenTransforms(weights, ns);
  return ns.map((n, i) => new SoftRatios(weights, n, windows, transforms[i]));
}

/** `isCancelled` tells whether Σ π* |P/π* − 1| is much smaller than the two parts of the gaps. */
type Logarithms = Pick<LevelRatios, "logRatio" | "gap" | "logGap"> & { isCancelled: boolean };

/** The ratios are computed at once, the gaps and logarithms when one of them is first read. */
class SoftRatios implements LevelRatios {
  readonly ratio: Float64Array;
  readonly heard: Float64Array;
  readonly #weights: Weights;
  readonly #n: number;
  readonly #windows: Windows;
  readonly #transform: LaplaceTransform;
  readonly #kept: Kept;
  #logs: Logarithms | undefined;

  constructor(weights: Weights, n: number, windows: Windows, transform: LaplaceTransform) {
    this.ratio = floats(weights.x.length);
    this.heard = weights.mass;
    this.#weights = weights;
    this.#n = n;
    this.#windows = windows;
    this.#transform = transform;
    this.#kept = keptOf(weights.levels, n);
    const { x, low, weight, byWeight, mean, lift } = weights;
    const { value, whole, part } = transform;
    const { grid, steps, factor } = windows;
    const { ratio } = this;
    const { kept } = this.#kept;
    const others = powerOf(n, lift) * mean;
    for (let i = 0; i < x.length; i++) {
      // N w/m where forbidden draws are kept, and what Jensen's inequality adds.
      const inverse = byWeight ? 1 / weight[i] : expPlus(-x[i], -low[i]);
      const share = others * inverse;
      // Where w is nothing beside (N − 1)μ, m is (N − 1)μ.
      let drawn = n / (1 + share);
      if (!(share < 1e300)) {
        const factor = n / others;
        drawn = factor < Infinity ? weightTimes(weights, i, factor) : exp(x[i] + log(n) - log(others));
      }
      // The integral is 0, whatever its scale, for a level so rare and so far above that no node sees it.
      if (value[i] > 0) drawn += expOfSum(whole[i] + steps[i] * grid.step, part[i], value[i] * factor[i], n);
      ratio[i] = drawn / kept;
    }
  }

  get logRatio(): Float64Array {
    return this.#logarithms().logRatio;
  }

  get gap(): Float64Array {
    return this.#ownGaps().gap;
  }

  get logGap(): Float64Array {
    return this.#ownGaps().logGap;
  }

  #logarithms(): Logarithms {
    if (this.#logs !== undefined) return this.#logs;
    const { value, whole, part } = this.#transform;
    const { grid, steps, factor } = this.#windows;
    const { x, low, weight, mass, byWeight, mean, logMean, lift } = this.#weights;
    const { ratio } = this;
    const n = this.#n;
    const { kept, logKept, lost } = this.#kept;
    const logN = log(n);
    const others = powerOf(n, lift) * mean;
    // N μ, lifted.
    const scale = 2 ** -lift;
    const every = n * scale * mean;
    const [logRatio, gap, logGap] = [floats(x.length), floats(x.length), floats(x.length)];
    let [apart, parts] = [0, 0];
    for (let i = 0; i < x.length; i++) {
      const m = weight[i] + others;
      // w/μ may overflow.
      const short = shortfall(this.#weights, i);
      const jensen = short > -Infinity ? short * (mean / m) * scale : weight[i] < Infinity ? -weight[i] / m : -1;
      const raw = jensen + (value[i] > 0 ? expOfSum(whole[i], part[i], value[i], every) : 0);
      // Where few draws count, the law is far from its limit and the two parts of the gap would cancel.
      gap[i] =
        kept < 0.5 ? ratio[i] * mean * (byWeight ? 1 / weight[i] : expPlus(-x[i], -low[i])) - 1 : (raw + lost) / kept;
      apart += mass[i] * weight[i] * Math.abs(gap[i]);
      parts += mass[i] * weight[i] * (lost + Math.abs(jensen));
      if (Math.abs(gap[i]) < 0.5) {
        logGap[i] = log1p(gap[i]);
        logRatio[i] = logGap[i] + (x[i] - logMean);
      } else {
        const exponent = whole[i] + steps[i] * grid.step;
        const logJensen = logN + x[i] - log(m);
        // The logarithm of a ratio that underflows, or overflows, is that of the sum before it is divided by `kept`.
        logRatio[i] =
          ratio[i] > 1e-290 && ratio[i] < Infinity
            ? log(ratio[i])
            : (value[i] > 0 ? logAdd(logJensen, logN + exponent + (part[i] + log(factor[i] * value[i]))) : logJensen) -
              logKept;
        logGap[i] = logRatio[i] - x[i] + logMean;
      }
    }
    if (this.#weights.uncut !== undefined) {
      for (const [i, l] of farLogRatios(this.#weights, this.#weights.uncut, n).entries()) {
        if (l >= LOG_RATIO_BEYOND_CONSTANTS) continue;
        logRatio[i] = l - logKept;
        logGap[i] = logRatio[i] - this.#weights.uncut[i] + logMean;
        gap[i] = expm1(logGap[i]);
      }
    }
    this.#logs = { logRatio, gap, logGap, isCancelled: apart * Math.max(kept, 0.5) < SMALL_DIFFERENCE * parts };
    return this.#logs;
  }

  /** The gaps to their own digits, also where those of the likeliest levels are what is left of numbers that cancel. */
  #ownGaps(): Pick<LevelRatios, "gap" | "logGap"> {
    const logs = this.#logarithms();
    if (logs.isCancelled) {
      for (const [i, gap] of gapsAroundPeak(this.#weights, this.#n)) {
        logs.gap[i] = gap;
        logs.logGap[i] = log1p(gap);
      }
      logs.isCancelled = false;
    }
    return logs;
  }
}
