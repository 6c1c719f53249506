/**
 * The equations of the anthology as data, and what checks them in any arithmetic.
 *
 * @module exptilt/claims
 */

export type { AtomicInstance } from "./atomicInstance.js";
export {
  type Claim,
  type ClaimGap,
  type ClaimVerdict,
  type Comparison,
  checkClaim,
  claimHolds,
  claimVerdict,
  type Erratum,
  type Identity,
  PRINTED_FAILS,
  type Sides,
} from "./claim.js";
export { claims } from "./claims.js";
export { float64Algebra } from "./float64.js";
export { type Instance, type World, worldOf } from "./instance.js";
export { printedRate } from "./printedRate.js";
export { gapTolerance } from "./tolerance.js";
