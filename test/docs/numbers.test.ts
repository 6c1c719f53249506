import { readFileSync } from "node:fs";
import { bestOfNLaw, expectation, measure } from "exptilt";
import { checkClaim, claims, float64Algebra, worldOf } from "exptilt/claims";
import { kldivergence } from "mathjs";
import { describe, expect, it } from "vitest";
import { type Benchmarks, page as benchmarksPage, duration } from "../bench/page.js";

const root = new URL("../../", import.meta.url);
const text = (path: string): string => readFileSync(new URL(path, root), "utf8");

describe("the table of the errata is what the claims give on the embedded data", () => {
  const rows = [...text("docs/errata.md").matchAll(/^\| (E\d) \| (.*) \| (.*) \|$/gm)];
  const worlds = text("src/data/humaneval-codegen16b.jsonl")
    .trimEnd()
    .split("\n")
    .map((line) => {
      const { answers } = JSON.parse(line) as { answers: { count: number; reward: number }[] };
      const [mass, reward] = [answers.map((a) => a.count), answers.map((a) => a.reward)];
      return worldOf(float64Algebra, { mass, reward, beta: 0.1, length: 16, vocabularySize: 50257 });
    });
  const errata = claims.filter((claim) => claim.kind === "erratum");

  it("has a row for every erratum", () => {
    expect(rows.map(([, equation]) => equation)).toEqual(errata.map(({ equation }) => equation));
  });

  it.each(errata)("$equation", (claim) => {
    const gaps = worlds.map((world) => checkClaim(claim, world));
    const [, , printed, corrected] = rows.find(([, equation]) => equation === claim.equation) ?? [];
    expect(Math.min(...gaps.map(({ printedGap = 0 }) => printedGap)).toPrecision(2)).toBe(printed);
    const worst = Math.max(...gaps.map(({ gap }) => gap));
    if (corrected === "0") return expect(worst).toBe(0);
    // Rounding differs between machines in its last bits: the bound is a power of ten.
    expect(corrected).toMatch(/^1e−\d+$/);
    const bound = Number(corrected.replace("−", "-"));
    expect(worst).toBeLessThanOrEqual(bound);
    expect(worst).toBeGreaterThan(bound / 100);
  });
});

describe("the page on citing", () => {
  it("names the version of the package", () => {
    const { version } = JSON.parse(text("package.json")) as { version: string };
    expect(text("docs/citing.md")).toContain(`version = {${version}}`);
  });

  it("names the holder and the year of the licence", () => {
    const [, year, holder] = /Copyright \(c\) (\d+) (.*)/.exec(text("LICENSE")) ?? [];
    expect(text("docs/citing.md")).toContain(`author  = {{${holder}}}`);
    expect(text("docs/citing.md")).toContain(`year    = {${year}}`);
  });
});

describe("the page of benchmarks", () => {
  it("is what the figures of the run make", () => {
    expect(text("docs/benchmarks.md")).toBe(benchmarksPage(JSON.parse(text("docs/benchmarks.json")) as Benchmarks));
  });
});

describe("the page beside what is used today", () => {
  const page = text("docs/comparison.md");
  const { versions, closeLaws, results } = JSON.parse(text("docs/benchmarks.json")) as Benchmarks;
  const figure = (x: number) => x.toPrecision(2).replace("e+", "e").replace("-", "−");

  it("mathjs gives NaN for the divergence of a list with a 0", () => {
    expect(kldivergence([0, 1], [0.5, 0.5])).toBeNaN();
  });

  it("the divergence of near-equal laws is off by what the benchmarks measured", () => {
    const { answers, trials, spread, exptilt, scipy } = closeLaws;
    expect(page).toContain(`SciPy ${versions.scipy?.replace(/\.\d+$/, "")} |`);
    expect(page).toContain(
      `the KL of laws ${spread.toExponential().replace("-", "−")} apart (${answers} answers, ${trials} trials) has a median relative error of ${figure(scipy?.median ?? Number.NaN)} and is negative in ${scipy?.negative} of them`,
    );
    expect(exptilt).toBeLessThan(1e-15);
  });

  it("a simulation takes the time that the benchmarks measured, and leaves the error of its runs", () => {
    const { readings } = results.find(({ group }) =>
      group.startsWith("Best-of-16 simulated"),
    ) as Benchmarks["results"][number];
    const median = (name: string) => readings.find(({ contender }) => contender.startsWith(name))?.median ?? Number.NaN;
    const [line] = text("src/data/humaneval-codegen16b.jsonl").split("\n");
    const { answers } = JSON.parse(line) as { answers: { count: number; reward: number }[] };
    const [mass, reward] = [answers.map(({ count }) => count), answers.map((answer) => answer.reward)];
    const law = bestOfNLaw({ ref: measure([...mass.keys()], mass), reward }, 16);
    const mean = expectation(law, reward);
    const variance = expectation(
      law,
      reward.map((r) => (r - mean) ** 2),
    );
    const error = Math.sqrt(variance / 1e6)
      .toExponential(0)
      .replace("-", "−");
    expect(page).toContain(
      `for HumanEval/0 at N = 16, 10⁶ runs in NumPy took ${duration(median("numpy, simulated"))} and leave the mean reward uncertain by ${error}`,
    );
    expect(page).toContain(`the simulation's figure to the last digits in ${duration(median("exptilt"))};`);
  });
});
