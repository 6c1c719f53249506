import { type Claim, claimHolds } from "../claims/claim.js";
import { claims } from "../claims/index.js";
import type { Reading } from "./check.js";

/** The worst of a claim over the queries read so far. */
export interface Verdict {
  readonly claim: Claim;
  /** The largest gap in float64, and the query that showed it. */
  gap: number;
  worstQuery: string | undefined;
  /** The largest gap at high precision. */
  exactGap: number;
  /** The smallest gap of an erratum's printed form. */
  printedGap: number | undefined;
  /** The queries on which the claim failed, in either arithmetic. */
  readonly failed: string[];
}

/** Verdicts over a data set, in whatever order the queries come back. */
export class Tally {
  readonly verdicts: readonly Verdict[] = claims.map((claim) => ({
    claim,
    gap: 0,
    worstQuery: undefined,
    exactGap: 0,
    printedGap: claim.kind === "erratum" ? Infinity : undefined,
    failed: [],
  }));
  queries = 0;

  add(readings: readonly Reading[], query: string): void {
    this.queries++;
    for (const [i, { gap, exactGap, printedGap, tolerance, exactTolerance }] of readings.entries()) {
      const verdict = this.verdicts[i];
      // Ties go to the name that sorts first, so that the report does not depend on which worker was quicker.
      if (gap > verdict.gap || (gap === verdict.gap && gap > 0 && query < (verdict.worstQuery ?? ""))) {
        verdict.gap = gap;
        verdict.worstQuery = query;
      }
      verdict.exactGap = Math.max(verdict.exactGap, exactGap);
      if (printedGap !== undefined) verdict.printedGap = Math.min(verdict.printedGap ?? Infinity, printedGap);
      const printed = printedGap === undefined ? {} : { printedGap };
      const holds =
        claimHolds(verdict.claim, { gap, ...printed }, tolerance) &&
        claimHolds(verdict.claim, { gap: exactGap, ...printed }, exactTolerance);
      if (!holds) verdict.failed.push(query);
    }
  }

  get holds(): boolean {
    return this.verdicts.every(({ failed }) => failed.length === 0);
  }
}
