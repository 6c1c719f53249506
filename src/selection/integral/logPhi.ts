import { isRounded, levelAt, logAdd, logMassFrom, massAbove, massFrom } from "../../measure/levels.js";
import { deviance, expm1MinusX } from "../../numeric/deviance.js";
import { exp, expm1, log, log1p } from "../../numeric/elementary.js";
import { SMALLEST_NORMAL } from "../../numeric/float64.js";
import type { Workspace } from "../../numeric/floats.js";
import { type Grid, inverseFactorial, riseBy, TAYLOR_TERMS } from "./trapezoid.js";
import type { Weights } from "./weights.js";
import { Windows } from "./windows.js";

/**
 * φ(t) = Σ_j ref(j) e^{−t w_j} at the nodes of a grid. At a node, a level is in one of three places:
 *
 * - low, t·w < e^{−1}: it enters by the powers of t·w, of which one vector of sums serves all low levels;
 * - in its window: e^{−t·w} enters by itself;
 * - gone, t·w > 40: e^{−t·w} is nothing beside 1.
 *
 * `centred` is for weights within a factor e of each other, `swept` for all others. Near t = 0 both find φ around the mean
 * of the weights; elsewhere `swept` finds log φ from 1 − φ where φ is above ½, from φ below, and by `rareLogPhi` where the levels left are below the normal doubles.
 */

/** log φ(t) and its excess over −μt at the nodes that matter. The arrays are lost when the workspace begins anew. */
export interface Nodes {
  /** The whole numbers m of the nodes t = e^{m·step}, increasing; where one is missing φ is flat between its neighbours. */
  readonly at: Float64Array;
  /** t itself; 0 or Infinity where it leaves the doubles. */
  readonly t: Float64Array;
  /** log φ(t) = log Σ_j ref(j) e^{−t w_j}, forbidden answers counting e⁰; lifted as the masses are. */
  readonly logPhi: Float64Array;
  /** log φ(t) + μt ≥ 0 (Jensen), to its own digits; lifted. */
  readonly excess: Float64Array;
  /** The limit of excess/t² as t → 0, for where the excess underflows. */
  readonly curvature: number;
  /** The levels on the grid. */
  readonly windows: Windows;
  /** For what is computed from the nodes. */
  readonly workspace: Workspace;
}

/** How far the nodes must reach, for powers of φ from `least` to `most`, divided by 2^lift. */
export interface Reach {
  readonly least: number;
  readonly most: number;
  /** The first node stands so many nats before the integrand begins. */
  readonly lead: number;
  /** −log of the largest kernel, or less, where φ = 1 − gap; both lifted. */
  readonly fall: (phi: number, gap: number) => number;
}

/** −log of what an integral may lose of itself. */
const LOST_NATS = 46;

/**
 * The last node: past it nothing is left of any integral. For an answer of weight w the integral is
 * 1/(w + Nμ) at least, by Jensen, and its rest from t on is at most 1/w times the kernel at t. What the law differs from
 * its limit by is 1/N of it.
 */
function endOf({ x, weight, mass, forbidden, mean, lift }: Weights, { step, far }: Grid, reach: Reach): number {
  const { least, most, fall } = reach;
  const last = far - 1 - Math.floor(x[x.length - 1] / step);
  const enough = LOST_NATS + log1p(most * mean) - x[x.length - 1] + log1p(most) + lift * Math.LN2;
  // φ ≥ e^{−μt}: it has not fallen before.
  const begin = Math.ceil((log(enough) - log(least) - log(mean)) / step);
  for (let m = begin; m < last; m += Math.max(4, Math.ceil((m - begin) / 2))) {
    const t = exp(m * step);
    // Levels whose masses no double holds count for less than this.
    let phi = forbidden + MIN_SURE_PHI;
    let gap = 0;
    for (let i = 0; i < x.length; i++) {
      const e = exp(-t * weight[i]);
      phi += mass[i] * e;
      gap += mass[i] * (1 - e);
    }
    if (fall(phi, gap) > enough) return m;
  }
  return last;
}

/** The runs of consecutive nodes that are needed: those where φ is flat to 1e−8 of a step are left out. */
function runs(weights: Weights, grid: Grid, reach: Reach): [first: number, last: number][] {
  const { x, mean } = weights;
  const { step } = grid;
  const { least, most, lead } = reach;
  const dense = log1p(most * mean);
  let first = Math.floor((-Math.max(dense, Math.min(x[0], dense + 30)) - lead) / step);
  const end = endOf(weights, grid, reach);
  let falls: ((level: number) => number) | undefined;
  const out: [number, number][] = [];
  for (let i = 0; i + 1 < x.length; i++) {
    if (x[i] - x[i + 1] < 34) continue;
    // Past `dead` level i is nothing in φ, even beside levels below the doubles; past `flat` e^{−(N−1)μt} is nothing
    // beside φ^{N−1}.
    falls ??= fallsOf(weights);
    const fall = falls(i + 1);
    const dead = -x[i] + Math.max(grid.gone * step, weights.lift > 0 ? 0 : log(fall + 50));
    const flat = Math.max(dead, log(45 / least + fall) - log(mean));
    const next = -x[i + 1] - log1p(most * 2 ** weights.lift) - 20;
    if (!(next - flat > 4 && flat < end * step)) continue;
    out.push([first, Math.ceil(flat / step)]);
    first = Math.max(first, Math.floor(next / step));
  }
  out.push([first, Math.max(first, end)]);
  return out;
}

/** −log φ, lifted, where all levels better than a given one are nothing in φ. */
function fallsOf({ levels, mass, lift }: Weights): (level: number) => number {
  if (lift > 0) {
    const above = massAbove(mass);
    return (level) => above[level];
  }
  const from = massFrom(levels.mass, levels.forbidden);
  let logFrom: Float64Array | undefined;
  return (level) => {
    if (!isRounded(from[level])) return Math.max(0, -log(from[level]));
    logFrom ??= logMassFrom(levels, from);
    return -logFrom[level];
  };
}

/** log φ at every node that matters for the exponents in reach. */
export function nodesOf(workspace: Workspace, weights: Weights, grid: Grid, reach: Reach): Nodes {
  const stretches = runs(weights, grid, reach);
  let size = 0;
  for (const [first, last] of stretches) size += last - first + 1;
  const at = workspace.floats(size);
  let n = 0;
  for (const [first, last] of stretches) for (let m = first; m <= last; m++) at[n++] = m;
  const t = workspace.floats(size);
  for (let i = 0; i < size; i++) t[i] = riseBy(grid, at[i]);
  const { x, forbidden } = weights;
  const windows = new Windows(grid, weights, at[size - 1], workspace);
  return forbidden === 0 && x[0] - x[x.length - 1] <= 1
    ? centred(workspace, weights, windows, at, t)
    : swept(workspace, weights, windows, at, t);
}

/** Up to this t·|w − μ|, φ is found around the mean. */
const MAX_NEAR = 0.25;

/**
 * φ around the mean of the weights: Σ ref e^{−t(w − μ)} − 1 is a sum of terms without cancellation, so that the excess keeps
 * its digits however small it is.
 */
class AroundMean {
  readonly #weights: Weights;
  /** w − μ. */
  readonly #y: Float64Array;
  /** Σ ref (w − μ)^k/k!, lifted. */
  readonly #moment: Float64Array;
  /** From this t on the powers do not do. */
  readonly far: number;

  constructor(workspace: Workspace, weights: Weights) {
    const { x, mass, forbidden, weight, mean, meanLess1, lift } = weights;
    this.#weights = weights;
    this.#y = workspace.floats(x.length);
    this.#moment = workspace.zeros(TAYLOR_TERMS);
    const plainMean = mean * 2 ** -lift;
    let width = 0;
    const add = (p: number, y: number) => {
      width = Math.max(width, Math.abs(y));
      p *= y;
      for (let k = 2; k < TAYLOR_TERMS; k++) {
        p *= y;
        this.#moment[k] += p * inverseFactorial[k];
      }
    };
    for (let i = 0; i < x.length; i++) {
      this.#y[i] = meanLess1 > -0.5 && x[i] > -0.5 ? expm1(x[i]) - meanLess1 : weight[i] - plainMean;
      if (Math.abs(mass[i]) >= SMALLEST_NORMAL) add(mass[i], this.#y[i]);
    }
    if (forbidden > 0) add(forbidden, -plainMean);
    this.far = MAX_NEAR / width;
  }

  /** The limit of excess/t² as t → 0. */
  get curvature(): number {
    return this.#moment[2];
  }

  /** The excess of log φ over −μt, lifted, before `far`. */
  near(t: number): number {
    let over = 0;
    for (let k = TAYLOR_TERMS - 1; k >= 2; k--) over = this.#moment[k] - over * t;
    over *= t * t;
    const scale = 2 ** this.#weights.lift;
    return Math.max(0, scale === 1 ? log1p(over) : over < scale * 1e-18 ? over : scale * log1p(over / scale));
  }

  /** The same at any t where nothing is forbidden, from `far` on by the sum over all levels. */
  at(t: number): number {
    const { levels, lift } = this.#weights;
    if (t < this.far) return this.near(t);
    let over = 0;
    for (let i = 0; i < this.#y.length; i++) over += levels.mass[i] * expm1MinusX(-t * this.#y[i]);
    return Math.max(0, 2 ** lift * log1p(over));
  }
}

/** φ of weights within a factor e of each other, around their mean at every node. */
function centred(workspace: Workspace, weights: Weights, windows: Windows, at: Float64Array, t: Float64Array): Nodes {
  const around = new AroundMean(workspace, weights);
  const excess = workspace.floats(at.length);
  const logPhi = workspace.floats(at.length);
  for (let n = 0; n < at.length; n++) {
    excess[n] = around.at(t[n]);
    logPhi[n] = excess[n] - weights.mean * t[n];
  }
  return { at, t, logPhi, excess, curvature: around.curvature, windows, workspace };
}

/** Below this φ, the levels left in it may have masses below the normal doubles. */
const MIN_SURE_PHI = 1e-290;

/** log φ at a node where only rare levels are left: the low ones at once, the others one by one while they count. */
function rareLogPhi({ levels }: Weights, { grid, steps, factor }: Windows, logFrom: Float64Array, m: number): number {
  const { logMass } = levels;
  const low = levelAt(steps, -40 / grid.step - m);
  let total = logFrom[low];
  for (let i = low - 1; i >= 0; i--) {
    const z = exp((m + steps[i]) * grid.step) * factor[i];
    if (-z < total - 50) break;
    total = logAdd(total, logMass[i] - z);
  }
  return total;
}

/**
 * Nodes from one fresh start of the moments to the next: more than 10¹⁵ draws need. A rounding error that is the same
 * from node to node cancels where φ is compared with e^{−μt}, and that of a fresh start does not.
 */
const NODES_BETWEEN_REFRESHES = 256;

/** Levels are summed in blocks of this many: the rounding error grows with the number of blocks, not of levels. */
const LEVELS_PER_PARTIAL_SUM = 128;

/** At each node, Σ p e^{−t·w} over the levels in whose window it is. */
function windowSums(workspace: Workspace, windows: Windows, mass: Float64Array, at: Float64Array): Float64Array {
  const { grid, steps, values } = windows;
  const size = mass.length;
  const out = workspace.zeros(at.length);
  const part = size > LEVELS_PER_PARTIAL_SUM ? workspace.zeros(at.length) : out;
  let n = 0;
  for (let i = 0; i < size; ) {
    const begin = n;
    for (const stop = Math.min(size, i + LEVELS_PER_PARTIAL_SUM); i < stop; i++) {
      const width = windows.widthOf(i);
      if (width === 0) continue;
      while (at[n] <= grid.low - steps[i]) n++;
      // The window of a level far above begins, or ends, before the first node.
      const first = at[n] + steps[i] - grid.low - 1;
      const from = windows.at(i);
      const p = mass[i];
      for (let j = first, k = n; j < width; j++, k++) part[k] += p * values[from + j];
    }
    if (size <= LEVELS_PER_PARTIAL_SUM) break;
    const end = Math.min(at.length, n + windows.width);
    for (let k = begin; k < end; k++) out[k] += part[k];
    part.fill(0, begin, end);
  }
  return out;
}

/** φ for any weights: from the last node on, each level is gone, then in its window, then low; near t = 0 around their mean. */
function swept(workspace: Workspace, weights: Weights, windows: Windows, at: Float64Array, t: Float64Array): Nodes {
  const { x, weight, mass, forbidden } = weights;
  const around = new AroundMean(workspace, weights);
  let near = 0;
  while (near < at.length && t[near] < around.far) near++;
  const weighted = workspace.floats(x.length);
  for (let i = 0; i < x.length; i++) weighted[i] = Math.abs(mass[i]) >= SMALLEST_NORMAL ? mass[i] * weight[i] : 0;
  const from = massFrom(mass, forbidden, workspace.floats(x.length + 1));
  const parts = sweep(workspace, weights, windows, at, t, weighted, from, near);
  const { logPhi, excess } = logsOf(workspace, weights, windows, at, t, parts, from, near);
  for (let n = 0; n < near; n++) {
    excess[n] = around.near(t[n]);
    logPhi[n] = excess[n] - weights.mean * t[n];
  }
  return { at, t, logPhi, excess, curvature: around.curvature, windows, workspace };
}

/** φ at each node in parts, of which some are small where others cancel. */
interface Parts {
  /** 1 − φ. */
  readonly gap: Float64Array;
  /** μt − (1 − φ) where the gap is below ½ or the masses are lifted, else φ. */
  readonly rest: Float64Array;
}

/** Where φ is below this, e^{−40} counts beside it. */
const MIN_PHI_ALONE = 0.04;

/** No logarithm is taken here, so that the loop keeps its numbers in registers. */
function sweep(
  workspace: Workspace,
  { x, mass, lift }: Weights,
  windows: Windows,
  at: Float64Array,
  t: Float64Array,
  weighted: Float64Array,
  from: Float64Array,
  first: number,
): Parts {
  const { grid, steps, factor } = windows;
  const { step, low, far, gone, power, decay } = grid;
  const stay = windowSums(workspace, windows, mass, at);
  const above = massAbove(mass, workspace.floats(x.length + 1));
  const weightAbove = massAbove(weighted, workspace.floats(x.length + 1));
  // moment[k] = Σ p z^k/k! over the low levels, z = t·w at the node.
  const moment = workspace.zeros(TAYLOR_TERMS);
  // The moments where a level last joined them. A fresh start takes them from here, so that the rounding errors do not
  // add up.
  const base = workspace.zeros(TAYLOR_TERMS);
  const gaps = workspace.floats(at.length);
  const rest = workspace.floats(at.length);
  let baseAt = 0;
  let refreshAt = 0;
  let begin = x.length; // first low level
  let left = x.length; // first level that has not left
  for (let n = at.length - 1; n >= first; n--) {
    const m = at[n];
    if (begin < x.length && at[n + 1] - m > 1) shrink(moment, moment, step * (at[n + 1] - m - 1));
    // A level that becomes low joins one node to the right of this one: the first of its window, but where the nodes
    // end before it. No level becomes low where nodes are left out.
    const joined = begin;
    for (; begin > 0 && steps[begin - 1] <= low - m; begin--) {
      const z = riseBy(grid, m + 1 + steps[begin - 1]) * factor[begin - 1];
      let p = mass[begin - 1];
      for (let k = 1; k < TAYLOR_TERMS; k++) {
        p *= z;
        moment[k] += p * inverseFactorial[k];
      }
    }
    let lowGap = 0;
    let lowBend = 0;
    if (begin < x.length) {
      // Even and odd powers apart: two short chains of dependent operations.
      let odd = 0;
      for (let k = TAYLOR_TERMS - 2; k >= 2; k -= 2) {
        const u = moment[k] * decay[k];
        const v = moment[k + 1] * decay[k + 1];
        moment[k] = u;
        moment[k + 1] = v;
        lowBend += u;
        odd += v;
      }
      moment[1] *= decay[1];
      if (joined > begin) {
        baseAt = m;
        refreshAt = m - NODES_BETWEEN_REFRESHES;
        for (let k = 1; k < TAYLOR_TERMS; k++) base[k] = moment[k];
      } else if (m <= refreshAt) {
        refreshAt = m - NODES_BETWEEN_REFRESHES;
        shrink(moment, base, step * (baseAt - m));
      }
      lowBend -= odd;
      lowGap = moment[1] - lowBend;
    }
    // A level that is not low loses 1 − e^{−z} in its window, and all above it.
    const lost = above[begin] - stay[n];
    const gap = lost + lowGap;
    gaps[n] = gap;
    if (gap < 0.5 || lift > 0) {
      rest[n] = (begin > 0 ? weightAbove[begin] * t[n] - lost : 0) + lowBend;
      continue;
    }
    let phi = stay[n] + from[begin] - lowGap;
    if (phi < MIN_PHI_ALONE) {
      // Levels past their window are nothing beside 1, but may count beside a small φ.
      while (left > 0 && steps[left - 1] < far - m) left--;
      for (let i = left - 1; i >= 0 && steps[i] < gone - m; i--) {
        const e = exp(-power[m + steps[i] - low] * factor[i]);
        phi += mass[i] * e;
        if (above[i] * e <= 1e-18 * phi) break;
      }
    }
    rest[n] = phi;
  }
  return { gap: gaps, rest };
}

/** out[k] = moment[k]·e^{−k·nats} from k = 1. */
function shrink(out: Float64Array, moment: Float64Array, nats: number): void {
  for (let k = 1; k < TAYLOR_TERMS; k++) out[k] = moment[k] * exp(-k * nats);
}

/** log φ and its excess, each from the parts that it loses the least by. */
function logsOf(
  workspace: Workspace,
  weights: Weights,
  windows: Windows,
  at: Float64Array,
  t: Float64Array,
  { gap: gaps, rest }: Parts,
  from: Float64Array,
  first: number,
): Pick<Nodes, "logPhi" | "excess"> {
  const { mean, lift } = weights;
  const scale = 2 ** -lift / 2;
  const logPhi = workspace.floats(at.length);
  const excess = workspace.floats(at.length);
  let logFrom: Float64Array | undefined;
  for (let n = first; n < at.length; n++) {
    const gap = gaps[n];
    if (gap < 0.5 || lift > 0) {
      // −log(1 − gap) − gap ≥ 0, by Loader's deviance; log φ + μt = (log(1 − gap) + gap) + (μt − gap). Lifted, N is so
      // large that φ^{N−1} is 0 unless the gap is tiny: −log(1 − gap) = gap + gap²/2.
      const beyond = lift > 0 ? gap * scale * gap : deviance(1, 1 - gap, -gap);
      logPhi[n] = -(gap + beyond);
      excess[n] = Math.max(0, rest[n] - beyond);
      continue;
    }
    const phi = rest[n];
    if (phi > MIN_SURE_PHI) logPhi[n] = log(phi);
    else {
      logFrom ??= logMassFrom(weights.levels, from);
      logPhi[n] = rareLogPhi(weights, windows, logFrom, at[n]);
    }
    excess[n] = Math.max(0, logPhi[n] + mean * t[n]);
  }
  return { logPhi, excess };
}
