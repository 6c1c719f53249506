import type { Algebra, MeasureOf, SelfCertaintyProblemOf } from "../exact/algebra.js";
import type { Comparison } from "./claim.js";
import { perWorld } from "./fewAnswers.js";
import type { World } from "./instance.js";
import { entries, finite, largest, magnitude, positions, total } from "./sums.js";

/**
 * A law written out with the arithmetic alone: the side of a claim that calls no function of the library. It is kept in
 * logarithms, since masses may underflow.
 */
export interface WrittenLaw<N> {
  /** log P(o) of each answer, −∞ where it is 0. */
  readonly logMass: readonly N[];
  /** log Σ of the weights that were normalised. */
  readonly logTotal: N;
}

/** log Σ c·e^l over terms, each with a factor c > 0; −∞ of none. */
export function logSum<N>(A: Algebra<N>, logs: readonly N[], factors?: readonly N[]): N {
  const kept = logs.flatMap((l, i) => (finite(A, l) ? [i] : []));
  if (kept.length === 0) return A.log(A.number(0));
  const onlyFinite = kept.map((i) => logs[i]);
  const top = largest(A, onlyFinite);
  const terms = kept.map((i) => {
    const e = A.exp(A.subtract(logs[i], top));
    return factors === undefined ? e : A.multiply(factors[i], e);
  });
  return A.add(top, A.log(total(A, terms)));
}

/** The law ∝ e^l. */
export function writtenLaw<N>(A: Algebra<N>, logWeight: readonly N[]): WrittenLaw<N> {
  const on = logWeight.filter((l) => finite(A, l));
  const top = on.length === 0 ? A.number(0) : largest(A, on);
  // Relative to the heaviest, so that large log-weights cost no digits.
  const below = logWeight.map((l) => A.subtract(l, top));
  const rest = logSum(A, below);
  return { logMass: below.map((l) => A.subtract(l, rest)), logTotal: A.add(top, rest) };
}

/** (r − top)/β of each answer, which costs no digits at small β. */
interface Exponents<N> {
  readonly exponents: readonly N[];
  /** The largest reward of the support of ref. */
  readonly top: N;
}

function rewardExponents<N>({ algebra: A, ref, reward, beta }: World<N>): Exponents<N> {
  const onSupport = positions(A, ref).map((i) => reward[i]);
  const top = largest(A, onSupport);
  return { top, exponents: reward.map((r) => A.divide(A.subtract(r, top), beta)) };
}

/** ref·e^{(r − top)/β}/Z, written out. */
export function writtenTilt<N>(A: Algebra<N>, ref: MeasureOf<N>, exponents: readonly N[]): WrittenLaw<N> {
  const logWeight = exponents.map((x, i) => A.add(ref.logMass[i], x));
  return writtenLaw(A, logWeight);
}

/** π* of an instance, written out. */
export interface WrittenOptimum<N> extends WrittenLaw<N>, Exponents<N> {
  /** J_hf(π*) = top + β log Σ ref·e^{(r − top)/β}. */
  readonly value: N;
}

/** π* of the instance, written out. */
export function writtenOptimum<N>(world: World<N>): WrittenOptimum<N> {
  return perWorld(world, "written optimum", () => {
    const { algebra: A, ref, beta } = world;
    const { top, exponents } = rewardExponents(world);
    const law = writtenTilt(A, ref, exponents);
    return { ...law, top, exponents, value: A.add(top, A.multiply(beta, law.logTotal)) };
  });
}

/** hp ∝ e^r, written out. */
export function writtenPreference<N>(world: World<N>): WrittenLaw<N> {
  return perWorld(world, "written preference", () => writtenLaw(world.algebra, world.reward));
}

/** States that a law of the library is a written one, in its masses and in its log-masses. */
export function isWritten<N>(
  A: Algebra<N>,
  law: MeasureOf<N>,
  { logMass }: Pick<WrittenLaw<N>, "logMass">,
): Comparison<N>[] {
  return [
    { left: entries(law.mass), right: logMass.map((l) => A.exp(l)) },
    {
      left: entries(law.logMass),
      right: logMass,
      scale: logMass.map((l) => A.add(A.number(1), magnitude(A, l))),
    },
  ];
}

/** States that two laws of the library are the same, in their masses and in their log-masses. */
export function isSame<N>(A: Algebra<N>, law: MeasureOf<N>, other: MeasureOf<N>): Comparison<N>[] {
  return [
    { left: entries(law.mass), right: entries(other.mass) },
    ...isWritten(A, law, { logMass: entries(other.logMass) }).slice(1),
  ];
}

/** ref^a/Z, written out. */
export function writtenEscort<N>(A: Algebra<N>, ref: MeasureOf<N>, exponent: N): WrittenLaw<N> {
  const logs = entries(ref.logMass);
  const top = largest(A, logs);
  // Differences before the power: a multiple of log ref itself would be rounded at its own size.
  const powers = logs.map((l) => A.multiply(exponent, A.subtract(l, top)));
  const { logMass, logTotal } = writtenLaw(A, powers);
  return { logMass, logTotal: A.add(A.multiply(exponent, top), logTotal) };
}

/** States that an RLIF problem and the tilt problem of the same optimum have β_tts = Lβ_if − 1 and r = log ref, both ways. */
export function equivalent<N>(A: Algebra<N>, internal: SelfCertaintyProblemOf<N>): Comparison<N>[] {
  const { ref, length, beta, vocabularySize } = internal;
  const tilt = A.rlhfEquivalent(internal);
  const back = A.rlifEquivalent({ ref, reward: ref.logMass, beta: tilt.beta }, { length, vocabularySize });
  const scaled = A.multiply(A.number(length), beta);
  const on = positions(A, ref);
  const logs = on.map((i) => ref.logMass[i]);
  return [
    { left: [tilt.beta], right: [A.subtract(scaled, A.number(1))], scale: [scaled] },
    { left: [back.beta], right: [beta] },
    {
      left: on.map((i) => tilt.reward[i]),
      right: logs,
      scale: logs.map((l) => A.add(A.number(1), magnitude(A, l))),
    },
  ];
}
