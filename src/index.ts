/**
 * exptilt: alignment methods as exponential tilts of a reference law, exact on finite answer sets.
 *
 * @packageDocumentation
 */

export { expectation } from "./measure/expectation.js";
export { power, product } from "./measure/algebra.js";
export { type Distribution, distribution, fromLogMass, type Measure, measure, normalize, uniform } from "./measure/measure.js";
export type { Score } from "./measure/score.js";
export { escort, tilt } from "./measure/tilt.js";
export { logSoftmax, logSumExp, softmax } from "./numeric/logSumExp.js";

export { chiSquaredDivergence, generalizedKlDivergence, klDivergence, totalVariation } from "./information/divergence.js";
export { entropy, renyiEntropy } from "./information/entropy.js";

export { humanPreference, logPreferenceProbability, preferenceProbability } from "./preference/preference.js";

export { rlhfEquivalent, rlifEquivalent, unifiedObjective } from "./alignment/correspondences.js";
export { rlhfObjective, rlhfOptimalValue, rlhfOptimum, rlhfRegret, type TiltProblem } from "./alignment/rlhf.js";
export { type RlifOptimum, rlifObjective, rlifOptimum, rlifValue, type SelfCertaintyProblem } from "./alignment/rlif.js";
