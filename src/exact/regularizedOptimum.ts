import type { BigNumber } from "mathjs";
import { fromLogMass } from "../measure/measure.js";
import { regularizedOptimum } from "../objective/regularizedOptimum.js";
import type { Arithmetic } from "./arithmetic.js";
import { type ExactDistribution, indexOfLargest, lawOfLogWeight } from "./measure.js";
import type { Selection } from "./problem.js";
import { alphaDivergence, type ExactFDivergence } from "./regularizers.js";
import { increasingRootNear } from "./root.js";

/** The optimum, with log density and argument (r − ν)/β of each answer. */
export interface Optimum {
  readonly law: ExactDistribution;
  readonly logDensity: readonly BigNumber[];
  readonly argument: readonly BigNumber[];
}

/** log density of the best answer in doubles: next to what it stands for, the root at any number of digits is found sooner. */
function nearestLogDensity(ref: ExactDistribution, distance: readonly BigNumber[], f: ExactFDivergence): BigNumber {
  const { arithmetic, logMass } = ref;
  const law = fromLogMass(
    [...logMass.keys()],
    logMass.map((l) => l.toNumber()),
  );
  const reward = distance.map((d) => -d.toNumber());
  const best = reward.findIndex((r, i) => r === 0 && ref.supports(i));
  const optimum = regularizedOptimum({ ref: law, reward, beta: 1 }, f.nearest);
  return arithmetic.number(optimum.logMass[best] - law.logMass[best]);
}

/** The optimum under f, by one root: of the argument of the best answer, or of the logarithm of its distance to the pole. */
export function optimumOf(arithmetic: Arithmetic, { ref, reward, beta, top }: Selection, f: ExactFDivergence): Optimum {
  const { law } = ref;
  const { mass, logMass } = law;
  const allowed = (i: number) => ref.supports(i) && reward[i].isFinite();
  const distance = reward.map((r) => (beta.isFinite() ? top.minus(r).div(beta) : arithmetic.zero));
  const sum = (terms: (i: number) => BigNumber) =>
    arithmetic.sum(reward.map((_, i) => (allowed(i) ? terms(i) : arithmetic.zero)));
  /** f′ of the mean density. */
  const mean = (logDensity: (i: number) => BigNumber) => {
    const logs = reward.map((_, i) => (allowed(i) ? logMass[i].plus(logDensity(i)) : arithmetic.negativeInfinity));
    const peak = indexOfLargest(logs);
    if (!logs[peak].isFinite()) return arithmetic.negativeInfinity;
    const rest = arithmetic.sum(
      logs.map((l, i) => (i === peak || !l.isFinite() ? arithmetic.zero : arithmetic.exp(l.minus(logs[peak])))),
    );
    return f.derivative(logs[peak].plus(arithmetic.log1p(rest)));
  };
  const best = sum((i) => (reward[i].eq(top) ? mass[i] : arithmetic.zero));
  const near = nearestLogDensity(law, distance, f);
  let x: BigNumber;
  let logDensityAt: (i: number) => BigNumber;
  if (f.pole === undefined) {
    const farthest = distance.reduce((most, d, i) => (allowed(i) && d.gt(most) ? d : most), arithmetic.zero);
    const most = farthest.plus(f.derivative(arithmetic.log(sum((i) => mass[i])).negated()));
    const root = increasingRootNear(
      arithmetic,
      (at) => mean((i) => f.logDensity(at.minus(distance[i]))),
      f.derivative(near).toNumber(),
      arithmetic.zero,
      most,
    );
    x = root;
    logDensityAt = (i) => f.logDensity(root.minus(distance[i]));
  } else {
    const least = f.gapOf(arithmetic.log(best).negated());
    const below = (logGap: BigNumber) => {
      const gap = arithmetic.exp(logGap);
      return mean((i) => f.logDensityBelow(gap.plus(distance[i]))).negated();
    };
    const nearest = arithmetic.log(f.gapOf(near)).toNumber();
    const [low, high] = [arithmetic.log(least), arithmetic.log(f.pole)];
    const gap = arithmetic.exp(increasingRootNear(arithmetic, below, nearest, low, high));
    x = f.pole.minus(gap);
    logDensityAt = (i) => f.logDensityBelow(gap.plus(distance[i]));
  }
  const logDensity = reward.map((_, i) => (allowed(i) ? logDensityAt(i) : arithmetic.negativeInfinity));
  const logs = logDensity.map((l, i) => (l.isFinite() ? l.plus(logMass[i]) : l));
  const peak = indexOfLargest(logs);
  const normalizer = () => (beta.isFinite() ? top.div(beta).minus(x) : x.negated());
  return {
    law: lawOfLogWeight(
      arithmetic,
      ref.support,
      logs.map((l) => l.minus(logs[peak])),
      peak,
      normalizer,
    ),
    logDensity,
    argument: distance.map((d) => x.minus(d)),
  };
}

/** The optimum of the forward KL. */
export const forwardOptimum = (arithmetic: Arithmetic, selection: Selection): ExactDistribution =>
  optimumOf(arithmetic, selection, alphaDivergence(arithmetic, arithmetic.zero)).law;
