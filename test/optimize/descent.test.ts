/** The minimisers on functions whose minima are known. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dot, lineSearch, maxNorm, pointAt, roundingOf } from "../../src/optimize/lineSearch.js";
import { adam, adamStep, lbfgs, newton, newtonStep } from "../../src/optimize/methods.js";
import { minimize, type TrainingProgress, type Watch } from "../../src/optimize/minimize.js";
import type { Smooth, Verdict } from "../../src/optimize/smooth.js";
import { stateOf } from "../../src/optimize/state.js";
import { test } from "../support/test.js";

const sum = (x: Iterable<number>) => [...x].reduce((s, v) => s + v, 0);
const numbers = (size: number, reach = 2) =>
  fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: size, maxLength: size }).map((x) => {
    return x.map((v) => (v / 1000) * reach);
  });
const close = (got: ArrayLike<number>, want: ArrayLike<number>, error: number) => {
  expect(got.length).toBe(want.length);
  for (let i = 0; i < want.length; i++)
    expect(Math.abs(got[i] - want[i]), `${got[i]} for ${want[i]}`).toBeLessThan(error);
};

interface Given {
  readonly value: (x: Float64Array) => number;
  readonly gradient: (x: Float64Array) => ArrayLike<number>;
  readonly hessian?: (x: Float64Array) => Float64Array | undefined;
  readonly curvature?: (x: Float64Array) => Float64Array | undefined;
  readonly verdict?: Verdict;
  readonly change?: (step: Float64Array) => number;
  readonly unit?: number;
}
/** A function of so many variables, in whose units the objective is −value. */
const smooth = (size: number, f: Given): Smooth => ({
  size,
  evaluate(x, gradient) {
    gradient.set(f.gradient(x));
    return f.value(x);
  },
  hessian: f.hessian ?? (() => undefined),
  curvature: f.curvature ?? (() => undefined),
  change: (_, step) => (f.change ?? maxNorm)(step),
  report: (value, gradient) => ({ objective: -value, gradientNorm: (f.unit ?? 1) * maxNorm(gradient) }),
  verdict: (_, step) => (step === undefined ? (f.verdict ?? "gradient") : "unbounded"),
});

/** GᵀG + I. */
function positive(g: readonly number[], n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, k) => {
    const [i, j] = [Math.floor(k / n), k % n];
    return Number(i === j) + sum(Array.from({ length: n }, (_, l) => g[l * n + i] * g[l * n + j]));
  });
}
const times = (a: Float64Array, x: ArrayLike<number>) =>
  Array.from(x, (_, i) => sum(Array.from(x, (v, j) => a[i * x.length + j] * v)));
/** ½(x − c)ᵀA(x − c). */
function quadratic(a: Float64Array, c: readonly number[], rest: Partial<Given> = {}): Smooth {
  const off = (x: Float64Array) => Array.from(x, (v, i) => v - c[i]);
  return smooth(c.length, {
    value: (x) => sum(times(a, off(x)).map((v, i) => v * off(x)[i])) / 2,
    gradient: (x) => times(a, off(x)),
    ...rest,
  });
}
const problem = fc
  .integer({ min: 1, max: 4 })
  .chain((n) => fc.tuple(numbers(n * n), numbers(n, 3), numbers(n, 3), numbers(n, 3)))
  .map(([g, c, x, y]) => ({ a: positive(g, c.length), c, x, y }));

describe("vectors", () => {
  it("have a product, and a largest entry that is NaN where one is", () => {
    expect(dot(Float64Array.of(1, 2, 3), Float64Array.of(4, -5, 6))).toBe(12);
    expect(maxNorm(Float64Array.of(1, -3, 2))).toBe(3);
    expect(maxNorm(new Float64Array(0))).toBe(0);
    for (const x of [
      [Number.NaN, 1],
      [1, Number.NaN],
      [2, Number.NaN, 1],
    ])
      expect(maxNorm(Float64Array.from(x))).toBeNaN();
    expect([roundingOf(0.5), roundingOf(-8)]).toEqual([1e-14, 8e-14]);
  });
});

describe("a line search", () => {
  test.prop([problem, fc.constantFrom(1e-6, 0.01, 1, 50, 1e8)])(
    "ends where the slope has fallen, lower by what the slope promises",
    ({ a, c, x, y }, first) => {
      const f = quadratic(a, c);
      const from = pointAt(f, Float64Array.from(x));
      const slope = dot(from.gradient, Float64Array.from(y));
      const direction = Float64Array.from(y, (v) => (slope > 0 ? -v : v));
      const to = lineSearch(f, from, direction, first);
      if (Math.abs(slope) < 1e-12) return;
      if (to === undefined) throw new Error("no point was found");
      const at = direction.findIndex((d) => d !== 0);
      const t = (to.x[at] - from.x[at]) / direction[at];
      close(
        to.x,
        from.x.map((v, i) => v + t * direction[i]),
        1e-9 * (1 + Math.abs(t)),
      );
      expect(to.value).toBe(f.evaluate(to.x, new Float64Array(c.length)));
      close(to.gradient, pointAt(f, to.x).gradient, 1e-300);
      const before = -Math.abs(slope);
      expect(to.value).toBeLessThanOrEqual(from.value + 1e-4 * t * before * (1 - 1e-9) + 1e-13 * (1 + from.value));
      expect(dot(to.gradient, direction)).toBeGreaterThanOrEqual(0.9 * before * (1 + 1e-12));
    },
  );

  const parabola = smooth(1, { value: (x) => x[0] ** 2, gradient: (x) => [2 * x[0]] });
  it("takes the first step that will do, a longer one where that is short, and a shorter one where it is long", () => {
    const from = pointAt(parabola, Float64Array.of(1));
    const at = (first: number) => lineSearch(parabola, from, Float64Array.of(-1), first)?.x[0];
    // From 1 down: x = 1 − t is lower by enough up to t = 1.9998, and flat enough from 0.1.
    for (const t of [0.1001, 0.5, 1, 1.9997]) expect(at(t)).toBe(1 - t);
    expect(at(0.0625)).toBe(0.875);
    expect(at(0.03125)).toBe(0.875);
    expect(at(4)).toBe(0);
    expect(at(3)).toBe(-0.5);
    // Too long, then too short.
    expect(at(2 + 1e-9)).toBeCloseTo(0, 8);
    const steep = smooth(1, { value: (x) => Math.exp(x[0]) - x[0], gradient: (x) => [Math.exp(x[0]) - 1] });
    const start = pointAt(steep, Float64Array.of(-3));
    const found = lineSearch(steep, start, Float64Array.of(1), 50) as typeof start;
    expect(Math.abs(found.gradient[0])).toBeLessThan(0.9 * Math.abs(start.gradient[0]));
  });
  it("finds nothing upwards, along a flat, or on the way down without end", () => {
    const from = pointAt(parabola, Float64Array.of(1));
    expect(lineSearch(parabola, from, Float64Array.of(1), 1)).toBeUndefined();
    expect(lineSearch(parabola, from, Float64Array.of(0), 1)).toBeUndefined();
    expect(lineSearch(parabola, from, Float64Array.of(Number.NaN), 1)).toBeUndefined();
    let calls = 0;
    const line = smooth(1, {
      value: (x) => {
        calls++;
        return -x[0];
      },
      gradient: () => [-1],
    });
    expect(lineSearch(line, pointAt(line, Float64Array.of(0)), Float64Array.of(1), 1)).toBeUndefined();
    expect(calls).toBe(81);
    // A kink upwards: no step is short enough, and the search ends as the steps run out.
    const wall = smooth(1, { value: (x) => (x[0] === 1 ? 0 : 1), gradient: () => [1] });
    expect(lineSearch(wall, pointAt(wall, Float64Array.of(1)), Float64Array.of(-1), 1)).toBeUndefined();
  });
  it("goes by the slopes where values differ by rounding alone", () => {
    // Up by less than rounding, while the slope turns: the turning point will do.
    const flat = smooth(1, { value: (x) => 100 + (x[0] > 0 ? 1e-13 : 0), gradient: (x) => [x[0] - 0.5] });
    const from = pointAt(flat, Float64Array.of(0));
    expect(lineSearch(flat, from, Float64Array.of(1), 0.5)?.x[0]).toBe(0.5);
    // Past it the slope is as steep upwards.
    expect(lineSearch(flat, from, Float64Array.of(1), 1)?.x[0]).toBe(0.5);
    const up = smooth(1, { value: (x) => 100 + (x[0] > 0 ? 1e-11 : 0), gradient: (x) => [x[0] - 0.5] });
    expect(lineSearch(up, pointAt(up, Float64Array.of(0)), Float64Array.of(1), 0.5)).toBeUndefined();
  });
});

describe("Newton's method", () => {
  test.prop([problem])("is at the minimum of a quadratic after one step", ({ a, c, x }) => {
    const f = quadratic(a, c, { hessian: () => a.slice() });
    const from = pointAt(f, Float64Array.from(x));
    const step = newtonStep(f, from);
    close(
      step as Float64Array,
      c.map((v, i) => v - x[i]),
      1e-11,
    );
    const to = newton().advance(f, from, 0);
    if (Math.max(...c.map((v, i) => Math.abs(v - x[i]))) > 1e-6) close(to?.x ?? [], c, 1e-11);
  });
  it("steps by the curvature where there is no Hessian, and not where there is neither", () => {
    const rest = (curvature?: Float64Array) =>
      quadratic(Float64Array.of(4, 0, 0, 2), [1, 1], { curvature: () => curvature });
    const from = (f: Smooth) => pointAt(f, Float64Array.of(3, 3));
    const diagonal = rest(Float64Array.of(4, 2));
    expect([...(newtonStep(diagonal, from(diagonal)) ?? [])]).toEqual([-2, -2]);
    // A variable of no curvature has the step of its gradient.
    const half = rest(Float64Array.of(4, 0));
    expect(newtonStep(half, from(half))?.[0]).toBe(-2);
    expect(newtonStep(rest(), from(rest()))).toBeUndefined();
    expect(newton().advance(rest(), from(rest()), 0)).toBeUndefined();
    expect(newton().memory).toEqual([]);
  });
  it("cuts steps that are endless", () => {
    const at = (curvature: number, slope: number) => {
      const f = smooth(1, { value: () => 0, gradient: () => [slope], curvature: () => Float64Array.of(curvature) });
      return newtonStep(f, pointAt(f, Float64Array.of(0)))?.[0];
    };
    expect([at(1e-300, 1), at(1e-300, -1), at(1, -5), at(1, Number.NaN)]).toEqual([-1e6, 1e6, 5, 0]);
  });
  it("goes along the gradient where the Hessian has lost its direction", () => {
    // (x + y)²/2 + y as if rounding had left of the Hessian only a multiple of one row.
    const lost = smooth(2, {
      value: (x) => (x[0] + x[1]) ** 2 / 2 + x[1] ** 2,
      gradient: (x) => [x[0] + x[1], x[0] + 3 * x[1]],
      hessian: () => Float64Array.of(1, 1, 1, 1),
    });
    let at = pointAt(lost, Float64Array.of(2, -1));
    for (let i = 0; i < 60; i++) at = newton().advance(lost, at, i) ?? at;
    close(at.x, [0, 0], 1e-6);
    // No curvature at all: as far as the gradient over its own size.
    const level = smooth(1, {
      value: (x) => Math.abs(x[0]) ** 3,
      gradient: (x) => [3 * x[0] * Math.abs(x[0])],
      hessian: () => Float64Array.of(0),
    });
    expect(newton().advance(level, pointAt(level, Float64Array.of(1)), 0)?.x[0]).toBeCloseTo(0, 14);
  });
});

describe("L-BFGS", () => {
  /** The inverse Hessian of all pairs on top of a diagonal, by the formula of Broyden, Fletcher, Goldfarb and Shanno. */
  function inverse(pairs: readonly (readonly [s: number[], y: number[]])[], diagonal: readonly number[]): number[][] {
    let h = diagonal.map((v, i) => diagonal.map((_, j) => (i === j ? v : 0)));
    for (const [s, y] of pairs) {
      const sy = sum(s.map((v, i) => v * y[i]));
      const v = s.map((_, i) => s.map((_, j) => Number(i === j) - (s[i] * y[j]) / sy));
      h = h.map((_, i) =>
        h.map((_, j) => {
          let x = (s[i] * s[j]) / sy;
          for (const k of h.keys()) for (const l of h.keys()) x += v[i][k] * h[k][l] * v[j][l];
          return x;
        }),
      );
    }
    return h;
  }
  const pairs = fc.integer({ min: 1, max: 3 });
  test.prop([problem, pairs, fc.array(numbers(4), { minLength: 3, maxLength: 3 }), fc.boolean()])(
    "goes along the gradient times the inverse Hessian of its memory",
    ({ a, c, x }, count, moves, scaled) => {
      const n = c.length;
      const scale = scaled ? Float64Array.from(c, (_, i) => 1 + i) : undefined;
      const f = quadratic(a, c, { curvature: () => scale });
      const known = moves.slice(0, count).map((m): [number[], number[]] => {
        const s = m.slice(0, n).map((v, i) => (i === 0 ? 1 + Math.abs(v) : v));
        return [s, times(a, s)];
      });
      const [s, y] = known[known.length - 1];
      const unscaled = (v: number, i: number) => v / (scale?.[i] ?? 1);
      const gamma = sum(s.map((v, i) => v * y[i])) / sum(y.map((v, i) => v * unscaled(v, i)));
      const h = inverse(
        known,
        c.map((_, i) => gamma * unscaled(1, i)),
      );
      const from = pointAt(f, Float64Array.from(x));
      if (maxNorm(from.gradient) < 1e-3) return;
      const descent = lbfgs(
        count,
        known.flat().map((v) => Float64Array.from(v)),
      );
      const to = descent.advance(f, from, 7);
      const direction = h.map((row) => -sum(row.map((v, j) => v * from.gradient[j])));
      const moved = Array.from(to?.x ?? [], (v, i) => v - x[i]);
      const at = direction.reduce((m, d, i) => (Math.abs(d) > Math.abs(direction[m]) ? i : m), 0);
      const t = moved[at] / direction[at];
      close(
        moved,
        direction.map((d) => t * d),
        1e-9 * Math.max(1, Math.abs(moved[at])),
      );
      // The first step is 1, and others are twice or half of one before.
      expect(t < 1 || Math.abs(Math.log2(t) - Math.round(Math.log2(t))) < 1e-6).toBe(true);
      // The step and the change of the gradient are remembered, and of the oldest pairs none too many.
      expect(descent.memory.length).toBe(2 * count);
      close(descent.memory[2 * count - 2], moved, 1e-300);
      close(
        descent.memory[2 * count - 1],
        Array.from(to?.gradient ?? [], (v, i) => v - from.gradient[i]),
        1e-300,
      );
      if (count > 1) close(descent.memory[0], known[1][0], 1e-300);
    },
  );

  test.prop([problem])("finds the minimum of a quadratic", ({ a, c, x }) => {
    const f = quadratic(a, c);
    const descent = lbfgs(10);
    let at = pointAt(f, Float64Array.from(x));
    for (let i = 0; i < 60 && maxNorm(at.gradient) > 1e-10; i++) at = descent.advance(f, at, i) ?? at;
    close(at.x, c, 1e-8);
  });

  it("begins with a short step where it knows no scale, and a whole one where it does", () => {
    const a = Float64Array.of(1, 0, 0, 1);
    const first = (scale: Float64Array | undefined) => {
      const f = quadratic(a, [0, 0], { curvature: () => scale });
      return lbfgs(5).advance(f, pointAt(f, Float64Array.of(3, 4)), 0)?.x;
    };
    // The gradient (3, 4) has length 5: a sixth of it.
    expect([...(first(undefined) ?? [])]).toEqual([3 - 3 / 6, 4 - 4 / 6]);
    expect([...(first(Float64Array.of(1, 1)) ?? [])]).toEqual([0, 0]);
    expect([...(first(Float64Array.of(2, 2)) ?? [])]).toEqual([1.5, 2]);
  });

  it("begins anew where its memory leads nowhere, and ends where nothing goes down", () => {
    const a = Float64Array.of(1, 0, 0, 1);
    const f = quadratic(a, [0, 0]);
    const from = pointAt(f, Float64Array.of(3, 4));
    // A pair of a function that bends the other way.
    const wrong = lbfgs(5, [Float64Array.of(3, 4), Float64Array.of(-3, -4)]);
    expect([...(wrong.advance(f, from, 0)?.x ?? [])]).toEqual([3 - 3 / 6, 4 - 4 / 6]);
    expect(wrong.memory.length).toBe(2);
    close(wrong.memory[0], [-3 / 6, -4 / 6], 1e-15);
    const scaled = quadratic(a, [0, 0], { curvature: () => Float64Array.of(1, 1) });
    const again = lbfgs(5, [Float64Array.of(3, 4), Float64Array.of(-3, -4)]);
    expect([...(again.advance(scaled, from, 0)?.x ?? [])]).toEqual([0, 0]);
    expect(lbfgs(5).advance(f, pointAt(f, Float64Array.of(0, 0)), 0)).toBeUndefined();
  });

  it("leaves a variable at −∞ where it is", () => {
    const f = smooth(2, { value: (x) => x[0] ** 2, gradient: (x) => [2 * x[0], 0] });
    const descent = lbfgs(5);
    let at = pointAt(f, Float64Array.of(1, -Infinity));
    for (let i = 0; i < 3; i++) at = descent.advance(f, at, i) ?? at;
    expect(at.x[1]).toBe(-Infinity);
    expect(descent.memory.every((v) => v[1] === 0)).toBe(true);
    expect(Math.abs(at.x[0])).toBeLessThan(0.6);
  });
});

describe("Adam", () => {
  const rate = { learningRate: 0.25, halfLife: 3, secondMoment: 0.9 };
  test.prop([numbers(3), fc.integer({ min: 1, max: 9 })])(
    "moves by its rate where the gradient stays the same, whatever its size",
    (g, steps) => {
      const gradient = Float64Array.from(g);
      const memory = [new Float64Array(3), new Float64Array(3)];
      const spread = Float64Array.of(1, 2, 5);
      let x: Float64Array = Float64Array.of(1, 2, 3);
      for (let i = 0; i < steps; i++) {
        const to = adamStep(x, gradient, memory, i, rate, spread);
        const want = x.map((v, j) => v - (0.25 * 2 ** (-i / 3) * Math.sign(g[j])) / spread[j]);
        close(to, want, 1e-13);
        x = to;
      }
    },
  );
  test.prop([fc.array(numbers(2), { minLength: 1, maxLength: 6 })])("goes by averages that forget", (gradients) => {
    const memory = [new Float64Array(2), new Float64Array(2)];
    let x: Float64Array = Float64Array.of(0, 0);
    for (const [i, g] of gradients.entries()) {
      const to = adamStep(x, Float64Array.from(g), memory, i, rate, Float64Array.of(1, 1));
      for (const j of [0, 1]) {
        const average = (b: number, power: number) => {
          const weights = gradients.slice(0, i + 1).map((_, k) => b ** (i - k));
          return sum(weights.map((w, k) => w * gradients[k][j] ** power)) / sum(weights);
        };
        const [m, v] = [average(0.9, 1), average(0.9, 2)];
        const want = v === 0 ? x[j] : x[j] - (0.25 * 2 ** (-i / 3) * m) / Math.sqrt(v);
        expect(Math.abs(to[j] - want)).toBeLessThan(1e-12);
      }
      x = to;
    }
  });
  it("takes a step on each part in turn, counted over all of them", () => {
    const part = (c: number) => quadratic(Float64Array.of(1), [c]);
    const [one, two] = [part(1), part(5)];
    const f = smooth(1, {
      value: (x) => one.evaluate(x, new Float64Array(1)) + two.evaluate(x, new Float64Array(1)),
      gradient: (x) => [2 * x[0] - 6],
    });
    const spread = Float64Array.of(2);
    const asked: number[] = [];
    const descent = adam(spread, rate, (i) => {
      asked.push(i);
      return [one, two];
    });
    let at = pointAt(f, Float64Array.of(0));
    const memory = [new Float64Array(1), new Float64Array(1)];
    let x: Float64Array = Float64Array.of(0);
    for (const i of [0, 1, 2]) {
      at = descent.advance(f, at, i) as typeof at;
      for (const [b, p] of [one, two].entries())
        x = adamStep(x, pointAt(p, x).gradient, memory, 2 * i + b, rate, spread);
      expect([...at.x]).toEqual([...x]);
      expect(at.value).toBe(f.evaluate(x, new Float64Array(1)));
      expect(descent.memory.map((v) => [...v])).toEqual(memory.map((v) => [...v]));
    }
    expect(asked).toEqual([0, 1, 2]);
    // A memory of another method is none; its own goes on.
    expect(adam(spread, rate, () => [f], [Float64Array.of(1)]).memory.map((v) => [...v])).toEqual([[0], [0]]);
    expect(adam(spread, rate, () => [f], memory).memory).toBe(memory);
  });
  it("calls the whole once where it is the only part", () => {
    let calls = 0;
    const f = smooth(1, {
      value: (x) => x[0] ** 2,
      gradient: (x) => {
        calls++;
        return [2 * x[0]];
      },
    });
    const from = pointAt(f, Float64Array.of(1));
    calls = 0;
    adam(Float64Array.of(1), rate, () => [f]).advance(f, from, 0);
    expect(calls).toBe(1);
    calls = 0;
    // A second pass begins at another point.
    adam(Float64Array.of(1), rate, () => [f, f]).advance(f, from, 0);
    expect(calls).toBe(2);
  });
});

describe("a run", () => {
  const watch: Watch = { tolerance: undefined, maxIterations: 100, signal: undefined, onProgress: undefined };
  const run = (f: Smooth, x: readonly number[], options: Partial<Watch> = {}, first = 0, method = newton()) =>
    minimize(f, pointAt(f, Float64Array.from(x)), first, method, { ...watch, ...options }, (point, iteration) =>
      stateOf("newton", iteration, point.x, []),
    );
  const bowl = (rest: Partial<Given> = {}) =>
    quadratic(Float64Array.of(2), [3], { hessian: () => Float64Array.of(2), ...rest });

  it("tells of each step, and ends where the gradient vanishes", async () => {
    const told: (TrainingProgress & { saved: unknown })[] = [];
    const round = quadratic(Float64Array.of(1), [3], { hessian: () => Float64Array.of(1) });
    const end = await run(round, [0], { onProgress: (p) => told.push({ ...p, saved: p.save() }) }, 5);
    expect(end).toMatchObject({ iteration: 6, reason: "gradient", converged: true });
    expect([...end.point.x]).toEqual([3]);
    expect(told.map((p) => p.iteration)).toEqual([5, 6]);
    expect(told.map((p) => p.objective)).toEqual([-4.5, -0]);
    expect(told.map((p) => p.gradientNorm)).toEqual([3, 0]);
    expect(told.map((p) => p.saved)).toEqual([
      stateOf("newton", 5, Float64Array.of(0), []),
      stateOf("newton", 6, Float64Array.of(3), []),
    ]);
  });
  it("ends at the last step that is allowed, or at a signal, with what it has", async () => {
    expect(await run(bowl(), [0], { maxIterations: 0 })).toMatchObject({
      iteration: 0,
      reason: "iterations",
      converged: false,
    });
    expect(await run(bowl(), [0], { maxIterations: 7 }, 7)).toMatchObject({ iteration: 7, reason: "iterations" });
    expect(await run(bowl(), [0], { signal: { aborted: true } })).toMatchObject({
      iteration: 0,
      reason: "aborted",
      converged: false,
    });
    // What has vanished is there, whatever the signal and the number of steps.
    expect(await run(bowl(), [3], { maxIterations: 0, signal: { aborted: true } })).toMatchObject({
      reason: "gradient",
    });
  });
  it("ends as soon as the tolerance is met, in the caller's units too", async () => {
    // A step halves the distance.
    const slow = {
      memory: [],
      advance: (f: Smooth, at: { x: Float64Array }) =>
        pointAt(
          f,
          at.x.map((v) => v / 2 + 1.5),
        ),
    };
    const steps = async (tolerance: number | undefined, unit = 1) =>
      (await run(bowl({ unit, change: () => 0 }), [4], { tolerance }, 0, slow)).iteration;
    // The gradient is 2^(1 − i).
    expect(await steps(2 ** -10)).toBe(11);
    expect(await steps(2 ** -10, 16)).toBe(15);
    expect(await steps(2 ** -10, 1e-9)).toBe(11);
    expect(await steps(undefined)).toBe(Math.ceil(1 + Math.log2(1e11)));
    // Nor is it met where no double is: 1e−11 is the least that is asked for.
    expect(await steps(1e-20)).toBe(Math.ceil(1 + Math.log2(1e15)));
  });
  it("a small gradient where a step goes far is none at an optimum", async () => {
    const far = bowl({ change: () => 1 });
    expect(await run(far, [3 + 1e-13], { maxIterations: 3 })).toMatchObject({
      iteration: 1,
      reason: "unbounded",
      converged: false,
    });
    const near = bowl({ change: () => 1e-3 });
    expect(await run(near, [3 + 1e-13], { maxIterations: 3 })).toMatchObject({ iteration: 0, reason: "gradient" });
    expect(await run(bowl({ verdict: "rounding" }), [3])).toMatchObject({ reason: "rounding", converged: false });
  });
  const stuck = { memory: [], advance: () => undefined };
  it("says what it is where no step goes down", async () => {
    const at = (x: number, rest: Partial<Given> = {}, tolerance?: number) =>
      run(bowl(rest), [3 + x], { tolerance }, 0, stuck);
    // The gradient is 2x, and what a step would gain x².
    expect(await at(1)).toMatchObject({ reason: "rounding", converged: false });
    expect(await at(0.9e-7)).toMatchObject({ reason: "rounding", converged: true });
    expect(await at(1.1e-7)).toMatchObject({ reason: "rounding", converged: false });
    expect(await at(1.1e-7, { unit: 1e9 }, 1e-6)).toMatchObject({ reason: "rounding", converged: true });
    expect(await at(4e-7, { change: () => 1 })).toMatchObject({ reason: "unbounded", converged: false });
    expect(await at(6e-7, { change: () => 1 })).toMatchObject({ reason: "rounding", converged: false });
    expect(await at(0.9e-7, { verdict: "rounding" })).toMatchObject({ reason: "rounding", converged: false });
    const blind = { hessian: () => undefined };
    expect(await at(0.9e-7, blind)).toMatchObject({ reason: "rounding", converged: false });
    expect(await at(4e-13, { ...blind, unit: 1e9 }, 1e-30)).toMatchObject({ reason: "rounding", converged: true });
  });
  it("ends where steps at a vanished gradient lead nowhere", async () => {
    // Each step goes from one side to the other.
    const swing = {
      memory: [],
      advance: (f: Smooth, at: { x: Float64Array }) =>
        pointAt(
          f,
          at.x.map((v) => 6 - v),
        ),
    };
    const at = (x: number, verdict: Verdict = "gradient") =>
      run(bowl({ unit: 1e9, verdict }), [3 + x], { tolerance: 1e-30 }, 0, swing);
    expect(await at(2 ** -42)).toMatchObject({ iteration: 0, reason: "rounding", converged: true });
    expect(await at(2 ** -42, "unbounded")).toMatchObject({ iteration: 0, reason: "unbounded", converged: false });
    expect(await at(2 ** -38)).toMatchObject({ iteration: 100, reason: "iterations" });
    // A step that makes the gradient smaller goes on.
    const slow = {
      memory: [],
      advance: (f: Smooth, p: { x: Float64Array }) =>
        pointAt(
          f,
          p.x.map((v) => v / 2 + 1.5),
        ),
    };
    const end = await run(bowl({ unit: 1e9 }), [3 + 2 ** -42], { tolerance: 1e-30 }, 0, slow);
    expect(end.reason).toBe("gradient");
    expect(end.iteration).toBeGreaterThan(3);
  });
  it("lets others have their turn while it works long", async () => {
    const busy = bowl({
      value: (x) => {
        for (const until = performance.now() + 30; performance.now() < until; );
        return (x[0] - 3) ** 2;
      },
    });
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    const slow = {
      memory: [],
      advance: (f: Smooth, at: { x: Float64Array }) =>
        pointAt(
          f,
          at.x.map((v) => v / 2 + 1.5),
        ),
    };
    await run(busy, [0], { maxIterations: 4 }, 0, slow);
    clearInterval(timer);
    expect(turns).toBeGreaterThanOrEqual(2);
    turns = 0;
    // Short work is done without a pause.
    const quick = setInterval(() => turns++, 0);
    await run(bowl(), [0], { maxIterations: 2 });
    clearInterval(quick);
    expect(turns).toBe(0);
  });
});
