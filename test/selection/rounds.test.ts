/** Rounds of draws until one is allowed, and the mode that votes tend to. */
import { distribution } from "exptilt";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lawOf } from "../../src/measure/measure.js";
import { prepare } from "../../src/selection/problem.js";
import { untilAllowed } from "../../src/selection/rounds.js";
import { voteMode } from "../../src/selection/voteMode.js";
import { test } from "../support/test.js";

const keys = (values: ArrayLike<unknown>) => [...Array(values.length).keys()];

describe("rounds of N draws", () => {
  const given = (allowed: number, forbidden: number) => ({
    caller: "sampler",
    law: lawOf("sampler", "ref", distribution(["a", "b"], [allowed, forbidden])),
    score: Float64Array.of(0, -Infinity),
  });
  const refused: number[] = [];
  const tooSeldom = (chance: number) => {
    refused.push(chance);
    return new RangeError("too seldom");
  };
  it("are drawn again until one has an answer", () => {
    const rounds = [-1, -1, 3, -1, 0];
    const draw = untilAllowed(given(1, 1), 2, tooSeldom, () => rounds.shift() as number);
    expect([draw(), draw(), rounds.length]).toEqual([3, 0, 0]);
  });
  it.each([
    [1, 3, 1],
    [1, 3, 4],
    [1, 1e6 - 1, 1],
    [1, 1e9 - 1, 2000],
    [1, 0, 1],
  ])("with masses of %d and %d and %d draws are given up after forty times their number", (p, q, n) => {
    let calls = 0;
    const draw = untilAllowed(given(p, q), n, tooSeldom, () => {
      calls++;
      return -1;
    });
    expect(draw).toThrow(/sampler/);
    const chance = 1 - (q / (p + q)) ** n;
    expect(Math.abs(calls - 40 / chance)).toBeLessThanOrEqual(1 + 1e-6 * calls);
    expect(calls).toBeGreaterThanOrEqual(Math.floor(40 / chance));
  });
  it("are not begun where an allowed answer is rarer than once in a million rounds", () => {
    refused.length = 0;
    expect(() => untilAllowed(given(1, 1e7), 5, tooSeldom, () => 0)).toThrow("too seldom");
    expect(refused).toEqual([expect.closeTo(5e-7, 12)]);
    expect(untilAllowed(given(1, 1e7), 11, tooSeldom, () => 7)()).toBe(7);
  });
});

describe("the mode of votes", () => {
  const row = fc.record({ mass: fc.integer({ min: 0, max: 6 }), weight: fc.integer({ min: 0, max: 6 }) });
  const rows = fc.array(row, { minLength: 1, maxLength: 6 }).filter((all) => all.some((r) => r.mass * r.weight > 0));
  test.prop([rows, fc.constantFrom(1, 0.5, 3), fc.constantFrom(0, 7)])(
    "is shared by the answers of the largest mass times weight",
    (all, beta, offset) => {
      const problem = (b: number) =>
        prepare(
          "test",
          {
            ref: distribution(
              keys(all),
              all.map((r) => r.mass),
            ),
            reward: all.map((r) => offset + beta * Math.log(r.weight)),
          },
          b,
        );
      const modeOf = (value: (r: (typeof all)[number]) => number) => {
        const values = all.map((r) => (r.mass * r.weight === 0 ? 0 : value(r)));
        const most = Math.max(...values);
        const share = 1 / values.filter((v) => v === most).length;
        return values.map((v) => (v === most ? share : 0));
      };
      const got = (b: number) => keys(all).map((i) => voteMode(problem(b)).probability(i));
      expect(got(beta)).toEqual(modeOf((r) => r.mass * r.weight));
      expect(got(Infinity)).toEqual(modeOf((r) => r.mass));
      // The best reward first, and of several such the largest mass.
      expect(got(0)).toEqual(modeOf((r) => 100 * r.weight + r.mass));
    },
  );
  it("is one alone where another is less by more than rounding", () => {
    const mode = (reward: number[], beta: number) =>
      voteMode(prepare("test", { ref: distribution(["a", "b"], [1, 1]), reward }, beta)).probability(0);
    expect(mode([0, 1e-15], 1)).toBe(0.5);
    expect(mode([0, 1e-14], 1)).toBe(0);
    expect(mode([1e-14, 0], 1)).toBe(1);
    // Of large rewards the rounding is theirs.
    expect(mode([1000, 1000 + 5e-13], 1)).toBe(0.5);
    expect(mode([1000, 1000 + 1e-11], 1)).toBe(0);
    expect(mode([1000, 1000 + 1e-11], 10)).toBe(0);
  });
});
