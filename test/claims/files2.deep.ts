import { expect, test } from "vitest";
import { halfOfFiles, summary, sweep, sweepOfSize } from "./sweep.js";

// Half of the files: the other half is read beside it, on a second core.
test("verify on generated files: no claim fails, and at 60 digits each holds", () => {
  const small = sweep(2, halfOfFiles, 12);
  console.log(`K up to 12: ${summary(small)}`);
  const large = sweepOfSize(20, [100, 300, 3000]);
  console.log(`K up to 3,000: ${summary(large)}`);
  expect([...small.wrong, ...large.wrong]).toEqual([]);
}, 3_600_000);
