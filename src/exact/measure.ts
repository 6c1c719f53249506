import type { BigNumber } from "mathjs";
import { requireSameSupport, requireSupport } from "../measure/support.js";
import { lazy } from "../numeric/cache.js";
import { wrongType } from "../numeric/check.js";
import type { DistributionOf, MeasureOf } from "./algebra.js";
import type { Arithmetic } from "./arithmetic.js";
import type { InputMeasure } from "./input.js";
import { type Numbers, requireMass } from "./read.js";

/** A value that is made when it is first asked for. */
type Lazy<T> = () => T;

/** What a measure makes when it is first read: public, since a Proxy of the measure does not reach private fields. */
interface Parts {
  readonly mass: Lazy<Numbers>;
  readonly logMass: Lazy<Numbers>;
  readonly law: Lazy<ExactDistribution>;
  readonly logNormalizer: Lazy<BigNumber>;
}

/**
 * A measure at one precision. It is made of masses or of log-masses, and makes the others when they are first read. A tilt
 * of a tilt adds log-masses and takes no logarithm.
 */
export class ExactMeasure implements MeasureOf<BigNumber> {
  readonly arithmetic: Arithmetic;
  readonly support: readonly unknown[];
  /** What the measure was made of: `supports` reads these. */
  readonly native: "mass" | "logMass";
  readonly parts: Parts;

  constructor(
    arithmetic: Arithmetic,
    support: readonly unknown[],
    native: "mass" | "logMass",
    mass: Lazy<Numbers>,
    logMass: Lazy<Numbers>,
    logNormalizer: Lazy<BigNumber> = () => arithmetic.zero,
  ) {
    this.arithmetic = arithmetic;
    this.support = support;
    this.native = native;
    const law = (): ExactDistribution => (native === "mass" ? lawOfMass(this) : lawOfLogMass(this));
    this.parts = { mass, logMass, law: lazy(law), logNormalizer };
  }

  get mass(): Numbers {
    return this.parts.mass();
  }

  get logMass(): Numbers {
    return this.parts.logMass();
  }

  /** Whether an answer has mass, also where its mass underflows. */
  supports(i: number): boolean {
    return this.native === "mass" ? !this.mass[i].isZero() : this.logMass[i].isFinite();
  }

  /** The distribution proportional to the measure. */
  get law(): ExactDistribution {
    return this.parts.law();
  }
}

/** A measure of total mass 1. */
export class ExactDistribution extends ExactMeasure implements DistributionOf<BigNumber> {
  /** The index of the heaviest answer. */
  readonly peak: number;

  constructor(
    arithmetic: Arithmetic,
    support: readonly unknown[],
    native: "mass" | "logMass",
    { peak, mass, logMass }: { readonly peak: number; readonly mass: Lazy<Numbers>; readonly logMass: Lazy<Numbers> },
    logNormalizer: Lazy<BigNumber>,
  ) {
    super(arithmetic, support, native, mass, logMass, logNormalizer);
    this.peak = peak;
  }

  get logNormalizer(): BigNumber {
    return this.parts.logNormalizer();
  }

  override get law(): ExactDistribution {
    return this;
  }

  /** The same law with a `logNormalizer` of 0. */
  normalized(): ExactDistribution {
    const { arithmetic, support, native, peak } = this;
    const same = { peak, mass: () => this.mass, logMass: () => this.logMass };
    return new ExactDistribution(arithmetic, support, native, same, () => arithmetic.zero);
  }
}

/**
 * The probabilities of given weights and their logarithms. The other answers are summed without the heaviest one, so that
 * the logarithm of a probability near 1 keeps its digits.
 */
function normalizing(arithmetic: Arithmetic, peak: number, weight: Lazy<Numbers>, logWeight: Lazy<Numbers>) {
  const rest = lazy(() => arithmetic.sum(weight().filter((_, i) => i !== peak)).div(weight()[peak]));
  const mass = lazy(() => {
    const scale = arithmetic.one.div(weight()[peak].times(rest().plus(arithmetic.one)));
    return Object.freeze(weight().map((w) => w.times(scale)));
  });
  const logMass = lazy(() => {
    const logPeak = arithmetic.log1p(rest()).negated();
    const shift = logPeak.minus(logWeight()[peak]);
    return Object.freeze(logWeight().map((l, i) => (i === peak ? logPeak : l.plus(shift))));
  });
  return { peak, mass, logMass };
}

/** The index of the largest entry, the first of several. */
export function indexOfLargest(values: Numbers): number {
  let largest = 0;
  for (let i = 1; i < values.length; i++) if (values[i].gt(values[largest])) largest = i;
  return largest;
}

function lawOfMass(p: ExactMeasure): ExactDistribution {
  const { arithmetic, support, mass } = p;
  const peak = indexOfLargest(mass);
  const logTotal = lazy(() => {
    const rest = arithmetic.sum(mass.filter((_, i) => i !== peak));
    const excess = mass[peak].minus(arithmetic.one);
    // Near a total of 1 the excess keeps the digits of the logarithm, and far below 1 the total does.
    return excess.gt(-0.5) ? arithmetic.log1p(excess.plus(rest)) : arithmetic.log(mass[peak].plus(rest));
  });
  const probabilities = normalizing(
    arithmetic,
    peak,
    () => mass,
    () => p.logMass,
  );
  return new ExactDistribution(arithmetic, support, "mass", probabilities, logTotal);
}

function lawOfLogMass({ arithmetic, support, logMass }: ExactMeasure): ExactDistribution {
  const peak = indexOfLargest(logMass);
  const top = logMass[peak];
  const law: ExactDistribution = lawOfLogWeight(
    arithmetic,
    support,
    logMass.map((l) => l.minus(top)),
    peak,
    () => top.minus(law.logMass[peak]),
  );
  return law;
}

/** The law of weights e^logWeight, of which the largest is 1, at `peak`. */
export function lawOfLogWeight(
  arithmetic: Arithmetic,
  support: readonly unknown[],
  logWeight: Numbers,
  peak: number,
  logNormalizer: () => BigNumber,
): ExactDistribution {
  const weight = lazy(() => logWeight.map((l) => arithmetic.exp(l)));
  const probabilities = normalizing(arithmetic, peak, weight, () => logWeight);
  return new ExactDistribution(arithmetic, support, "logMass", probabilities, lazy(logNormalizer));
}

/** The measure of given masses. */
export function ofMass(arithmetic: Arithmetic, support: readonly unknown[], mass: Numbers): ExactMeasure {
  const logMass = lazy(() => Object.freeze(mass.map((m) => arithmetic.log(m))));
  return new ExactMeasure(arithmetic, support, "mass", () => mass, logMass);
}

/** The measure of given log-masses. */
export function ofLogMass(arithmetic: Arithmetic, support: readonly unknown[], logMass: Numbers): ExactMeasure {
  const mass = lazy(() => Object.freeze(logMass.map((l) => arithmetic.exp(l))));
  return new ExactMeasure(arithmetic, support, "logMass", mass, () => logMass);
}

/** Any measure, read at this precision: one of another origin by its masses, each at its exact value. */
export function readMeasure(arithmetic: Arithmetic, caller: string, argument: string, p: InputMeasure): ExactMeasure {
  if (p instanceof ExactMeasure && p.arithmetic === arithmetic) return p;
  if (typeof p !== "object" || p === null || !("support" in p)) {
    throw wrongType(caller, argument, "be a measure, made by measure(support, mass) or distribution(…)", p);
  }
  const support = requireSupport(caller, p.support, `${argument}.support`);
  return ofMass(arithmetic, support, requireMass(arithmetic, caller, `${argument}.mass`, p.mass, support.length));
}

/** The measures p and q, on the same answers in the same order. */
export function readPair(
  arithmetic: Arithmetic,
  caller: string,
  p: InputMeasure,
  q: InputMeasure,
): [ExactMeasure, ExactMeasure] {
  const [a, b] = [readMeasure(arithmetic, caller, "p", p), readMeasure(arithmetic, caller, "q", q)];
  requireSameSupport(caller, a.support, b.support);
  return [a, b];
}

/** p^exponent, on the support of p; its logarithms are multiples of those of p. */
export function powerOf(p: ExactMeasure, exponent: BigNumber): ExactMeasure {
  requirePower("power", p, exponent);
  if (exponent.eq(1)) return p;
  const { arithmetic, support } = p;
  const logMass = p.logMass.map((l, i) => (p.supports(i) ? l.times(exponent) : arithmetic.negativeInfinity));
  return ofLogMass(arithmetic, support, Object.freeze(logMass));
}

/** Refuses a negative power of an answer without mass. */
export function requirePower(caller: string, p: ExactMeasure, exponent: BigNumber): void {
  if (!exponent.lt(0)) return;
  const without = p.support.findIndex((_, i) => !p.supports(i));
  if (without >= 0) throw new RangeError(`${caller}: exponent ${exponent} is negative, but mass[${without}] is 0`);
}

/** p∘q: products where both measures are made of masses, sums of logarithms otherwise. */
export function productOf(p: ExactMeasure, q: ExactMeasure): ExactMeasure {
  const { arithmetic, support } = p;
  if (!support.some((_, i) => p.supports(i) && q.supports(i))) {
    throw new RangeError("product: the result has no mass, the supports do not meet");
  }
  const logMass = lazy(() => Object.freeze(p.logMass.map((l, i) => l.plus(q.logMass[i]))));
  if (p.native === "logMass" || q.native === "logMass") return ofLogMass(arithmetic, support, logMass());
  const mass = lazy(() => Object.freeze(p.mass.map((m, i) => m.times(q.mass[i]))));
  return new ExactMeasure(arithmetic, support, "mass", mass, logMass);
}

/** E_p[f]: answers without mass add nothing, whatever f is there. */
export function expectationOf(p: ExactDistribution, f: Numbers): BigNumber {
  const { arithmetic, mass } = p;
  if (f.some((x, i) => !x.isFinite() && p.supports(i))) return arithmetic.negativeInfinity;
  return arithmetic.sum(mass.map((m, i) => (m.isZero() ? m : m.times(f[i]))));
}
