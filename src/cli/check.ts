import { type Claim, checkClaim } from "../claims/claim.js";
import { float64Algebra } from "../claims/float64.js";
import { claims } from "../claims/index.js";
import { gapTolerance } from "../claims/tolerance.js";
import { type Instance, type World, worldOf } from "../claims/world.js";
import { exactAlgebra } from "../exact/index.js";
import { parseQuery, type Query, type QueryText } from "./dataset.js";
import { InputError } from "./inputError.js";

/** What `verify` was asked: the same for every query. */
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
  /** The smaller of the gaps that an erratum's printed form shows in the two arithmetics. */
  readonly printedGap: number | undefined;
  readonly tolerance: number;
  readonly exactTolerance: number;
}

function instanceOf({ ref, reward }: Query, { beta, length, vocabularySize }: Settings): Instance {
  return { ...ref, reward, beta, length, vocabularySize };
}

/** A claim read in float64 and at the asked digits. */
function readClaim<N>(
  claim: Claim,
  fast: World<number>,
  exact: World<N>,
  tolerance: number,
  exactTolerance: number,
): Reading {
  const [a, b] = [checkClaim(claim, fast), checkClaim(claim, exact)];
  const printedGap = claim.kind === "erratum" ? Math.min(a.printedGap ?? 0, b.printedGap ?? 0) : undefined;
  return { gap: a.gap, exactGap: b.gap, printedGap, tolerance, exactTolerance };
}

/** An instance whose exponents are small: claims of the built-in atoms have the tolerance of one. */
const PLAIN: Instance = { mass: [1], reward: [0], beta: 1, length: 1, vocabularySize: 1 };

/** The readings of claims on the built-in atoms, which no query changes, by their digits. */
const builtIn = new Map<number, ReadonlyMap<Claim, Reading>>();

function readBuiltIn(digits: number): ReadonlyMap<Claim, Reading> {
  const known = builtIn.get(digits);
  if (known !== undefined) return known;
  const [fast, exact] = [worldOf(float64Algebra, PLAIN), worldOf(exactAlgebra({ digits }), PLAIN)];
  const [tolerance, exactTolerance] = [gapTolerance(PLAIN), gapTolerance(PLAIN, digits)];
  const readings = new Map(
    claims
      .filter((claim) => claim.builtIn)
      .map((claim) => [claim, readClaim(claim, fast, exact, tolerance, exactTolerance)]),
  );
  builtIn.set(digits, readings);
  return readings;
}

/** Exponents up to 10⁹, which rounding alone turns into gaps of 10⁻⁶: what goes further cannot be checked in float64. */
const WIDEST = 1e-6;

/** Every claim read on one query, in float64 and at the asked digits. */
export function readClaims(query: Query, settings: Settings): Reading[] {
  const instance = instanceOf(query, settings);
  // hp is e^r at β = 1, whatever the β asked for.
  if (!(gapTolerance({ ...instance, beta: Math.min(1, settings.beta) }) <= WIDEST))
    throw new InputError(`${query.place}: reward or logProbability spans more than 1e9 times β, too far to check`);
  const fast = worldOf(float64Algebra, instance);
  const exact = worldOf(exactAlgebra({ digits: settings.digits }), instance);
  const tolerance = gapTolerance(instance);
  const exactTolerance = gapTolerance(instance, settings.digits);
  const fixed = readBuiltIn(settings.digits);
  return claims.map((claim) => fixed.get(claim) ?? readClaim(claim, fast, exact, tolerance, exactTolerance));
}

/** The claims read on one line of a data set, with the name of its query. */
export function readClaimsOf(
  { text, place }: QueryText,
  settings: Settings,
): { readonly query: string; readonly readings: Reading[] } {
  const query = parseQuery(text, place);
  return { query: query.query, readings: readClaims(query, settings) };
}
