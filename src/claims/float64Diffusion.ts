import type { TiltProblem } from "../alignment/rlhf.js";
import { type AtomicData, atomicData } from "../diffusion/atoms.js";
import { type BetaScheduleOptions, betaSchedule } from "../diffusion/betaSchedule.js";
import { convertNoiseLevel } from "../diffusion/convertNoiseLevel.js";
import { classify, densityRatioLoss, densityRatioWeights, logDensityRatio } from "../diffusion/densityRatio.js";
import {
  type GuidanceOptions,
  guidanceProblem,
  guidedNoisePrediction,
  guidedTarget,
  logClassProbability,
} from "../diffusion/guidance.js";
import { guidanceScale, guidanceWeight } from "../diffusion/guidanceScale.js";
import { type KarrasOptions, karrasSchedule } from "../diffusion/karrasSchedule.js";
import { maskedGuidanceLaw } from "../diffusion/maskedGuidance.js";
import { denoisingLoss, klByMismatchedEstimation } from "../diffusion/mismatch.js";
import { noisePrediction, score } from "../diffusion/noisePrediction.js";
import { rewardDirectedProblem } from "../diffusion/rewardDirected.js";
import { weightedDenoisingLoss } from "../diffusion/scoreMatching.js";
import type { MeasureOf, TiltProblemOf } from "../exact/algebra.js";
import type { AtomicDataOf, DiffusionAlgebra } from "../exact/diffusionAlgebra.js";
import { distribution, type Measure, normalize } from "../measure/measure.js";
import { cached } from "../numeric/cache.js";

/** A function that makes its value once for each key. */
function perKey<K extends object, T>(make: (key: K) => T): (key: K) => T {
  const known = new WeakMap<K, T>();
  return (key) => cached(known, key, () => make(key));
}

/** The problems that the library makes of atoms have their rewards as arrays. */
const asProblem = (problem: TiltProblem<number>) => problem as TiltProblemOf<number>;
const asMeasure = (law: MeasureOf<number>) => law as Measure<number>;
const column = (atoms: readonly number[]) => atoms.map((a) => [a]);

/** Atoms without classes. */
const lineOf = perKey((atoms: readonly number[]): AtomicData => atomicData({ atoms: column(atoms) }));

/** Atoms with their classes. */
const dataOf = perKey(({ atoms, classes, prior }: AtomicDataOf<number>): AtomicData => {
  const names = Object.keys(classes);
  const shares = distribution(
    names,
    names.map((name) => prior[name]),
  ).mass;
  return atomicData({
    atoms: column(atoms),
    classes: Object.fromEntries(names.map((name) => [name, normalize(asMeasure(classes[name])).mass])),
    prior: Object.fromEntries(names.map((name, c) => [name, shares[c]])),
  });
});

/** The library's functions of atoms, on a line. */
export const float64Diffusion: DiffusionAlgebra<number> = {
  integralDigits: 12,
  noisePrediction: (atoms, law, x, sigma) => noisePrediction(lineOf(atoms), [x], sigma, asMeasure(law))[0],
  score: (atoms, law, x, sigma) => score(lineOf(atoms), [x], sigma, asMeasure(law))[0],
  denoisingLoss: (atoms, p, q, grid) => denoisingLoss(lineOf(atoms), asMeasure(p), asMeasure(q), grid),
  weightedDenoisingLoss: (atoms, problem, q, grid) =>
    weightedDenoisingLoss(lineOf(atoms), problem as TiltProblem<number>, asMeasure(q), grid),
  klByMismatchedEstimation: (atoms, p, q, grid) =>
    klByMismatchedEstimation(lineOf(atoms), asMeasure(p), asMeasure(q), grid),
  rewardDirectedProblem: (atoms, law, reward, beta) =>
    asProblem(rewardDirectedProblem(lineOf(atoms), asMeasure(law), Float64Array.from(reward), beta)),
  logClassProbability: (data, label) => logClassProbability(dataOf(data), label),
  guidanceProblem: (data, label, w, options) =>
    asProblem(guidanceProblem(dataOf(data), label, w, options as GuidanceOptions)),
  guidedTarget: (data, label, w, options) => guidedTarget(dataOf(data), label, w, options as GuidanceOptions),
  guidedNoisePrediction: (data, x, sigma, label, w, options) =>
    guidedNoisePrediction(dataOf(data), [x], sigma, label, w, options as GuidanceOptions)[0],
  logDensityRatio: (data, x, label) => logDensityRatio(dataOf(data), [x], label),
  densityRatioWeights,
  densityRatioLoss: (data, x, label, grid) => densityRatioLoss(dataOf(data), [x], label, grid),
  classify: (data, loss) => classify(dataOf(data), loss),
  guidanceWeight,
  guidanceScale,
  convertNoiseLevel,
  betaSchedule: (name, options) => betaSchedule(name, options as BetaScheduleOptions),
  karrasSchedule: (steps, options) => karrasSchedule(steps, options as KarrasOptions),
  maskedGuidanceLaw: (conditional, unconditional, w, options) =>
    maskedGuidanceLaw(
      conditional as Measure<readonly unknown[]>,
      unconditional as Measure<readonly unknown[]>,
      w,
      options,
    ),
};
