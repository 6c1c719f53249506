/** What a run is asked for, and what it is resumed from. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { descentOf, readOptions, TRAINING_OPTIONS, type TrainingOptions } from "../../src/optimize/options.js";
import { requireParameters } from "../../src/optimize/parameters.js";
import { resultOf } from "../../src/optimize/result.js";
import type { Smooth } from "../../src/optimize/smooth.js";
import { readState, stateOf, type TrainingState } from "../../src/optimize/state.js";
import { test } from "../support/test.js";

const read = (options: TrainingOptions) => readOptions("fit", options, TRAINING_OPTIONS, 2);
const wrong = (x: unknown) => x as never;

const entry = fc.oneof(fc.double({ max: Number.MAX_VALUE, noNaN: true }), fc.constant(-Infinity)).map((x) => x + 0);
const vector = fc.array(entry, { minLength: 2, maxLength: 2 });

describe("the state of a run", () => {
  test.prop([fc.constantFrom("newton", "lbfgs", "adam"), fc.nat(), vector, fc.array(vector, { maxLength: 3 })])(
    "comes back from its text to the last bit",
    (method, iteration, parameters, memory) => {
      const state = stateOf(
        method,
        iteration,
        Float64Array.from(parameters),
        memory.map((m) => Float64Array.from(m)),
      );
      const got = readState("fit", JSON.parse(JSON.stringify(state)), 2);
      expect(got.method).toBe(method);
      expect(got.iteration).toBe(iteration);
      expect([...got.parameters]).toEqual(parameters);
      expect(got.memory.map((m) => [...m])).toEqual(memory);
      const settings = read({ resume: state });
      expect(settings).toMatchObject({ method, iteration });
      expect([...settings.start]).toEqual(parameters);
      expect(settings.memory.map((m) => [...m])).toEqual(memory);
    },
  );

  const state = stateOf("newton", 3, Float64Array.of(1, 2), [Float64Array.of(3, 4)]);
  it.each<[string, unknown, typeof TypeError | typeof RangeError, string]>([
    ["nothing", null, TypeError, "options.resume must be a state of format"],
    ["a text", "newton", TypeError, 'options.resume must be a state of format "exptilt training state 1", got'],
    ["another format", { ...state, format: "2" }, TypeError, "options.resume must be a state of format"],
    ["no method", { ...state, method: 1 }, TypeError, "options.resume.method must be a string, got 1"],
    ["no memory", { ...state, memory: 1 }, TypeError, "options.resume.memory must be an array, got 1"],
    [
      "half a step",
      { ...state, iteration: 0.5 },
      RangeError,
      "options.resume.iteration must be a whole number of at least 0",
    ],
    ["a step below none", { ...state, iteration: -1 }, RangeError, "options.resume.iteration must be a whole number"],
    ["no vector", { ...state, parameters: 5 }, TypeError, "options.resume.parameters must be an array"],
    ["a short vector", { ...state, parameters: [1] }, TypeError, "options.resume.parameters must have length 2"],
    [
      "a vector of texts",
      { ...state, parameters: [1, "2"] },
      RangeError,
      "options.resume.parameters[1] must be a number below Infinity",
    ],
    [
      "+∞",
      { ...state, parameters: ["Infinity", 1] },
      RangeError,
      "options.resume.parameters[0] must be a number below Infinity",
    ],
    [
      "NaN",
      {
        ...state,
        memory: [
          [1, 2],
          [1, Number.NaN],
        ],
      },
      RangeError,
      "options.resume.memory[1][1] must be a number below",
    ],
    ["a long memory", { ...state, memory: [[1, 2, 3]] }, TypeError, "options.resume.memory[0] must have length 2"],
  ])("is refused where it is %s", (_, given, type, message) => {
    const call = () => readState("fit", given as TrainingState, 2);
    expect(call).toThrow(type);
    expect(call).toThrow(`fit: ${message}`);
  });
});

describe("the options of a run", () => {
  it("have defaults", () => {
    expect(read({})).toEqual({
      method: undefined,
      start: Float64Array.of(0, 0),
      iteration: 0,
      memory: [],
      ridge: 0,
      depth: 20,
      rate: {},
      batchSize: Number.MAX_SAFE_INTEGER,
      seed: 0,
      watch: { tolerance: undefined, maxIterations: 10_000, signal: undefined, onProgress: undefined },
    });
  });
  it("are taken as given", () => {
    const signal = { aborted: false };
    const onProgress = () => {};
    const given = { method: "adam", start: [1, -Infinity], depth: 1, batchSize: 1, seed: 0, maxIterations: 0 } as const;
    expect(read({ ...given, tolerance: 0, learningRate: 2, halfLife: 3, signal, onProgress, ridge: 0 })).toEqual({
      method: "adam",
      start: Float64Array.of(1, -Infinity),
      iteration: 0,
      memory: [],
      ridge: 0,
      depth: 1,
      rate: { learningRate: 2, halfLife: 3 },
      batchSize: 1,
      seed: 0,
      watch: { tolerance: 0, maxIterations: 0, signal, onProgress },
    });
    expect(read({ ridge: 0.5, start: [1, 2] })).toMatchObject({ ridge: 0.5 });
    for (const method of ["closed form", "newton", "lbfgs", "adam"] as const)
      expect(read({ method }).method).toBe(method);
    const start = Float64Array.of(1, 2);
    expect(read({ start }).start).not.toBe(start);
  });
  const state = stateOf("newton", 3, Float64Array.of(1, -Infinity), []);
  it.each<[TrainingOptions, typeof TypeError | typeof RangeError, string]>([
    [wrong({ rigde: 1 }), TypeError, "rigde"],
    [wrong({ method: "sgd" }), RangeError, "options.method must be one of closed form, newton, lbfgs, adam, got"],
    [wrong({ onProgress: 1 }), TypeError, "options.onProgress must be a function, got 1"],
    [{ start: [1] }, TypeError, "parameters must have length 2"],
    [{ start: [1, Infinity] }, RangeError, "parameters[1]"],
    [{ ridge: -1 }, RangeError, "options.ridge must be non-negative and finite, got -1"],
    [{ ridge: 1, start: [0, -Infinity] }, RangeError, "options.start[1] must be finite where options.ridge is above 0"],
    [{ ridge: 1, start: [-Infinity, 0] }, RangeError, "options.start[0] must be finite"],
    [{ ridge: 1e-9, resume: state }, RangeError, "options.start[1] must be finite"],
    [{ tolerance: -1 }, RangeError, "options.tolerance must be non-negative"],
    [{ tolerance: Infinity }, RangeError, "options.tolerance must be non-negative and finite"],
    [{ depth: 0 }, RangeError, "options.depth must be a whole number of at least 1, got 0"],
    [{ batchSize: 0 }, RangeError, "options.batchSize must be a whole number of at least 1"],
    [{ seed: -1 }, RangeError, "options.seed must be a whole number of at least 0"],
    [{ maxIterations: -1 }, RangeError, "options.maxIterations must be a whole number of at least 0"],
    [{ learningRate: 0 }, RangeError, "options.learningRate must be positive"],
    [{ halfLife: 0 }, RangeError, "options.halfLife must be positive"],
    [{ resume: state, method: "lbfgs" }, RangeError, "options.resume must be of method lbfgs, got"],
  ])("%j is refused", (options, type, message) => {
    expect(() => read(options)).toThrow(type);
    expect(() => read(options)).toThrow(message);
  });
  it("go on from a state of the same method, with all that it holds", () => {
    expect(read({ resume: state, method: "newton" })).toMatchObject({ method: "newton", iteration: 3 });
    expect([...read({ resume: state, start: [7, 7] }).start]).toEqual([1, -Infinity]);
  });
  it("are the parameters of a policy, in a fresh vector", () => {
    const given = Float64Array.of(1, 2);
    const got = requireParameters("fit", 2, given);
    expect([...got]).toEqual([1, 2]);
    got[0] = 9;
    expect(given[0]).toBe(1);
    expect(() => requireParameters("fit", 3, given)).toThrow(
      new TypeError("fit: parameters must have length 3, got a Float64Array of 2"),
    );
  });
});

describe("the method of a run", () => {
  const f = (hasHessian: boolean): Smooth => ({
    size: 1,
    evaluate: (x, gradient) => {
      gradient[0] = x[0];
      return x[0] ** 2 / 2;
    },
    hessian: () => (hasHessian ? Float64Array.of(1) : undefined),
    curvature: () => undefined,
    change: () => 0,
    report: (value, gradient) => ({ objective: -value, gradientNorm: Math.abs(gradient[0]) }),
    verdict: () => "gradient",
  });
  const of = (options: TrainingOptions, hasHessian = true, parts = 1) =>
    descentOf(
      f(hasHessian),
      Float64Array.of(0),
      Float64Array.of(1),
      readOptions("fit", options, TRAINING_OPTIONS, 1),
      () => Array<Smooth>(parts).fill(f(hasHessian)),
    );
  it("is the one asked for, or the one that fits", () => {
    expect(of({}).name).toBe("newton");
    expect(of({}, false).name).toBe("lbfgs");
    expect(of({ method: "closed form" }).name).toBe("newton");
    expect(of({ method: "closed form" }, false).name).toBe("lbfgs");
    for (const method of ["newton", "lbfgs", "adam"] as const)
      expect(of({ method }, method === "newton").name).toBe(method);
    const memory = [Float64Array.of(1), Float64Array.of(2)];
    const resume = stateOf("lbfgs", 1, Float64Array.of(1), memory);
    expect(of({ resume }).descent.memory.map((m) => [...m])).toEqual([[1], [2]]);
  });
  it("Adam's first steps are a tenth, and half that after a fortieth of all", () => {
    const moves = (options: TrainingOptions, parts: number, passes: readonly number[]) => {
      const { descent } = of({ method: "adam", ...options }, true, parts);
      return passes.map((i) => {
        const at = { x: Float64Array.of(1000), value: 0, gradient: Float64Array.of(1000) };
        return 1000 - (descent.advance(f(true), at, i)?.x[0] ?? Number.NaN);
      });
    };
    // At x = 1000 the gradient is all but the same at each step.
    expect(moves({}, 1, [0])[0]).toBeCloseTo(0.1, 12);
    expect(moves({ learningRate: 0.5 }, 1, [0])[0]).toBeCloseTo(0.5, 12);
    const [first, second] = moves({ maxIterations: 80 }, 1, [0, 2]);
    expect(second / first).toBeCloseTo(moves({ halfLife: 2 }, 1, [0, 2])[1] / first, 9);
    expect(moves({ halfLife: 2, maxIterations: 7 }, 1, [2])).toEqual(moves({ halfLife: 2 }, 1, [2]));
    // A run of few steps halves after one at the least; of several parts each step counts.
    expect(moves({ maxIterations: 4 }, 1, [0, 1])).toEqual(moves({ halfLife: 1 }, 1, [0, 1]));
    expect(moves({ maxIterations: 80 }, 3, [0, 1])).toEqual(moves({ halfLife: 6 }, 3, [0, 1]));
  });
  it("Adam keeps more of the second moment where its steps are on parts", () => {
    const settings = readOptions("fit", { method: "adam" }, TRAINING_OPTIONS, 1);
    const held = (parts: number) => {
      const { descent } = descentOf(f(true), Float64Array.of(0), Float64Array.of(1), settings, (size) => {
        expect(size).toBe(Number.MAX_SAFE_INTEGER);
        return Array<Smooth>(parts).fill(f(true));
      });
      descent.advance(f(true), { x: Float64Array.of(2), value: 2, gradient: Float64Array.of(2) }, 0);
      return descent.memory[1][0];
    };
    // (1 − b)·4 after one step.
    expect(held(1)).toBeCloseTo(0.05 * 4, 14);
    expect(held(2)).toBeLessThan(0.01);
  });
});

describe("the result of a run", () => {
  it("has what the function reports of its end", () => {
    const f = {
      report: (value: number, [g]: Float64Array) => ({ objective: -value, gradientNorm: 10 * g }),
    } as unknown as Smooth;
    const save = () => stateOf("newton", 4, Float64Array.of(5), []);
    const point = { x: Float64Array.of(1), value: 2, gradient: Float64Array.of(3) };
    expect(resultOf(f, point, Float64Array.of(5), 4, "gradient", true, save)).toEqual({
      parameters: Float64Array.of(5),
      objective: -2,
      gradientNorm: 30,
      iterations: 4,
      converged: true,
      reason: "gradient",
      save,
    });
  });
});
