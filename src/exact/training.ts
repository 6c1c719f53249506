import type { BigNumber } from "mathjs";
import { lazily } from "../numeric/cache.js";
import { requireObject } from "../numeric/check.js";
import type { Exact } from "./input.js";
import { readMeasure } from "./measure.js";
import { readEquivalent, readTilt, type Tilted } from "./problem.js";
import type { ImportanceWeightsOf } from "./problems.js";
import { positiveOrInfinite } from "./read.js";
import { tiltOf } from "./tilt.js";

/** e^{r/β}/Z, from the reward's distance to that of the answer which is heaviest under the tilt. */
function weightsOf(caller: string, { ref, reward, beta }: Tilted): ImportanceWeightsOf<BigNumber> {
  const { arithmetic } = ref;
  const { law: target, anchor, excess } = tiltOf(caller, "reward", ref, reward, beta);
  const weights: ImportanceWeightsOf<BigNumber> = lazily<ImportanceWeightsOf<BigNumber>>({
    target: () => target,
    weight: () => Object.freeze(Array.from(weights.logWeight, (l) => arithmetic.exp(l))),
    logWeight: () => {
      const logMean = excess();
      const logWeightOf = (r: BigNumber) => r.minus(reward[anchor]).div(beta).minus(logMean);
      return Object.freeze(reward.map((r) => (r.isFinite() ? logWeightOf(r) : arithmetic.negativeInfinity)));
    },
    logNormalizer: () => target.logNormalizer,
    effectiveFraction: () => {
      // In logarithms, since the weight of a very rare answer may overflow.
      const square = (l: BigNumber, i: number) => arithmetic.exp(ref.law.logMass[i].plus(l.times(2)));
      return arithmetic.one.div(arithmetic.sum(Array.from(weights.logWeight, square)));
    },
  });
  return weights;
}

export const importanceWeights: Exact<"importanceWeights"> = (arithmetic, problem) => {
  const caller = "importanceWeights";
  return weightsOf(caller, readTilt(arithmetic, caller, problem, positiveOrInfinite));
};

export const selfCertaintyWeights: Exact<"selfCertaintyWeights"> = (arithmetic, problem) => {
  const caller = "selfCertaintyWeights";
  return weightsOf(caller, readEquivalent(arithmetic, caller, problem));
};

/** Σ P log π is largest at π = P, since it is −H(P) − KL(P‖π): the logits are log P. */
export const fitWeightedMle: Exact<"fitWeightedMle"> = (arithmetic, data) => {
  const caller = "fitWeightedMle";
  const { law } = readMeasure(arithmetic, caller, "data.target", requireObject(caller, "data", data).target);
  const { mass, logMass } = law;
  const terms = mass.map((p, i) => (p.isZero() ? p : p.times(logMass[i])));
  return { parameters: logMass, objective: arithmetic.sum(terms) };
};
