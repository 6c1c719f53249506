/**
 * Diffusion on finite sets of atoms: noise, scores, guidance and its gap, density ratios, samplers and their exact laws.
 *
 * @module exptilt/diffusion
 */

export { type AtomicData, type AtomicDataInput, type AtomLaw, atomicData } from "./atoms.js";
export {
  type BetaSchedule,
  type BetaScheduleName,
  type BetaScheduleOptions,
  betaSchedule,
} from "./betaSchedule.js";
export { convertNoiseLevel, type NoiseForm } from "./convertNoiseLevel.js";
export { ddimLaw } from "./ddimLaw.js";
export {
  classify,
  densityRatioLoss,
  densityRatioWeights,
  logDensityRatio,
} from "./densityRatio.js";
export {
  type EstimateOptions,
  estimateDensityRatioLoss,
  estimateGuidanceGap,
  estimateKlByMismatchedEstimation,
  type MonteCarloEstimate,
} from "./estimate.js";
export {
  type GuidanceOptions,
  guidanceProblem,
  guidedNoisePrediction,
  guidedTarget,
  logClassProbability,
} from "./guidance.js";
export { guidanceGap } from "./guidanceGap.js";
export { type GuidanceConvention, guidanceScale, guidanceWeight } from "./guidanceScale.js";
export { type KarrasOptions, karrasSchedule } from "./karrasSchedule.js";
export { type MaskedGuidanceOptions, maskedGuidanceLaw } from "./maskedGuidance.js";
export { denoisingLoss, klByMismatchedEstimation } from "./mismatch.js";
export { denoise, noisePrediction, score } from "./noisePrediction.js";
export { rewardDirectedProblem } from "./rewardDirected.js";
export { ddimSample, ddpmSample, type NoisePredictor } from "./sampler.js";
export { cosineSchedule, linearSchedule, logSnrSchedule } from "./schedule.js";
export {
  fitScoreMatching,
  type ScoreMatchingFit,
  type ScoreMatchingOptions,
  weightedDenoisingLoss,
} from "./scoreMatching.js";
export type { GuidanceInterval, GuidanceStrength, StrengthOfLevel } from "./strength.js";
