import { fc } from "@fast-check/vitest";
import { type Claim, claims, claimVerdict } from "exptilt/claims";
import { expect, test } from "vitest";
import { parseQuery } from "../../src/cli/input/parseQuery.js";
import { type Reading, readClaims } from "../../src/cli/verify/check.js";
import { type Case, casesOf } from "./queries.js";

/** What reading the claims on generated files came to. */
export interface Sweep {
  readonly files: number;
  /** Claims read, over all files. */
  readonly read: number;
  /** Each claim that fails, or that 60 digits do not decide, and each that float64 does not decide though it could. */
  readonly wrong: readonly string[];
  /** Claims that float64 does not decide where exponents are past a billion. */
  readonly undecided: number;
}

/** Exponents up to a billion leave float64 gaps of 1e-6, by which it decides. */
const WIDE = 1e-6;

/** 1,000 files each of two runs; `DEEP_FILES` asks for another number in all. */
const halfOfFiles: number = Math.ceil(Number(process.env.DEEP_FILES ?? 2000) / 2);

/** Reads claims on one file, as `exptilt verify` does. */
export function readCase({ text, settings }: Case, read: readonly Claim[] = claims): Reading[] {
  return readClaims(parseQuery(text, "generated"), settings, read);
}

/** Reads every claim on generated files, most of few answers and some of more. */
export function sweep(seed: number, files: number, most: number, read: readonly Claim[] = claims): Sweep {
  const sizes = fc.oneof(
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 4 }) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: most }) },
  );
  return sweepOf(fc.sample(casesOf(sizes), { numRuns: files, seed }), read);
}

/** The same on files whose number of answers is given. */
function sweepOfSize(seed: number, sizes: readonly number[]): Sweep {
  return sweepOf(
    sizes.map((size, i) => fc.sample(casesOf(fc.constant(size)), { numRuns: 1, seed: seed + i })[0]),
    claims,
  );
}

function sweepOf(cases: readonly Case[], claimed: readonly Claim[]): Sweep {
  const wrong: string[] = [];
  let undecided = 0;
  for (const one of cases) {
    for (const [i, reading] of readCase(one, claimed).entries()) {
      const [fast, exact] = verdicts(claimed[i], reading);
      if (fast === "not decided") undecided++;
      if (fast === "fails" || exact !== "holds" || (fast === "not decided" && reading.tolerance <= WIDE))
        wrong.push(`${claimed[i].equation}: ${fast}, ${exact}: ${JSON.stringify({ ...reading, ...one })}`);
    }
  }
  return { files: cases.length, read: cases.length * claimed.length, wrong, undecided };
}

/** What float64 says of a claim, and what 60 digits say. */
function verdicts(claim: Claim, { gap, exactGap, printedGap, tolerance, exactTolerance, ...reading }: Reading) {
  const { notDecided, exactNotDecided } = reading;
  const printed = printedGap === undefined ? {} : { printedGap };
  const fast = notDecided === undefined ? { gap, ...printed } : { gap, ...printed, notDecided };
  const exact =
    exactNotDecided === undefined
      ? { gap: exactGap, ...printed }
      : { gap: exactGap, ...printed, notDecided: exactNotDecided };
  return [claimVerdict(claim, fast, tolerance), claimVerdict(claim, exact, exactTolerance)];
}

/** One line on a sweep. */
function summary({ files, read, wrong, undecided }: Sweep): string {
  return `${files} files, ${read} claims read: ${wrong.length} wrong, ${undecided} that float64 leaves to 60 digits`;
}

/** A test that reads half of the generated files, and some of as many answers as given. */
export function expectHalf(half: number, sizes: readonly number[]): void {
  test("verify on generated files: no claim fails, and at 60 digits each holds", () => {
    const small = sweep(half, halfOfFiles, 12);
    console.log(`K up to 12: ${summary(small)}`);
    const large = sweepOfSize(10 * half, sizes);
    console.log(`K up to ${Math.max(...sizes).toLocaleString("en")}: ${summary(large)}`);
    expect([...small.wrong, ...large.wrong]).toEqual([]);
  }, 3_600_000);
}
