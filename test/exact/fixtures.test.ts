import { readFileSync } from "node:fs";
import { exactAlgebra } from "exptilt/exact";
import { all, type BigNumber, bignumber, create } from "mathjs";
import { describe, expect, test } from "vitest";

const exact = exactAlgebra({ digits: 60 });

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

const { cases } = JSON.parse(readFileSync(new URL("../reference/autoregressive.json", import.meta.url), "utf8")) as {
  cases: Case[];
};

/** The closed forms of a case at 60 digits. */
function values({
  mass,
  reward,
  beta,
  length,
  betaIf,
  vocabularySize,
}: Case): Record<string, BigNumber | ArrayLike<BigNumber>> {
  const support = [...mass.keys()];
  const ref = exact.distribution(support, mass);
  const problem = { ref, reward, beta };
  const internal = { ref, length, beta: betaIf, vocabularySize };
  const optimum = exact.rlhfOptimum(problem);
  const hp = exact.humanPreference(support, reward);
  const target = exact.product(exact.power(hp, exact.divide(1, beta)), ref);
  return {
    ref: ref.mass,
    entropy: exact.entropy(ref),
    humanPreference: hp.mass,
    optimum: optimum.mass,
    logNormalizer: optimum.logNormalizer,
    klOptimumRef: exact.klDivergence(optimum, ref),
    klRefOptimum: exact.klDivergence(ref, optimum),
    generalizedKlRefTarget: exact.generalizedKlDivergence(ref, target),
    rlhfAtRef: exact.rlhfObjective(problem, ref),
    rlhfAtOptimum: exact.rlhfOptimalValue(problem),
    rlifOptimum: exact.rlifOptimum(internal).mass,
    rlifAtRef: exact.rlifObjective(internal, ref),
    rlifAtOptimum: exact.rlifOptimalValue(internal),
  };
}

describe("the twin meets values made elsewhere at 40 digits, to 38", () => {
  for (const c of cases) {
    test(c.id, () => {
      for (const [name, got] of Object.entries(values(c))) {
        const expected = c.expect[name];
        if (expected == null) continue;
        const want = [expected].flat();
        const have = "length" in got ? Array.from(got) : [got];
        expect(have).toHaveLength(want.length);
        for (const [i, text] of want.entries()) {
          const w = bignumber(text);
          const gap = bignumber(have[i].toString()).minus(w).abs();
          // 1e-38 relative, and an absolute 1e-75 where the fixture shows the noise of its own 80 digits.
          expect(gap.lte(w.abs().times(1e-38).plus(1e-75)), `${name}[${i}]: ${have[i]} for ${text}`).toBe(true);
        }
      }
    });
  }
});

describe("exponentials and logarithms agree with mathjs's own at 90 digits, to 60", () => {
  const wide = create(all ?? {}, { number: "BigNumber", precision: 90 });
  const points = [1e-30, 1e-9, 0.1, 0.5, 0.9999999999999999, 1, 1.0000000000000002, 2, 3, 10, 123.456, 700.25, 5e6];
  test.each(points)("at %s", (x) => {
    const at = wide.bignumber(exact.number(x).toString());
    const gap = (got: BigNumber, want: BigNumber) =>
      want.isZero() ? wide.bignumber(got.toString()) : wide.bignumber(got.toString()).minus(want).div(want);
    expect(gap(exact.exp(-x), at.neg().exp()).abs().toNumber()).toBeLessThan(1e-60);
    expect(gap(exact.log(x), at.ln()).abs().toNumber()).toBeLessThan(1e-60);
  });
});
