import type { BigNumber } from "mathjs";
import { outOfRange, wrongType } from "../numeric/check.js";
import type { DistributionOf, MeasureOf, TiltProblemOf } from "./algebra.js";
import { rlhfOptimum } from "./alignment.js";
import type { Arithmetic } from "./arithmetic.js";
import type { AtomicDataOf } from "./diffusionAlgebra.js";
import { type ExactMeasure, ofLogMass, ofMass, readMeasure } from "./measure.js";
import { belowInfinity, betweenZeroAndOne, finite, positive, requireNumber, requireNumbers } from "./read.js";

type Input = number | BigNumber;
type Numbers = readonly BigNumber[];

/** The coordinates of atoms on a line. */
export function pointsOf(arithmetic: Arithmetic, caller: string, atoms: readonly Input[], size: number): Numbers {
  return requireNumbers(arithmetic, caller, "atoms", atoms, size, finite);
}

/** p(x|c). */
export function classOf(
  arithmetic: Arithmetic,
  caller: string,
  data: AtomicDataOf<Input>,
  label: string,
): ExactMeasure {
  const classes: unknown = data?.classes;
  if (typeof classes !== "object" || classes === null) throw wrongType(caller, "data.classes", "be an object", classes);
  if (!Object.hasOwn(classes, label))
    throw outOfRange(caller, "class", `be one of ${Object.keys(classes).join(", ")}`, label);
  return readMeasure(arithmetic, caller, `data.classes.${label}`, data.classes[label]);
}

/** p(c) p(x|c) of each class. */
function jointOf(arithmetic: Arithmetic, caller: string, data: AtomicDataOf<Input>): Map<string, Numbers> {
  const names = Object.keys(data.classes);
  const prior = names.map((c) => requireNumber(arithmetic, caller, `data.prior.${c}`, data.prior[c], finite));
  const all = arithmetic.sum(prior);
  return new Map(
    names.map((c, k) => [c, classOf(arithmetic, caller, data, c).law.mass.map((m) => m.times(prior[k]).div(all))]),
  );
}

/** p(x). */
export function marginalOf(arithmetic: Arithmetic, caller: string, data: AtomicDataOf<Input>): Numbers {
  const joint = [...jointOf(arithmetic, caller, data).values()];
  return joint[0].map((_, i) => arithmetic.sum(joint.map((mass) => mass[i])));
}

/** (x − √(1−σ²) Σ q_i a_i)/σ with q_i ∝ p_i exp(−(x − √(1−σ²)a_i)²/2σ²). */
export function noisePrediction(
  arithmetic: Arithmetic,
  atoms: readonly Input[],
  law: MeasureOf<Input>,
  x: Input,
  sigma: Input,
): BigNumber {
  return predicted(arithmetic, "noisePrediction", atoms, law, x, sigma).noise;
}

function predicted(
  arithmetic: Arithmetic,
  caller: string,
  atoms: readonly Input[],
  law: MeasureOf<Input>,
  x: Input,
  sigma: Input,
): { readonly noise: BigNumber; readonly level: BigNumber } {
  const { mass } = readMeasure(arithmetic, caller, "law", law).law;
  const points = pointsOf(arithmetic, caller, atoms, mass.length);
  const at = requireNumber(arithmetic, caller, "x", x, finite);
  const level = requireNumber(arithmetic, caller, "sigma", sigma, betweenZeroAndOne);
  const { alpha, factor } = scalesOf(arithmetic, level);
  const held = [...points.keys()].filter((i) => mass[i].gt(0));
  const exponents = held.map((i) => {
    const gap = at.minus(alpha.times(points[i]));
    return gap.times(gap).times(factor);
  });
  const top = exponents.reduce((most, e) => (e.gt(most) ? e : most));
  const q = exponents.map((e, k) => mass[held[k]].times(arithmetic.exp(e.minus(top))));
  const mean = arithmetic.sum(q.map((w, k) => w.times(points[held[k]]))).div(arithmetic.sum(q));
  return { noise: at.minus(alpha.times(mean)).div(level), level };
}

/** √(1−σ²) and −1/2σ². */
interface Scales {
  readonly alpha: BigNumber;
  readonly factor: BigNumber;
}

const scalesKnown = new WeakMap<BigNumber, Scales>();

/** Those of a level: a predictor is asked for many points at one. */
function scalesOf(arithmetic: Arithmetic, level: BigNumber): Scales {
  const known = scalesKnown.get(level);
  if (known !== undefined) return known;
  const square = level.times(level);
  const scales = { alpha: arithmetic.one.minus(square).sqrt(), factor: arithmetic.one.div(square.times(-2)) };
  scalesKnown.set(level, scales);
  return scales;
}

/** −ε*(x_t)/σ. */
export function score(
  arithmetic: Arithmetic,
  atoms: readonly Input[],
  law: MeasureOf<Input>,
  x: Input,
  sigma: Input,
): BigNumber {
  const { noise, level } = predicted(arithmetic, "score", atoms, law, x, sigma);
  return noise.div(level).neg();
}

/** (1 + w) ε(x_t|c) − w ε(x_t). */
export function guidedNoisePrediction(
  arithmetic: Arithmetic,
  data: AtomicDataOf<Input>,
  x: Input,
  sigma: Input,
  label: string,
  w: Input,
): BigNumber {
  const caller = "guidedNoisePrediction";
  const own = classOf(arithmetic, caller, data, label);
  const strength = requireNumber(arithmetic, caller, "w", w, finite);
  const all = ofMass(arithmetic, own.support, marginalOf(arithmetic, caller, data));
  const [conditional, marginal] = [own, all].map(
    (law) => predicted(arithmetic, caller, data.atoms, law, x, sigma).noise,
  );
  return conditional.times(strength.plus(1)).minus(marginal.times(strength));
}

/** log p(c)p(x|c)/p(x). */
export function logClassProbability(arithmetic: Arithmetic, data: AtomicDataOf<Input>, label: string): BigNumber[] {
  const caller = "logClassProbability";
  classOf(arithmetic, caller, data, label);
  const joint = jointOf(arithmetic, caller, data);
  return logShares(arithmetic, joint.get(label) as Numbers, [...joint.values()]);
}

/** log of p over the sum, −∞ where p is 0; near 1 from the others' share. */
function logShares(arithmetic: Arithmetic, own: Numbers, all: readonly Numbers[]): BigNumber[] {
  return own.map((p, i) => {
    if (!p.gt(0)) return arithmetic.negativeInfinity;
    const others = arithmetic.sum(all.filter((law) => law !== own).map((law) => law[i]));
    return arithmetic.log1p(others.div(p)).neg();
  });
}

/** Guidance as a tilt: reference p(x|c), reward w·log p(c|x), β = 1. */
export function guidanceProblem(
  arithmetic: Arithmetic,
  data: AtomicDataOf<Input>,
  label: string,
  w: Input,
): TiltProblemOf<BigNumber> {
  const caller = "guidanceProblem";
  const ref = classOf(arithmetic, caller, data, label);
  const strength = requireNumber(arithmetic, caller, "w", w, finite);
  const logs = logClassProbability(arithmetic, data, label);
  const reward = logs.map((l) => (l.isFinite() ? l.times(strength) : strength.isZero() ? arithmetic.zero : l));
  return { ref, reward, beta: arithmetic.one };
}

/** ∝ p(x|c)^{1+w} p(x)^{−w}, on the atoms of the class. */
export function guidedTarget(
  arithmetic: Arithmetic,
  data: AtomicDataOf<Input>,
  label: string,
  w: Input,
): DistributionOf<BigNumber> {
  const caller = "guidedTarget";
  const own = classOf(arithmetic, caller, data, label);
  const strength = requireNumber(arithmetic, caller, "w", w, finite);
  const all = marginalOf(arithmetic, caller, data);
  const logMass = own.law.mass.map((p, i) => {
    if (!p.gt(0)) return arithmetic.negativeInfinity;
    return arithmetic.log(p).plus(strength.times(arithmetic.log(p.div(all[i]))));
  });
  return ofLogMass(arithmetic, own.support, Object.freeze(logMass)).law;
}

/** p_data as reference, with reward and β. */
export function rewardDirectedProblem(
  arithmetic: Arithmetic,
  atoms: readonly Input[],
  law: MeasureOf<Input>,
  reward: ArrayLike<Input>,
  beta: Input,
): TiltProblemOf<BigNumber> {
  const caller = "rewardDirectedProblem";
  const ref = readMeasure(arithmetic, caller, "law", law);
  pointsOf(arithmetic, caller, atoms, ref.support.length);
  return {
    ref,
    reward: requireNumbers(arithmetic, caller, "reward", reward, ref.support.length, belowInfinity),
    beta: requireNumber(arithmetic, caller, "beta", beta, positive),
  };
}

/** log p(x|c)/p(x), of the atoms at x together. */
export function logDensityRatio(arithmetic: Arithmetic, data: AtomicDataOf<Input>, x: Input, label: string): BigNumber {
  const caller = "logDensityRatio";
  const own = classOf(arithmetic, caller, data, label).law.mass;
  const all = marginalOf(arithmetic, caller, data);
  const at = requireNumber(arithmetic, caller, "x", x, finite);
  const here = pointsOf(arithmetic, caller, data.atoms, own.length).map((a) => a.eq(at));
  const [mine, everyone] = [own, all].map((law) => arithmetic.sum(law.filter((_, i) => here[i])));
  if (!everyone.gt(0)) throw outOfRange(caller, "x", "be at an atom of positive p(x)", at.toNumber());
  return arithmetic.log(mine.div(everyone));
}

/** p(c|x) ∝ p(c)·e^{−L(x;c)}, on the names of the classes. */
export function classify(
  arithmetic: Arithmetic,
  data: AtomicDataOf<Input>,
  loss: Readonly<Record<string, Input>>,
): DistributionOf<BigNumber> {
  const caller = "classify";
  const names = Object.keys(data.classes);
  const prior = ofMass(
    arithmetic,
    names,
    names.map((c) => requireNumber(arithmetic, caller, `data.prior.${c}`, data.prior[c], finite)),
  );
  const reward = names.map((c) => {
    if (!Object.hasOwn(loss, c)) throw new TypeError(`${caller}: loss.${c} must be a number, got undefined`);
    const value = requireNumber(arithmetic, caller, `loss.${c}`, loss[c], {
      fits: (l) => l.gt(-Infinity),
      says: "be above -Infinity",
    });
    return value.neg();
  });
  return rlhfOptimum(arithmetic, { ref: prior, reward, beta: 1 });
}
