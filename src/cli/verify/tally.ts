import { type Claim, type ClaimGap, type ClaimVerdict, claimVerdict } from "../../claims/claim.js";
import { claims } from "../../claims/claims.js";
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
  /** How many queries float64 could not decide and the asked digits did: there the claim holds. */
  undecidedInFloat64: number;
  /** The queries on which the asked digits could not decide the claim. */
  readonly undecided: string[];
  /** Why float64 could not decide, on the first query by name. */
  float64Reason: Reason | undefined;
  /** Why the asked digits could not decide, on the first query by name. */
  exactReason: Reason | undefined;
}

interface Reason {
  readonly query: string;
  readonly text: string;
}

/** The verdict on a claim over all queries. */
export function verdictOf({ failed, undecided }: Verdict): ClaimVerdict {
  if (failed.length > 0) return "fails";
  return undecided.length > 0 ? "not decided" : "holds";
}

/** Of two reasons the one whose query sorts first. */
function first(known: Reason | undefined, query: string, text: string | undefined): Reason | undefined {
  if (text === undefined || (known !== undefined && known.query <= query)) return known;
  return { query, text };
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
    undecidedInFloat64: 0,
    undecided: [],
    float64Reason: undefined,
    exactReason: undefined,
  }));
  queries = 0;

  add(readings: readonly Reading[], query: string): void {
    this.queries++;
    for (const [i, reading] of readings.entries()) this.#addTo(this.verdicts[i], reading, query);
  }

  #addTo(verdict: Verdict, reading: Reading, query: string): void {
    const { claim } = verdict;
    const { gap, exactGap, printedGap } = reading;
    // Ties go to the name that sorts first: the report does not depend on which worker is quicker.
    if (gap > verdict.gap || (gap === verdict.gap && gap > 0 && query < (verdict.worstQuery ?? ""))) {
      verdict.gap = gap;
      verdict.worstQuery = query;
    }
    verdict.exactGap = Math.max(verdict.exactGap, exactGap);
    if (printedGap !== undefined) verdict.printedGap = Math.min(verdict.printedGap ?? Infinity, printedGap);
    const [fast, exact] = [
      claimVerdict(claim, gapOf(gap, printedGap, reading.notDecided), reading.tolerance),
      claimVerdict(claim, gapOf(exactGap, printedGap, reading.exactNotDecided), reading.exactTolerance),
    ];
    if (fast === "fails" || exact === "fails") verdict.failed.push(query);
    else if (exact === "not decided") verdict.undecided.push(query);
    else if (fast === "not decided") verdict.undecidedInFloat64++;
    verdict.float64Reason = first(verdict.float64Reason, query, reading.notDecided);
    verdict.exactReason = first(verdict.exactReason, query, reading.exactNotDecided);
  }

  /** Whether no claim failed. A claim that could not be decided has not failed. */
  get holds(): boolean {
    return this.verdicts.every(({ failed }) => failed.length === 0);
  }
}

function gapOf(gap: number, printedGap: number | undefined, notDecided: string | undefined): ClaimGap {
  return {
    gap,
    ...(printedGap === undefined ? {} : { printedGap }),
    ...(notDecided === undefined ? {} : { notDecided }),
  };
}
