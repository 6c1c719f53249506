import fc from "fast-check";
import { expect } from "vitest";
import { stretches } from "../../src/numeric/stretches.js";
import { test } from "../support/test.js";

test.prop([fc.array(fc.integer(), { maxLength: 20 }), fc.integer({ min: 1, max: 25 })])(
  "the stretches of a list are the list, each full but the last, none empty",
  (all, size) => {
    const parts = stretches(all, size);
    expect(parts.flat()).toEqual(all);
    expect(parts.slice(0, -1).every((part) => part.length === size)).toBe(true);
    expect(parts.every((part) => part.length > 0 && part.length <= size)).toBe(true);
  },
);
