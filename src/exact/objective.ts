import type { BigNumber } from "mathjs";
import { requireOneOf, requireOptions } from "../numeric/check.js";
import { requirePenalty } from "../objective/klPenaltyOptimum.js";
import { NAMES } from "../objective/regularizers.js";
import { rlhfObjective, rlhfOptimum, rlhfRegret } from "./alignment.js";
import type { Arithmetic } from "./arithmetic.js";
import type { Exact } from "./input.js";
import { expectationOf } from "./measure.js";
import { readPolicy, readSelection, readTilt } from "./problem.js";
import type { RegularizerOf } from "./problems.js";
import { finite, nonNegative, positive, positiveOrInfinite, requireNumber } from "./read.js";
import { forwardOptimum, optimumOf } from "./regularizedOptimum.js";
import { alphaDivergence, type ExactFDivergence, jensenShannon, klPlusChiSquared } from "./regularizers.js";
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
