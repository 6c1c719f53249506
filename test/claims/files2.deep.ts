import { claims } from "exptilt";
import { expect, test } from "vitest";
import { summary, sweep, sweepOfSize } from "./sweep.js";

// Half of the 2,000 files: the other half is read beside it, on a second core.
test("verify on 1,000 generated files: no claim fails, and at 60 digits each holds", () => {
  const small = sweep(2, 991, 12);
  console.log(`K up to 12: ${summary(small)}`);
  const large = sweepOfSize(10 * 2, [100, 300, 3000]);
  console.log(`K up to 3,000: ${summary(large)}`);
  const all = sweep(200, 6, 6, claims);
  console.log(`with those on diffusion: ${summary(all)}`);
  expect([...all.wrong, ...small.wrong, ...large.wrong]).toEqual([]);
}, 1_200_000);
