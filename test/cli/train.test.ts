import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";

const bin = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "exptilt-train-"));
afterAll(() => rmSync(folder, { recursive: true }));

function exptilt(...args: string[]) {
  return spawnSync(process.execPath, [bin, "train", ...args], { encoding: "utf8" });
}

function file(name: string, lines: readonly unknown[]): string {
  const path = join(folder, name);
  writeFileSync(path, lines.map((l) => JSON.stringify(l)).join("\n"));
  return path;
}

type Means = Record<string, { reward: number }>;

const two = [
  {
    query: "q",
    answers: [
      { answer: "a", count: 3, reward: 0, features: { tone: 0 } },
      { answer: "bbb", count: 1, reward: 1, features: { tone: 2 } },
    ],
  },
  {
    query: "r",
    answers: [
      { answer: "cc", count: 1, reward: 0.5, features: { tone: 1 } },
      { answer: "d", count: 1, reward: 0.25, features: { tone: 0.5 } },
    ],
  },
];

describe("exptilt train", () => {
  test("on the embedded data, with the reward as feature, every query reaches the exact optimum at θ = 1/β", () => {
    const { status, stdout, stderr } = exptilt("--holdout", "0.5", "--json");
    const report = JSON.parse(stdout);
    expect([status, stderr, report.queries.length]).toEqual([0, "", 164]);
    expect(report.parameters.reward).toBeCloseTo(10, 9);
    expect(report.training.converged).toBe(true);
    for (const { after, optimum } of report.queries) {
      expect(after.klFromOptimum).toBeLessThanOrEqual(1e-18);
      expect(after.reward).toBeCloseTo(optimum.reward, 10);
      expect(after.gold).toBeCloseTo(optimum.gold, 10);
    }
  });

  test("with other features the held-out reward rises from that of ref towards the optimum's", () => {
    const { stdout } = exptilt("--holdout", "0.5", "--features", "rank,logref", "--json");
    const held = JSON.parse(stdout).queries.filter((q: { heldOut: boolean }) => q.heldOut);
    expect(held.length).toBe(82);
    const mean = (law: string) => held.reduce((s: number, q: Means) => s + q[law].reward, 0) / 82;
    expect(mean("before")).toBeLessThan(mean("after"));
    expect(mean("after")).toBeLessThan(mean("optimum"));
    expect((mean("after") - mean("before")) / (mean("optimum") - mean("before"))).toBeGreaterThan(0.7);
  });

  test("the table has means for both halves, θ and the end of the training", () => {
    const { stdout } = exptilt("--holdout", "0.5", "--limit", "6", "--ridge", "0.1");
    expect(stdout).toMatch(/trained on\s+3\s+reward/);
    expect(stdout).toMatch(/held out\s+3\s+reward/);
    expect(stdout).toMatch(/θ: reward \d/);
    expect(stdout).toMatch(/steps to a gradient of .* \(gradient\)/);
  });

  test("a stopped training goes on from the policy it wrote, to the same bits", () => {
    const data = file("two.jsonl", two);
    const [stopped, resumed, whole] = ["a", "b", "c"].map((name) => join(folder, `${name}.json`));
    const features = ["--features", "tone,length", "--ridge", "0.01", "--method", "lbfgs"];
    const first = exptilt(data, ...features, "--iterations", "2", "--output", stopped);
    expect([first.status, first.stderr]).toEqual([1, "exptilt: the training did not converge (iterations)\n"]);
    expect(exptilt(data, ...features, "--resume", stopped, "--output", resumed).status).toBe(0);
    expect(exptilt(data, ...features, "--output", whole).status).toBe(0);
    expect(readFileSync(resumed, "utf8")).toBe(readFileSync(whole, "utf8"));
    const { parameters, format } = JSON.parse(readFileSync(whole, "utf8"));
    expect([format, ...Object.keys(parameters)]).toEqual(["exptilt policy 1", "tone", "length"]);
  });

  test("an optimum at infinity and a β too small for the draws are said, with status 1 for the first", () => {
    const sure = file("sure.jsonl", [
      {
        query: "q",
        answers: [
          { count: 1, reward: 0 },
          { count: 1, reward: 100 },
        ],
      },
    ]);
    // The optimum of all answers is at θ = 1/β, however little is left of the first; that of one draw is not.
    const known = exptilt(sure);
    expect([known.status, known.stderr]).toEqual([0, ""]);
    const unbounded = exptilt(sure, "--samples", "1");
    expect([unbounded.status, unbounded.stderr]).toEqual([
      1,
      "exptilt: the optimum lies at infinity for these features; --ridge makes it finite\n",
    ]);
    const few = exptilt("--limit", "20", "--samples", "60", "--beta", "0.01", "--ridge", "1e-6");
    expect(few.stderr).toMatch(/on \d+ of 20 queries less than half of the draws count and k̂ is 0.7 or more/);
    expect(few.stdout).toBe(exptilt("--limit", "20", "--samples", "60", "--beta", "0.01", "--ridge", "1e-6").stdout);
    expect(exptilt("--limit", "20", "--samples", "60", "--beta", "10").stderr).toBe("");
  });

  test("a feature in any unit, with any offset, leads to the same law by the same steps", () => {
    const reports = [
      [1, 0],
      [1e-12, 0],
      [1e12, 0],
      [1, 1e9],
      [2 ** 40, 2 ** 70],
    ].map(([unit, offset], i) => {
      const lines = two.map(({ query, answers }) => ({
        query,
        answers: answers.map((a) => ({ ...a, features: { tone: unit * a.features.tone + offset } })),
      }));
      const data = file(`unit${i}.jsonl`, lines);
      const { status, stdout } = exptilt(data, "--features", "tone", "--json");
      const { training, queries, parameters } = JSON.parse(stdout);
      return { status, reason: training.reason, steps: training.iterations, theta: parameters.tone * unit, queries };
    });
    for (const { status, reason, steps, theta, queries } of reports) {
      expect([status, reason, steps]).toEqual([0, "gradient", reports[0].steps]);
      expect(theta).toBeCloseTo(reports[0].theta, 9);
      expect(queries[0].after.klFromOptimum).toBeCloseTo(reports[0].queries[0].after.klFromOptimum, 10);
    }
  });

  test("draws whose weights underflow, tie and fill the tail are trained on, without a stack trace", () => {
    const steps = file("steps.jsonl", [
      {
        query: "q",
        answers: [
          { count: 80, reward: 0 },
          { count: 15, reward: 72 },
          { count: 5, reward: 144 },
        ],
      },
    ]);
    for (const samples of ["5", "100", "400"]) {
      const { status, stderr, stdout } = exptilt(steps, "--samples", samples, "--json");
      expect(stderr).not.toMatch(/at .*js:/);
      expect([0, 1]).toContain(status);
      expect(JSON.stringify(JSON.parse(stdout))).not.toContain("NaN");
    }
  });

  test("bad input is refused with status 2, and named", () => {
    const data = file("bad.jsonl", two);
    for (const [args, message] of [
      [["--beta", "0"], "--beta must be a positive number"],
      [["--features", "reward,,"], "--features must be names between commas"],
      [["--features", "charm", data], 'bad.jsonl:1: answers[0].features has no "charm" (built in: reward,'],
      [["--features", "length"], 'answers[0] has no "answer" to take the length of'],
      [["--holdout", "1"], "--holdout must be at least 0 and below 1"],
      [["--method", "magic"], "--method must be newton, lbfgs or adam"],
      [[data, "--resume", data], "bad.jsonl: "],
    ] as const) {
      const { status, stderr } = exptilt(...args);
      expect([status, stderr.includes(message)], stderr).toEqual([2, true]);
    }
  });
});
