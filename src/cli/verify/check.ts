import { type Instance, requireInstance } from "../../claims/checkedInstance.js";
import { type Claim, type ClaimGap, checkClaim, claimVerdict } from "../../claims/claim.js";
import { claims } from "../../claims/claims.js";
import { float64Algebra } from "../../claims/float64.js";
import { type World, worldOf } from "../../claims/instance.js";
import { exponentSize, gapTolerance } from "../../claims/tolerance.js";
import { type ExactAlgebra, exactAlgebra } from "../../exact/index.js";
import { type Columns, type Piece, type Query, queryOf, requireFiniteRewards } from "../input/dataset.js";

/** The settings of `verify`: the same for every query. */
export interface Settings {
  readonly beta: number;
  readonly length: number;
  readonly vocabularySize: number;
  readonly digits: number;
}

/** A claim's gaps on one query, each beside the gap that rounding may cause there. */
export interface Reading {
  readonly gap: number;
  readonly exactGap: number;
  /** The gap of an erratum's printed form: the smaller one of the arithmetics that can tell. */
  readonly printedGap: number | undefined;
  readonly tolerance: number;
  readonly exactTolerance: number;
  /** Why float64 cannot tell whether the claim holds; left out where it can. */
  readonly notDecided?: string;
  /** Why the asked digits cannot tell; left out where they can. */
  readonly exactNotDecided?: string;
}

/** An instance in one arithmetic, the gap that rounding may open there, and why it may be wide. */
interface View<N> {
  readonly world: World<N>;
  readonly tolerance: number;
  readonly reason: string;
  /** Whether the arithmetic cannot resolve the exponents, so that no claim is read. */
  readonly beyond: boolean;
}

function instanceOf({ ref, reward }: Query, { beta, length, vocabularySize }: Settings): Instance {
  return { ...ref, reward, beta, length, vocabularySize };
}

/** A larger exponent leaves float64 no digit. */
const MAX_FLOAT64_EXPONENT = 1e15;

/** The instance in float64. */
function float64View(instance: Instance, exponent: number): View<number> {
  return {
    world: worldOf(float64Algebra, instance),
    tolerance: gapTolerance(instance),
    reason: `an exponent of ${exponent.toPrecision(2)} leaves float64 too few digits`,
    beyond: exponent > MAX_FLOAT64_EXPONENT,
  };
}

/** A larger exponent has an exponential beyond the big numbers. */
const MAX_BIG_EXPONENT = 2e16;

/**
 * The instance at the asked digits. The digits that its exponents cost are added, so that the tolerance is the same on every
 * instance.
 */
function exactView(instance: Instance, exponent: number, digits: number) {
  const beyond = exponent > MAX_BIG_EXPONENT;
  const cost = beyond ? 0 : Math.ceil(Math.log10(Math.max(1, exponent / 1000)));
  return {
    world: worldOf(algebraOf(Math.min(1000, digits + cost)), instance),
    tolerance: 10 ** (10 - digits),
    reason: `an exponent of ${exponent.toPrecision(2)} is beyond the range of the big numbers`,
    beyond,
  };
}

/** The digits of integrals, four more than in float64. Their time grows as the cube of the digits. */
const INTEGRAL_DIGITS = 16;

const algebras = new Map<number, ExactAlgebra>();

function algebraOf(digits: number): ExactAlgebra {
  const algebra = algebras.get(digits) ?? exactAlgebra({ digits, integralDigits: INTEGRAL_DIGITS });
  algebras.set(digits, algebra);
  return algebra;
}

/** A claim's gap in one arithmetic, and the reason where the arithmetic cannot tell. */
function gapIn<N>(claim: Claim, { world, tolerance, reason, beyond }: View<N>): ClaimGap {
  if (beyond) return { gap: 0, notDecided: reason };
  const gap = checkClaim(claim, world);
  return claimVerdict(claim, gap, tolerance) === "not decided" ? { notDecided: reason, ...gap } : gap;
}

/** A claim read in float64 and at the asked digits. */
function readClaim<N>(claim: Claim, fast: View<number>, exact: View<N>): Reading {
  const [a, b] = [gapIn(claim, fast), gapIn(claim, exact)];
  const printed = [a, b].flatMap(({ printedGap, notDecided }) =>
    printedGap === undefined || notDecided !== undefined ? [] : [printedGap],
  );
  return {
    gap: a.gap,
    exactGap: b.gap,
    printedGap: printed.length === 0 ? undefined : Math.min(...printed),
    tolerance: Math.max(fast.tolerance, a.precision ?? 0),
    exactTolerance: Math.max(exact.tolerance, b.precision ?? 0),
    ...(a.notDecided === undefined ? {} : { notDecided: a.notDecided }),
    ...(b.notDecided === undefined ? {} : { exactNotDecided: b.notDecided }),
  };
}

/** Every claim, or the ones given, read on one query, in float64 and at the asked digits. */
export function readClaims(query: Query, settings: Settings, read: readonly Claim[] = claims): Reading[] {
  requireFiniteRewards(
    query,
    "the equations are of finite rewards (a query has the same optima without its forbidden answers)",
  );
  const instance = instanceOf(query, settings);
  const exponent = exponentSize(requireInstance("verify", instance));
  const [fast, exact] = [float64View(instance, exponent), exactView(instance, exponent, settings.digits)];
  return read.map((claim) => readClaim(claim, fast, exact));
}

/** What was found on the query of that name. */
export interface CheckedQuery {
  readonly query: string;
  readonly readings: readonly Reading[];
}

/** The claims read on one query of a data set, with its name. */
export function readClaimsOf(piece: Piece, columns: Columns, settings: Settings): CheckedQuery {
  const query = queryOf(piece, columns);
  return { query: query.query, readings: readClaims(query, settings) };
}
