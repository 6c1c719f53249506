import type { BigNumber } from "mathjs";
import { lazy } from "../numeric/cache.js";
import { requireObject } from "../numeric/check.js";
import { rlhfEquivalent } from "./alignment.js";
import type { Arithmetic } from "./arithmetic.js";
import { readMeasure } from "./measure.js";
import { readTilt, type Tilted } from "./problem.js";
import type {
  ImportanceWeightsOf,
  MeasureOf,
  SelfCertaintyProblemOf,
  TiltProblemOf,
  WeightedMleFitOf,
} from "./problems.js";
import { type Input, positiveOrInfinite } from "./read.js";
import { tiltOf } from "./tilt.js";

/** e^{r/β}/Z, from the reward's distance to that of the answer which is heaviest under the tilt. */
function weightsOf(caller: string, { ref, reward, beta }: Tilted): ImportanceWeightsOf<BigNumber> {
  const { arithmetic } = ref;
  const { law: target, anchor, excess } = tiltOf(caller, "reward", ref, reward, beta);
  const logWeight = lazy(() => {
    const logMean = excess();
    return Object.freeze(
      reward.map((r) =>
        r.isFinite() ? r.minus(reward[anchor]).div(beta).minus(logMean) : arithmetic.negativeInfinity,
      ),
    );
  });
  const weight = lazy(() => Object.freeze(logWeight().map((l) => arithmetic.exp(l))));
  // In logarithms, since the weight of a very rare answer may overflow.
  const square = () => arithmetic.sum(logWeight().map((l, i) => arithmetic.exp(ref.law.logMass[i].plus(l.times(2)))));
  return {
    target,
    get weight() {
      return weight();
    },
    get logWeight() {
      return logWeight();
    },
    get logNormalizer() {
      return target.logNormalizer;
    },
    get effectiveFraction() {
      return arithmetic.one.div(square());
    },
  };
}

export function importanceWeights(
  arithmetic: Arithmetic,
  problem: TiltProblemOf<Input>,
): ImportanceWeightsOf<BigNumber> {
  const caller = "importanceWeights";
  return weightsOf(caller, readTilt(arithmetic, caller, problem, positiveOrInfinite));
}

export function selfCertaintyWeights(
  arithmetic: Arithmetic,
  problem: SelfCertaintyProblemOf<Input>,
): ImportanceWeightsOf<BigNumber> {
  const caller = "selfCertaintyWeights";
  return weightsOf(caller, rlhfEquivalent(arithmetic, problem, caller));
}

/** Σ P log π is largest at π = P, since it is −H(P) − KL(P‖π): the logits are log P. */
export function fitWeightedMle(
  arithmetic: Arithmetic,
  data: { readonly target: MeasureOf<Input> },
): WeightedMleFitOf<BigNumber> {
  const caller = "fitWeightedMle";
  const { law } = readMeasure(arithmetic, caller, "data.target", requireObject(caller, "data", data).target);
  const { mass, logMass } = law;
  const terms = mass.map((p, i) => (p.isZero() ? p : p.times(logMass[i])));
  return { parameters: logMass, objective: arithmetic.sum(terms) };
}
