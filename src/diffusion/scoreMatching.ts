import type { TiltProblem } from "../alignment/rlhf.js";
import { klOf } from "../information/divergence.js";
import type { Law } from "../measure/law.js";
import { type Distribution, fromLogMass, lawOf, type Measure, normalize } from "../measure/measure.js";
import { tiltChecked } from "../measure/tilt.js";
import {
  NON_NEGATIVE,
  outOfRange,
  POSITIVE,
  requireInteger,
  requireLength,
  requireNumber,
  requireNumbers,
  requireObject,
} from "../numeric/check.js";
import { gaussianSource } from "../numeric/gaussian.js";
import { randomSource } from "../numeric/random.js";
import { type Point, pointAt } from "../optimize/lineSearch.js";
import { minimize } from "../optimize/minimize.js";
import { descentOf, readOptions, TRAINING_OPTIONS, type TrainingOptions } from "../optimize/options.js";
import { resultOf, type TrainingResult } from "../optimize/result.js";
import { stateOf } from "../optimize/state.js";
import { type AtomicData, type AtomLaw, requireAtomLaw, requireAtomMeasure, requireLine } from "./atoms.js";
import { DenoisingLoss, type Node } from "./denoisingObjective.js";
import { forEachNoise, noiseStep } from "./lineQuadrature.js";
import { NoisedPoint } from "./noisedPoint.js";
import { requireGrid, requireRootSnr } from "./schedule.js";

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

/**
 * Reward-directed diffusion without reinforcement learning: trains the noise predictor of p_θ ∝ p_data e^θ, one logit an
 * atom, by score matching on draws of p_data weighted by e^{r/β}. Equations (38) and (39), which are minimised (erratum E4).
 *
 * $$\min_\theta \; Z^{-1}\, \mathbb{E}_{x \sim p_{\mathrm{data}},\, \varepsilon,\, t} \bigl[ e^{r(x)/\beta}\, |\varepsilon - \varepsilon_\theta(x_t)|^2 \bigr]$$
 *
 * The minimiser is the exact noise predictor of the tilted atoms: p_θ ∝ p_data e^{r/β}, at any levels with positive weight.
 * On a line the expectation is exact, by quadrature; elsewhere each atom meets `draws` of noise at each level, and the fit
 * is that of the sample. Newton's method with the Gauss–Newton Hessian where that is cheap, else L-BFGS; Adam on
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
 * import { atomicData, fitScoreMatching, rewardDirectedProblem } from "exptilt/diffusion";
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
  const { ref, law, target } = readProblem(caller, data, problem);
  const levels = requireGrid(caller, "grid", grid);
  const settings = readOptions(caller, options, { ...TRAINING_OPTIONS, levelWeights: true, draws: true }, data.size);
  if (settings.method === "closed form")
    throw outOfRange(caller, "options.method", "be an iterative one", settings.method);
  const nodes = nodesOf(caller, data, law, target, levels, options, settings.seed);
  const f = new DenoisingLoss(data, nodes, law, target, settings.ridge);
  const ones = new Float64Array(data.size).fill(1);
  const { name, descent } = descentOf(f, settings.start, ones, settings, () => [f]);
  const from = pointAt(f, settings.start);
  const save = (at: Point, step: number) => stateOf(name, step, at.x, descent.memory);
  const run = await minimize(f, from, settings.iteration, descent, settings.watch, save);
  const { point, iteration, reason, converged } = run;
  const logLaw = f.logLaw(point.x);
  const full = new Float64Array(data.size).fill(-Infinity);
  for (const [j, i] of ref.support.filter((i) => law.supports(i)).entries()) full[i] = logLaw[j];
  const fitted: Measure<number> = fromLogMass(ref.support, full);
  return {
    ...resultOf(f, point, point.x, iteration, reason, converged, () => save(point, iteration)),
    law: normalize(fitted),
    klFromTarget: klOf(target, lawOf(caller, "law", fitted)),
  };
}

/**
 * The importance-weighted denoising loss that `fitScoreMatching` minimises, at the exact noise predictor of a law of the
 * atoms: (38) on draws of p_data weighted by e^{r/β}, or (39) on draws of the tilt. On a line, by quadrature.
 *
 * $$Z^{-1}\, \mathbb{E}_{x \sim p_{\mathrm{data}},\, \varepsilon,\, t} \bigl[ e^{r(x)/\beta}\, |\varepsilon - \varepsilon_q(x_t)|^2 \bigr]$$
 *
 * It is least at the tilt itself, and larger by E|ε_tilt − ε_q|² elsewhere. Time grows as the levels times K² times the noises.
 *
 * @param data the atoms, in one dimension
 * @param problem p_data as `ref`, a measure on the atoms' indices, with reward and β: see `rewardDirectedProblem`
 * @param q the law whose predictor is used: a class, any measure on the atoms' indices, or undefined for the marginal
 * @param grid the noise levels σ, increasing in (0, 1), all equally likely
 * @returns the weighted mean squared error of the predicted noise
 * @throws TypeError when an argument has the wrong type or shape
 * @throws RangeError when the atoms are not on a line, a class is unknown, the grid does not increase in (0, 1), or a reward is
 * NaN or +∞ or forbids all atoms
 * @example
 * ```ts
 * import { rlhfOptimum } from "exptilt";
 * import { atomicData, rewardDirectedProblem, weightedDenoisingLoss } from "exptilt/diffusion";
 * const data = atomicData({ atoms: [[-1], [0], [2]] });
 * const problem = rewardDirectedProblem(data, "data", ([x]) => -Math.abs(x), 0.5);
 * weightedDenoisingLoss(data, problem, rlhfOptimum(problem), [0.5, 0.8]) // => 0.175196545632
 * weightedDenoisingLoss(data, problem, "data", [0.5, 0.8]) // => 0.503587682856
 * ```
 */
export function weightedDenoisingLoss(
  data: AtomicData,
  problem: TiltProblem<number>,
  q: AtomLaw,
  grid: ArrayLike<number>,
): number {
  const caller = "weightedDenoisingLoss";
  const { target } = readProblem(caller, data, problem);
  const model = lawOf(caller, "q", requireAtomLaw(caller, "q", data, q));
  requireLine(caller, data);
  const levels = requireGrid(caller, "grid", grid);
  const loss = new DenoisingLoss(data, nodesOf(caller, data, model, target, levels, {}, 0, 0.75), model, target, 0);
  const { value, gradient } = pointAt(loss, new Float64Array(data.size));
  return -loss.report(value, gradient).objective;
}

/** A problem on the atoms: its reference, the law of the reference, and the law of the tilt that is its target. */
function readProblem(caller: string, data: AtomicData, problem: TiltProblem<number>) {
  const { ref: given, reward, beta: level } = requireObject(caller, "problem", problem);
  const ref = requireAtomMeasure(caller, "problem.ref", data, given);
  const beta = requireNumber(caller, "problem.beta", level, POSITIVE);
  const target = lawOf(caller, "problem", tiltChecked(caller, "problem.reward", ref, reward, beta));
  return { ref, law: ref.law, target };
}

/** Every atom of the target under every noise at every level. On a line noises are `finer` times a fit's step apart. */
function nodesOf(
  caller: string,
  data: AtomicData,
  law: Law,
  target: Law,
  levels: Float64Array,
  options: ScoreMatchingOptions,
  seed: number,
  finer = 1,
): Node[] {
  const { dimension: d, size, points } = data;
  const draws = requireInteger(caller, "options.draws", options.draws ?? 16, 1);
  const level = levelWeights(caller, options.levelWeights, levels.length);
  const normal = gaussianSource(randomSource(seed), caller);
  const nodes: Node[] = [];
  const wanted = target.probabilities();
  for (let i = 0; i < size; i++) {
    if (!(wanted[i] > 0)) continue;
    const point = new NoisedPoint(data, [law], points.slice(i * d, (i + 1) * d));
    const { step, square } = point;
    for (let t = 0; t < levels.length; t++) {
      const u = requireRootSnr(caller, `grid[${t}]`, levels[t]);
      const add = (noise: Float64Array, weight: number) => {
        const exponent = square.map((s, j) => {
          let along = 0;
          for (let k = 0; k < d; k++) along += step[j * d + k] * noise[k];
          return u * (along - (u * s) / 2);
        });
        nodes.push({ weight: wanted[i] * level[t] * weight * u * u, exponent, step });
      };
      if (d === 1) forEachNoise(finer * noiseStep(point.setLevel(u)), add);
      else for (let n = 0; n < draws; n++) add(Float64Array.from({ length: d }, normal), 1 / draws);
    }
  }
  return nodes;
}

/** The share of each level; the shares total 1. */
function levelWeights(caller: string, given: ArrayLike<number> | undefined, count: number): Float64Array {
  if (given === undefined) return new Float64Array(count).fill(1 / count);
  requireLength(caller, "options.levelWeights", given, count);
  const weights = requireNumbers(caller, "options.levelWeights", given, NON_NEGATIVE);
  const total = weights.reduce((s, w) => s + w, 0);
  if (!(total > 0)) throw outOfRange(caller, "options.levelWeights", "have a positive total", total);
  return weights.map((w) => w / total);
}
