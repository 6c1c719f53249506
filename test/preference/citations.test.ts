import { readFileSync } from "node:fs";
import { comparisonsFromWins, fitBradleyTerry, preferenceProbability, randomSource } from "exptilt";
import { describe, expect, test } from "vitest";

/** The published table: a journal wins over the one that cites it; citations of itself say nothing. */
const comparisons = readFileSync(new URL("../reference/citations.csv", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => line.split(","))
  .filter(([cited, citing]) => cited !== citing)
  .map(([cited, citing, count]) => ({ winner: cited, loser: citing, count: Number(count) }));

const published = {
  ability: { "Comm Statist": -2.94907, JASA: -0.47957, "JRSS-B": 0.26895 },
  standardError: { "Comm Statist": 0.10255, JASA: 0.06059, "JRSS-B": 0.07083 },
};

describe("the citations of four statistics journals (Agresti 2002, p. 448)", () => {
  const fit = fitBradleyTerry(comparisons, { reference: "Biometrika" });
  const of = (values: Float64Array, item: string) => values[fit.items.indexOf(item)];

  test("abilities and standard errors relative to Biometrika are the published ones, to all printed digits", () => {
    expect(of(fit.ability, "Biometrika")).toBe(0);
    for (const [item, value] of Object.entries(published.ability))
      expect(of(fit.ability, item).toFixed(5)).toBe(value.toFixed(5));
    for (const [item, value] of Object.entries(published.standardError)) {
      expect(of(fit.standardError, item).toFixed(5)).toBe(value.toFixed(5));
    }
  });

  test("the deviance is 4.2934 on 3 degrees of freedom", () => {
    expect(fit.deviance.toFixed(4)).toBe("4.2934");
    expect(fit.degreesOfFreedom).toBe(3);
    expect(fit.converged).toBe(true);
  });

  test("expected wins equal observed wins for each journal: the likelihood equations", () => {
    for (const item of fit.items) {
      let [observed, expected] = [0, 0];
      for (const { winner, loser, count } of comparisons) {
        if (winner === item) observed += count;
        const other = winner === item ? loser : loser === item ? winner : undefined;
        if (other !== undefined)
          expected += count * preferenceProbability(of(fit.ability, item), of(fit.ability, other));
      }
      expect(Math.abs(observed - expected)).toBeLessThan(1e-9 * observed);
    }
  });
});

test("ties count half to each side", () => {
  const tied = fitBradleyTerry([
    { winner: "a", loser: "b", count: 3 },
    { tie: ["a", "b"], count: 4 },
  ]);
  const halved = fitBradleyTerry([
    { winner: "a", loser: "b", count: 5 },
    { winner: "b", loser: "a", count: 2 },
  ]);
  expect(tied.ability).toEqual(halved.ability);
});

test("a common factor of the counts changes no ability, and scales the information", () => {
  const wins = [
    [0, 5, 2],
    [1, 0, 4],
    [3, 1, 0],
  ];
  const [one, many] = [1, 2 ** 40].map((factor) =>
    fitBradleyTerry(
      comparisonsFromWins(
        ["a", "b", "c"],
        wins.map((row) => row.map((w) => w * factor)),
      ),
    ),
  );
  for (const i of [0, 1, 2]) {
    expect(many.ability[i]).toBeCloseTo(one.ability[i], 14);
    expect(many.standardError[i] * 2 ** 20).toBeCloseTo(one.standardError[i], 13);
  }
});

describe("of many items", () => {
  const K = 160;
  const rng = randomSource("tournament");
  const met = Array.from({ length: K }, (_, i) =>
    [1, 1 + Math.floor(rng() * (K - 1)), 1 + Math.floor(rng() * (K - 1))].map((step) => ({
      winner: i,
      loser: (i + step) % K,
      count: 1 + 9 * rng(),
    })),
  ).flat();
  // Each also lost to those it met, so that a maximum exists.
  const comparisons = met.flatMap((c) => [c, { winner: c.loser, loser: c.winner, count: 1 + 9 * rng() }]);
  const items = [...Array(K).keys()];
  const fit = fitBradleyTerry(comparisons, { items });

  test("the expected wins of each are its observed wins", () => {
    const won = new Float64Array(K);
    const expected = new Float64Array(K);
    for (const { winner, loser, count } of comparisons) {
      const p = preferenceProbability(fit.ability[winner], fit.ability[loser]);
      won[winner] += count;
      expected[winner] += count * p;
      expected[loser] += count * (1 - p);
    }
    for (const i of items) expect(Math.abs(expected[i] / won[i] - 1)).toBeLessThan(1e-13);
    expect(fit.converged).toBe(true);
  });

  test("also where one pair met 10⁹ times, too often for conjugate gradients", () => {
    const often = [...comparisons, { winner: 0, loser: 1, count: 1e9 }, { winner: 1, loser: 0, count: 1e9 }];
    const joined = fitBradleyTerry(often, { items });
    expect(Math.abs(joined.ability[0] - joined.ability[1])).toBeLessThan(1e-7);
    expect(joined.converged).toBe(true);
    expect(joined.gradientNorm).toBeLessThan(1e-5);
  });

  test("var(a − b) = var a + var b − 2 cov(a, b), whichever item is the reference", () => {
    const other = fitBradleyTerry(comparisons, { items, reference: 7 });
    const variance = ({ standardError: s, covariance }: typeof fit, i: number, j: number) =>
      s[i] ** 2 + s[j] ** 2 - 2 * covariance(i, j);
    for (const [i, j] of [
      [0, 1],
      [7, 90],
      [33, 159],
    ]) {
      expect(variance(other, i, j) / variance(fit, i, j)).toBeCloseTo(1, 10);
      expect(other.ability[i] - other.ability[j]).toBeCloseTo(fit.ability[i] - fit.ability[j], 13);
    }
    expect(other.standardError[7]).toBe(0);
  });
});

describe("where no finite maximum exists, the error names the groups", () => {
  test.each([
    [
      "an undefeated item",
      [
        [0, 5],
        [0, 0],
      ],
      /"?0"?/,
    ],
    [
      "two groups never compared",
      [
        [0, 1, 0, 0],
        [1, 0, 0, 0],
        [0, 0, 0, 1],
        [0, 0, 1, 0],
      ],
      /compared/,
    ],
    [
      "a group that never loses to the other",
      [
        [0, 1, 1, 0],
        [1, 0, 0, 1],
        [0, 0, 0, 1],
        [0, 0, 1, 0],
      ],
      /lost/,
    ],
  ])("%s", (_, wins, message) => {
    const fitted = (ridge: number) => fitBradleyTerry(comparisonsFromWins([...wins.keys()], wins), { ridge });
    expect(() => fitted(0)).toThrow(RangeError);
    expect(() => fitted(0)).toThrow(message);
    expect(fitted(0.5).ability.every(Number.isFinite)).toBe(true);
  });
});
