import { randomSource } from "exptilt";
import {
  atomicData,
  cosineSchedule,
  ddimSample,
  ddpmSample,
  guidedNoisePrediction,
  guidedTarget,
  linearSchedule,
  logSnrSchedule,
  noisePrediction,
} from "exptilt/diffusion";
import { describe, expect, it } from "vitest";
import { gaussianSource } from "../../src/numeric/gaussian.js";
import { binomialBounds } from "../support/binomial.js";

const DRAWS = 4000;
const atoms = [[-1.5], [0.2], [1.1]];
const data = atomicData({ atoms, classes: { a: [0.5, 0.3, 0.2], b: [0.1, 0.1, 0.8] } });
const grid = logSnrSchedule(150, 12, -12);

/** How often each atom is the one a sample ends at. */
function counts(sample: () => Float64Array): number[] {
  const out = atoms.map(() => 0);
  for (let i = 0; i < DRAWS; i++) {
    const [x] = sample();
    const distances = atoms.map(([a]) => Math.abs(x - a));
    const least = Math.min(...distances);
    expect(least).toBeLessThan(0.05);
    out[distances.indexOf(least)]++;
  }
  return out;
}

function expectLaw(found: readonly number[], law: ArrayLike<number>): void {
  for (const [i, count] of found.entries()) {
    const [low, high] = binomialBounds(DRAWS, law[i], 1e-6 / found.length);
    expect(count, `atom ${i}`).toBeGreaterThanOrEqual(low);
    expect(count, `atom ${i}`).toBeLessThanOrEqual(high);
  }
}

describe("without guidance both samplers give p(x|c), within binomial bounds at q = 1e-6", () => {
  const predict = (x: Float64Array, sigma: number) => noisePrediction(data, x, sigma, "a");
  it("DDIM", () => {
    const normal = gaussianSource(randomSource("ddim"));
    expectLaw(
      counts(() => ddimSample(predict, grid, [normal()])),
      [0.5, 0.3, 0.2],
    );
  });
  it("DDPM", () => {
    const rng = randomSource("ddpm");
    const normal = gaussianSource(rng);
    expectLaw(
      counts(() => ddpmSample(predict, grid, [normal()], rng)),
      [0.5, 0.3, 0.2],
    );
  });
});

it("with guidance DDIM misses its stated target (31), by more than chance explains", () => {
  const w = 2;
  const target = guidedTarget(data, "a", w).mass;
  const normal = gaussianSource(randomSource("guided"));
  const found = counts(() => ddimSample((x, sigma) => guidedNoisePrediction(data, x, sigma, "a", w), grid, [normal()]));
  const outside = found.some((count, i) => {
    const [low, high] = binomialBounds(DRAWS, target[i], 1e-6);
    return count < low || count > high;
  });
  expect(outside).toBe(true);
});

describe("a schedule increases in (0, 1)", () => {
  it.each([
    ["cosine", cosineSchedule(100)],
    ["linear", linearSchedule(1000)],
    ["log-SNR", logSnrSchedule(100)],
  ])("%s", (_, levels) => {
    for (const [i, sigma] of levels.entries()) {
      expect(sigma).toBeGreaterThan(i === 0 ? 0 : levels[i - 1]);
      expect(sigma).toBeLessThan(1);
    }
  });
  it("uniform in log-SNR is: the steps of λ are equal", () => {
    const lambda = logSnrSchedule(9, 8, -8).map((s) => Math.log(((1 - s) * (1 + s)) / (s * s)));
    for (let i = 1; i < 9; i++) expect(lambda[i - 1] - lambda[i]).toBeCloseTo(2, 10);
  });
});

it("the draws of N(0, 1) have its first four moments, and fall on both sides alike", () => {
  const normal = gaussianSource(randomSource("normal"));
  const draws = Array.from({ length: 100_000 }, normal);
  const moment = (k: number) => draws.reduce((s, x) => s + x ** k, 0) / draws.length;
  // Five standard errors of each mean.
  const room = (variance: number) => 5 * Math.sqrt(variance / draws.length);
  expect(Math.abs(moment(1))).toBeLessThan(room(1));
  expect(Math.abs(moment(2) - 1)).toBeLessThan(room(2));
  expect(Math.abs(moment(3))).toBeLessThan(room(15));
  expect(Math.abs(moment(4) - 3)).toBeLessThan(room(96));
});

describe("bad input", () => {
  const predict = () => [0];
  it.each([
    [() => ddimSample(predict, [0.5, 0.4], [0]), "ddimSample: grid[1] must exceed the level before it, got 0.4"],
    [() => ddimSample(predict, [0, 0.4], [0]), "ddimSample: grid[0] must be between 0 and 1, got 0"],
    [() => ddimSample(predict, [], [0]), "ddimSample: grid must have at least one level"],
    [() => ddimSample(predict, [0.5], [Number.NaN]), "ddimSample: x[0] must be finite, got NaN"],
    [() => ddimSample(predict, [0.5], [0, 0]), "ddimSample: predict(x, sigma) must have 2 coordinates, got 1"],
    [() => ddimSample(0 as never, [0.5], [0]), "ddimSample: predict must be a function, got 0"],
    [() => ddpmSample(predict, [0.5], [0], 1 as never), "ddpmSample: rng must be a function, got 1"],
    [() => logSnrSchedule(1), "logSnrSchedule: steps must be a whole number of at least 2, got 1"],
    [() => logSnrSchedule(5, -1, 1), "logSnrSchedule: most and least must decrease within ±30"],
    [() => cosineSchedule(0), "cosineSchedule: steps must be a whole number of at least 2, got 0"],
    [() => linearSchedule(5), "linearSchedule: steps must be a whole number of at least 21, got 5"],
  ])("%s", (call, message) => {
    expect(call).toThrow(message);
  });
});
