import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bestOfNLaw, expectation, measure } from "exptilt";
import { afterAll, describe, expect, it } from "vitest";

const bin = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const aime = fileURLToPath(new URL("../../src/data/aime2025-Phi-4-reasoning.jsonl", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "exptilt-choose-"));
afterAll(() => rmSync(folder, { recursive: true }));

function exptilt(args: string[], input = "") {
  return spawnSync(process.execPath, [bin, ...args], { encoding: "utf8", input });
}

function file(name: string, content: readonly unknown[]): string {
  const path = join(folder, name);
  writeFileSync(path, content.map((line) => JSON.stringify(line)).join("\n"));
  return path;
}

interface Estimate {
  readonly mean: number;
  readonly standardError: number;
}
interface Chosen {
  readonly beta: number;
  readonly n: number;
  readonly value: Estimate;
  readonly gain: Estimate;
  readonly reward: Estimate;
  readonly klToRef: Estimate;
}
interface Choice {
  readonly by: string;
  readonly estimate: string;
  readonly queries: number;
  readonly queriesLeftOut?: number;
  readonly oneDraw: Estimate;
  readonly best: Chosen;
  readonly cheapest: Chosen;
  readonly withinKl?: Chosen;
  readonly withinN?: Chosen;
  readonly telling: boolean;
  readonly overoptimized: readonly { readonly beta: number; readonly n: number; readonly lastChange: Estimate }[];
}

const choice = (args: string[], input = ""): Choice => JSON.parse(exptilt(["choose", ...args, "--json"], input).stdout);

describe("on the embedded data", () => {
  it("finds that the proxy helps first and hurts later, and keeps to the budgets", () => {
    const found = choice(["--beta", "0,0.1", "--n", "1,2,4,…,64", "--kl", "0.3", "--max-n", "4"]);
    expect([found.by, found.estimate, found.queries, found.telling]).toEqual(["gold", "unbiased", 164, true]);
    // As exptilt curve prints it: 0.22116 ± 0.02302.
    expect(found.oneDraw.mean.toFixed(5)).toBe("0.22116");
    expect(found.oneDraw.standardError.toFixed(5)).toBe("0.02302");
    expect([found.best.beta, found.best.n]).toEqual([0, 4]);
    expect(found.withinKl?.klToRef.mean).toBeLessThanOrEqual(0.3);
    expect(found.withinN?.n).toBeLessThanOrEqual(4);
    expect(found.cheapest.n).toBeLessThanOrEqual(found.best.n);
    const [hard, ...others] = found.overoptimized;
    expect([hard.beta, hard.n, others.length]).toEqual([0, 16, 0]);
    expect(found.best.gain.mean).toBeCloseTo(found.best.value.mean - found.oneDraw.mean, 12);
  });

  it("gives the same for the same seed, whatever the jobs, and is by the reward where gold is left out", () => {
    const args = ["choose", "--beta", "0", "--n", "1,4", "--seed", "3"];
    expect(exptilt([...args, "--jobs", "2"]).stdout).toBe(exptilt(args).stdout);
    const byReward = exptilt([...args, "--gold", "none"]).stdout;
    expect(byReward).toContain("There is no gold: this is by the reward itself");
    expect(byReward).toMatch(/^best +0 +4/m);
  });
});

it("on AIME 2025, where shorter is not better, says from which N on the reward hurts", () => {
  const text = exptilt(["choose", aime, "--beta", "0", "--n", "1,2,4,…,64"]).stdout;
  const said = text.replaceAll("\n", " ");
  // Published for these answers: 64.27 % of one draw, 59.49 % of the best of 4, 21.19 % of the best of 64.
  expect(text).toMatch(/^one draw +1 +0\.64271 ± /m);
  expect(said).toMatch(
    /At β = 0 the reward hurts: from N = 4 on gold falls while the reward rises, from .* to 0\.59487 at N = 4/,
  );
  expect(said).toContain("to 0.21191 at N = 64");
  expect(said).toContain("The data do not tell the best setting from one draw");
});

describe("laws and unequal numbers of samples", () => {
  const laws = Array.from({ length: 12 }, (_, q) => ({
    query: `q${q}`,
    answers: [
      { probability: 0.6 - q / 100, reward: 0, gold: 0 },
      { probability: 0.4, reward: 1, gold: 1 },
      { probability: q / 100, reward: 2, gold: 0 },
    ],
  }));

  it("known laws give exact figures, also past any number of samples", () => {
    const path = file("laws.jsonl", laws);
    const found = choice([path, "--beta", "0", "--n", "1,2,1000"]);
    expect(found.estimate).toBe("exact");
    const gold = laws.map(({ answers }) => {
      const ref = measure(
        [0, 1, 2],
        answers.map((a) => a.probability),
      );
      const selected = bestOfNLaw({ ref, reward: answers.map((a) => a.reward) }, found.best.n);
      return expectation(
        selected,
        answers.map((a) => a.gold),
      );
    });
    // All parts choose alike here, so that the cross-fitted mean is the plain one.
    expect(found.best.value.mean).toBeCloseTo(gold.reduce((s, g) => s + g, 0) / gold.length, 12);
  });

  const counted = (q: number, count: number) => ({
    query: `q${q}`,
    answers: [
      { count: 1, reward: 0, gold: 0 },
      { count, reward: 1, gold: 1 },
    ],
  });

  it("chooses among the N that every query has samples for; --n leaves out queries with fewer", () => {
    const path = file("uneven.jsonl", [counted(1, 3), counted(2, 9), counted(3, 9), counted(4, 1)]);
    expect(choice([path, "--beta", "0"]).best.n).toBe(2);
    const run = exptilt(["choose", path, "--beta", "0", "--n", "1,4,10", "--json"]);
    expect(run.stderr).toContain("2 queries with fewer samples than 10 are left out");
    expect(JSON.parse(run.stdout)).toMatchObject({ queries: 2, queriesLeftOut: 2, best: { n: 4 } });
  });

  it("refuses what it cannot choose from", () => {
    const one = file("one.jsonl", [counted(1, 3)]);
    expect(exptilt(["choose", one, "--beta", "0"])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("one.jsonl: a choice needs at least 2 queries"),
    });
    const single = { query: "single", answers: [{ count: 1, reward: 0, gold: 0 }] };
    const few = file("few.jsonl", [counted(1, 3), single]);
    expect(exptilt(["choose", few, "--beta", "0"])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/few\.jsonl:2: it has 1 sample: --n 1,2,… chooses among these N/),
    });
    for (const [args, message] of [
      [["--kl", "-1"], '--kl must be a number of at least 0, got "-1"'],
      [["--max-n", "0"], '--max-n must be a number of at least 1, got "0"'],
      [["--folds", "1"], '--folds must be a whole number of at least 2, got "1"'],
      [["--n", "200"], "--n has 200, and no query has more than 4 samples"],
    ] as const)
      expect(exptilt(["choose", one, "--beta", "0", ...args])).toMatchObject({
        status: 2,
        stderr: expect.stringContaining(message),
      });
  });

  it("reports what came before a bad line", () => {
    const text = [counted(1, 3), counted(2, 3), counted(3, 4)].map((q) => JSON.stringify(q)).join("\n");
    const { status, stdout, stderr } = exptilt(["choose", "-", "--beta", "0"], `${text}\nnonsense`);
    expect([status, stderr]).toEqual([2, expect.stringContaining("standard input:4: the line is not JSON")]);
    expect(stdout).toContain("3 queries");
  });
});

it("draws gold against N and against KL, with the best marked", () => {
  const svg = join(folder, "choice.svg");
  expect(exptilt(["choose", "--limit", "8", "--beta", "0,0.1", "--n", "1,2,4", "--svg", svg]).status).toBe(0);
  const text = readFileSync(svg, "utf8");
  expect(text).not.toMatch(/NaN|undefined|Infinity/);
  for (const part of [
    "Expected gold against the number of draws",
    "Expected gold against KL",
    "frontier",
    "<title>best: β = ",
  ])
    expect(text).toContain(part);
  expect(text.match(/class="band"/g)?.length).toBe(4);
});
