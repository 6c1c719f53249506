import { fc } from "@fast-check/vitest";
import { humanPreference, logPreferenceProbability, preferenceProbability } from "exptilt";
import { describe, expect } from "vitest";
import { test } from "../support/test.js";

const reward = fc.double({ min: -700, max: 700, noNaN: true });
const close = (a: number, b: number, relative: number) =>
  expect(Math.abs(a - b)).toBeLessThanOrEqual(relative * Math.max(Math.abs(a), Math.abs(b)) + 1e-320);

describe("Bradley–Terry, equation (3)", () => {
  test.prop([reward, reward])("one of two answers is preferred: P(o ≻ õ) + P(õ ≻ o) = 1", (r, s) => {
    expect(preferenceProbability(r, s) + preferenceProbability(s, r)).toBeCloseTo(1, 15);
  });

  test.prop([reward, reward])("the log-odds are the difference of rewards", (r, s) => {
    const odds = logPreferenceProbability(r, s) - logPreferenceProbability(s, r);
    expect(Math.abs(odds - (r - s))).toBeLessThanOrEqual(1e-15 * (Math.abs(r - s) + 1));
  });

  test.prop([reward, reward])("the log-probability is the logarithm of the probability", (r, s) => {
    close(Math.exp(logPreferenceProbability(r, s)), preferenceProbability(r, s), 1e-15 * (4 + Math.abs(r - s)));
  });

  test.prop([fc.array(reward, { minLength: 2, maxLength: 8 })])("hp's odds are those of a comparison", (rewards) => {
    const { logMass } = humanPreference([...rewards.keys()], rewards);
    const spread = Math.max(...rewards) - Math.min(...rewards);
    for (const [i, r] of rewards.entries()) {
      expect(Math.abs(logMass[i] - logMass[0] - (r - rewards[0]))).toBeLessThanOrEqual(4e-16 * (8 + 4 * spread));
    }
  });

  test("an unbeatable reward always wins; two of them have no answer", () => {
    expect(preferenceProbability(Infinity, 3)).toBe(1);
    expect(preferenceProbability(3, Infinity)).toBe(0);
    expect(() => preferenceProbability(Infinity, Infinity)).toThrow(
      /preferenceProbability: reward - other must be defined/,
    );
    expect(() => logPreferenceProbability(Number.NaN, 0)).toThrow(RangeError);
  });
});
