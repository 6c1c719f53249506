import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, describe, expect } from "vitest";
import { readCurve } from "../../src/cli/curve/readCurve.js";
import { cellsOf } from "../../src/cli/curve/settings.js";
import { parseQuery } from "../../src/cli/input/dataset.js";
import { featureRows } from "../../src/cli/train/features.js";
import { readClaims } from "../../src/cli/verify/check.js";
import { test } from "../support/test.js";
import { withoutProgress } from "../support/withoutProgress.js";

const bin = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "exptilt-forbidden-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A command on lines of a file, and the file's name. */
function exptilt(command: string, lines: readonly unknown[], ...options: string[]) {
  const data = join(folder, "data.jsonl");
  writeFileSync(data, lines.map((line) => JSON.stringify(line)).join("\n"));
  const run = spawnSync(process.execPath, [bin, command, data, ...options], { encoding: "utf8" });
  return { data, ...run, stderr: withoutProgress(run.stderr) };
}

const allowed = {
  query: "allowed",
  answers: [
    { count: 3, reward: 0, gold: 1 },
    { count: 1, reward: 1, gold: 0 },
  ],
};
const mixed = { query: "mixed", answers: [{ count: 4, reward: "-Infinity", gold: 7 }, ...allowed.answers] };

interface Answer {
  readonly count: number;
  readonly reward: number | string;
  readonly gold: number;
}
const answer = (reward: fc.Arbitrary<number | string>): fc.Arbitrary<Answer> =>
  fc.record({ count: fc.integer({ min: 1, max: 50 }), reward, gold: fc.integer({ min: -3, max: 3 }) });

describe("curve of a query with forbidden answers", () => {
  const settings = { rewards: [{ name: "reward", betas: [0, 0.3, Infinity] }], ns: [1], plugIn: true };
  const names = cellsOf(settings, true);
  test.prop(
    [
      fc.array(answer(fc.integer({ min: -4, max: 4 })), { minLength: 1, maxLength: 5 }),
      fc.array(answer(fc.constant("-Infinity")), { minLength: 1, maxLength: 3 }),
    ],
    { numRuns: 60 },
  )(
    "is at N = 1 and N → ∞ that of the others: what ref gives up adds to the KL, and loses every comparison",
    (kept, lost) => {
      const read = (answers: readonly Answer[]) =>
        readCurve(parseQuery(JSON.stringify({ query: "q", answers }), "f:1"), settings).cells;
      const count = (answers: readonly Answer[]) => answers.reduce((s, a) => s + a.count, 0);
      const share = count(kept) / (count(kept) + count(lost));
      const [without, withThem] = [read(kept), read([...lost, ...kept])];
      for (const [i, x] of without.entries()) {
        const quantity = names[i % names.length];
        const want =
          quantity === "klToRef" ? x - Math.log(share) : quantity === "winRate" ? share * x + (1 - share) : x;
        expect(Math.abs(withThem[i] - want)).toBeLessThanOrEqual(1e-13 * Math.max(1, Math.abs(want)));
      }
    },
  );
});

test("curve takes them from a file, and refuses a query that has no other", () => {
  const { status, stdout } = exptilt("curve", [mixed], "--beta", "0", "--n", "2", "--csv", "--plug-in");
  expect(status).toBe(0);
  // Two draws that are not both forbidden: the answer of reward 1 is among them with probability (15/64)/(3/4).
  const [n, reward, gold, kl, win] = stdout.split("\n")[1].split(",").slice(1).map(Number);
  const own = (5 / 16) * Math.log(5 / 2) + (11 / 16) * Math.log(11 / 6);
  const want = [2, 5 / 16, 11 / 16, own, (5 / 16) * (15 / 16) + (11 / 16) * (11 / 16)];
  for (const [i, x] of [n, reward, gold, kl, win].entries()) expect(x).toBeCloseTo(want[i], 14);
  // Without --plug-in it would be an estimate, and none is unbiased.
  const estimated = exptilt("curve", [mixed], "--beta", "0");
  expect([estimated.status, estimated.stderr]).toEqual([
    2,
    expect.stringContaining("answers[0] is forbidden, and then no estimate"),
  ]);
  const none = exptilt("curve", [allowed, { query: "none", answers: [mixed.answers[0]] }]);
  expect(none.status).toBe(2);
  expect(none.stderr).toContain(`${none.data}:2: answers must have one with a count above 0 that is not forbidden`);
});

test("verify refuses them, and says what to do", () => {
  const { status, stderr, data } = exptilt("verify", [allowed, mixed], "--digits", "20", "--jobs", "1");
  expect([status, stderr]).toEqual([
    2,
    `exptilt: ${data}:2: answers[0].reward must be finite, got "-Infinity": the equations are of finite rewards (a query has the same optima without its forbidden answers) (the 1 query before it is reported above)\n`,
  ]);
  const options = { beta: 1, length: 16, vocabularySize: 100, digits: 20 };
  expect(() => readClaims(parseQuery(JSON.stringify(mixed), "f:1"), options)).toThrow(
    "f:1: answers[0].reward must be finite",
  );
});

describe("train", () => {
  test("reaches the optimum, which gives them nothing, where the features tell them apart; else says it did not", () => {
    const lines = [mixed].map(({ query, answers }) => ({
      query,
      answers: answers.map((a, i) => ({ ...a, features: { good: Number(i === 2) } })),
    }));
    const { status, stdout, stderr } = exptilt("train", lines, "--features", "good", "--json");
    const { parameters, queries, training } = JSON.parse(stdout);
    expect([status, training.converged, stderr]).toEqual([0, true, ""]);
    // Among ref·e^{θ·good} the nearest to the optimum has its probability of the good answer.
    const optimum = Math.exp(10) / (3 + Math.exp(10));
    expect(parameters.good).toBeCloseTo(Math.log((7 * optimum) / (1 - optimum)), 9);
    const [{ before, after, optimum: best }] = queries;
    // ref and the policy may give a forbidden answer, so that their mean reward is −∞; KL and gold are finite.
    expect([before.reward, after.reward]).toEqual(["-Infinity", "-Infinity"]);
    expect(best.reward).toBeCloseTo(optimum, 12);
    expect(best.gold).toBeCloseTo(1 - optimum, 12);
    expect(after.klFromOptimum).toBeGreaterThan(0);
    const table = exptilt("train", lines, "--features", "good").stdout;
    expect(table).toMatch(/trained on +1 +reward +-Infinity +-Infinity +0\.9/);
    expect(table).not.toContain("NaN");
    // Draws of a forbidden answer weigh nothing.
    expect(exptilt("train", lines, "--features", "good", "--samples", "50").stdout).not.toContain("NaN");
  });

  test("refuses the reward as a feature where it is infinite", () => {
    const { status, stderr, data } = exptilt("train", [allowed, mixed]);
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining(`${data}:2: answers[0].reward must be finite, got "-Infinity": as a feature`),
    ]);
    const query = parseQuery(JSON.stringify(mixed), "f:1");
    expect(() => featureRows(query, ["reward2"])).toThrow("f:1: answers[0].reward must be finite");
    // Of 8 draws of ref 4 are forbidden and 3 have reward 0; ties count half.
    expect(featureRows(query, ["rank", "best"])).toEqual([
      [0.25, 0],
      [0.6875, 0],
      [0.9375, 1],
    ]);
  });
});
