import { BETWEEN_ZERO_AND_ONE, type Condition, outOfRange, requireNumber, requireOptions } from "../numeric/check.js";

/**
 * Guidance on an interval of noise levels only (Kynkäänniemi and others, arXiv 2404.07724): w where above < σ ≤ upTo, and 0 at
 * all other levels. Levels are σ of x_t = √(1−σ²)·x + σε; those of the paper are σ_VE, see `convertNoiseLevel`.
 */
export interface GuidanceInterval {
  /** The strength w inside. */
  readonly strength: number;
  /** The level above which there is guidance, from 0. */
  readonly above: number;
  /** The level up to which there is, at most 1. */
  readonly upTo: number;
}

/**
 * The strength of guidance at each noise level.
 *
 * @param sigma the noise level σ of x_t = √(1−σ²)·x + σε
 * @returns w there
 */
export type StrengthOfLevel = (sigma: number) => number;

/** A strength of guidance: one w at all noise levels, w on an interval of them, or w as a function of the level σ. */
export type GuidanceStrength = number | GuidanceInterval | StrengthOfLevel;

/** A strength that was checked: w at each level, and where it is constant. */
export interface StrengthAt {
  readonly at: (sigma: number) => number;
  /** Stretches (above, upTo] of the levels, from the lowest, on which w is one number; none of a function. */
  readonly pieces: readonly GuidanceInterval[] | undefined;
}

const LEVEL: Condition = { least: 0, most: 1, says: "be from 0 to 1" };

/** The strength w of each level, held to a condition. */
export function requireStrength(caller: string, strength: GuidanceStrength, condition: Condition): StrengthAt {
  if (typeof strength === "function")
    return {
      at: (sigma) => requireNumber(caller, `strength(${sigma})`, strength(sigma), condition),
      pieces: undefined,
    };
  if (typeof strength !== "object" || strength === null) {
    const w = requireNumber(caller, "strength", strength, condition);
    return { at: () => w, pieces: [{ strength: w, above: 0, upTo: 1 }] };
  }
  const { strength: given, ...levels } = requireOptions(
    caller,
    strength,
    { strength: true, above: true, upTo: true },
    "strength",
  );
  const w = requireNumber(caller, "strength.strength", given, condition);
  const above = requireNumber(caller, "strength.above", levels.above, LEVEL);
  const upTo = requireNumber(caller, "strength.upTo", levels.upTo, LEVEL);
  if (!(upTo > above)) throw outOfRange(caller, "strength.upTo", "exceed strength.above", upTo);
  const pieces = [
    { strength: 0, above: 0, upTo: above },
    { strength: w, above, upTo },
    { strength: 0, above: upTo, upTo: 1 },
  ].filter((piece) => piece.upTo > piece.above);
  return { at: (sigma) => (sigma > above && sigma <= upTo ? w : 0), pieces };
}

/** The strength w at one level. */
export function strengthAt(caller: string, strength: GuidanceStrength, sigma: number, condition: Condition): number {
  return requireStrength(caller, strength, condition).at(requireNumber(caller, "sigma", sigma, BETWEEN_ZERO_AND_ONE));
}
