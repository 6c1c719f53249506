import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  estimateMajorityVote,
  estimateMetropolis,
  estimateRejectionSampling,
  estimateSoftBestOfN,
  type MethodOptions,
  measure,
  policyReading,
  type SelectionMethod,
} from "exptilt";
import { afterAll, describe, expect, it } from "vitest";
import { EMBEDDED } from "../../src/cli/input/openDataset.js";

const bin = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const aime = fileURLToPath(new URL("../../src/data/aime2025-Phi-4-reasoning.jsonl", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "exptilt-methods-"));
afterAll(() => rmSync(folder, { recursive: true }));

function exptilt(args: string[], input = "") {
  return spawnSync(process.execPath, [bin, ...args], { encoding: "utf8", input });
}

function file(name: string, content: readonly unknown[]): string {
  const path = join(folder, name);
  writeFileSync(path, content.map((line) => JSON.stringify(line)).join("\n"));
  return path;
}

interface Row {
  readonly method: SelectionMethod;
  readonly beta: number;
  readonly n: number;
  readonly reward: number;
  readonly gold: number;
  readonly klToRef: number;
  readonly winRate: number;
}

/** The rows of comma-separated values: the β of a majority vote is NaN. */
function rowsOf(text: string): Row[] {
  const [head, ...lines] = text.trimEnd().split("\n");
  const names = head.split(",");
  return lines.map((line) => {
    const values = line.split(",");
    const read = (name: string) => (name === "method" ? values[0] : Number(values[names.indexOf(name)] || Number.NaN));
    return Object.fromEntries(["method", "beta", "n", "reward", "gold", "klToRef", "winRate"].map((x) => [x, read(x)]));
  }) as unknown as Row[];
}

const mean = (values: readonly number[]) => values.reduce((s, x) => s + x, 0) / values.length;
const ALL = ["--method", "soft,metropolis,rejection,vote,weighted-vote"];

/** Samples of two queries, with answers that tie, and a rare good one. */
const queries = [
  { count: [5, 3, 2], reward: [0, 1, 2], gold: [1, 0, 0.5] },
  { count: [1, 4, 4, 1], reward: [0.5, 0.5, -1, 1.5], gold: [0, 1, 0, 1] },
];
const lines = queries.map(({ count, reward, gold }, q) => ({
  query: `q${q}`,
  answers: count.map((c, i) => ({ answer: `a${i}`, count: c, reward: reward[i], gold: gold[i] })),
}));
const samples = file("samples.jsonl", lines);
const laws = queries.map(({ count, reward, gold }) => ({ ref: measure([...count.keys()], count), reward, gold }));
const optionsOf = (method: SelectionMethod): MethodOptions =>
  method === "rejection" ? { method, cap: 1.5 } : { method };

describe("exptilt curve --method", () => {
  it("reads the exact laws of a data set with --law", () => {
    const { status, stdout } = exptilt([
      "curve",
      samples,
      "--law",
      ...ALL,
      "--cap",
      "1.5",
      "--beta",
      "0,0.4",
      "--n",
      "1,3,8",
      "--csv",
    ]);
    expect(status).toBe(0);
    const rows = rowsOf(stdout);
    expect(rows.map(({ method }) => method).filter((m, i, all) => m !== all[i - 1])).toEqual(ALL[1].split(","));
    expect(rows.length).toBe((4 * 2 + 1) * 4);
    for (const { method, beta, n, ...read } of rows) {
      const want = laws.map((law) =>
        policyReading({ ...law, beta: Number.isNaN(beta) ? 0 : beta }, { ...optionsOf(method), n }),
      );
      for (const name of ["reward", "gold", "klToRef", "winRate"] as const)
        expect(read[name]).toBeCloseTo(mean(want.map((w) => w[name] ?? Number.NaN)), 12);
    }
  });

  it("estimates from samples as the library does, with KL and the limit of the samples' own law", () => {
    const rows = rowsOf(
      exptilt(["curve", samples, ...ALL, "--cap", "1.5", "--beta", "0,0.4", "--n", "1,3,8", "--csv"]).stdout,
    );
    for (const { method, beta, n, gold, klToRef } of rows) {
      const own = laws.map((law) =>
        policyReading({ ...law, beta: Number.isNaN(beta) ? 0 : beta }, { ...optionsOf(method), n }),
      );
      expect(klToRef).toBeCloseTo(mean(own.map((w) => w.klToRef)), 12);
      const want = queries.map((query, q) => {
        if (n === Infinity) return own[q].gold;
        if (method === "soft") return estimateSoftBestOfN({ ...query, beta }, n).gold;
        if (method === "metropolis") return estimateMetropolis({ ...query, beta }, n).gold;
        if (method === "rejection") return estimateRejectionSampling({ ...query, beta, cap: 1.5 }, n).gold;
        const { count, reward, gold } = query;
        return estimateMajorityVote(method === "vote" ? { count, gold } : { count, gold, reward, beta }, n).gold;
      });
      expect(gold, `${method} ${beta} ${n}`).toBeCloseTo(mean(want.map((x) => x ?? Number.NaN)), 12);
    }
  });

  it("gives the published figures of the embedded data and of AIME 2025, plug-in", () => {
    const plugIn = (args: string[]) => rowsOf(exptilt(["curve", ...args, "--plug-in", "--csv"]).stdout);
    const nearby = plugIn(["--beta", "0.05", "--n", "32", "--method", "soft,metropolis"]).filter(({ n }) => n === 32);
    expect(nearby.map(({ gold }) => (100 * gold).toFixed(2))).toEqual(["29.86", "29.60"]);
    const voted = plugIn([aime, "--beta", "1", "--n", "1,3,9,33,65", "--method", "vote"]);
    expect(voted.map(({ gold }) => (100 * gold).toFixed(2))).toEqual([
      "64.27",
      "70.60",
      "78.97",
      "82.04",
      "82.55",
      "83.33",
    ]);
    const weighted = plugIn(["--beta", "0.1", "--n", "16,64", "--method", "weighted-vote"]);
    expect(weighted.map(({ gold }) => (100 * gold).toFixed(1))).toEqual(["33.0", "34.5", "36.3"]);
  });

  it("adds up shards to the same bytes, whatever the jobs, and refuses those of another method", () => {
    const all = readFileSync(EMBEDDED, "utf8").trimEnd().split("\n").slice(0, 12);
    const part = (name: string, from: number, to: number) => {
      const path = join(folder, name);
      writeFileSync(path, all.slice(from, to).join("\n"));
      return path;
    };
    const asked = [...ALL, "--cap", "0.6", "--beta", "0,0.1", "--n", "1,4", "--versus", "metropolis,0.1,4"];
    const made = (name: string, ...args: string[]) => {
      const out = join(folder, name);
      expect(exptilt(["curve", ...args, "--partial", out])).toMatchObject({ status: 0 });
      return out;
    };
    const shards = [made("a.json", part("a", 0, 5), ...asked), made("b.json", part("b", 5, 12), ...asked)];
    const whole = part("whole", 0, 12);
    const once = exptilt(["curve", whole, ...asked, "--json"]).stdout;
    expect(exptilt(["curve", whole, ...asked, "--json", "--jobs", "2"]).stdout).toBe(once);
    const merged = exptilt(["merge", ...shards.reverse(), "--json"]).stdout;
    expect(merged.replace("2 shards", whole)).toBe(once);
    const [, , metropolis] = JSON.parse(once).curves;
    expect([metropolis.method, metropolis.beta]).toEqual(["metropolis", 0]);
    expect(JSON.parse(once).versus).toEqual({ method: "metropolis", beta: 0.1, n: 4 });
    const other = made("c.json", part("c", 5, 12), "--beta", "0,0.1", "--n", "1,4");
    expect(exptilt(["merge", shards[0], other]).stderr).toContain(
      "it was made with other options than the files before it: --beta, --n, --method,",
    );
  });

  it("names the method in the table, in what is written of each query and in the picture", () => {
    const [svg, perQuery] = ["x.svg", "x.csv"].map((name) => join(folder, name));
    const asked = ["--method", "vote,rejection", "--cap", "1", "--beta", "0.5", "--n", "1,2"];
    const { stdout } = exptilt([
      "curve",
      samples,
      ...asked,
      "--versus",
      "vote,2",
      "--svg",
      svg,
      "--per-query",
      perQuery,
    ]);
    expect(stdout).toMatch(/^method +β +N +reward/m);
    expect(stdout).toMatch(/^vote +1 /m);
    expect(stdout).toMatch(/^rejection +0\.5 +1 /m);
    expect(stdout).toContain("gold over vote, N=2");
    expect(stdout).toContain("rejection (cap 1): takes the first accepted");
    expect(stdout.replaceAll("\n", " ")).toContain(
      "for rejection those of the reward capped; for vote the likeliest answer.",
    );
    const [head, first] = readFileSync(perQuery, "utf8").split("\n");
    expect(head).toBe("query,cluster,samples,rewardName,method,beta,n,reward,gold,klToRef,winRate");
    expect(first).toMatch(/^q0,,10,reward,vote,,1,/);
    const picture = readFileSync(svg, "utf8");
    expect(picture).toContain(">vote<");
    expect(picture).toContain(">rejection 0.5<");
  });
});

describe("what answers are one to a vote", () => {
  const rows = [
    ["42", 0.1, 1],
    ["42", 0.3, 1],
    ["41", 0.9, 0],
    ["41", 0.9, 0],
    ["42", 0.2, 1],
    ["7", 0.5, 0],
  ].map(([answer, score, correct]) => ({ prompt: "6 × 7?", answer, score, correct }));
  const scored = file("rows.jsonl", rows);
  const read = (...args: string[]) => exptilt(["curve", scored, "--beta", "0.5", "--n", "1,3", ...args]);

  it("those of one text, whatever their rewards", () => {
    const { stdout } = read("--method", "vote", "--csv", "--answer", "answer");
    const want = [1, 3].map((n) =>
      estimateMajorityVote({ count: [3, 2, 1], gold: [1, 0, 0], reward: [0.2, 0.9, 0.5] }, n),
    );
    expect(rowsOf(stdout).map(({ gold }) => gold)).toEqual([
      ...want.map(({ gold }) => expect.closeTo(gold ?? 0, 12)),
      1,
    ]);
    // The mean reward of the answer that wins.
    const [, three] = want;
    expect(rowsOf(stdout)[1].reward).toBeCloseTo(0.2 * three.law[0] + 0.9 * three.law[1] + 0.5 * three.law[2], 12);
    // 42 wins in the limit: half of its own, and all below it, are beaten.
    expect(rowsOf(stdout)[2].winRate).toBeCloseTo((0.5 + 1.5 + 2.5) / 3 / 6, 12);
  });

  it("weighted votes need one reward of each, or the mean", () => {
    const { status, stderr } = read("--method", "weighted-vote", "--answer", "answer");
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining(
        `the answer "42" has the rewards 0.1 and 0.3, and a weighted vote needs one of each answer (--merge mean takes their mean)`,
      ),
    ]);
    const { stdout } = read("--method", "weighted-vote", "--answer", "answer", "--merge", "mean", "--csv");
    const want = estimateMajorityVote({ count: [3, 2, 1], gold: [1, 0, 0], reward: [0.2, 0.9, 0.5], beta: 0.5 }, 3);
    expect(rowsOf(stdout)[1].gold).toBeCloseTo(want.gold ?? 0, 12);
  });

  it("without texts there are none", () => {
    const bare = file(
      "bare.jsonl",
      rows.map(({ answer: _, ...row }) => row),
    );
    const { status, stderr } = exptilt(["curve", bare, "--beta", "0.5", "--n", "1,3", "--method", "vote"]);
    expect(status).toBe(2);
    expect(stderr).toContain(
      'bare.jsonl:1: answers of query "6 × 7?" have no text, and a vote has to tell them apart (--answer COLUMN names the text)',
    );
  });
});

describe("exptilt choose --method", () => {
  it("chooses among methods too, and says which", () => {
    const asked = ["--beta", "0.1", "--n", "1,4,16", "--method", "soft,vote,weighted-vote"];
    const found = JSON.parse(exptilt(["choose", ...asked, "--json"]).stdout);
    expect([found.best.method, found.best.beta, found.best.n]).toEqual(["weighted-vote", 0.1, 16]);
    const rows = rowsOf(exptilt(["curve", ...asked, "--csv"]).stdout);
    const best = rows.filter(({ n }) => n < Infinity).reduce((a, b) => (b.gold > a.gold ? b : a));
    expect([best.method, best.n]).toEqual(["weighted-vote", 16]);
    const { stdout } = exptilt(["choose", ...asked]);
    expect(stdout).toMatch(/^ +method +β +N +gold/m);
    expect(stdout).toMatch(/^best +weighted-vote +0\.1 +16 /m);
  });
});

describe("bad input exits with 2 and says what", () => {
  const cases: [args: string[], message: string][] = [
    [
      ["--method", "softt"],
      '--method must be a list of soft, metropolis, rejection, vote, weighted-vote; got "softt"; did you mean soft?',
    ],
    [["--method", "soft,soft"], "--method soft is given twice"],
    [["--cap", "1"], "--cap is for --method rejection"],
    [["--method", "rejection", "--cap", "high"], '--cap must be a finite number, got "high"'],
    [
      ["--method", "rejection"],
      `${samples}:1: its answers are samples, and then --method rejection needs --cap: their own largest reward is random`,
    ],
    [["--method", "rejection", "--cap", "1", "--reward", "reward", "--reward", "gold"], "--cap takes one --reward"],
    [["--method", "vote", "--n", "1,2.5"], "--n must be whole numbers up to 524288 for --method vote, got 2.5"],
    [
      ["--method", "metropolis", "--n", "1,2.5"],
      `${samples}:1: its answers are samples, and then --n must be whole numbers, got 2.5`,
    ],
    [
      ["--method", "metropolis", "--n", "1,2", "--beta", "1", "--versus", "soft,1,2"],
      '--versus must be a β and an N that are among those of --beta and --n, like "metropolis,0,16"',
    ],
  ];
  it.each(cases)("%j", (args, message) => {
    const { status, stderr } = exptilt(["curve", samples, "--beta", "0.5", ...args]);
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
  it("a law has a largest reward of its own, and so have the samples as a law", () => {
    for (const how of ["--law", "--plug-in"])
      expect(exptilt(["curve", samples, "--beta", "0.5", "--n", "2", "--method", "rejection", how])).toMatchObject({
        status: 0,
      });
  });
});
