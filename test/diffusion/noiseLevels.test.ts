import {
  betaSchedule,
  convertNoiseLevel,
  cosineSchedule,
  karrasSchedule,
  linearSchedule,
  type NoiseForm,
} from "exptilt/diffusion";
import { exactAlgebra } from "exptilt/exact";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../objective/witnesses.js";
import { test } from "../support/test.js";

const A = exactAlgebra({ digits: 60 });
const FORMS: NoiseForm[] = ["sigma", "alphaBar", "sigmaVe", "logSnr"];
const near = (got: number, want: number, relative: number) =>
  expect(Math.abs(got - want), `${got} is not ${want}`).toBeLessThanOrEqual(relative * Math.abs(want));

describe("one noise level under four names", () => {
  test.prop([fc.double({ min: -30, max: 30, noNaN: true }), fc.constantFrom(...FORMS), fc.constantFrom(...FORMS)], {
    numRuns: runs(200),
  })("σ² + ᾱ = 1, σ_VE = σ/√ᾱ and λ = −2 log σ_VE; every way round leads back", (lambda, via, to) => {
    const of = (form: NoiseForm) => convertNoiseLevel(lambda, "logSnr", form);
    near(of("sigma") ** 2 + of("alphaBar"), 1, 1e-15);
    near(of("sigmaVe"), of("sigma") / Math.sqrt(of("alphaBar")), 1e-14);
    // What σ or ᾱ has lost at its rounding end, it has lost.
    const lost = via === "sigma" ? 1 / of("alphaBar") : via === "alphaBar" ? 1 + 1 / of("sigma") ** 2 : 1;
    const slack = 1e-14 * (1 + Math.abs(lambda)) * lost;
    const [got, want] = [convertNoiseLevel(of(via), via, to), of(to)];
    expect(Math.abs(got - want)).toBeLessThanOrEqual(slack * (to === "logSnr" ? 1 : Math.abs(want)));
  });

  it("no noise and pure noise are the ends in every form", () => {
    const [none, pure] = [
      { sigma: 0, alphaBar: 1, sigmaVe: 0, logSnr: Infinity },
      { sigma: 1, alphaBar: 0, sigmaVe: Infinity, logSnr: -Infinity },
    ];
    for (const end of [none, pure])
      for (const from of FORMS) for (const to of FORMS) expect(convertNoiseLevel(end[from], from, to)).toBe(end[to]);
  });

  it("far ends keep their digits", () => {
    near(convertNoiseLevel(1e-200, "sigma", "sigmaVe"), 1e-200, 1e-15);
    near(convertNoiseLevel(1e200, "sigmaVe", "logSnr"), -400 * Math.log(10), 1e-15);
    near(convertNoiseLevel(1e-300, "alphaBar", "sigmaVe"), 1e150, 1e-15);
    near(convertNoiseLevel(1e-9, "sigmaVe", "logSnr"), 18 * Math.log(10), 1e-15);
    expect(convertNoiseLevel(1e-310, "sigmaVe", "sigma")).toBe(1e-310);
    expect(convertNoiseLevel(1, "sigmaVe", "logSnr")).toBe(0);
  });
});

describe("the schedules that files name", () => {
  it("Stable Diffusion's runs from σ_VE = 0.0292 to 14.6146, and Karras' four levels between are those that diffusers prints", () => {
    const { sigmaVe, alphaBar } = betaSchedule("scaled_linear");
    expect([sigmaVe[999], sigmaVe[0]].map((s) => s.toFixed(4))).toEqual(["14.6146", "0.0292"]);
    expect(alphaBar[999].toFixed(4)).toBe("0.0047");
    const karras = karrasSchedule(4, { sigmaMin: sigmaVe[0], sigmaMax: sigmaVe[999] });
    expect(Array.from(karras, (s) => s.toFixed(4))).toEqual(["0.0292", "0.4469", "3.1686", "14.6146"]);
  });

  it("the cosine of ten steps is the published one, the last step capped", () => {
    const { alphaBar, beta } = betaSchedule("squaredcos_cap_v2", { steps: 10 });
    const published = [0.97209274, 0.89870592, 0.78691051, 0.64747821, 0.49384359, 0.34080964, 0.20312147, 0.09404561];
    for (const [i, a] of published.entries()) expect(alphaBar[i]).toBeCloseTo(a, 8);
    expect(beta[9]).toBe(0.999);
    near(alphaBar[9], alphaBar[8] / 1000, 1e-15);
  });

  it("the formula of the files themselves, in plain doubles, agrees to what their cancellation leaves", () => {
    const scaled = betaSchedule("scaled_linear");
    let product = 1;
    for (let i = 0; i < 1000; i++) {
      const root = Math.sqrt(0.00085) + ((Math.sqrt(0.012) - Math.sqrt(0.00085)) * i) / 999;
      product *= 1 - root * root;
      near(scaled.beta[i], root * root, 1e-14);
      near(scaled.alphaBar[i], product, 1e-12);
    }
    const bar = (t: number) => Math.cos((((t + 0.008) / 1.008) * Math.PI) / 2) ** 2;
    const cosine = betaSchedule("squaredcos_cap_v2");
    for (let i = 0; i < 1000; i++)
      expect(cosine.beta[i]).toBeCloseTo(Math.min(0.999, 1 - bar((i + 1) / 1000) / bar(i / 1000)), 10);
  });

  it("linear at 1,000 steps is linearSchedule, and the cosine is near cosineSchedule", () => {
    const [linear, same] = [betaSchedule("linear").sigma, linearSchedule(1000)];
    for (const [i, s] of same.entries()) near(linear[i], s, 1e-12);
    const [cosine, kin] = [betaSchedule("squaredcos_cap_v2").sigma, cosineSchedule(1000)];
    for (const [i, s] of kin.entries()) expect(Math.abs(cosine[i] - s)).toBeLessThan(0.02);
  });

  it("forms of one step are each other's conversions, and levels increase", () => {
    for (const name of ["linear", "scaled_linear", "squaredcos_cap_v2"] as const) {
      const { alphaBar, sigma, sigmaVe, logSnr } = betaSchedule(name, { steps: 50 });
      for (let i = 0; i < 50; i++) {
        near(convertNoiseLevel(sigmaVe[i], "sigmaVe", "sigma"), sigma[i], 1e-15);
        near(convertNoiseLevel(sigmaVe[i], "sigmaVe", "alphaBar"), alphaBar[i], 2e-15);
        near(convertNoiseLevel(logSnr[i], "logSnr", "sigmaVe"), sigmaVe[i], 1e-14);
        if (i > 0) expect(sigma[i]).toBeGreaterThan(sigma[i - 1]);
      }
    }
  });

  test.prop(
    [
      fc.integer({ min: 1, max: 40 }),
      fc.double({ min: -14, max: -0.4, noNaN: true }),
      fc.double({ min: -14, max: -0.4, noNaN: true }),
    ],
    {
      numRuns: runs(40),
    },
  )("any ends, even below the rounding of 1, are met at 60 digits to 1e-15", (steps, low, high) => {
    const options = { steps, betaStart: 10 ** low, betaEnd: 10 ** high };
    for (const name of ["linear", "scaled_linear"] as const) {
      const [got, want] = [betaSchedule(name, options), A.betaSchedule(name, options)];
      for (const column of ["beta", "alphaBar", "sigma", "sigmaVe"] as const)
        for (let i = 0; i < steps; i++) near(got[column][i], Number(want[column][i]), 1e-15);
    }
  });

  test.prop(
    [
      fc.integer({ min: 2, max: 30 }),
      fc.double({ min: -5, max: 2, noNaN: true }),
      fc.double({ min: 0.1, max: 6, noNaN: true }),
    ],
    {
      numRuns: runs(50),
    },
  )(
    "Karras' levels are evenly spaced in σ^{1/ρ}, and at ρ = ∞ in log σ, between the ends given",
    (steps, low, decades) => {
      const ends = { sigmaMin: 10 ** low, sigmaMax: 10 ** (low + decades) };
      for (const rho of [1, 3, 7, Infinity]) {
        const levels = karrasSchedule(steps, { ...ends, rho });
        expect([levels[0], levels[steps - 1]]).toEqual([ends.sigmaMin, ends.sigmaMax]);
        const scale = Array.from(levels, (s) => (rho === Infinity ? Math.log(s) : s ** (1 / rho)));
        for (let i = 1; i < steps; i++) {
          const step = (scale[steps - 1] - scale[0]) / (steps - 1);
          expect(Math.abs(scale[i] - scale[i - 1] - step)).toBeLessThanOrEqual(
            1e-13 * Math.max(...scale.map(Math.abs)),
          );
        }
      }
    },
  );
});

describe("bad input", () => {
  it.each<[() => unknown, ErrorConstructor, string]>([
    [
      () => convertNoiseLevel(1.1, "sigma", "alphaBar"),
      RangeError,
      "convertNoiseLevel: value must be from 0 to 1, got 1.1",
    ],
    [() => convertNoiseLevel(-1, "sigmaVe", "alphaBar"), RangeError, "convertNoiseLevel: value must be"],
    [
      () => convertNoiseLevel(Number.NaN, "logSnr", "sigma"),
      RangeError,
      "convertNoiseLevel: value must be a number, not NaN",
    ],
    [
      () => convertNoiseLevel(1, "snr" as never, "sigma"),
      RangeError,
      "from must be one of sigma, alphaBar, sigmaVe, logSnr",
    ],
    [() => convertNoiseLevel(1, "sigma", 3 as never), TypeError, "convertNoiseLevel: to must be a string, got 3"],
    [() => betaSchedule("cosine" as never), RangeError, "betaSchedule: name must be one of linear, scaled_linear"],
    [() => betaSchedule(1 as never), TypeError, "betaSchedule: name must be a string, got 1"],
    [() => betaSchedule("linear", { steps: 0 }), RangeError, "betaSchedule: options.steps must be a whole number"],
    [() => betaSchedule("linear", { betaEnd: 1 }), RangeError, "betaSchedule: options.betaEnd must be"],
    [() => betaSchedule("linear", { steps: 5000, betaStart: 0.5, betaEnd: 0.5 }), RangeError, "leave ᾱ above 1e-270"],
    [
      () => betaSchedule("squaredcos_cap_v2", { betaStart: 0.1 }),
      TypeError,
      "betaSchedule: options.betaStart must be left out of squaredcos_cap_v2, got 0.1",
    ],
    [() => karrasSchedule(1), RangeError, "karrasSchedule: steps must be a whole number of at least 2, got 1"],
    [() => karrasSchedule(3, { sigmaMin: 0 }), RangeError, "karrasSchedule: options.sigmaMin must be positive"],
    [() => karrasSchedule(3, { sigmaMax: 0.001 }), RangeError, "karrasSchedule: options.sigmaMax must exceed sigmaMin"],
    [() => karrasSchedule(3, { rho: 0 }), RangeError, "karrasSchedule: options.rho must be"],
  ])("%s", (call, error, message) => {
    expect(call).toThrow(error);
    expect(call).toThrow(message);
  });
});
