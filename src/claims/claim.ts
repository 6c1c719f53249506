import type { Algebra } from "../exact/algebra.js";
import { cached } from "../numeric/cache.js";
import { NON_NEGATIVE_OR_INFINITE, requireNumber, wrongType } from "../numeric/check.js";
import type { World } from "./instance.js";
import { finite, sign } from "./sums.js";

/** Two sides of a statement, as numbers or vectors. */
export interface Comparison<N> {
  /** The left side. */
  readonly left: readonly N[];
  /** The right side. */
  readonly right: readonly N[];
  /** The size of the largest term of a side that is a sum, where that exceeds the side: the gap is relative to it. */
  readonly scale?: readonly N[];
  /** How the sides are related: equal where it is left out, or left at most right. */
  readonly relation?: "=" | "<=";
  /** The relative gap that a quadrature in the sides may leave, where that is more than rounding does. */
  readonly precision?: number;
  /** Why the arithmetic can't tell on this instance, in plain words: the sides are then not compared. */
  readonly notDecided?: string;
}

/**
 * The sides of one statement on one instance, in whatever arithmetic the world has.
 *
 * @param world the instance, in an arithmetic
 */
export type Sides = <N>(world: World<N>) => readonly Comparison<N>[];

interface Statement {
  /** The number the statement has in the paper, from (40) on the library's own, or E1, E2, … in the list of errata. */
  readonly equation: string;
  /** The statement in one line of plain text. */
  readonly statement: string;
  /** What the statement assumes of an instance. */
  readonly hypotheses: string;
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
  /** The largest relative gap between the two sides (the corrected ones of an erratum), over what could be decided. */
  readonly gap: number;
  /** The relative gap of an erratum's printed form, which must not be small. */
  readonly printedGap?: number;
  /** The gap that quadratures in the sides may leave, where there are any: allowed beside what rounding may open. */
  readonly precision?: number;
  /** Why some of it could not be decided in the arithmetic, in plain words; left out where all of it could. */
  readonly notDecided?: string;
}

/** Below this size a double has lost digits to underflow, which a relative gap would measure. */
const MIN_FLOAT64_SIZE = 1e-290;

/** The least size that a gap is relative to: 0 in an arithmetic whose numbers don't underflow where doubles do. */
function leastSize<N>(A: Algebra<N>): number {
  return cached(leastSizes, A, () => {
    const tiny = A.number(MIN_FLOAT64_SIZE);
    return A.toNumber(A.divide(A.multiply(tiny, tiny), tiny)) > 0 ? 0 : MIN_FLOAT64_SIZE;
  });
}

/** The least size of each algebra, kept: every claim asks for it. */
const leastSizes = new WeakMap<object, number>();

/** |left − right| relative to the larger side or the stated scale; for ≤, by how much left exceeds right. */
function relativeGap<N>(
  A: Algebra<N>,
  left: N,
  right: N,
  scale: N | undefined,
  relation: "=" | "<=",
  least: number,
): number {
  const [l, r] = [A.toNumber(left), A.toNumber(right)];
  if (!(Number.isFinite(l) && Number.isFinite(r)) && !(finite(A, left) && finite(A, right)))
    return l === r || (relation === "<=" && l < r) ? 0 : Infinity;
  const difference = A.subtract(left, right);
  const d = A.toNumber(difference);
  if (relation === "<=" && (d < 0 || sign(A, difference) <= 0)) return 0;
  const size = Math.max(Math.abs(l), Math.abs(r), scale === undefined ? 0 : Math.abs(A.toNumber(scale)), least);
  if (holdsDigits(d) && holdsDigits(size)) return Math.abs(d) / size;
  // Divided in the arithmetic itself: at 60 digits sides of 1e-400 are compared too.
  const sizes = scale === undefined ? [left, right] : [left, right, scale];
  const gaps = sizes.map((one) => Math.abs(A.toNumber(A.divide(difference, one))));
  if (least > 0) gaps.push(Math.abs(d) / least);
  // 0/0 is no gap.
  return Math.min(...gaps) || 0;
}

/** Whether the double of a number has all its digits. */
function holdsDigits(x: number): boolean {
  return Math.abs(x) >= MIN_FLOAT64_SIZE && Math.abs(x) < Infinity;
}

function isComparisons(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => Array.isArray(one?.left) && Array.isArray(one?.right));
}

/** The largest gap over the comparisons of a statement that could be decided, and why others could not be. */
function worstGap<N>(world: World<N>, sides: Sides): Omit<ClaimGap, "printedGap"> {
  const { algebra: A } = world;
  const least = leastSize(A);
  let gap = 0;
  let allowed = 0;
  let reason: string | undefined;
  const comparisons: unknown = sides(world);
  if (!isComparisons(comparisons))
    throw wrongType("checkClaim", "claim", "have sides that give comparisons, each with left and right", comparisons);
  for (const {
    left,
    right,
    scale,
    relation = "=",
    precision = 0,
    notDecided,
  } of comparisons as readonly Comparison<N>[]) {
    if (notDecided !== undefined) {
      reason ??= notDecided;
      continue;
    }
    if (left.length !== right.length) throw new Error("the two sides of a claim must have the same length");
    allowed = Math.max(allowed, precision);
    for (let i = 0; i < left.length; i++)
      gap = Math.max(gap, relativeGap(A, left[i], right[i], scale?.[i], relation, least));
  }
  return {
    gap,
    ...(allowed > 0 ? { precision: allowed } : {}),
    ...(reason === undefined ? {} : { notDecided: reason }),
  };
}

/**
 * The gap between the two sides of a claim on an instance, in the arithmetic of the instance's world.
 *
 * @param claim an equation or an erratum, from `claims`
 * @param world an instance seen in an arithmetic, from `worldOf`
 * @returns the relative gap, and for an erratum that of the printed form; the reason where a part could not be decided
 * @throws TypeError or RangeError when the instance is no valid problem
 * @example
 * ```ts
 * import { checkClaim, claimHolds, claims, float64Algebra, worldOf } from "exptilt/claims";
 * const instance = { mass: [3, 1], reward: [0, 1], beta: 0.5, length: 2, vocabularySize: 2 };
 * const world = worldOf(float64Algebra, instance);
 * claims.filter((claim) => !claimHolds(claim, checkClaim(claim, world), 1e-12)) // => []
 * ```
 */
export function checkClaim<N>(claim: Claim, world: World<N>): ClaimGap {
  requireClaim("checkClaim", claim);
  if (typeof world?.algebra?.number !== "function")
    throw wrongType("checkClaim", "world", "be a world, from worldOf", world);
  if (claim.kind === "identity") return worstGap(world, claim.sides);
  const corrected = worstGap(world, claim.corrected);
  const printed = worstGap(world, claim.printed);
  const reason = corrected.notDecided ?? (isVisible(printed.gap) ? undefined : printed.notDecided);
  return { ...corrected, printedGap: printed.gap, ...(reason === undefined ? {} : { notDecided: reason }) };
}

/** The relative gap from which on a printed form counts as failing: far above any rounding error. */
export const PRINTED_FAILS = 1e-3;

/** A wider gap decides nothing where rounding alone may open it. */
const MAX_DECISIVE_GAP = 1e-6;

function isVisible(printedGap: number | undefined): boolean {
  return (printedGap ?? 0) >= PRINTED_FAILS;
}

/** What a gap says of a claim on an instance. */
export type ClaimVerdict = "holds" | "fails" | "not decided";

/**
 * What a gap says of a claim: it holds, it fails, or the arithmetic cannot tell.
 *
 * It fails where the gap is wider than rounding can open, or where an erratum's printed form does not fail visibly. It is
 * not decided where a part could not be (`gap.notDecided` says why), or where rounding alone may open gaps above 1e−6
 * and the gap is one of them. A gap that is too wide beats a part that was not decided.
 *
 * @param claim the claim
 * @param gap its gap, from `checkClaim`
 * @param tolerance the largest relative gap that rounding may cause, from `gapTolerance`
 * @returns `"holds"`, `"fails"` or `"not decided"`
 * @throws TypeError when an argument has the wrong type
 * @throws RangeError when the tolerance is negative or NaN
 * @example
 * ```ts
 * import { claims, claimVerdict } from "exptilt/claims";
 * claimVerdict(claims[0], { gap: 3e-16 }, 1e-12) // => "holds"
 * claimVerdict(claims[0], { gap: 3e-9 }, 1e-12) // => "fails"
 * claimVerdict(claims[0], { gap: 0.02 }, 0.5) // => "not decided"
 * claimVerdict(claims[0], { gap: 0, notDecided: "e^800 is no double" }, 1e-12) // => "not decided"
 * ```
 */
export function claimVerdict(claim: Claim, gap: ClaimGap, tolerance: number): ClaimVerdict {
  return verdictOf("claimVerdict", claim, gap, tolerance);
}

function verdictOf(caller: string, claim: Claim, gap: ClaimGap, tolerance: number): ClaimVerdict {
  requireClaim(caller, claim);
  if (typeof gap !== "object" || gap === null) throw wrongType(caller, "gap", "be a gap, from checkClaim", gap);
  const width = requireNumber(caller, "gap.gap", gap.gap);
  const allowed = requireNumber(caller, "tolerance", tolerance, NON_NEGATIVE_OR_INFINITE);
  if (!(width <= Math.max(allowed, gap.precision ?? 0))) return "fails";
  if (gap.notDecided !== undefined || width > MAX_DECISIVE_GAP) return "not decided";
  if (claim.kind === "identity" || isVisible(gap.printedGap)) return "holds";
  return allowed > MAX_DECISIVE_GAP ? "not decided" : "fails";
}

/**
 * Whether a gap leaves a claim standing: it is within the tolerance, and an erratum's printed form fails visibly. A claim
 * that the arithmetic cannot decide is not contradicted, and stands; `claimVerdict` tells the two apart.
 *
 * @param claim the claim
 * @param gap its gap, from `checkClaim`
 * @param tolerance the largest relative gap that rounding may cause, from `gapTolerance`: 1e−12 in float64, 1e−50 at 60
 * digits, and more where exponents are large
 * @returns false only where the claim is contradicted
 * @throws TypeError when an argument has the wrong type
 * @throws RangeError when the tolerance is negative or NaN
 * @example
 * ```ts
 * import { claimHolds, claims } from "exptilt/claims";
 * claimHolds(claims[0], { gap: 3e-16 }, 1e-12) // => true
 * claimHolds(claims[0], { gap: 3e-9 }, 1e-12) // => false
 * ```
 */
export function claimHolds(claim: Claim, gap: ClaimGap, tolerance: number): boolean {
  return verdictOf("claimHolds", claim, gap, tolerance) !== "fails";
}

function requireClaim(caller: string, claim: Claim): void {
  if (claim?.kind !== "identity" && claim?.kind !== "erratum")
    throw wrongType(caller, "claim", "be a claim, an identity or an erratum", claim);
  const members: Readonly<Record<string, unknown>> = { ...claim };
  for (const name of claim.kind === "identity" ? ["sides"] : ["printed", "corrected"])
    if (typeof members[name] !== "function") throw wrongType(caller, `claim.${name}`, "be a function", members[name]);
}
