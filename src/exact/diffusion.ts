import type { BigNumber } from "mathjs";
import { requireSameSupport } from "../measure/support.js";
import { cached } from "../numeric/cache.js";
import { outOfRange, requireObject, requireOptions } from "../numeric/check.js";
import type { Arithmetic } from "./arithmetic.js";
import { type Classes, jointOf, marginalOf, pointsOf, readClass, readPrior } from "./atomicData.js";
import type { GuidanceOptionsOf } from "./diffusionAlgebra.js";
import type { Exact, Input, InputAtoms, InputData, InputMeasure } from "./input.js";
import { type ExactMeasure, ofLogMass, ofMass, readMeasure } from "./measure.js";
import {
  aboveMinusInfinity,
  belowInfinity,
  betweenZeroAndOne,
  finite,
  type Numbers,
  positive,
  requireNumber,
  requireNumbers,
} from "./read.js";
import { tiltOf } from "./tilt.js";

/** (x − √(1−σ²) Σ q_i a_i)/σ with q_i ∝ p_i exp(−(x − √(1−σ²)a_i)²/2σ²). */
export const noisePrediction: Exact<"noisePrediction"> = (arithmetic, atoms, law, x, sigma) =>
  predicted(arithmetic, "noisePrediction", atoms, law, x, sigma).noise;

function predicted(
  arithmetic: Arithmetic,
  caller: string,
  atoms: InputAtoms,
  law: InputMeasure,
  x: Input,
  sigma: Input,
): { readonly noise: BigNumber; readonly level: BigNumber } {
  const { mass } = readMeasure(arithmetic, caller, "law", law).law;
  const points = pointsOf(arithmetic, caller, atoms, mass.length);
  const at = requireNumber(arithmetic, caller, "x", x, finite);
  const level = requireNumber(arithmetic, caller, "sigma", sigma, betweenZeroAndOne);
  const { alpha, factor } = scalesOf(arithmetic, level);
  const support = [...points.keys()].filter((i) => mass[i].gt(0));
  const exponents = support.map((i) => {
    const gap = at.minus(alpha.times(points[i]));
    return gap.times(gap).times(factor);
  });
  const top = exponents.reduce((most, e) => (e.gt(most) ? e : most));
  const q = exponents.map((e, k) => mass[support[k]].times(arithmetic.exp(e.minus(top))));
  const mean = arithmetic.sum(q.map((w, k) => w.times(points[support[k]]))).div(arithmetic.sum(q));
  return { noise: at.minus(alpha.times(mean)).div(level), level };
}

/** √(1−σ²) and −1/2σ². */
interface Scales {
  readonly alpha: BigNumber;
  readonly factor: BigNumber;
}

const scalesKnown = new WeakMap<BigNumber, Scales>();

/** The scales of a level, kept: a predictor is asked for many points at one level. */
function scalesOf(arithmetic: Arithmetic, level: BigNumber): Scales {
  return cached(scalesKnown, level, () => {
    const square = level.times(level);
    return { alpha: arithmetic.one.minus(square).sqrt(), factor: arithmetic.one.div(square.times(-2)) };
  });
}

/** −ε*(x_t)/σ. */
export const score: Exact<"score"> = (arithmetic, atoms, law, x, sigma) => {
  const { noise, level } = predicted(arithmetic, "score", atoms, law, x, sigma);
  return noise.div(level).neg();
};

/** The law that guidance leads away from: that of `negative`, or undefined for the marginal. */
function readNegative(
  arithmetic: Arithmetic,
  caller: string,
  data: InputData,
  own: ExactMeasure,
  options: GuidanceOptionsOf<Input>,
): ExactMeasure | undefined {
  const { negative } = requireOptions(caller, options, { negative: true });
  if (negative === undefined) return undefined;
  if (typeof negative === "string") return readClass(arithmetic, caller, data, negative, "options.negative").own;
  const law = readMeasure(arithmetic, caller, "options.negative", negative);
  requireSameSupport(caller, own.support, law.support, ["data", "options.negative"]);
  return law;
}

/** log p(x|c)/p(x|negative), −∞ where the class has no mass, and where a power of the negative law is 0. */
function logRatiosTo(caller: string, own: ExactMeasure, negative: ExactMeasure, w: BigNumber): BigNumber[] {
  const { arithmetic } = own;
  return own.law.mass.map((p, i) => {
    const other = negative.law.mass[i];
    if (p.gt(0) && other.gt(0)) return arithmetic.log(p.div(other));
    if (p.gt(0) && w.gt(0))
      throw outOfRange(caller, "options.negative", "have mass at every atom of the class", `none at atom ${i}`);
    return arithmetic.negativeInfinity;
  });
}

/** (1 + w) ε(x_t|c) − w ε(x_t). */
export const guidedNoisePrediction: Exact<"guidedNoisePrediction"> = (
  arithmetic,
  data,
  x,
  sigma,
  label,
  strength,
  options = {},
) => {
  const caller = "guidedNoisePrediction";
  const { own, ...classes } = readClass(arithmetic, caller, data, label);
  const w = requireNumber(arithmetic, caller, "strength", strength, finite);
  const negative = readNegative(arithmetic, caller, data, own, options);
  const all = negative ?? ofMass(arithmetic, own.support, marginalOf(classes));
  const [conditional, marginal] = [own, all].map(
    (law) => predicted(arithmetic, caller, data.atoms, law, x, sigma).noise,
  );
  return conditional.times(w.plus(1)).minus(marginal.times(w));
};

/** log p(c)p(x|c)/p(x). */
export const logClassProbability: Exact<"logClassProbability"> = (arithmetic, data, label) =>
  logSharesOf(readClass(arithmetic, "logClassProbability", data, label), label);

function logSharesOf(classes: Classes, label: string): BigNumber[] {
  const joint = jointOf(classes);
  return logShares(classes.prior.arithmetic, joint.get(label) as Numbers, [...joint.values()]);
}

/** log(p/Σ), −∞ where p is 0: by what the others have, so that a share near 1 keeps its digits. */
function logShares(arithmetic: Arithmetic, own: Numbers, all: readonly Numbers[]): BigNumber[] {
  return own.map((p, i) => {
    if (!p.gt(0)) return arithmetic.negativeInfinity;
    const others = arithmetic.sum(all.filter((law) => law !== own).map((law) => law[i]));
    return arithmetic.log1p(others.div(p)).neg();
  });
}

/** Guidance as a tilt: reference p(x|c), reward w·log p(c|x) or w·log(p(x|c)/p(x|negative)), β = 1. */
export const guidanceProblem: Exact<"guidanceProblem"> = (arithmetic, data, label, strength, options = {}) => {
  const caller = "guidanceProblem";
  const { own: ref, ...classes } = readClass(arithmetic, caller, data, label);
  const w = requireNumber(arithmetic, caller, "strength", strength, finite);
  const negative = readNegative(arithmetic, caller, data, ref, options);
  const logs = negative === undefined ? logSharesOf(classes, label) : logRatiosTo(caller, ref, negative, w);
  const reward = logs.map((l) => (w.isZero() ? arithmetic.zero : l.isFinite() ? l.times(w) : l));
  return { ref, reward, beta: arithmetic.one };
};

/** ∝ p(x|c)^{1+w} p(x)^{−w}, on the atoms of the class. */
export const guidedTarget: Exact<"guidedTarget"> = (arithmetic, data, label, strength, options = {}) => {
  const caller = "guidedTarget";
  const { own, ...classes } = readClass(arithmetic, caller, data, label);
  const w = requireNumber(arithmetic, caller, "strength", strength, finite);
  const negative = readNegative(arithmetic, caller, data, own, options);
  if (w.isZero()) return own.law.normalized();
  const logs = logRatiosTo(caller, own, negative ?? ofMass(arithmetic, own.support, marginalOf(classes)), w);
  const logMass = own.law.mass.map((p, i) => (logs[i].isFinite() ? arithmetic.log(p).plus(w.times(logs[i])) : logs[i]));
  if (!logMass.some((l) => l.isFinite())) throw outOfRange(caller, "strength", "leave some atom mass", w.toNumber());
  return ofLogMass(arithmetic, own.support, Object.freeze(logMass)).law;
};

/** p_data as reference, with reward and β. */
export const rewardDirectedProblem: Exact<"rewardDirectedProblem"> = (arithmetic, atoms, law, reward, beta) => {
  const caller = "rewardDirectedProblem";
  const ref = readMeasure(arithmetic, caller, "law", law);
  pointsOf(arithmetic, caller, atoms, ref.support.length);
  return {
    ref,
    reward: requireNumbers(arithmetic, caller, "reward", reward, ref.support.length, belowInfinity),
    beta: requireNumber(arithmetic, caller, "beta", beta, positive),
  };
};

/** log p(x|c)/p(x), of the atoms at x together. */
export const logDensityRatio: Exact<"logDensityRatio"> = (arithmetic, data, x, label) => {
  const caller = "logDensityRatio";
  const { own: law, ...classes } = readClass(arithmetic, caller, data, label);
  const own = law.law.mass;
  const all = marginalOf(classes);
  const at = requireNumber(arithmetic, caller, "x", x, finite);
  const here = pointsOf(arithmetic, caller, data.atoms, own.length).map((a) => a.eq(at));
  const [mine, everyone] = [own, all].map((law) => arithmetic.sum(law.filter((_, i) => here[i])));
  if (!everyone.gt(0)) throw outOfRange(caller, "x", "be at an atom of positive p(x)", at.toNumber());
  return arithmetic.log(mine.div(everyone));
};

/** p(c|x) ∝ p(c)·e^{−L(x;c)}, on the names of the classes. */
export const classify: Exact<"classify"> = (arithmetic, data, loss) => {
  const caller = "classify";
  const prior = readPrior(arithmetic, caller, data);
  const losses: Readonly<Record<string, unknown>> = requireObject(caller, "loss", loss);
  const reward = prior.support.map((c) => {
    const own = Object.hasOwn(losses, c as string) ? losses[c as string] : undefined;
    return requireNumber(arithmetic, caller, `loss.${c}`, own, aboveMinusInfinity).neg();
  });
  if (!reward.some((r, k) => r.isFinite() && prior.supports(k)))
    throw outOfRange(caller, "loss", "be finite for some class of positive prior", Infinity);
  return tiltOf(caller, "loss", prior, reward, arithmetic.one).law;
};
