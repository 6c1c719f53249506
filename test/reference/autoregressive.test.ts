import { readFileSync } from "node:fs";
import {
  entropy,
  generalizedKlDivergence,
  humanPreference,
  klDivergence,
  measure,
  normalize,
  power,
  product,
  rlhfObjective,
  rlhfOptimalValue,
  rlhfOptimum,
  rlifObjective,
  rlifOptimalValue,
  rlifOptimum,
} from "exptilt";
import { describe, expect, test } from "vitest";

interface Case {
  id: string;
  mass: number[];
  reward: number[];
  beta: number;
  length: number;
  betaIf: number;
  vocabularySize: number;
  expect: Record<string, string | string[] | null>;
}

const { cases } = JSON.parse(readFileSync(new URL("./autoregressive.json", import.meta.url), "utf8")) as {
  cases: Case[];
};

/** The closed forms of a case: each value, as the library gives it. */
function values({
  mass,
  reward,
  beta,
  length,
  betaIf,
  vocabularySize,
}: Case): Record<string, number | ArrayLike<number>> {
  const ref = measure([...mass.keys()], mass);
  const problem = { ref, reward, beta };
  const internal = { ref, length, beta: betaIf, vocabularySize };
  const optimum = rlhfOptimum(problem);
  const hp = humanPreference(ref.support, reward);
  return {
    ref: normalize(ref).mass,
    entropy: entropy(ref),
    humanPreference: hp.mass,
    optimum: optimum.mass,
    logNormalizer: optimum.logNormalizer,
    klOptimumRef: klDivergence(optimum, ref),
    klRefOptimum: klDivergence(ref, optimum),
    generalizedKlRefTarget: generalizedKlDivergence(normalize(ref), product(power(hp, 1 / beta), normalize(ref))),
    rlhfAtRef: rlhfObjective(problem, ref),
    rlhfAtOptimum: rlhfOptimalValue(problem),
    rlifOptimum: rlifOptimum(internal).mass,
    rlifAtRef: rlifObjective(internal, ref),
    rlifAtOptimum: rlifOptimalValue(internal),
  };
}

/** The fixture was made with 80 working digits: below 1e-75 its values are the rounding noise of a true zero. */
const flush = (value: number) => (Math.abs(value) < 1e-75 ? 0 : value);

describe("closed forms against values at 40 digits", () => {
  for (const c of cases) {
    const supported = c.reward.filter((_, i) => c.mass[i] > 0);
    const range = Math.max(...supported) - Math.min(...supported);
    const a = (c.length * c.betaIf) / (c.length * c.betaIf - 1);
    const logRef = Math.max(
      ...normalize(measure([...c.mass.keys()], c.mass))
        .logMass.filter(Number.isFinite)
        .map(Math.abs),
    );
    for (const [name, got] of Object.entries(values(c))) {
      // The fixture leaves a value out (null) where its generator had no finite target to compare with.
      if (c.expect[name] == null) continue;
      // Relative error 2e-15 · (8 + the size of the exponent): what rounding the exponent once must cost.
      const tolerance = 2e-15 * (8 + (name.startsWith("rlif") ? a * logRef : range / c.beta));
      test(`${c.id}: ${name} within ${tolerance.toPrecision(2)}`, () => {
        const want = [c.expect[name]].flat().map((value) => flush(Number(value)));
        const have = typeof got === "number" ? [got] : Array.from(got);
        expect(have).toHaveLength(want.length);
        for (const [i, w] of want.entries()) expect(Math.abs(have[i] - w)).toBeLessThanOrEqual(tolerance * Math.abs(w));
      });
    }
  }

  test("every closed form of the fixture is covered", () => {
    const left = new Set(["soft", "hard", "firstOrder"]);
    const covered = new Set([...Object.keys(values(cases[0])), ...left]);
    expect(cases.flatMap((c) => Object.keys(c.expect)).filter((name) => !covered.has(name))).toEqual([]);
  });
});
