import { estimateBestOfN, estimateSoftBestOfN } from "exptilt";
import { describe, expect, it } from "vitest";

describe("bad counts and lists are refused by name", () => {
  const wrong = (x: unknown) => x as never;
  const samples = { reward: [0, 1, 2], beta: 1 };
  it.each<[string, () => unknown, typeof TypeError | typeof RangeError, string]>([
    [
      "half a sample",
      () => estimateSoftBestOfN({ ...samples, count: [1, 0.5, 1] }, 1),
      RangeError,
      "estimateSoftBestOfN: count[1] must be a whole number of at least 0, got 0.5",
    ],
    [
      "a negative count",
      () => estimateBestOfN({ ...samples, count: [1, 1, -1] }, 1),
      RangeError,
      "estimateBestOfN: count[2] must be a whole number of at least 0, got -1",
    ],
    [
      "no samples",
      () => estimateBestOfN({ ...samples, count: [0, 0, 0] }, 1),
      RangeError,
      "estimateBestOfN: count must sum to 1 or more, below 2^31, got 0",
    ],
    [
      "too many samples",
      () => estimateBestOfN({ ...samples, count: [2 ** 30, 2 ** 30, 0] }, 1),
      RangeError,
      "count must sum to 1 or more, below 2^31, got 2147483648",
    ],
    ["a count lacking", () => estimateBestOfN({ ...samples, count: [1] }, 1), TypeError, "count must have length 3"],
    [
      "a count missing",
      () => estimateBestOfN({ ...samples, count: wrong([1, undefined, 1]) }, 1),
      TypeError,
      "count[1] must be a number, got undefined",
    ],
    [
      "n > M in a list",
      () => estimateSoftBestOfN({ ...samples, count: [1, 0, 2] }, [1, 4]),
      RangeError,
      "estimateSoftBestOfN: n[1] must be at most 3, the number of samples, got 4",
    ],
    ["a text in a list", () => estimateBestOfN(samples, wrong(["1"])), TypeError, "n[0] must be a number"],
    ["no list", () => estimateBestOfN(samples, wrong({})), TypeError, "n must be an array, got an object"],
    ["a text", () => estimateBestOfN(samples, wrong("12")), TypeError, "n must be a number"],
    ["null", () => estimateBestOfN(samples, wrong(null)), TypeError, "n must be a number, got null"],
  ])("%s", (_, call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });
  it("and an empty list gives an empty list", () => {
    expect(estimateSoftBestOfN(samples, [])).toEqual([]);
  });
});
