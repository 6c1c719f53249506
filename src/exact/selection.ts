import type { BigNumber } from "mathjs";
import { outOfRange, requireInteger, requireObject } from "../numeric/check.js";
import type { Arithmetic } from "./arithmetic.js";
import { type ExactDistribution, type ExactMeasure, ofMass, readMeasure } from "./measure.js";
import type { BestOfNProblemOf, TiltProblemOf, WeightedProblemOf } from "./problems.js";
import { belowInfinity, nonNegative, positiveOrInfinite, requireNumber, requireNumbers } from "./read.js";

type Input = number | BigNumber;

/** The law ∝ ref·ratio, where some answer may be picked. */
function lawOfRatios(caller: string, ref: ExactMeasure, ratio: (i: number) => BigNumber): ExactDistribution {
  const mass = ref.law.mass.map((p, i) => (p.isZero() ? p : p.times(ratio(i))));
  if (!mass.some((m) => m.gt(0)))
    throw outOfRange(caller, "reward", "be above -Infinity for some answer of the support", -Infinity);
  return ofMass(ref.arithmetic, ref.support, Object.freeze(mass)).law;
}

/**
 * Hard best-of-N by its reward levels: P(level) = F^N − (F⁻)^N = F^N(1 − (F⁻/F)^N), so that a level keeps its digits however
 * small it is beside what lies below.
 */
export function bestOfNLaw(arithmetic: Arithmetic, problem: BestOfNProblemOf<Input>, draws: number): ExactDistribution {
  const caller = "bestOfNLaw";
  const ref = readMeasure(arithmetic, caller, "ref", requireObject(caller, "problem", problem).ref);
  const reward = requireNumbers(arithmetic, caller, "reward", problem.reward, ref.support.length, belowInfinity);
  const n = requireInteger(caller, "n", draws, 1);
  const { mass } = ref.law;
  const total = (keep: (r: BigNumber) => boolean) => arithmetic.sum(mass.filter((_, i) => keep(reward[i])));
  return lawOfRatios(caller, ref, (i) => {
    if (!reward[i].isFinite()) return arithmetic.zero;
    const below = total((r) => r.lt(reward[i]));
    const level = total((r) => r.eq(reward[i]));
    const all = below.plus(level);
    const share = level.div(all);
    const logBelow = share.lt(0.5) ? arithmetic.log1p(share.neg()) : arithmetic.log(below.div(all));
    return all
      .pow(n)
      .times(arithmetic.expm1(logBelow.times(n)).neg())
      .div(level);
  });
}

/** Soft best-of-N by its integral. */
export function softBestOfNLaw(
  arithmetic: Arithmetic,
  problem: TiltProblemOf<Input>,
  draws: number,
): ExactDistribution {
  const caller = "softBestOfNLaw";
  const ref = readMeasure(arithmetic, caller, "ref", requireObject(caller, "problem", problem).ref);
  const reward = requireNumbers(arithmetic, caller, "reward", problem.reward, ref.support.length, belowInfinity);
  const beta = requireNumber(arithmetic, caller, "beta", problem.beta, positiveOrInfinite);
  const n = requireInteger(caller, "n", draws, 1);
  return integrated(caller, ref, reward, beta, n);
}

/** The same for given weights, by their logarithms. */
export function weightedBestOfNLaw(
  arithmetic: Arithmetic,
  problem: WeightedProblemOf<Input>,
  draws: number,
): ExactDistribution {
  const caller = "weightedBestOfNLaw";
  const ref = readMeasure(arithmetic, caller, "ref", requireObject(caller, "problem", problem).ref);
  const weight = requireNumbers(arithmetic, caller, "weight", problem.weight, ref.support.length, nonNegative);
  const n = requireInteger(caller, "n", draws, 1);
  if (!weight.some((w, i) => w.gt(0) && ref.supports(i)))
    throw outOfRange(caller, "weight", "be positive for some answer of the support", 0);
  return integrated(
    caller,
    ref,
    weight.map((w) => arithmetic.log(w)),
    arithmetic.one,
    n,
  );
}

function integrated(
  caller: string,
  ref: ExactMeasure,
  reward: readonly BigNumber[],
  beta: BigNumber,
  n: number,
): ExactDistribution {
  const { arithmetic } = ref;
  const { mass } = ref.law;
  // Log-weights below the best, one for each reward that the support has.
  const top = reward.reduce((best, r, i) => (mass[i].gt(0) && r.gt(best) ? r : best), arithmetic.negativeInfinity);
  if (!top.isFinite()) return lawOfRatios(caller, ref, () => arithmetic.zero);
  const levels = new Map<string, { x: BigNumber; mass: BigNumber }>();
  for (const [i, r] of reward.entries()) {
    if (mass[i].isZero()) continue;
    const x = r.isFinite() ? r.minus(top).div(beta) : arithmetic.negativeInfinity;
    const before = levels.get(r.toString())?.mass ?? arithmetic.zero;
    levels.set(r.toString(), { x, mass: before.plus(mass[i]) });
  }
  const ratios = n === 1 ? undefined : new Integral(arithmetic, [...levels.values()], n).ratios();
  const keys = [...levels.keys()];
  return lawOfRatios(caller, ref, (i) => {
    if (!reward[i].isFinite()) return arithmetic.zero;
    return ratios?.[keys.indexOf(reward[i].toString())] ?? arithmetic.one;
  });
}

/** A level: its log-weight x ≤ 0 relative to the best, and its probability. */
interface Level {
  readonly x: BigNumber;
  readonly mass: BigNumber;
}

/**
 * N w ∫ e^{−tw} φ(t)^{N−1} dt by the trapezoid rule in log t, in fixed point on BigInt.
 *
 * With whole cells an octave, t·w doubles from a node to that one octave on, and e^{−tw} is the square of what it was
 * there: a few exponentials a level begin the chains, and multiplications go on.
 */
class Integral {
  readonly arithmetic: Arithmetic;
  readonly levels: readonly Level[];
  readonly n: number;
  /** Nodes an octave: the rule's error is e^{−2πθ·cells/ln 2}/cos θ at its best for θ near π/2. */
  readonly cells: number;
  /** How many octaves before the best weight's the nodes begin; what lies before is summed by two terms of its series. */
  readonly lead: number;
  /** Fixed-point numbers are multiples of 2^−bits; half of what is promised is lost to a chain's squarings. */
  readonly bits: number;
  readonly #promised: number;
  readonly #half: number;

  constructor(arithmetic: Arithmetic, levels: readonly Level[], n: number) {
    this.arithmetic = arithmetic;
    this.levels = levels;
    this.n = n;
    const { digits } = arithmetic;
    this.cells = Math.ceil((Math.LN2 * ((digits + 4) * Math.LN10 + 4)) / 9.3);
    this.lead = Math.ceil(((digits + 6) * Math.log2(10)) / 3 + Math.log2(n) + 2);
    this.#promised = Math.ceil((digits + 14) * Math.log2(10));
    this.#half = Math.ceil(this.#promised / 2);
    this.bits = this.#promised + this.#half + 16;
  }

  ratios(): BigNumber[] {
    const { arithmetic, levels, n, cells, lead, bits } = this;
    const shift = BigInt(bits);
    const unit = 1n << shift;
    const mass = levels.map((level) => this.#floating(level.mass));
    const chains = levels.map((level) => this.#chain(level.x));
    const log2 = arithmetic.log(arithmetic.number(2));
    const root = Array.from({ length: cells }, (_, r) => this.#fixed(arithmetic.exp(log2.times(r).div(cells))));
    const integral = levels.map(() => new Accumulator());
    const last = Math.max(...chains.map((chain) => chain.first)) + cells * (2 * this.#promised);
    for (let m = 0; m <= last; m++) {
      const e = chains.map((chain) => chain.at(m));
      // On the scale of the largest mass that is left: beside what is gone the rarest level keeps its digits.
      let scale = mass[0].exponent;
      let started = false;
      for (let i = 0; i < e.length; i++) {
        if (e[i] === 0n || (started && mass[i].exponent <= scale)) continue;
        scale = mass[i].exponent;
        started = true;
      }
      let phi = 0n;
      for (let i = 0; i < e.length; i++)
        if (e[i] !== 0n) phi += (mass[i].mantissa * e[i]) >> (shift + scale - mass[i].exponent);
      const power = powerOf(phi, scale, n - 1, bits);
      const octave = BigInt(Math.floor(m / cells)) + power.exponent;
      const term = (r: number, i: number) => (root[r] * ((e[i] * power.mantissa) >> shift)) >> shift;
      for (let i = 0; i < e.length; i++) integral[i].add(term(m % cells, i), octave);
      // Where every level has gone or not begun, the octaves up to the next beginning are a geometric series.
      if (m % cells < cells - 1 || !chains.every((chain, i) => chain.constant || e[i] === 0n || m < chain.first))
        continue;
      const next = chains.reduce((first, chain) => (m < chain.first ? Math.min(first, chain.first) : first), Infinity);
      if (next === Infinity) break;
      const skipped = Math.floor((next - m) / cells) - 1;
      if (skipped <= 0) continue;
      for (let i = 0; i < e.length; i++) {
        let octaves = 0n;
        for (let r = 0; r < cells; r++) octaves += term(r, i);
        const end = BigInt(skipped);
        integral[i].add(octaves - (octaves >> end), octave + 1n + end);
      }
      m += skipped * cells;
    }
    const before = this.#before();
    // Back from fixed point; the step is ln 2/cells, and t counts from 2^−lead.
    const two = arithmetic.number(2);
    const scale = log2.times(n).div(cells).div(two.pow(lead));
    return levels.map(({ x }, i) => {
      const { mantissa, exponent } = integral[i];
      const value = new arithmetic.Big(mantissa.toString()).div(new arithmetic.Big(unit.toString()));
      return value
        .times(two.pow(Number(exponent)))
        .plus(before(x))
        .times(scale)
        .times(arithmetic.exp(x));
    });
  }

  /** Σ over the nodes before the first of t e^{−tw} φ^{N−1} = t − (w + (N−1)μ)t² + …, in units of the first. */
  #before(): (x: BigNumber) => BigNumber {
    const { arithmetic, levels, n, cells, lead } = this;
    const two = arithmetic.number(2);
    const ratio = arithmetic.exp(arithmetic.log(two).div(cells));
    const sum = (q: BigNumber) => arithmetic.one.div(q.minus(arithmetic.one));
    const [first, second] = [sum(ratio), sum(ratio.times(ratio)).div(two.pow(lead))];
    const mean = arithmetic.sum(levels.map((level) => level.mass.times(arithmetic.exp(level.x))));
    return (x) => first.minus(second.times(mean.times(n - 1).plus(arithmetic.exp(x))));
  }

  #fixed(x: BigNumber): bigint {
    return BigInt(x.times(new this.arithmetic.Big((1n << BigInt(this.bits)).toString())).toFixed(0));
  }

  /** A positive number as mantissa·2^exponent, the mantissa in fixed point and from 1/2 to 2. */
  #floating(x: BigNumber): Floating {
    const { arithmetic } = this;
    const exponent = Math.floor(x.e * Math.log2(10) + Math.log2(x.div(arithmetic.number(10).pow(x.e)).toNumber()));
    return { mantissa: this.#fixed(x.div(arithmetic.number(2).pow(exponent))), exponent: BigInt(exponent) };
  }

  /** e^{−tw} at the nodes t = 2^{m/cells − lead} for w = e^x, asked for in order; whole octaves may be left out where it is 1 or 0. */
  #chain(x: BigNumber): Chain {
    const { arithmetic, cells, lead, bits } = this;
    const shift = BigInt(bits);
    const unit = 1n << shift;
    if (!x.isFinite()) return { first: 0, at: () => unit, constant: true }; // forbidden
    const start = 1n << BigInt(bits - this.#half);
    // t·w grows from 2^−promised by doubling, and needs its digits from there.
    const finer = BigInt(this.#promised);
    const first = Math.max(0, Math.ceil(cells * (lead - this.#promised - x.toNumber() / Math.LN2)));
    const log2 = arithmetic.log(arithmetic.number(2));
    const z: bigint[] = [];
    const e: bigint[] = [];
    const at = (m: number) => {
      if (m < first) return unit;
      const r = m % cells;
      if (e[r] === 0n) return 0n;
      if (m < first + cells) {
        const octaves = arithmetic.number(m).div(cells).minus(lead);
        z[r] = this.#fixed(arithmetic.exp(x.plus(log2.times(octaves.plus(this.#promised)))));
      } else {
        z[r] <<= 1n;
      }
      // Squaring doubles the error each time, so that a chain begins as late as a few terms of the series are enough.
      const small = z[r] >> finer;
      if (small >= start && m >= first + cells) e[r] = (e[r] * e[r]) >> shift;
      else e[r] = expSeries(-small, shift);
      return e[r];
    };
    return { first, at, constant: false };
  }
}

/** e^{−tw} of one level along the nodes. */
interface Chain {
  /** Before this node t·w is nothing beside 1. */
  readonly first: number;
  readonly at: (m: number) => bigint;
  /** Whether it is 1 throughout. */
  readonly constant: boolean;
}

/** A sum of non-negative fixed-point terms on scales of their own: its digits are those of the largest scale. */
class Accumulator {
  mantissa = 0n;
  exponent = 0n;

  /** Adds term·2^octave. */
  add(term: bigint, octave: bigint): void {
    if (term === 0n) return;
    if (octave > this.exponent) {
      this.mantissa >>= octave - this.exponent;
      this.exponent = octave;
    }
    this.mantissa += term >> (this.exponent - octave);
  }
}

/** e^x in fixed point for small x. */
function expSeries(x: bigint, shift: bigint): bigint {
  let sum = 1n << shift;
  for (let term = sum, k = 1n; term !== 0n && term !== -1n; k++) {
    term = ((term * x) >> shift) / k;
    sum += term;
  }
  return sum;
}

/** mantissa·2^exponent, the mantissa in fixed point. */
interface Floating {
  readonly mantissa: bigint;
  readonly exponent: bigint;
}

/** (base·2^scale)^power, with an exponent of its own, so that no size is lost. */
function powerOf(base: bigint, scale: bigint, power: number, bits: number): Floating {
  const shift = BigInt(bits);
  let result: Floating = { mantissa: 1n << shift, exponent: 0n };
  if (base === 0n) return { mantissa: 0n, exponent: 0n };
  let square = normal(base, scale, bits);
  for (let left = power; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1)
      result = normal((result.mantissa * square.mantissa) >> shift, result.exponent + square.exponent, bits);
    square = normal((square.mantissa * square.mantissa) >> shift, 2n * square.exponent, bits);
  }
  return result;
}

/** The same number with its mantissa near 1. */
function normal(mantissa: bigint, exponent: bigint, bits: number): Floating {
  const size = mantissa.toString(16).length * 4;
  if (Math.abs(size - bits) < 8) return { mantissa, exponent };
  // A shift to the left by a negative number is one to the right.
  const missing = BigInt(bits - size);
  return { mantissa: mantissa << missing, exponent: exponent - missing };
}
