/**
 * Training by maximum likelihood on tilted laws: importance weights, policies, fits, policy gradients.
 *
 * @module exptilt/training
 */

export type { ProgressListener, StopReason, StopSignal, TrainingProgress } from "../optimize/minimize.js";
export type { TrainingMethod, TrainingOptions } from "../optimize/options.js";
export type { TrainingResult } from "../optimize/result.js";
export type { TrainingState } from "../optimize/state.js";
export type { TrainingExample } from "./examples.js";
export {
  fitWeightedMle,
  type WeightedMleFit,
  type WeightedMleOptions,
} from "./fit.js";
export {
  autoregressiveLogLinearPolicy,
  autoregressiveTabularPolicy,
  type PrefixFeatureModel,
  type SequenceModel,
} from "./policies/autoregressive.js";
export { type LogLinearModel, logLinearPolicy } from "./policies/logLinear.js";
export { type ConditionalPolicy, type Policy, policyDistribution } from "./policies/policy.js";
export { tabularPolicy } from "./policies/tabular.js";
export { fitPolicyGradient, type PolicyGradientFit, type RlhfExample } from "./policyGradient.js";
export { fitWeightedMleStream, type StreamFit, type StreamOptions, type TrainingStream } from "./stream.js";
export { bestOfNDistillation, rewardWeightedRegression } from "./weights/baselines.js";
export {
  type DrawnWeights,
  type DrawnWeightsOptions,
  drawnWeights,
  type ImportanceWeights,
  importanceWeights,
  selfCertaintyWeights,
  type WeightedAnswers,
} from "./weights/importanceWeights.js";
export { paretoK, paretoSmoothedWeights, type SmoothedWeights } from "./weights/paretoSmoothing.js";
export { effectiveSampleSize, type SampleWeights, selfNormalizedWeights } from "./weights/sampleWeights.js";
export type { TailOptions } from "./weights/tail.js";
