import { MAX_FAITHFUL_DISTANCE } from "../alignment/correspondences.js";
import { outOfRange, requireInteger, requireObject } from "../numeric/check.js";
import { divergenceOf, entropyOf, renyiEntropyOf, totalVariationOf } from "./information.js";
import type { Exact } from "./input.js";
import { expectationOf, ofLogMass, ofMass, readMeasure } from "./measure.js";
import { readEquivalent, readPolicy, readSelfCertainty, readTilt } from "./problem.js";
import { nonNegative, positive, positiveOrInfinite, requireNumber } from "./read.js";
import { escortOf, tiltOf } from "./tilt.js";

export const rlhfObjective: Exact<"rlhfObjective"> = (arithmetic, problem, policy) => {
  const { ref, reward, beta } = readTilt(arithmetic, "rlhfObjective", problem, nonNegative);
  const law = readPolicy(arithmetic, "rlhfObjective", ref, policy);
  const kl = divergenceOf(law, ref.law);
  return kl.isFinite() ? expectationOf(law, reward).minus(beta.times(kl)) : arithmetic.negativeInfinity;
};

export const rlhfOptimum: Exact<"rlhfOptimum"> = (arithmetic, problem) => {
  const { ref, reward, beta } = readTilt(arithmetic, "rlhfOptimum", problem, positiveOrInfinite);
  return tiltOf("rlhfOptimum", "reward", ref, reward, beta).law;
};

export const rlhfOptimalValue: Exact<"rlhfOptimalValue"> = (arithmetic, problem) => {
  const { ref, reward, beta } = readTilt(arithmetic, "rlhfOptimalValue", problem, positiveOrInfinite);
  if (!beta.isFinite()) return expectationOf(ref.law, reward);
  const { anchor, excess } = tiltOf("rlhfOptimalValue", "reward", ref, reward, beta);
  return reward[anchor].plus(beta.times(excess()));
};

export const rlhfRegret: Exact<"rlhfRegret"> = (arithmetic, problem, policy) => {
  const { ref, reward, beta } = readTilt(arithmetic, "rlhfRegret", problem, positive);
  const law = readPolicy(arithmetic, "rlhfRegret", ref, policy);
  return beta.times(divergenceOf(law, tiltOf("rlhfRegret", "reward", ref, reward, beta).law));
};

export const rlifObjective: Exact<"rlifObjective"> = (arithmetic, problem, policy) => {
  const { ref, length, beta, logV } = readSelfCertainty(arithmetic, "rlifObjective", problem);
  const law = readPolicy(arithmetic, "rlifObjective", ref, policy);
  const kl = divergenceOf(law, ref.law);
  if (!kl.isFinite()) return arithmetic.negativeInfinity;
  return logV.minus(entropyOf(law).div(length)).minus(beta.times(kl));
};

export const rlifOptimum: Exact<"rlifOptimum"> = (arithmetic, problem) => {
  const { ref, a, excess } = readSelfCertainty(arithmetic, "rlifOptimum", problem);
  if (excess.gt(0)) return escortOf("rlifOptimum", ref, a.div(excess), arithmetic.one.div(excess));
  const { peak, support } = ref.law;
  const mass = Object.freeze(support.map((_, i) => (i === peak ? arithmetic.one : arithmetic.zero)));
  return ofMass(arithmetic, support, mass).law;
};

export const rlifOptimalValue: Exact<"rlifOptimalValue"> = (arithmetic, problem) => {
  const { ref, length, beta, logV, a, excess } = readSelfCertainty(arithmetic, "rlifOptimalValue", problem);
  const { law } = ref;
  if (!excess.gt(0)) return logV.plus(beta.times(law.logMass[law.peak]));
  return logV.minus(renyiEntropyOf(law, a.div(excess), arithmetic.one.div(excess)).div(length));
};

export const rlifRegret: Exact<"rlifRegret"> = (arithmetic, problem, policy) => {
  const caller = "rlifRegret";
  const { ref, length, beta, a, excess } = readSelfCertainty(arithmetic, caller, problem);
  const law = readPolicy(arithmetic, caller, ref, policy);
  if (excess.gt(0)) {
    const optimum = escortOf(caller, ref, a.div(excess), arithmetic.one.div(excess));
    return excess.div(length).times(divergenceOf(law, optimum));
  }
  const own = excess.div(-length).times(entropyOf(law));
  if (beta.isZero()) return own;
  const { logMass, peak } = ref.law;
  const belowMode = logMass.map((l) => l.minus(logMass[peak]));
  return own.minus(beta.times(expectationOf(law, belowMode)));
};

export const rlhfEquivalent: Exact<"rlhfEquivalent"> = (arithmetic, problem) =>
  readEquivalent(arithmetic, "rlhfEquivalent", problem);

export const rlifEquivalent: Exact<"rlifEquivalent"> = (arithmetic, problem, options) => {
  const caller = "rlifEquivalent";
  const { ref, reward, beta } = readTilt(arithmetic, caller, problem, positive);
  const length = requireInteger(caller, "length", requireObject(caller, "options", options).length, 1);
  const vocabularySize = requireInteger(caller, "vocabularySize", options.vocabularySize, 1);
  if (!reward.some((r) => r.isFinite()))
    throw outOfRange(caller, "reward", "be above -Infinity for some answer", -Infinity);
  const gap = totalVariationOf(ofLogMass(arithmetic, ref.support, reward).law, ref.law);
  if (gap.gt(MAX_FAITHFUL_DISTANCE)) {
    throw new RangeError(
      `${caller}: ref must be the human-preference law of the reward, but their total variation is ${gap.toPrecision(17)}`,
    );
  }
  return { ref, length, beta: beta.plus(arithmetic.one).div(length), vocabularySize };
};

export const unifiedObjective: Exact<"unifiedObjective"> = (arithmetic, problem, policy) => {
  const caller = "unifiedObjective";
  const ref = readMeasure(arithmetic, caller, "ref", requireObject(caller, "problem", problem).ref);
  const beta = requireNumber(arithmetic, caller, "beta", problem.beta, positive);
  const law = readPolicy(arithmetic, caller, ref, policy);
  return entropyOf(law).plus(beta.plus(arithmetic.one).times(divergenceOf(law, ref.law)));
};
