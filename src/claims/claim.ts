import type { Algebra } from "../exact/algebra.js";
import type { World } from "./world.js";

/** Two sides of a statement, as numbers or vectors. */
export interface Comparison<N> {
  /** The left side. */
  readonly left: readonly N[];
  /** The right side. */
  readonly right: readonly N[];
  /** The size of the largest term that a side is a sum of, where that exceeds the side: the gap is relative to it. */
  readonly scale?: readonly N[];
  /** How the sides are related: equal where it is left out, or left at most right. */
  readonly relation?: "=" | "<=";
}

/**
 * The sides of one statement on one instance, in whatever arithmetic the world has.
 *
 * @param world the instance, in an arithmetic
 */
export type Sides = <N>(world: World<N>) => readonly Comparison<N>[];

interface Statement {
  /** The number the statement has in the paper, or E1, E2, … in its list of errata. */
  readonly equation: string;
  /** The statement in one line of plain text. */
  readonly statement: string;
  /** What an instance must satisfy for the statement to be made of it. */
  readonly hypotheses: string;
  /** Whether it is made of the library's built-in atoms, whatever the instance: once in an arithmetic is enough. */
  readonly builtIn?: boolean;
}

/** An equation of the anthology, with its two sides. */
export interface Identity extends Statement {
  /** A true statement, whose gap must vanish. */
  readonly kind: "identity";
  /** The two sides. */
  readonly sides: Sides;
}

/** A misprint: it passes when the printed form fails and the corrected form holds. */
export interface Erratum extends Statement {
  /** A statement that is false as printed. */
  readonly kind: "erratum";
  /** The two sides as printed. */
  readonly printed: Sides;
  /** The two sides as corrected. */
  readonly corrected: Sides;
}

/** One equation of the anthology as data: its number, its statement, its hypotheses and its sides. */
export type Claim = Identity | Erratum;

/** How far a claim is from holding on an instance. */
export interface ClaimGap {
  /** The largest relative gap between the two sides (the corrected ones of an erratum). */
  readonly gap: number;
  /** The relative gap of an erratum's printed form, which must not be small. */
  readonly printedGap?: number;
}

/** Below this a double has lost digits to underflow, and a relative gap would measure only that. */
const UNDERFLOW = 1e-290;

/** |left − right| relative to the larger side or the stated scale; for ≤, by how much left exceeds right. */
function relativeGap<N>(A: Algebra<N>, left: N, right: N, scale: N | undefined, relation: "=" | "<="): number {
  const [l, r] = [A.toNumber(left), A.toNumber(right)];
  if (l === r && !Number.isFinite(l)) return 0;
  if (!Number.isFinite(l) || !Number.isFinite(r)) return relation === "<=" && l < r ? 0 : Infinity;
  const difference = A.toNumber(A.subtract(left, right));
  if (relation === "<=" && difference <= 0) return 0;
  const size = Math.max(Math.abs(l), Math.abs(r), scale === undefined ? 0 : Math.abs(A.toNumber(scale)), UNDERFLOW);
  return Math.abs(difference) / size;
}

/** The largest gap over all comparisons of a statement. */
function worstGap<N>(world: World<N>, sides: Sides): number {
  let worst = 0;
  for (const { left, right, scale, relation = "=" } of sides(world)) {
    if (left.length !== right.length) throw new Error("the two sides of a claim must have the same length");
    for (let i = 0; i < left.length; i++) {
      const gap = relativeGap(world.algebra, left[i], right[i], scale?.[i], relation);
      worst = Number.isNaN(gap) ? Infinity : Math.max(worst, gap);
    }
  }
  return worst;
}

/**
 * The gap between the two sides of a claim on an instance, in the arithmetic of the instance's world.
 *
 * @param claim an equation or an erratum, from `claims`
 * @param world an instance seen in an arithmetic, from `worldOf`
 * @returns the relative gap, and for an erratum that of the printed form
 * @throws TypeError or RangeError when the instance is no valid problem
 * @example
 * ```ts
 * import { checkClaim, claims, float64Algebra, worldOf } from "exptilt";
 * const instance = { mass: [3, 1], reward: [0, 1], beta: 0.5, length: 2, vocabularySize: 2 };
 * const world = worldOf(float64Algebra, instance);
 * claims.filter((claim) => checkClaim(claim, world).gap > 1e-12) // => []
 * ```
 */
export function checkClaim<N>(claim: Claim, world: World<N>): ClaimGap {
  if (claim.kind === "identity") return { gap: worstGap(world, claim.sides) };
  return { gap: worstGap(world, claim.corrected), printedGap: worstGap(world, claim.printed) };
}

/** A printed form counts as failing from this relative gap on: far above any rounding error. */
export const PRINTED_FAILS = 1e-3;

/**
 * Whether a gap bears a claim out: it is within the tolerance, and an erratum's printed form fails visibly.
 *
 * @param claim the claim
 * @param gap its gap, from `checkClaim`
 * @param tolerance the largest relative gap that rounding may cause: 1e−12 in float64, 1e−50 at 60 digits
 * @returns whether the claim is borne out
 * @example
 * ```ts
 * import { claimHolds, claims } from "exptilt";
 * claimHolds(claims[0], { gap: 3e-16 }, 1e-12) // => true
 * ```
 */
export function claimHolds(claim: Claim, gap: ClaimGap, tolerance: number): boolean {
  return gap.gap <= tolerance && (claim.kind === "identity" || (gap.printedGap ?? 0) >= PRINTED_FAILS);
}
