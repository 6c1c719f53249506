import { exactAlgebra } from "exptilt/exact";
import { describe, expect, it } from "vitest";
import { library } from "../support/doors.js";

const {
  atomicData,
  betaSchedule,
  ddimLaw,
  drawnWeights,
  estimateGuidanceGap,
  estimateMetropolis,
  fitBradleyTerry,
  fitPolicyGradient,
  fitScoreMatching,
  fitWeightedMle,
  fitWeightedMleStream,
  grpoOptimum,
  guidanceProblem,
  guidedNoisePrediction,
  guidedTarget,
  karrasSchedule,
  klEstimator,
  limitDistance,
  maskedGuidanceLaw,
  paretoK,
  paretoSmoothedWeights,
  randomSource,
  rejectionSamplingLaw,
  rewardDirectedProblem,
  samplesNeeded,
  selectionCurve,
  softBestOfNSampler,
  tabularPolicy,
  uniform,
} = library;

const problem = { ref: uniform(["a", "b"]), reward: [0, 1], beta: 0.5 };
const policy = tabularPolicy(["a", "b"]);
const target = { target: problem.ref };
const draws = ["a", "b", "a", "b", "a"];
const weights = { weight: [1, 2, 3, 4, 5] };
const data = atomicData({ atoms: [[-1], [0], [1]], classes: { a: [0.5, 0.25, 0.25], b: [0.1, 0.1, 0.8] } });
const sequences = uniform([["a"], ["b"]]);
const directed = rewardDirectedProblem(data, "a", [0, 1, 2], 1);

/** Each function that takes options, with one that it does not have. */
const calls: Record<string, (options: object) => unknown> = {
  betaSchedule: (options) => betaSchedule("linear", options),
  ddimLaw: (options) => ddimLaw(data, "a", 1, [0.5], options),
  drawnWeights: (options) => drawnWeights(problem, draws, options),
  estimateGuidanceGap: (options) => estimateGuidanceGap(data, "a", 1, 0.5, randomSource(1), options),
  estimateMetropolis: (options) => estimateMetropolis({ reward: [0, 1], beta: 1 }, 1, options),
  exactAlgebra: (options) => exactAlgebra(options),
  fitBradleyTerry: (options) => fitBradleyTerry([{ winner: "a", loser: "b" }], { ridge: 1, ...options }),
  fitPolicyGradient: (options) => fitPolicyGradient(policy, problem, options),
  fitScoreMatching: (options) => fitScoreMatching(data, directed, [0.3, 0.7], options),
  fitWeightedMle: (options) => fitWeightedMle(policy, target, options),
  fitWeightedMleStream: (options) => fitWeightedMleStream(policy, [target], options),
  grpoOptimum: (options) => grpoOptimum(problem, { penalty: "kl", ...options }),
  guidanceProblem: (options) => guidanceProblem(data, "a", 1, options),
  guidedNoisePrediction: (options) => guidedNoisePrediction(data, [0], 0.5, "a", 1, options),
  guidedTarget: (options) => guidedTarget(data, "a", 1, options),
  karrasSchedule: (options) => karrasSchedule(3, options),
  klEstimator: (options) => klEstimator(problem.ref, problem.ref, "k3", options),
  limitDistance: (options) => limitDistance(problem, 2, options),
  maskedGuidanceLaw: (options) => maskedGuidanceLaw(sequences, sequences, 1, options),
  paretoK: (options) => paretoK(weights, options),
  paretoSmoothedWeights: (options) => paretoSmoothedWeights(weights, options),
  rejectionSamplingLaw: (options) => rejectionSamplingLaw(problem, 2, options),
  samplesNeeded: (options) => samplesNeeded(problem, { kl: 0.1 }, options),
  selectionCurve: (options) => selectionCurve(problem, [2], options),
  softBestOfNSampler: (options) => softBestOfNSampler(problem, 2, randomSource(1), options),
};

describe("an option that there is none of is refused by its name", () => {
  it.each(Object.entries(calls))("%s", async (name, call) => {
    await expect(Promise.resolve().then(() => call({}))).resolves.toBeDefined();
    const misspelt = () => call({ rigde: 1 });
    await expect(Promise.resolve().then(misspelt)).rejects.toThrow(TypeError);
    const message = new RegExp(`^${name}: options\\.rigde must be one of (\\w+, )*\\w+, got 1$`);
    await expect(Promise.resolve().then(misspelt)).rejects.toThrow(message);
  });
});
