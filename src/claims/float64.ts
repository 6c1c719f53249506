import { expectedSelfCertainty, selfCertainty, sequenceDistribution } from "../alignment/autoregressive.js";
import { rlhfEquivalent, rlifEquivalent, unifiedObjective } from "../alignment/correspondences.js";
import { rlhfObjective, rlhfOptimalValue, rlhfOptimum, rlhfRegret } from "../alignment/rlhf.js";
import { rlifObjective, rlifOptimalValue, rlifOptimum, rlifRegret } from "../alignment/rlif.js";
import type { Algebra } from "../exact/algebra.js";
import {
  chiSquaredDivergence,
  generalizedKlDivergence,
  klDivergence,
  totalVariation,
} from "../information/divergence.js";
import { entropy, renyiEntropy } from "../information/entropy.js";
import { power, product } from "../measure/algebra.js";
import { escort } from "../measure/escort.js";
import { expectation } from "../measure/expectation.js";
import { distribution, fromLogMass, type Measure, measure, normalize, uniform } from "../measure/measure.js";
import { tilt } from "../measure/tilt.js";
import { exp, log } from "../numeric/elementary.js";
import { calibratedReward } from "../objective/calibratedReward.js";
import { dpoOptimum } from "../objective/dpo.js";
import { grpoOptimum } from "../objective/grpo.js";
import { klPenaltyOptimum } from "../objective/klPenaltyOptimum.js";
import { expectedLogMeanExp } from "../objective/logMeanExp.js";
import { maxAtKOptimum } from "../objective/maxAtK.js";
import { nashOptimum } from "../objective/nash.js";
import { regularizedObjective, regularizedRegret } from "../objective/regularizedObjective.js";
import { regularizedOptimum } from "../objective/regularizedOptimum.js";
import { softValues } from "../objective/softValues.js";
import { utilityOptimum } from "../objective/utility.js";
import { humanPreference, logPreferenceProbability, preferenceProbability } from "../preference/preference.js";
import { bestOfNLaw } from "../selection/bestOfN.js";
import { softBestOfNBounds } from "../selection/bounds.js";
import { firstOrderExpansion } from "../selection/expansion.js";
import { limitDistance, selectionLimit } from "../selection/limit.js";
import { metropolisLaw } from "../selection/metropolis.js";
import { rejectionSamplingLaw } from "../selection/rejection.js";
import { softBestOfNLaw, weightedBestOfNLaw } from "../selection/softBestOfN.js";
import { powerVoteLaw } from "../selection/votes/powerVote.js";
import { majorityVoteLaw, weightedVoteLaw } from "../selection/votes/voteLaws.js";
import { fitInClosedForm } from "../training/fit.js";
import { tabularPolicy } from "../training/policies/tabular.js";
import { importanceWeights, selfCertaintyWeights } from "../training/weights/importanceWeights.js";
import { float64Diffusion } from "./float64Diffusion.js";
import { printedRate } from "./printedRate.js";

/** The library itself, as an arithmetic that claims can be checked in: every function is the public float64 one. */
export const float64Algebra = {
  name: "float64",
  number: (x) => x,
  toNumber: (x) => x,
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  exp,
  log,
  measure,
  distribution,
  fromLogMass,
  uniform,
  normalize,
  power,
  product,
  tilt,
  escort,
  expectation,
  entropy,
  renyiEntropy,
  klDivergence,
  generalizedKlDivergence,
  totalVariation,
  chiSquaredDivergence,
  preferenceProbability,
  logPreferenceProbability,
  humanPreference,
  rlhfObjective,
  rlhfOptimum,
  rlhfOptimalValue,
  rlhfRegret,
  regularizedOptimum,
  regularizedObjective,
  regularizedRegret,
  klPenaltyOptimum,
  rlifObjective,
  rlifOptimum,
  rlifOptimalValue,
  rlifRegret,
  rlhfEquivalent,
  rlifEquivalent,
  unifiedObjective,
  nashOptimum,
  dpoOptimum,
  softValues,
  bestOfNLaw,
  softBestOfNLaw,
  weightedBestOfNLaw,
  metropolisLaw,
  rejectionSamplingLaw,
  majorityVoteLaw,
  weightedVoteLaw,
  powerVoteLaw,
  selectionLimit,
  limitDistance,
  softBestOfNBounds,
  firstOrderExpansion,
  printedRate,
  utilityOptimum,
  grpoOptimum,
  maxAtKOptimum,
  calibratedReward,
  expectedLogMeanExp,
  sequenceDistribution,
  selfCertainty,
  expectedSelfCertainty,
  importanceWeights,
  selfCertaintyWeights,
  fitWeightedMle: (data: { readonly target: Measure }) => {
    const { parameters, objective } = fitInClosedForm("fitWeightedMle", tabularPolicy(data.target.support), data);
    return { parameters, objective };
  },
  ...float64Diffusion,
} as Algebra<number>;
