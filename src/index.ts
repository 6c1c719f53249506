/**
 * Finite laws, their information and preferences, and alignment and selection as exponential tilts of a reference law.
 *
 * @module exptilt
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
export {
  chiSquaredDivergence,
  generalizedKlDivergence,
  klDivergence,
  totalVariation,
} from "./information/divergence.js";
export { entropy, renyiEntropy } from "./information/entropy.js";
export { jensenShannonDivergence } from "./information/jensenShannon.js";
export {
  type EstimatorMoments,
  type KlEstimatorKind,
  type KlEstimatorOptions,
  klEstimator,
} from "./information/klEstimator.js";
export { renyiDivergence } from "./information/renyiDivergence.js";
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
export type { JsonNumber } from "./numeric/json.js";
export { logSoftmax, logSumExp, softmax } from "./numeric/logSumExp.js";
export { type RandomSource, type RandomState, randomSource } from "./numeric/random.js";
export { calibratedReward } from "./objective/calibratedReward.js";
export { type DpoProblem, dpoOptimum } from "./objective/dpo.js";
export { type GrpoFixedPoint, type GrpoOptimum, type GrpoOptions, grpoOptimum } from "./objective/grpo.js";
export { type KlPenalty, type KlPenaltyPlace, klPenaltyOptimum } from "./objective/klPenaltyOptimum.js";
export { expectedLogMeanExp, type LogMeanExp } from "./objective/logMeanExp.js";
export { maxAtKOptimum } from "./objective/maxAtK.js";
export { type NashProblem, nashOptimum } from "./objective/nash.js";
export { regularizedObjective, regularizedRegret } from "./objective/regularizedObjective.js";
export { regularizedOptimum } from "./objective/regularizedOptimum.js";
export type { Regularizer } from "./objective/regularizers.js";
export { type SoftValues, softValues } from "./objective/softValues.js";
export {
  logUtility,
  type MarginalUtility,
  passAtKUtility,
  type UtilityOptimum,
  utilityOptimum,
} from "./objective/utility.js";
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
export {
  type ChooseOptions,
  type ChosenSetting,
  chooseSelection,
  type SelectionCandidate,
  type SelectionChoice,
} from "./selection/choice/chooseSelection.js";
export type { MeanEstimate } from "./selection/choice/meanOverQueries.js";
export type { Overoptimization } from "./selection/choice/overoptimization.js";
export { type CurvePoint, selectionCurve } from "./selection/curve.js";
export { type FirstOrderExpansion, firstOrderExpansion } from "./selection/expansion.js";
export { limitDistance, selectionLimit } from "./selection/limit.js";
export type { MethodOptions, SelectionMethod } from "./selection/method.js";
export { metropolisLaw } from "./selection/metropolis.js";
export {
  type MetropolisSampler,
  type MetropolisState,
  type MetropolisStream,
  metropolisSampler,
} from "./selection/metropolisSampler.js";
export { policyReading, type SpentDraws, winRate } from "./selection/policyReading.js";
export type { BestOfNProblem, SelectionProblem } from "./selection/problem.js";
export type { LimitDistance } from "./selection/ratio/limitDistanceOf.js";
export type { PolicyReading } from "./selection/reading.js";
export {
  type RejectionSampling,
  type RejectionSamplingOptions,
  rejectionSamplingLaw,
} from "./selection/rejection.js";
export { type SoftBestOfNSamplerOptions, softBestOfNSampler } from "./selection/sampler.js";
export { atLeastMOfK } from "./selection/samples/atLeastMOfK.js";
export { estimateBestOfN, estimateSoftBestOfN } from "./selection/samples/estimate.js";
export { estimateMetropolis, type MetropolisEstimateOptions } from "./selection/samples/estimateMetropolis.js";
export { type CappedScoredSamples, estimateRejectionSampling } from "./selection/samples/estimateRejection.js";
export { passAtK } from "./selection/samples/passAtK.js";
export { passHatK } from "./selection/samples/passHatK.js";
export type {
  ScoredSamples,
  SelectedValues,
  SelectionEstimate,
  SoftScoredSamples,
} from "./selection/samples/selectionEstimate.js";
export { type DistanceTarget, samplesNeeded } from "./selection/samplesNeeded.js";
export { selectSoftBestOfN } from "./selection/select.js";
export { softBestOfNLaw, weightedBestOfNLaw } from "./selection/softBestOfN.js";
export { bestOfMajorityLaw } from "./selection/votes/bestOfMajority.js";
export { estimateMajorityVote, type VoteEstimate, type VotingSamples } from "./selection/votes/estimateMajorityVote.js";
export { powerVoteLaw } from "./selection/votes/powerVote.js";
export { majorityVoteLaw, weightedVoteLaw } from "./selection/votes/voteLaws.js";
