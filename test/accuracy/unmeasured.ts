/** Public functions that no subject measures, and why. */
export interface Unmeasured {
  readonly names: readonly string[];
  readonly reason: string;
}

export const unmeasured: readonly Unmeasured[] = [
  {
    names: ["checkClaim", "claimHolds", "claimVerdict", "gapTolerance", "worldOf"],
    reason: "the claims: each is checked in both arithmetics by `exptilt verify`, with the tolerance that it states.",
  },
  {
    names: [
      "autoregressivePolicy",
      "autoregressiveLogLinearPolicy",
      "autoregressiveTabularPolicy",
      "atomicData",
      "comparisonsFromWins",
      "guidanceProblem",
      "logLinearPolicy",
      "rewardDirectedProblem",
      "tabularPolicy",
    ],
    reason: "they arrange data, and what they hold is read by functions above.",
  },
  {
    names: ["logUtility"],
    reason: "one division.",
  },
  {
    names: ["estimateMetropolis", "estimateRejectionSampling"],
    reason:
      "means over all ordered draws of the samples: the tests hold them against those draws one by one, to 4e−14 of the range, and their means over all samples against the laws, which are measured.",
  },
  {
    names: ["chooseSelection"],
    reason: "it picks among figures that it is given, and takes means of them.",
  },
  {
    names: [
      "categoricalQuantile",
      "categoricalSampler",
      "ddimSample",
      "ddpmSample",
      "drawnWeights",
      "estimateDensityRatioLoss",
      "estimateGuidanceGap",
      "estimateKlByMismatchedEstimation",
      "metropolisSampler",
      "randomSource",
      "selectSoftBestOfN",
      "softBestOfNSampler",
    ],
    reason:
      "draws, and means over draws: their error is that of chance, which they report where they can; the tests hold their laws against exact ones.",
  },
  {
    names: [
      "bestOfNDistillation",
      "fitPolicyGradient",
      "fitScoreMatching",
      "fitWeightedMle",
      "fitWeightedMleStream",
      "rewardWeightedRegression",
    ],
    reason:
      "optimisers: they stop at the tolerance that they are given; the tests hold what they reach against exact optima.",
  },
  {
    names: [
      "ddimLaw",
      "denoisingLoss",
      "weightedDenoisingLoss",
      "densityRatioLoss",
      "guidanceGap",
      "klByMismatchedEstimation",
    ],
    reason:
      "integrals by quadrature over the noise, to the 10 to 13 digits that their comments and tests state, not to the last.",
  },
  {
    names: ["paretoK", "paretoSmoothedWeights"],
    reason:
      "a fit to the tail of the weights, by a posterior mean over a grid; the tests compare it with mpmath (`psisTail.json`) and ArviZ (`psis.json`).",
  },
];
