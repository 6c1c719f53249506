/**
 * The functions of the library that each equation of the diffusion half speaks of: its claim must notice when one of them
 * is 1 % off.
 */
export const spoken: Readonly<Record<string, readonly string[]>> = {
  "(30)": ["noisePrediction", "denoisingLoss"],
  "(31)": ["guidedTarget", "guidanceProblem", "rlhfOptimum", "logClassProbability"],
  "(32)": ["rewardDirectedProblem", "rlhfOptimum", "rlhfOptimalValue", "rlhfObjective", "klDivergence", "expectation"],
  "(33)": ["klByMismatchedEstimation", "klDivergence", "denoisingLoss"],
  "(34)": ["denoisingLoss", "noisePrediction", "rewardDirectedProblem", "rlhfObjective", "klDivergence", "expectation"],
  "(35)": ["softBestOfNLaw", "guidanceProblem", "guidedTarget"],
  "(36)": ["densityRatioLoss", "logDensityRatio", "classify", "noisePrediction"],
  "(37)": ["densityRatioLoss", "densityRatioWeights", "noisePrediction"],
  "(38)": ["weightedDenoisingLoss", "denoisingLoss", "noisePrediction", "rewardDirectedProblem"],
  "(39)": ["weightedDenoisingLoss", "denoisingLoss", "noisePrediction"],
  E2: ["densityRatioLoss", "densityRatioWeights", "noisePrediction"],
  E3: ["guidedNoisePrediction", "noisePrediction"],
  E4: ["weightedDenoisingLoss", "noisePrediction"],
  E5: ["noisePrediction", "score"],
  E6: ["klByMismatchedEstimation", "klDivergence", "denoisingLoss"],
};
