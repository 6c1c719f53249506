import { Fraction } from "mathjs";
import { requireSameSupport, requireSupport } from "../measure/support.js";
import {
  outOfRange,
  requireArrayLike,
  requireInteger,
  requireLength,
  requireNumber,
  requireObject,
  requireOptions,
  wrongType,
} from "../numeric/check.js";
import { dyadic } from "./double.js";
import type {
  RationalAlgebra,
  RationalMeasure,
  RationalSelfCertaintyProblem,
  RationalTiltProblem,
} from "./rational.js";
import { type Field, powerShares, voteShares } from "./votes.js";

const ZERO = new Fraction(0n, 1n);
const ONE = new Fraction(1n, 1n);

/** A rational number read from the public edge: a double is the fraction m·2^e that it is. */
function readRational(caller: string, argument: string, value: unknown): Fraction {
  if (value instanceof Fraction) return value;
  if (typeof value === "bigint") return new Fraction(value, 1n);
  if (typeof value !== "number") throw wrongType(caller, argument, "be a number, a bigint or a Fraction", value);
  if (!Number.isFinite(value)) throw outOfRange(caller, argument, "be finite", value);
  const { coefficient, exponent } = dyadic(value);
  const scale = 1n << BigInt(Math.abs(exponent));
  return exponent < 0 ? new Fraction(coefficient, scale) : new Fraction(coefficient * scale, 1n);
}

function readNonNegative(caller: string, argument: string, value: unknown): Fraction {
  const x = readRational(caller, argument, value);
  if (x.s < 0n && x.n > 0n) throw outOfRange(caller, argument, "be non-negative", x.valueOf());
  return x;
}

type Reader = (caller: string, argument: string, value: unknown) => Fraction;

function readAll(caller: string, argument: string, values: unknown, size: number, read: Reader): readonly Fraction[] {
  requireLength(caller, argument, values, size);
  return Object.freeze(
    Array.from(requireArrayLike(caller, argument, values), (x, i) => read(caller, `${argument}[${i}]`, x)),
  );
}

const isPositive = (x: Fraction) => x.n > 0n;

function readMass(caller: string, argument: string, values: unknown, size: number): readonly Fraction[] {
  const mass = readAll(caller, argument, values, size, readNonNegative);
  if (!mass.some(isPositive)) throw outOfRange(caller, argument, "have a positive total", 0);
  return mass;
}

/** The measures that were checked here; any other object with masses is read anew. */
const checked = new WeakSet<RationalMeasure>();

function make(support: readonly unknown[], mass: readonly Fraction[]): RationalMeasure {
  const measure = Object.freeze({ support, mass: Object.freeze(mass) });
  checked.add(measure);
  return measure;
}

function readMeasure(caller: string, argument: string, p: RationalMeasure): RationalMeasure {
  if (typeof p !== "object" || p === null || !("support" in p)) {
    throw wrongType(caller, argument, "be a measure, made by measure(support, mass) or distribution(…)", p);
  }
  if (checked.has(p)) return p;
  const support = requireSupport(caller, p.support, `${argument}.support`);
  return make(support, readMass(caller, `${argument}.mass`, p.mass, support.length));
}

const sum = (terms: readonly Fraction[]) => terms.reduce((total, x) => total.add(x), ZERO);

/** base^exponent for a whole exponent; 0^exponent is 0, since what has no mass keeps none. */
function powerOf(base: Fraction, exponent: bigint): Fraction {
  if (!isPositive(base)) return ZERO;
  const [n, d] = exponent < 0n ? [base.d, base.n] : [base.n, base.d];
  const size = exponent < 0n ? -exponent : exponent;
  return new Fraction(n ** size, d ** size);
}

function normalized(support: readonly unknown[], mass: readonly Fraction[]): RationalMeasure {
  const total = sum(mass);
  return make(
    support,
    mass.map((m) => m.div(total)),
  );
}

function lawOf(caller: string, argument: string, p: RationalMeasure): RationalMeasure {
  const { support, mass } = readMeasure(caller, argument, p);
  return normalized(support, mass);
}

/** Every mass to a whole power. */
function powers(caller: string, mass: readonly Fraction[], exponent: number): Fraction[] {
  const power = requireNumber(caller, "exponent", exponent);
  if (!Number.isSafeInteger(power)) throw outOfRange(caller, "exponent", "be a whole number below 2^53 in size", power);
  const without = exponent < 0 ? mass.findIndex((m) => !isPositive(m)) : -1;
  if (without >= 0) throw new RangeError(`${caller}: exponent ${exponent} is negative, but mass[${without}] is 0`);
  return mass.map((m) => powerOf(m, BigInt(power)));
}

/** The masses, the odds, 1/β and the weights ρ^{1/β} of the answers, one of them positive on the support. */
function readTilt(caller: string, problem: RationalTiltProblem) {
  const { ref, odds, inverseBeta } = requireObject(caller, "problem", problem);
  const { support, mass } = readMeasure(caller, "ref", ref);
  const rho = readAll(caller, "odds", odds, support.length, readNonNegative);
  const power = BigInt(requireInteger(caller, "inverseBeta", inverseBeta, 0));
  if (!mass.some((m, i) => isPositive(m) && isPositive(rho[i])))
    throw outOfRange(caller, "odds", "be positive for some answer of the support", 0);
  return { support, mass, rho, power, weight: rho.map((o) => powerOf(o, power)) };
}

function tiltOf(caller: string, problem: RationalTiltProblem): RationalMeasure {
  const { support, mass, weight } = readTilt(caller, problem);
  return normalized(
    support,
    mass.map((m, i) => m.mul(weight[i])),
  );
}

const FRACTIONS: Field<Fraction> = {
  zero: ZERO,
  one: ONE,
  add: (a, b) => a.add(b),
  multiply: (a, b) => a.mul(b),
  divide: (a, whole) => a.div(whole),
};

/** min(1, a/b) for b > 0. */
const ratioUpToOne = (a: Fraction, b: Fraction) => (a.compare(b) >= 0 ? ONE : a.div(b));

/** The reference, and 1/(Lβ − 1): a positive whole number, or undefined where Lβ ≤ 1. */
function readSelfCertainty(caller: string, problem: RationalSelfCertaintyProblem) {
  const { ref, length: given, beta } = requireObject(caller, "problem", problem);
  const { support, mass } = readMeasure(caller, "ref", ref);
  const length = requireInteger(caller, "length", given, 1);
  const tokens = BigInt(length);
  const excess = readNonNegative(caller, "beta", beta).mul(new Fraction(tokens, 1n)).sub(ONE);
  if (excess.s < 0n || !isPositive(excess)) return { support, mass, length, inverseBeta: undefined };
  if (excess.n !== 1n || excess.d > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw outOfRange(caller, "1/(length * beta - 1)", "be a whole number", excess.inverse().valueOf());
  }
  return { support, mass, length, inverseBeta: Number(excess.d) };
}

/** The measures p and q, on the same answers in the same order. */
function readPair(caller: string, p: RationalMeasure, q: RationalMeasure): [RationalMeasure, RationalMeasure] {
  const [a, b] = [readMeasure(caller, "p", p), readMeasure(caller, "q", q)];
  requireSameSupport(caller, a.support, b.support);
  return [a, b];
}

const algebra: RationalAlgebra = {
  fraction(numerator, denominator = 1n) {
    const divisor = readRational("fraction", "denominator", denominator);
    if (divisor.n === 0n) throw outOfRange("fraction", "denominator", "differ from 0", 0);
    return readRational("fraction", "numerator", numerator).div(divisor);
  },
  measure(support, mass) {
    const answers = requireSupport("measure", support);
    return make(answers, readMass("measure", "mass", mass, answers.length));
  },
  distribution(support, mass) {
    const answers = requireSupport("distribution", support);
    return normalized(answers, readMass("distribution", "mass", mass, answers.length));
  },
  uniform(support) {
    const answers = requireSupport("uniform", support);
    const share = new Fraction(1n, BigInt(answers.length));
    return make(
      answers,
      answers.map(() => share),
    );
  },
  normalize: (p) => lawOf("normalize", "p", p),
  power(p, exponent) {
    const { support, mass } = readMeasure("power", "p", p);
    return make(support, powers("power", mass, exponent));
  },
  product(p, q) {
    const [a, b] = readPair("product", p, q);
    const mass = a.mass.map((m, i) => m.mul(b.mass[i]));
    if (!mass.some(isPositive)) throw new RangeError("product: the result has no mass, the supports do not meet");
    return make(a.support, mass);
  },
  tilt: (ref, odds, inverseBeta) => tiltOf("tilt", { ref, odds, inverseBeta }),
  escort(ref, exponent) {
    const { support, mass } = readMeasure("escort", "ref", ref);
    return normalized(support, powers("escort", mass, exponent));
  },
  expectation(p, f) {
    const { support, mass } = lawOf("expectation", "p", p);
    const values = readAll("expectation", "f", f, support.length, readRational);
    return sum(mass.map((m, i) => m.mul(values[i])));
  },
  totalVariation(p, q) {
    const [a, b] = readPair("totalVariation", p, q);
    const [P, Q] = [normalized(a.support, a.mass).mass, normalized(b.support, b.mass).mass];
    return sum(P.map((m, i) => m.sub(Q[i]).abs())).div(2n, 1n);
  },
  preferenceProbability(odds, other) {
    const a = readNonNegative("preferenceProbability", "odds", odds);
    const total = a.add(readNonNegative("preferenceProbability", "other", other));
    if (!isPositive(total)) throw outOfRange("preferenceProbability", "odds + other", "be positive", 0);
    return a.div(total);
  },
  humanPreference(support, odds) {
    const answers = requireSupport("humanPreference", support);
    return normalized(answers, readMass("humanPreference", "odds", odds, answers.length));
  },
  rlhfOptimum: (problem) => tiltOf("rlhfOptimum", problem),
  rlifOptimum(problem) {
    const { support, mass, inverseBeta } = readSelfCertainty("rlifOptimum", problem);
    if (inverseBeta !== undefined) return normalized(support, powers("rlifOptimum", mass, inverseBeta + 1));
    const mode = mass.reduce((best, m, i) => (m.compare(mass[best]) > 0 ? i : best), 0);
    return make(
      support,
      mass.map((_, i) => (i === mode ? ONE : ZERO)),
    );
  },
  rlhfEquivalent(problem) {
    const { support, mass, length, inverseBeta } = readSelfCertainty("rlhfEquivalent", problem);
    if (inverseBeta === undefined) {
      const product = length * Number(problem.beta.valueOf());
      throw outOfRange("rlhfEquivalent", "length * beta", "be above 1", product);
    }
    const ref = normalized(support, mass);
    return { ref, odds: ref.mass, inverseBeta };
  },
  metropolisLaw(problem, draws) {
    const { support, mass, weight } = readTilt("metropolisLaw", problem);
    const n = requireInteger("metropolisLaw", "n", draws, 1);
    const ref = normalized(support, mass).mass;
    const taken = (from: number, to: number) =>
      isPositive(weight[from]) ? ratioUpToOne(weight[to], weight[from]) : isPositive(weight[to]) ? ONE : ZERO;
    const moves = weight.map((_, i) => ref.map((p, j) => (i === j ? ZERO : p.mul(taken(i, j)))));
    let held = ref;
    for (let draw = 1; draw < n; draw++) {
      const stays = held.map((h, i) => h.mul(ONE.sub(sum(moves[i]))));
      held = stays.map((p, j) => p.add(sum(held.map((h, i) => h.mul(moves[i][j])))));
    }
    return normalized(
      support,
      held.map((h, i) => (isPositive(weight[i]) ? h : ZERO)),
    );
  },
  rejectionSamplingLaw(problem, draws, options = {}) {
    const caller = "rejectionSamplingLaw";
    const { support, mass, rho, power, weight } = readTilt(caller, problem);
    const n = requireInteger(caller, "n", draws, 1);
    const { cap } = requireOptions(caller, options, { cap: true });
    const best = rho.reduce((a, o, i) => (isPositive(mass[i]) && o.compare(a) > 0 ? o : a), ZERO);
    const top = cap === undefined ? best : readNonNegative(caller, "options.cap", cap);
    if (!isPositive(top)) throw outOfRange(caller, "options.cap", "be positive", 0);
    const ref = normalized(support, mass).mass;
    const accepted = ref.map((p, i) => p.mul(ratioUpToOne(weight[i], powerOf(top, power))));
    const acceptance = sum(accepted);
    let [open, made, taken] = [ONE, ZERO, ref.map(() => ZERO)];
    for (let draw = 1; draw <= n; draw++) {
      made = made.add(open);
      const chance = draw === n ? ref : accepted;
      taken = taken.map((t, i) => (isPositive(weight[i]) ? t.add(open.mul(chance[i])) : t));
      open = open.mul(ONE.sub(acceptance));
    }
    return { law: normalized(support, taken), expectedDraws: made.div(sum(taken)), acceptance };
  },
  majorityVoteLaw(ref, draws) {
    const { support, mass } = lawOf("majorityVoteLaw", "ref", ref);
    const n = requireInteger("majorityVoteLaw", "n", draws, 1);
    return normalized(
      support,
      voteShares(
        FRACTIONS,
        mass,
        () => true,
        n,
        (i, _, m) => i - m,
      ),
    );
  },
  weightedVoteLaw(problem, draws) {
    const { support, mass, weight } = readTilt("weightedVoteLaw", problem);
    const n = requireInteger("weightedVoteLaw", "n", draws, 1);
    const ref = normalized(support, mass).mass;
    const votes = (count: number, answer: number) => weight[answer].mul(count);
    const standing = (i: number, j: number, m: number, a: number) => votes(i, j).compare(votes(m, a));
    return normalized(
      support,
      voteShares(FRACTIONS, ref, (a) => isPositive(weight[a]), n, standing),
    );
  },
  powerVoteLaw(problem, draws, exponent) {
    const { support, mass, weight } = readTilt("powerVoteLaw", problem);
    const n = requireInteger("powerVoteLaw", "n", draws, 1);
    const alpha = requireInteger("powerVoteLaw", "alpha", exponent, 0);
    const power = (count: number, j: number) => {
      let out = FRACTIONS.one;
      for (let k = 0; k < alpha; k++) out = out.mul(weight[j]).mul(count);
      return isPositive(weight[j]) ? out : FRACTIONS.zero;
    };
    const ref = normalized(support, mass).mass;
    return normalized(
      support,
      powerShares(
        FRACTIONS,
        ref,
        n,
        power,
        (a, b) => a.div(b),
        (a) => !isPositive(a),
      ),
    );
  },
  equal(p, q) {
    const [a, b] = readPair("equal", p, q);
    return a.mass.every((m, i) => m.equals(b.mass[i]));
  },
};

/**
 * The identities of the library in exact fractions: with rational masses, odds ρ = e^r in place of rewards and a whole
 * number 1/β, every law is rational, and the two sides of an equation are equal, not close.
 *
 * A double is taken as the fraction m·2^e that it is, so 0.1 is not 1/10: write `fraction(1, 10)`. Fractions are those of
 * mathjs; their numerators and denominators have as many digits as they need, so time grows with exponents.
 *
 * @returns the algebra; its functions take no `this`
 * @example
 * ```ts
 * import { rationalAlgebra } from "exptilt/exact";
 * const { distribution, equal, escort, fraction, rlhfEquivalent, rlhfOptimum, rlifOptimum, tilt } = rationalAlgebra();
 * const ref = distribution(["a", "b", "c"], [1, 3, 0]);
 * tilt(ref, [2, 1, 5], 3).mass // => [8/11, 3/11, 0]
 * const internal = { ref, length: 2, beta: fraction(3, 4) }; // Lβ − 1 = 1/2, so RLHF at 1/β = 2
 * rlifOptimum(internal).mass // => [1/28, 27/28, 0]
 * equal(rlifOptimum(internal), rlhfOptimum(rlhfEquivalent(internal))) // => true
 * equal(rlifOptimum(internal), escort(ref, 3)) // => true
 * ```
 */
export function rationalAlgebra(): RationalAlgebra {
  return { ...algebra };
}
