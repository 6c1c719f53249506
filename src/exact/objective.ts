import type { BigNumber } from "mathjs";
import { requireOneOf, requireOptions } from "../numeric/check.js";
import { requirePenalty } from "../objective/klPenaltyOptimum.js";
import { NAMES } from "../objective/regularizers.js";
import { rlhfObjective, rlhfOptimum, rlhfRegret } from "./alignment.js";
import type { Arithmetic } from "./arithmetic.js";
import type { Exact } from "./input.js";
import { type ExactDistribution, expectationOf, indexOfLargest, lawOfLogWeight } from "./measure.js";
import { readPolicy, readSelection, readTilt, type Selection } from "./problem.js";
import type { RegularizerOf } from "./problems.js";
import { finite, nonNegative, positive, positiveOrInfinite, requireNumber } from "./read.js";
import { alphaDivergence, type ExactFDivergence, jensenShannon, klPlusChiSquared } from "./regularizers.js";
import { increasingRoot } from "./root.js";
import { tiltOf } from "./tilt.js";

/** Reads a regulariser; KL(π‖ref) itself is undefined. */
function readRegularizer(
  arithmetic: Arithmetic,
  caller: string,
  regularizer: RegularizerOf<number | BigNumber>,
): ExactFDivergence | undefined {
  if (typeof regularizer !== "object" || regularizer === null) {
    const name = requireOneOf(caller, "regularizer", regularizer, NAMES, "{ alpha } or ");
    return name === "jensenShannon" ? jensenShannon(arithmetic) : klPlusChiSquared(arithmetic);
  }
  requireOptions(caller, regularizer, { alpha: true }, "regularizer");
  const alpha = requireNumber(arithmetic, caller, "regularizer.alpha", regularizer.alpha, finite);
  return alpha.eq(1) ? undefined : alphaDivergence(arithmetic, alpha);
}

/** The optimum, with log density and argument (r − ν)/β of each answer. */
interface Optimum {
  readonly law: ExactDistribution;
  readonly logDensity: readonly BigNumber[];
  readonly argument: readonly BigNumber[];
}

/** The optimum under f, by one root: of the argument of the best answer, or of the logarithm of its distance to the pole. */
function optimumOf(arithmetic: Arithmetic, { ref, reward, beta, top }: Selection, f: ExactFDivergence): Optimum {
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
  let x: BigNumber;
  let logDensityAt: (i: number) => BigNumber;
  if (f.pole === undefined) {
    const farthest = distance.reduce((most, d, i) => (allowed(i) && d.gt(most) ? d : most), arithmetic.zero);
    const most = farthest.plus(f.derivative(arithmetic.log(sum((i) => mass[i])).negated()));
    const root = increasingRoot(
      arithmetic,
      (at) => mean((i) => f.logDensity(at.minus(distance[i]))),
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
    const gap = arithmetic.exp(increasingRoot(arithmetic, below, arithmetic.log(least), arithmetic.log(f.pole)));
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

export const regularizedOptimum: Exact<"regularizedOptimum"> = (arithmetic, problem, regularizer) => {
  const caller = "regularizedOptimum";
  const selection = readSelection(arithmetic, caller, problem, positiveOrInfinite);
  const f = readRegularizer(arithmetic, caller, regularizer);
  return f === undefined ? rlhfOptimum(arithmetic, problem) : optimumOf(arithmetic, selection, f).law;
};

export const regularizedObjective: Exact<"regularizedObjective"> = (arithmetic, problem, policy, regularizer) => {
  const caller = "regularizedObjective";
  const { ref, reward, beta } = readTilt(arithmetic, caller, problem, nonNegative);
  const f = readRegularizer(arithmetic, caller, regularizer);
  const law = readPolicy(arithmetic, caller, ref, policy);
  if (!reward.every((r, i) => !law.supports(i) || (r.isFinite() && ref.supports(i))))
    return arithmetic.negativeInfinity;
  if (f === undefined) return rlhfObjective(arithmetic, problem, policy);
  const gain = expectationOf(law, reward);
  if (beta.isZero()) return gain;
  const terms = reward.map((r, i) => {
    const [a, b] = [law.mass[i], ref.law.mass[i]];
    const term = b.isZero() ? b : f.term(law.logMass[i].minus(ref.law.logMass[i]), a, b);
    return r.isFinite() || term.isFinite() ? term : arithmetic.zero;
  });
  return gain.minus(beta.times(arithmetic.sum(terms)));
};

export const regularizedRegret: Exact<"regularizedRegret"> = (arithmetic, problem, policy, regularizer) => {
  const caller = "regularizedRegret";
  const selection = readSelection(arithmetic, caller, problem, positive);
  const f = readRegularizer(arithmetic, caller, regularizer);
  const { ref, reward, beta } = selection;
  const law = readPolicy(arithmetic, caller, ref, policy);
  if (!reward.every((r, i) => !law.supports(i) || (r.isFinite() && ref.supports(i)))) return arithmetic.infinity;
  if (f === undefined) return rlhfRegret(arithmetic, problem, policy);
  const { law: optimum, logDensity, argument } = optimumOf(arithmetic, selection, f);
  const terms = reward.map((r, i) => {
    if (!ref.supports(i) || !r.isFinite()) return arithmetic.zero;
    const l = law.logMass[i].minus(optimum.logMass[i]);
    return f.bregman(l, law.mass[i], optimum.mass[i], ref.law.mass[i], logDensity[i], argument[i]);
  });
  return beta.times(arithmetic.sum(terms));
};

/** The optimum of the forward KL. */
export const forwardOptimum = (arithmetic: Arithmetic, selection: Selection): ExactDistribution =>
  optimumOf(arithmetic, selection, alphaDivergence(arithmetic, arithmetic.zero)).law;

export const klPenaltyOptimum: Exact<"klPenaltyOptimum"> = (arithmetic, problem, penalty) => {
  const caller = "klPenaltyOptimum";
  const { estimator, place } = requirePenalty(caller, penalty);
  const selection = readSelection(arithmetic, caller, problem, positiveOrInfinite);
  if (place === "reward" || estimator === "k2") return rlhfOptimum(arithmetic, problem);
  if (estimator === "k3") return forwardOptimum(arithmetic, selection);
  const { ref, reward, top } = selection;
  const best = reward.map((r) => (r.eq(top) ? arithmetic.zero : arithmetic.negativeInfinity));
  return tiltOf(caller, "reward", ref, best, arithmetic.one).law;
};
