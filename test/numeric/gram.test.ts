import { fc } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { addGram } from "../../src/numeric/gram.js";
import { test } from "../support/test.js";

/** Rows of a matrix of whole numbers, whose products and sums doubles hold. */
const matrices = fc
  .record({ quads: fc.integer({ min: 1, max: 3 }), rows: fc.integer({ min: 0, max: 5 }) })
  .chain(({ quads, rows }) =>
    fc.record({
      width: fc.constant(4 * quads),
      rows: fc.constant(rows),
      // More rows may lie in the same array, and do not count.
      entries: fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 12 * 6, maxLength: 12 * 6 }),
    }),
  );

describe("the Gram matrix", () => {
  test.prop([matrices, fc.integer({ min: -9, max: 9 })])(
    "on and below its diagonal, CᵀC is added to what is there",
    ({ width, rows, entries }, before) => {
      const out = new Float64Array(width * width).fill(before);
      addGram(Float64Array.from(entries), rows, width, out);
      for (let j = 0; j < width; j++) {
        for (let k = 0; k <= j; k++) {
          let sum = before;
          for (let i = 0; i < rows; i++) sum += entries[i * width + j] * entries[i * width + k];
          expect(out[j * width + k]).toBe(sum);
        }
      }
    },
  );
});
