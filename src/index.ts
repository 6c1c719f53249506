/**
 * exptilt: alignment methods as exponential tilts of a reference law, exact on finite answer sets.
 *
 * @packageDocumentation
 */

export {
  type AutoregressivePolicy,
  autoregressivePolicy,
  expectedSelfCertainty,
  type SelfCertaintyForm,
  selfCertainty,
  sequenceDistribution,
} from "./alignment/autoregressive.js";
export { betaForKl } from "./alignment/betaForKl.js";
export { rlhfEquivalent, rlifEquivalent, unifiedObjective } from "./alignment/correspondences.js";
export { rlhfObjective, rlhfOptimalValue, rlhfOptimum, rlhfRegret, type TiltProblem } from "./alignment/rlhf.js";
export {
  type RlifOptimum,
  rlifObjective,
  rlifOptimalValue,
  rlifOptimum,
  rlifRegret,
  type SelfCertaintyProblem,
} from "./alignment/rlif.js";
export type { AtomicInstance } from "./claims/atomicInstance.js";
export {
  type Claim,
  type ClaimGap,
  type ClaimVerdict,
  type Comparison,
  checkClaim,
  claimHolds,
  claimVerdict,
  type Erratum,
  type Identity,
  PRINTED_FAILS,
  type Sides,
} from "./claims/claim.js";
export { float64Algebra } from "./claims/float64.js";
export { claims } from "./claims/index.js";
export { type Instance, type World, worldOf } from "./claims/instance.js";
export { printedRate } from "./claims/printedRate.js";
export { gapTolerance } from "./claims/tolerance.js";
export { type AtomicData, type AtomicDataInput, type AtomLaw, atomicData } from "./diffusion/atoms.js";
export { ddimLaw } from "./diffusion/ddimLaw.js";
export {
  classify,
  densityRatioLoss,
  densityRatioWeights,
  logDensityRatio,
} from "./diffusion/densityRatio.js";
export {
  type EstimateOptions,
  estimateDensityRatioLoss,
  estimateGuidanceGap,
  estimateKlByMismatchedEstimation,
  type MonteCarloEstimate,
} from "./diffusion/estimate.js";
export {
  guidanceProblem,
  guidedNoisePrediction,
  guidedTarget,
  logClassProbability,
} from "./diffusion/guidance.js";
export { guidanceGap } from "./diffusion/guidanceGap.js";
export { denoisingLoss, klByMismatchedEstimation } from "./diffusion/mismatch.js";
export { denoise, noisePrediction, score } from "./diffusion/noisePrediction.js";
export { rewardDirectedProblem } from "./diffusion/rewardDirected.js";
export { ddimSample, ddpmSample, type NoisePredictor } from "./diffusion/sampler.js";
export { cosineSchedule, linearSchedule, logSnrSchedule } from "./diffusion/schedule.js";
export {
  fitScoreMatching,
  type ScoreMatchingFit,
  type ScoreMatchingOptions,
  weightedDenoisingLoss,
} from "./diffusion/scoreMatching.js";
export type {
  Algebra,
  BestOfNProblemOf,
  DistributionOf,
  MeasureOf,
  SelfCertaintyProblemOf,
  TiltProblemOf,
} from "./exact/algebra.js";
export {
  chiSquaredDivergence,
  generalizedKlDivergence,
  klDivergence,
  totalVariation,
} from "./information/divergence.js";
export { entropy, renyiEntropy } from "./information/entropy.js";
export { power, product } from "./measure/algebra.js";
export { escort } from "./measure/escort.js";
export { expectation } from "./measure/expectation.js";
export {
  type Distribution,
  distribution,
  fromLogMass,
  type Measure,
  measure,
  normalize,
  uniform,
} from "./measure/measure.js";
export { categoricalQuantile, categoricalSampler, type Sampler, samplingProbabilities } from "./measure/sampler.js";
export type { Score, ScoreFunction } from "./measure/score.js";
export { tilt, tiltedMass } from "./measure/tilt.js";
export { logSoftmax, logSumExp, softmax } from "./numeric/logSumExp.js";
export { type RandomSource, type RandomState, randomSource } from "./numeric/random.js";
export type { ProgressListener, StopReason, StopSignal, TrainingProgress } from "./optimize/minimize.js";
export type { TrainingMethod, TrainingOptions } from "./optimize/options.js";
export type { TrainingResult } from "./optimize/result.js";
export type { JsonNumber, TrainingState } from "./optimize/state.js";
export {
  type CountedTie,
  type CountedWin,
  comparisonsFromWins,
  type PairwiseComparison,
} from "./preference/comparisons.js";
export { type BradleyTerryFit, type BradleyTerryOptions, fitBradleyTerry } from "./preference/fit.js";
export { humanPreference, logPreferenceProbability, preferenceProbability } from "./preference/preference.js";
export { bestOfNLaw } from "./selection/bestOfN.js";
export { bestOfPoissonLaw, softBestOfPoissonLaw } from "./selection/bestOfPoisson.js";
export { bestOfNKlBound, bestOfNWinRateBound, type LawBounds, softBestOfNBounds } from "./selection/bounds.js";
export { type CurvePoint, selectionCurve } from "./selection/curve.js";
export { type FirstOrderExpansion, firstOrderExpansion } from "./selection/expansion.js";
export { type LimitDistance, limitDistance, selectionLimit } from "./selection/limit.js";
export type { BestOfNProblem, SelectionProblem } from "./selection/problem.js";
export { type PolicyReading, policyReading, winRate } from "./selection/reading.js";
export { type SoftBestOfNSamplerOptions, softBestOfNSampler } from "./selection/sampler.js";
export {
  estimateBestOfN,
  estimateSoftBestOfN,
  type ScoredSamples,
  type SelectedValues,
  type SelectionEstimate,
  type SoftScoredSamples,
} from "./selection/samples/estimate.js";
export { passAtK } from "./selection/samples/passAtK.js";
export { type DistanceTarget, samplesNeeded } from "./selection/samplesNeeded.js";
export { selectSoftBestOfN } from "./selection/select.js";
export { softBestOfNLaw, weightedBestOfNLaw } from "./selection/softBestOfN.js";
export type { TrainingExample } from "./training/examples.js";
export {
  fitWeightedMle,
  type WeightedMleFit,
  type WeightedMleOptions,
} from "./training/fit.js";
export {
  autoregressiveLogLinearPolicy,
  autoregressiveTabularPolicy,
  type PrefixFeatureModel,
  type SequenceModel,
} from "./training/policies/autoregressive.js";
export { type LogLinearModel, logLinearPolicy } from "./training/policies/logLinear.js";
export { type ConditionalPolicy, type Policy, policyDistribution } from "./training/policies/policy.js";
export { tabularPolicy } from "./training/policies/tabular.js";
export { fitPolicyGradient, type PolicyGradientFit, type RlhfExample } from "./training/policyGradient.js";
export { fitWeightedMleStream, type StreamFit, type StreamOptions, type TrainingStream } from "./training/stream.js";
export { bestOfNDistillation, rewardWeightedRegression } from "./training/weights/baselines.js";
export {
  type DrawnWeights,
  type DrawnWeightsOptions,
  drawnWeights,
  type ImportanceWeights,
  importanceWeights,
  selfCertaintyWeights,
  type WeightedAnswers,
} from "./training/weights/importanceWeights.js";
export { paretoK, paretoSmoothedWeights, type SmoothedWeights } from "./training/weights/paretoSmoothing.js";
export { effectiveSampleSize, type SampleWeights, selfNormalizedWeights } from "./training/weights/sampleWeights.js";
export type { TailOptions } from "./training/weights/tail.js";
