/** Witnesses of an optimum that know nothing of how it was found: other policies do no better, and training ends there. */
import { fc } from "@fast-check/vitest";
import { type Measure, measure } from "exptilt";
import { expect } from "vitest";

export { runs } from "../support/runs.js";

/** The data of a problem with a reward and a temperature. */
export interface Given {
  readonly mass: readonly number[];
  readonly reward: readonly number[];
  readonly beta: number;
}

export const keys = (values: ArrayLike<unknown>): number[] => Array.from(values, (_, i) => i);

/** The problem of some data; its answers are 0, 1, 2, … */
export const problemOf = ({ mass, reward, beta }: Given) => ({ ref: measure(keys(mass), mass), reward, beta });

/** Numbers between two, evenly: `fc.double` is even over all doubles, of which nearly all are tiny. */
export const even = (min: number, max: number): fc.Arbitrary<number> =>
  fc.integer({ min: 0, max: 2 ** 30 }).map((k) => min + (max - min) * (k * 2 ** -30));

/** β from 10^low to 10^high. */
export const temperatures = (low: number, high: number): fc.Arbitrary<number> => even(low, high).map((x) => 10 ** x);

const withAllowed = ({ mass, reward }: Given) => mass.some((m, i) => m > 0 && reward[i] > -Infinity);

/** Problems with zeros, ties, point masses, forbidden answers, masses far apart, and β from 1e-3 to 1e3. */
export const problems: fc.Arbitrary<Given> = fc
  .record({
    rows: fc.array(
      fc.record({
        mass: fc.oneof(
          fc.constantFrom(0, 1, 2),
          fc.integer({ min: 1, max: 9 }),
          even(-300, 300).map((x) => 10 ** x),
        ),
        reward: fc.oneof(
          { weight: 4, arbitrary: fc.integer({ min: -3, max: 3 }) },
          { weight: 2, arbitrary: fc.double({ min: -4, max: 4, noNaN: true }) },
          { weight: 2, arbitrary: even(-4, 4) },
          { weight: 1, arbitrary: fc.constant(-Infinity) },
        ),
      }),
      { minLength: 1, maxLength: 6 },
    ),
    beta: temperatures(-3, 3),
  })
  .map(({ rows, beta }) => ({ mass: rows.map((r) => r.mass), reward: rows.map((r) => r.reward), beta }))
  .filter(withAllowed);

/** Problems on which plain gradient steps get somewhere: masses within a factor of 9, rewards of a few β, any β. */
export const trainable: fc.Arbitrary<Given> = fc
  .record({
    rows: fc.array(fc.record({ mass: fc.integer({ min: 0, max: 9 }), level: fc.integer({ min: 0, max: 6 }) }), {
      minLength: 1,
      maxLength: 5,
    }),
    beta: temperatures(-3, 3),
  })
  .map(({ rows, beta }) => ({
    mass: rows.map((r) => r.mass),
    reward: rows.map((r) => (r.level / 2) * beta),
    beta,
  }))
  .filter(withAllowed);

/** How far a policy is moved. */
const MOVES = [1, 0.5, 0.1, 1e-2, 1e-3, 1e-4];

/**
 * Holds an optimum against policies near and far: its mixtures with each answer of the support and with ref, and the moves
 * of mass between two answers. None may be better by more than `slack`.
 */
export function expectNoBetter(
  objective: (policy: Measure<number>) => number,
  optimum: Measure<number>,
  ref: Measure<number>,
  slack: number,
): void {
  const best = objective(optimum);
  const { support, mass } = optimum;
  const point = (i: number) => mass.map((_, j) => Number(i === j));
  const on = support.filter((i) => ref.mass[i] > 0);
  const mixed = [...on.map(point), ref.mass].flatMap((other) =>
    MOVES.map((t) => mass.map((m, i) => (1 - t) * m + t * other[i])),
  );
  const moved = on.flatMap((from) =>
    on.flatMap((to) =>
      MOVES.map((t) => mass.map((m, i) => m + t * mass[from] * (Number(i === to) - Number(i === from)))),
    ),
  );
  for (const other of [...mixed, ...moved]) {
    const value = objective(
      measure(
        support,
        other.map((m) => Math.max(0, m)),
      ),
    );
    expect(value <= best + slack, `${value} of ${other} is above ${best} of ${mass}`).toBe(true);
  }
}

/** When to stop training. */
export interface Training {
  /** The most steps. */
  readonly steps?: number;
  /** The largest slope in a logit at which training ends, relative to the first. */
  readonly slope?: number;
}

/**
 * A tabular softmax policy trained by plain gradient steps in its logits, from ref: `gradient(policy)` is the derivative of
 * the objective, or the expected update of the trainer, by the probability of each answer. Answers without mass in ref have
 * none. The step adapts: it grows while successive gradients agree, and is halved where they turn.
 */
export function trained(
  mass: readonly number[],
  gradient: (policy: readonly number[]) => readonly number[],
  { steps = 100_000, slope = 1e-11 }: Training = {},
): number[] {
  const softmax = (logits: readonly number[]) => {
    const top = Math.max(...logits);
    const weights = logits.map((l) => Math.exp(l - top));
    const total = weights.reduce((a, b) => a + b, 0);
    return weights.map((w) => w / total);
  };
  const slopes = (policy: readonly number[]) => {
    const g = gradient(policy);
    const mean = policy.reduce((sum, p, i) => (p > 0 ? sum + p * g[i] : sum), 0);
    return policy.map((p, i) => (p > 0 ? (p * (g[i] - mean)) / unit : 0));
  };
  // In units of the first slope, whatever the units of the reward.
  let unit = 1;
  let logits = mass.map(Math.log);
  let policy = softmax(logits);
  unit = Math.max(...slopes(policy).map(Math.abs)) || 1;
  let up = slopes(policy);
  let rate = 1;
  for (let step = 0; step < steps && Math.max(...up.map(Math.abs)) > slope; step++) {
    const next = logits.map((l, i) => (mass[i] > 0 ? l + rate * up[i] : l));
    const there = softmax(next);
    const ahead = slopes(there);
    const agree = up.reduce((sum, u, i) => sum + u * ahead[i], 0);
    if (agree < 0) {
      rate /= 2;
      continue;
    }
    rate *= 1.2;
    [logits, policy, up] = [next, there, ahead];
  }
  return policy;
}
