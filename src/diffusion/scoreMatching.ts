import type { TiltProblem } from "../alignment/rlhf.js";
import { klOf } from "../information/divergence.js";
import { Law } from "../measure/law.js";
import { type Distribution, fromLogMass, lawOf, type Measure, normalize } from "../measure/measure.js";
import { resolveScore, type Score } from "../measure/score.js";
import { tiltChecked } from "../measure/tilt.js";
import { outOfRange, requireInteger, requireLength, requireNumbers, requirePositive } from "../numeric/check.js";
import { gaussianSource } from "../numeric/gaussian.js";
import { randomSource } from "../numeric/random.js";
import { resultOf, type TrainingResult } from "../training/fit.js";
import { maxNorm, pointAt } from "../training/lineSearch.js";
import { minimize } from "../training/minimize.js";
import type { Smooth } from "../training/objective.js";
import { descentOf, readOptions, type TrainingOptions } from "../training/options.js";
import { stateOf } from "../training/state.js";
import { type AtomicData, type AtomLaw, requireAtomLaw } from "./atoms.js";
import { forEachNoise, noiseStep } from "./lineQuadrature.js";
import { NoisedPoint } from "./noisedPoint.js";
import { requireGrid, rootSnr } from "./schedule.js";

/**
 * Reward-directed diffusion as a tilt problem: what (32) asks of p_θ is what RLHF asks of a policy, on the atoms. Its
 * `rlhfOptimum` ∝ p_data e^{r/β} is the optimum, its `rlhfObjective` and `rlhfRegret` are those of (32).
 *
 * $$\max_p \; \mathbb{E}_p[r] - \beta\, \mathrm{KL}(p \| p_{\mathrm{data}}(\cdot \mid c))$$
 *
 * @param data the atoms
 * @param law p_data(·|c): a class, any measure on the atoms' indices, or undefined for the marginal
 * @param reward r of each atom, or a function of its coordinates and its index; −∞ forbids
 * @param beta β > 0, in the units of the reward
 * @returns the problem, on the atoms' indices
 * @throws TypeError when an argument has the wrong type or length
 * @throws RangeError when a class is unknown, a reward is NaN or +∞, or β is not positive and finite
 * @example
 * ```ts
 * import { atomicData, rewardDirectedProblem, rlhfOptimum } from "exptilt";
 * const data = atomicData({ atoms: [[-1], [0], [2]] });
 * rlhfOptimum(rewardDirectedProblem(data, "data", ([x]) => -Math.abs(x), 0.5)).mass // => [0.1173, 0.8668, 0.0159]
 * ```
 */
export function rewardDirectedProblem(
  data: AtomicData,
  law: AtomLaw,
  reward: Score<Float64Array>,
  beta: number,
): TiltProblem<number> {
  const caller = "rewardDirectedProblem";
  const ref = requireAtomLaw(caller, "law", data, law);
  const atoms = Array.from({ length: data.size }, (_, i) =>
    data.points.slice(i * data.dimension, (i + 1) * data.dimension),
  );
  return { ref, reward: resolveScore(caller, "reward", atoms, reward), beta: requirePositive(caller, "beta", beta) };
}

/** What may be chosen in importance-weighted score matching. */
export interface ScoreMatchingOptions extends TrainingOptions {
  /** How much each level of the grid counts, non-negative; all alike when left out. `densityRatioWeights` makes it a KL. */
  readonly levelWeights?: ArrayLike<number>;
  /** The draws of noise for each atom and level where atoms are not on a line, 16 by default; made from `seed`. */
  readonly draws?: number;
}

/** Where importance-weighted score matching ended. */
export interface ScoreMatchingFit extends TrainingResult {
  /** p_θ ∝ p_data e^θ: the law of atoms whose noise predictor was trained. */
  readonly law: Distribution<number>;
  /** KL(target‖p_θ) in nats, the target being the tilt ∝ p_data e^{r/β}. */
  readonly klFromTarget: number;
}

/** One atom under one noise at one level. */
interface Node {
  /** The atom's share of the loss: its weight, the level's and the noise's, times u². */
  readonly weight: number;
  /** −s²/2 + s·ε of each atom of p_data. */
  readonly exponent: Float64Array;
  /** a_j − x of those atoms, shared by the nodes of one atom. */
  readonly step: Float64Array;
}

/** More work than this for a Hessian, and L-BFGS is the better way. */
const DENSE = 1e9;

/** The importance-weighted denoising loss of the predictor of p_data e^θ, as a function of θ. */
class DenoisingLoss implements Smooth {
  readonly size: number;
  readonly #nodes: readonly Node[];
  readonly #atoms: readonly number[];
  readonly #log: Float64Array;
  readonly #dimension: number;
  readonly #ridge: number;
  readonly #posterior: Float64Array;
  readonly #shift: Float64Array;

  constructor(
    data: AtomicData,
    nodes: readonly Node[],
    atoms: readonly number[],
    logWeight: Float64Array,
    ridge: number,
  ) {
    this.size = data.size;
    this.#nodes = nodes;
    this.#atoms = atoms;
    this.#log = logWeight;
    this.#dimension = data.dimension;
    this.#ridge = ridge;
    this.#posterior = new Float64Array(atoms.length);
    this.#shift = new Float64Array(data.dimension);
  }

  /** The posterior of the node under θ, and E[a | x_t] − x, in place. */
  #read({ exponent, step }: Node, x: Float64Array): void {
    const [q, shift, d] = [this.#posterior, this.#shift, this.#dimension];
    let top = -Infinity;
    for (let j = 0; j < q.length; j++) {
      q[j] = exponent[j] + this.#log[j] + x[this.#atoms[j]];
      if (q[j] > top) top = q[j];
    }
    let total = 0;
    for (let j = 0; j < q.length; j++) {
      q[j] = Math.exp(q[j] - top);
      total += q[j];
    }
    shift.fill(0);
    for (let j = 0; j < q.length; j++) {
      q[j] /= total;
      if (q[j] !== 0) for (let k = 0, at = j * d; k < d; k++, at++) shift[k] += q[j] * step[at];
    }
  }

  evaluate(x: Float64Array, gradient: Float64Array): number {
    const [q, shift, d] = [this.#posterior, this.#shift, this.#dimension];
    let value = 0;
    for (let i = 0; i < x.length; i++) {
      value += (this.#ridge / 2) * x[i] * x[i];
      gradient[i] = this.#ridge * x[i];
    }
    for (const node of this.#nodes) {
      this.#read(node, x);
      let square = 0;
      for (let k = 0; k < d; k++) square += shift[k] * shift[k];
      value += node.weight * square;
      // ∂|m − x|²/∂θ_j = 2 q_j (a_j − m)·(m − x), and (a_j − m)·(m − x) = (a_j − x)·(m − x) − |m − x|².
      for (let j = 0; j < q.length; j++) {
        if (q[j] === 0) continue;
        let along = 0;
        for (let k = 0, at = j * d; k < d; k++, at++) along += node.step[at] * shift[k];
        gradient[this.#atoms[j]] += 2 * node.weight * q[j] * (along - square);
      }
    }
    return value;
  }

  /**
   * The Gauss–Newton Hessian Σ 2c q_j q_k (a_j − m)·(a_k − m), the true one at a law that fits; on its diagonal the size of
   * the gradient, so that atoms which the levels hardly tell apart are not sent to infinity on the way there.
   */
  hessian(x: Float64Array): Float64Array | undefined {
    const [q, shift, d, atoms] = [this.#posterior, this.#shift, this.#dimension, this.#atoms];
    if (this.#nodes.length * atoms.length ** 2 * d > DENSE) return undefined;
    const n = this.size;
    const out = new Float64Array(n * n);
    const damping = this.#ridge + maxNorm(pointAt(this, x).gradient);
    for (const i of atoms) out[i * (n + 1)] = damping;
    const part = new Float64Array(atoms.length * d);
    for (const node of this.#nodes) {
      this.#read(node, x);
      for (let j = 0; j < q.length; j++)
        for (let k = 0, at = j * d; k < d; k++, at++) part[at] = q[j] * (node.step[at] - shift[k]);
      for (let j = 0; j < q.length; j++) {
        if (q[j] === 0) continue;
        for (let i = 0; i < q.length; i++) {
          let s = 0;
          for (let k = 0; k < d; k++) s += part[j * d + k] * part[i * d + k];
          out[atoms[j] * n + atoms[i]] += 2 * node.weight * s;
        }
      }
    }
    return out;
  }

  curvature(): undefined {}

  change(x: Float64Array, step: Float64Array): number {
    const before = this.logLaw(x);
    const after = this.logLaw(x.map((v, i) => v + step[i]));
    return before.reduce((most, l, j) => Math.max(most, Math.abs(after[j] - l)), 0);
  }

  /** log p_θ on the atoms of p_data. */
  logLaw(x: Float64Array): Float64Array {
    return Law.fromLogMass(this.#log.map((l, j) => l + x[this.#atoms[j]])).logProbabilities();
  }
}

/**
 * Reward-directed diffusion without reinforcement learning: trains the noise predictor of p_θ ∝ p_data e^θ, one logit an
 * atom, by score matching on draws of p_data weighted by e^{r/β}. Equations (38) and (39), which are minimised (erratum E4).
 *
 * $$\min_\theta \; Z^{-1}\, \mathbb{E}_{x \sim p_{\mathrm{data}},\, \varepsilon,\, t} \bigl[ e^{r(x)/\beta}\, |\varepsilon - \varepsilon_\theta(x_t)|^2 \bigr]$$
 *
 * The minimiser is the exact noise predictor of the tilted atoms: p_θ ∝ p_data e^{r/β}, at any levels with positive weight.
 * On a line the expectation is exact, by quadrature; elsewhere each atom meets the same `draws` of noise at each level, and
 * the fit is that of the sample. Newton's method with the Gauss–Newton Hessian where that is cheap, else L-BFGS; Adam on
 * request. `objective` is minus the loss. Time grows as the levels times K² times the noises, times d.
 *
 * @param data the atoms
 * @param problem p_data as `ref`, a measure on the atoms' indices, with reward and β: see `rewardDirectedProblem`
 * @param grid the noise levels σ, increasing in (0, 1), all equally likely
 * @param options method, start, ridge, stopping, progress, resumption; weights of the levels, draws of noise
 * @returns the logits θ, the law, its distance from the tilt, and how the run ended
 * @throws TypeError (as a rejection) when an argument has the wrong type or shape
 * @throws RangeError (as a rejection) when the grid does not increase in (0, 1), a reward is NaN or +∞ or forbids all atoms,
 * or an option is out of range
 * @example
 * ```ts
 * import { atomicData, fitScoreMatching, rewardDirectedProblem } from "exptilt";
 * const data = atomicData({ atoms: [[-1], [0], [2]] });
 * const problem = rewardDirectedProblem(data, "data", ([x]) => -Math.abs(x), 0.5);
 * const fit = await fitScoreMatching(data, problem, [0.3, 0.5, 0.7, 0.9]);
 * fit.law.mass // => [0.1173, 0.8668, 0.0159]
 * fit.klFromTarget < 1e-12 // => true
 * ```
 */
export async function fitScoreMatching(
  data: AtomicData,
  problem: TiltProblem<number>,
  grid: ArrayLike<number>,
  options: ScoreMatchingOptions = {},
): Promise<ScoreMatchingFit> {
  const caller = "fitScoreMatching";
  const ref = requireAtomLaw(caller, "problem.ref", data, problem?.ref);
  const levels = requireGrid(caller, "grid", grid);
  const settings = readOptions(caller, options, data.size);
  if (settings.method === "closed form")
    throw outOfRange(caller, "options.method", "be an iterative one", settings.method);
  const law = lawOf(caller, "problem.ref", ref);
  const beta = requirePositive(caller, "problem.beta", problem.beta);
  const target = lawOf(caller, "problem", tiltChecked(caller, "reward", ref, problem.reward, beta));
  const atoms = Array.from({ length: data.size }, (_, i) => i).filter((i) => law.supports(i));
  const nodes = nodesOf(caller, data, law, target.probabilities(), levels, options, settings.seed);
  const logWeight = Float64Array.from(atoms, (i) => law.logProbability(i));
  const f = new DenoisingLoss(data, nodes, atoms, logWeight, settings.ridge);
  const { name, descent } = descentOf(f, settings, () => [f]);
  const from = pointAt(f, settings.start);
  const { point, iteration, reason, converged } = await minimize(f, from, settings.iteration, descent, settings.watch);
  const logLaw = f.logLaw(point.x);
  const full = new Float64Array(data.size).fill(-Infinity);
  for (const [j, i] of atoms.entries()) full[i] = logLaw[j];
  const fitted: Measure<number> = fromLogMass(ref.support, full);
  return {
    ...resultOf(point, iteration, reason, converged, () => stateOf(name, iteration, point.x, descent.memory)),
    law: normalize(fitted),
    klFromTarget: klOf(target, lawOf(caller, "law", fitted)),
  };
}

/** Every atom of the target under every noise at every level. */
function nodesOf(
  caller: string,
  data: AtomicData,
  law: Law,
  target: Float64Array,
  levels: Float64Array,
  options: ScoreMatchingOptions,
  seed: number,
): Node[] {
  const { dimension: d, size, points } = data;
  const draws = requireInteger(caller, "options.draws", options.draws ?? 16, 1);
  const level = levelWeights(caller, options.levelWeights, levels.length);
  const normal = gaussianSource(randomSource(seed));
  const nodes: Node[] = [];
  for (let i = 0; i < size; i++) {
    if (!(target[i] > 0)) continue;
    const point = new NoisedPoint(data, [law], points.slice(i * d, (i + 1) * d));
    const { step, square } = point;
    for (let t = 0; t < levels.length; t++) {
      const u = rootSnr(levels[t]);
      const add = (noise: Float64Array, weight: number) => {
        const exponent = square.map((s, j) => {
          let along = 0;
          for (let k = 0; k < d; k++) along += step[j * d + k] * noise[k];
          return u * (along - (u * s) / 2);
        });
        nodes.push({ weight: target[i] * level[t] * weight * u * u, exponent, step });
      };
      if (d === 1) forEachNoise(noiseStep(point.setLevel(u)), add);
      else for (let n = 0; n < draws; n++) add(Float64Array.from({ length: d }, normal), 1 / draws);
    }
  }
  return nodes;
}

/** The share of each level, of total 1. */
function levelWeights(caller: string, given: ArrayLike<number> | undefined, count: number): Float64Array {
  if (given === undefined) return new Float64Array(count).fill(1 / count);
  requireLength(caller, "options.levelWeights", given, count);
  const isWeight = (x: number) => x >= 0 && x < Infinity;
  const weights = requireNumbers(caller, "options.levelWeights", given, isWeight, "be non-negative and finite");
  const total = weights.reduce((s, w) => s + w, 0);
  if (!(total > 0)) throw outOfRange(caller, "options.levelWeights", "have a positive total", total);
  return weights.map((w) => w / total);
}
