import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { measure, policyReading, rlhfOptimum, softBestOfNLaw } from "exptilt";
import { afterAll, describe, expect, it } from "vitest";
import { numberList } from "../../src/cli/input/numberList.js";
import { EMBEDDED } from "../../src/cli/input/openDataset.js";

const bin = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "exptilt-"));
afterAll(() => rmSync(folder, { recursive: true }));
const lines = readFileSync(EMBEDDED, "utf8").trimEnd().split("\n");

function exptilt(args: string[], input = "") {
  return spawnSync(process.execPath, [bin, ...args], { encoding: "utf8", input });
}

function file(name: string, content: readonly unknown[]): string {
  const path = join(folder, name);
  writeFileSync(path, content.map((l) => (typeof l === "string" ? l : JSON.stringify(l))).join("\n"));
  return path;
}

const query = (name: string, gold?: (number | undefined)[]) => ({
  query: name,
  answers: [
    { count: 3, reward: 0, gold: gold?.[0] },
    { count: 1, reward: 1, gold: gold?.[1] },
  ],
});

interface Report {
  queries: number;
  curves: {
    beta: number;
    points: { n: number; reward: number; gold?: number; klToRef: number; winRate: number }[];
    limit: { reward: number; klToRef: number };
  }[];
}

describe("exptilt curve on the embedded data", () => {
  // Exact means over the queries, published with the data: made by an independent program.
  const published = {
    0: ["22.116", "27.367", "30.134", "29.847", "27.811", "23.946", "21.633"],
    0.02: ["22.12", "27.28", "30.19", "30.49", "29.41", "27.57", "26.82"],
    0.1: ["22.12", "26.23", "28.40", "29.16", "29.41", "29.70", "29.76"],
  };
  it("gives the published curves of the samples' own law, to all printed digits", () => {
    const asked = ["--beta", "0,0.02,0.1", "--n", "1,2,4,8,16,64,1024", "--plug-in"];
    const { status, stdout } = exptilt(["curve", ...asked, "--json"]);
    const { queries, curves } = JSON.parse(stdout) as Report;
    expect([status, queries]).toEqual([0, 164]);
    for (const [beta, want] of Object.entries(published)) {
      const got = curves.find((c) => c.beta === Number(beta))?.points.map(({ gold }) => 100 * (gold ?? Number.NaN));
      expect(got?.map((g, i) => g.toFixed(want[i].split(".")[1].length))).toEqual(want);
    }
  });

  it("gives the unbiased gold as published at N = 64 and 100, and nothing past the 100 samples", () => {
    const { status, stdout, stderr } = exptilt(["curve", "--beta", "0", "--n", "64,100,1024", "--json"]);
    const { points } = (JSON.parse(stdout) as Report).curves[0];
    expect([status, ...points.map(({ gold = 0 }) => (100 * gold).toFixed(3))]).toEqual([0, "23.064", "21.633"]);
    expect(stderr).toContain("N = 1024 left out: no query has more than 100 samples (--plug-in reads them off");
  });

  it("gives pass@1, 10 and 100 as published, by --reward gold", () => {
    const { stdout } = exptilt(["curve", "--beta", "0", "--n", "1,10,100", "--reward", "gold", "--json"]);
    const { points } = (JSON.parse(stdout) as Report).curves[0];
    expect(points.map(({ reward }) => (100 * reward).toFixed(2))).toEqual(["22.12", "50.38", "73.78"]);
  });

  it("gives the same figures to the last bit from shards of any size in any order, and with workers", () => {
    const grid = ["--beta", "0,0.1", "--n", "1,2,…,32"];
    const whole = exptilt(["curve", "--csv", ...grid]).stdout;
    expect(exptilt(["curve", "--csv", ...grid, "--jobs", "2"]).stdout).toBe(whole);
    for (const shards of [2, 5]) {
      const partials = Array.from({ length: shards }, (_, s) => {
        const shard = file(
          `shard-${shards}-${s}.jsonl`,
          lines.filter((_, i) => i % shards === s),
        );
        const partial = join(folder, `partial-${shards}-${s}.json`);
        expect(exptilt(["curve", shard, ...grid, "--partial", partial]).status).toBe(0);
        return partial;
      });
      expect(exptilt(["merge", ...partials.reverse(), "--csv"]).stdout).toBe(whole);
      // A merged file can be merged again.
      const merged = join(folder, `merged-${shards}.json`);
      exptilt(["merge", ...partials, "--partial", merged]);
      expect(exptilt(["merge", merged, "--csv"]).stdout).toBe(whole);
    }
  });

  it("writes a picture that is well-formed, self-contained and readable in light and dark", () => {
    const svg = join(folder, "curve.svg");
    expect(exptilt(["curve", "--limit", "3", "--svg", svg]).status).toBe(0);
    const text = readFileSync(svg, "utf8");
    expect(text).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" viewBox=/);
    expect(text).toContain("prefers-color-scheme: dark");
    expect(text).not.toMatch(/NaN|undefined|href|@import/);
    for (const title of ["Expected gold reward", "Expected reward", "KL to the reference", "β = 0.02", "N → ∞"])
      expect(text).toContain(title);
    // Every element is closed, in order.
    const open: string[] = [];
    for (const [, closing, name, self] of text.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)) {
      if (closing) expect(open.pop()).toBe(name);
      else if (!self) open.push(name);
    }
    expect(open).toEqual([]);
  });
});

describe("exptilt curve", () => {
  const shown = ["curve", "-", "--beta", "0.5", "--n", "1,3", "--json", "--law"];
  it("reads what the laws give, from standard input", () => {
    const { stdout } = exptilt(shown, JSON.stringify(query("q", [1, 0])));
    const problem = { ref: measure([0, 1], [3, 1]), reward: [0, 1], gold: [1, 0], beta: 0.5 };
    const { curves } = JSON.parse(stdout) as Report;
    const [{ points, limit }] = curves;
    const want = policyReading(problem, softBestOfNLaw(problem, 3));
    for (const name of ["reward", "gold", "klToRef", "winRate"] as const)
      expect(points[1][name]).toBeCloseTo(want[name] ?? Number.NaN, 14);
    expect(limit.klToRef).toBeCloseTo(policyReading(problem, rlhfOptimum(problem)).klToRef, 14);
  });

  it("has no column of gold where the data have none, and prints infinities as JSON can hold them", () => {
    const input = JSON.stringify(query("q"));
    const [heading, two, best, end] = exptilt(
      ["curve", "-", "--csv", "--beta", "0", "--n", "2", "--law"],
      input,
    ).stdout.split("\n");
    expect([heading, end]).toEqual([
      "beta,n,reward,klToRef,winRate,rewardSe,klToRefSe,winRateSe,queries,estimate,gainReward,gainRewardSe",
      "",
    ]);
    expect(best.split(",").slice(0, 3)).toEqual(["0", "Infinity", "1"]);
    const kl = (9 / 16) * Math.log(3 / 4) + (7 / 16) * Math.log(7 / 4);
    for (const [i, want] of [0, 2, 7 / 16, kl, (9 / 16) * (3 / 8) + (7 / 16) * (7 / 8)].entries())
      expect(Number(two.split(",")[i])).toBeCloseTo(want, 14);
    expect(JSON.parse(exptilt(["curve", "-", "--json", "--beta", "Infinity"], input).stdout).curves[0].beta).toBe(
      "Infinity",
    );
  });

  it("reads no further than --limit", () => {
    expect(exptilt(["curve", "-", "--limit", "1"], `${JSON.stringify(query("q"))}\nnonsense`).status).toBe(0);
  });
});

describe("the default temperatures", () => {
  const limits = (args: string[], input = "") =>
    (JSON.parse(exptilt(["curve", ...args, "--n", "1", "--json"], input).stdout) as Report).curves.map(
      ({ beta, limit }) => ({ beta, kl: limit.klToRef }),
    );

  it("spend 2, 1, ½ and ¼ nats on average, whatever the unit of the reward", () => {
    const [hard, ...soft] = limits([]);
    expect([hard.beta, soft.length]).toEqual([0, 4]);
    for (const [i, nats] of [2, 1, 0.5, 0.25].entries()) expect(Math.abs(soft[i].kl / nats - 1)).toBeLessThan(0.01);
    const scaled = limits(["--reward", "1000000*reward"]);
    for (const [i, { beta }] of scaled.entries()) expect(beta).toBeCloseTo(1e6 * [hard, ...soft][i].beta, 6);
  });

  it("are only those that the rewards can spend", () => {
    // Two answers alike in mass: at most log 2 nats.
    const line = JSON.stringify({ query: "q", answers: [0, 1].map((reward) => ({ count: 3, reward })) });
    expect(limits(["-"], `${line}\n${line}`).map(({ beta }) => beta > 0)).toEqual([false, true, true]);
    const flat = JSON.stringify({ query: "q", answers: [{ count: 3, reward: 7 }] });
    expect(limits(["-"], flat)).toEqual([{ beta: 0, kl: 0 }]);
  });

  it("take two readings, for which a pipe is kept", () => {
    const piped = exptilt(["curve", "-", "--n", "1,4"], lines.join("\n"));
    expect([piped.status, piped.stdout]).toEqual([0, exptilt(["curve", "--n", "1,4"]).stdout]);
    expect(piped.stderr).toContain("standard input: kept in a temporary file, to be read more than once");
    expect(exptilt(["curve", "-", "--partial", join(folder, "no-beta.json")])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("--partial needs --beta"),
    });
  });
});

describe("differences, clusters and queries", () => {
  it("--versus compares every row with a chosen one, and refuses a row that is not read", () => {
    const asked = ["curve", "--beta", "0,0.1", "--n", "1,4"];
    const { stdout } = exptilt([...asked, "--versus", "0,4", "--json"]);
    for (const { points } of (JSON.parse(stdout) as Report).curves)
      for (const { gold = 0, versus } of points as { gold?: number; versus?: { gold: number } }[])
        expect(versus?.gold).toBeCloseTo(gold - 0.301800396212462, 12);
    for (const row of ["0,5", "0.2,4", "4", "0,4,1", "x"])
      expect(exptilt([...asked, "--versus", row])).toMatchObject({
        status: 2,
        stderr: expect.stringContaining(`--versus must be a β and an N that are among those of --beta and --n`),
      });
  });

  it("--cluster takes the standard errors over clusters", () => {
    const copies = lines.slice(0, 20).flatMap((line, i) => {
      const one = JSON.stringify({ ...JSON.parse(line), topic: `t${i}` });
      return [one, one, one];
    });
    const read = (text: readonly string[], ...more: string[]) => {
      const { stdout } = exptilt(["curve", "-", "--beta", "0", "--n", "4", "--csv", ...more], text.join("\n"));
      return stdout.split("\n")[1].split(",").map(Number);
    };
    const [one, three] = [read(lines.slice(0, 20)), read(copies, "--cluster", "topic")];
    for (let i = 2; i < 10; i++) expect(three[i]).toBeCloseTo(one[i], 12);
    // As queries of their own they would seem to tell more.
    expect(read(copies)[6] / one[6]).toBeCloseTo(Math.sqrt(19 / 59), 12);
  });

  it("--per-query writes what is read on each query, of which the table gives the means", () => {
    const path = join(folder, "per-query.csv");
    const { stdout } = exptilt(["curve", "--beta", "0", "--n", "1,4,200", "--csv", "--per-query", path]);
    const [heading, ...rows] = readFileSync(path, "utf8").trimEnd().split("\n");
    expect(heading).toBe("query,cluster,samples,rewardName,beta,n,reward,gold,klToRef,winRate");
    expect(rows.length).toBe(164 * 4);
    const golds = rows.map((row) => row.split(",")).filter(([, , , , , n]) => n === "4");
    expect(golds.reduce((s, row) => s + Number(row[7]), 0) / 164).toBeCloseTo(
      Number(stdout.split("\n")[2].split(",")[3]),
      12,
    );
    expect(rows.filter((row) => row.endsWith(",200,,,,")).length).toBe(164);
  });
});

describe("bad input exits with 2 and says where", () => {
  const good = JSON.stringify(query("q"));
  const golden = JSON.stringify(query("g", [0, 1]));
  it.each([
    [["curve", "-", "--beta=-1"], good, '--beta must be a list of numbers, each at least 0; got "-1"'],
    [["curve", "-", "--n", "0.5"], good, '--n must be a list of numbers, each at least 1 and finite; got "0.5"'],
    [["curve", "-", "--n", "1,2,x"], good, 'got "x"'],
    [["curve", "-", "--n", "1,2,…"], good, '"1,2,…" does not tell how to go on'],
    [["curve", "-", "--n", "1,3,…,10"], good, '"1,3,…,10" does not tell how to go on'],
    [["curve", "-", "--json", "--csv"], good, "--json and --csv exclude each other"],
    [["curve", "a", "b"], good, "curve takes one FILE"],
    [["curve", "-", "--jobs", "0"], good, '--jobs must be a whole number of at least 1, got "0"'],
    [["curve", "-"], "", "there are no queries"],
    [["curve", "-"], `${good}\n{"query": 1}`, "standard input:2: query must be a string, got 1 (the 1 query before it"],
    [
      ["curve", "-"],
      JSON.stringify(query("half", [1])),
      'standard input:1: answers[1] has no "gold", which other answers of query "half" have',
    ],
    [
      ["curve", "-"],
      `${golden}\n${good}`,
      'standard input:2: query "q" has no "gold", which the queries before it have',
    ],
    [
      ["curve", "-"],
      `${good}\n${golden}`,
      'standard input:2: query "g" has "gold", which the queries before it have not',
    ],
    [
      ["curve", "-"],
      `${JSON.stringify(query("a")).replaceAll('"reward":1', '"reward":1.7e308')}\n${JSON.stringify(query("b")).replaceAll('"reward":1', '"reward":1.7e308')}`,
      "after 1 query a sum of rewards leaves the range of doubles",
    ],
    [["curve", "-", "--svg", "/no/such/folder/x.svg"], good, "/no/such/folder/x.svg: there is no such file or folder"],
    [["merge"], "", "merge takes one PARTIAL or more"],
    [["merge", "/no/such/file"], "", "/no/such/file: there is no such file or folder"],
  ])("%j", (args, input, message) => {
    const { status, stderr } = exptilt(args, input);
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it("what came before a bad line is reported, and its sums written", () => {
    const partial = join(folder, "broken.json");
    const { status, stdout } = exptilt(["curve", "-", "--csv", "--beta", "0", "--partial", partial], `${good}\n{`);
    expect(status).toBe(2);
    expect(stdout).toContain("beta,n,reward,klToRef,winRate,rewardSe");
    expect(JSON.parse(readFileSync(partial, "utf8")).queries).toBe(1);
    // But it is no shard: what is missing from it would be missing from the averages.
    const merged = exptilt(["merge", partial]);
    expect([merged.status, merged.stderr]).toEqual([
      2,
      expect.stringMatching(
        /broken\.json: it is of a run that broke off: standard input:2: .*; mend that and go on with exptilt curve --resume /,
      ),
    ]);
  });

  it("merge refuses what does not belong together, by file", () => {
    const made = (name: string, content: string, ...args: string[]) => {
      const path = join(folder, name);
      expect(exptilt(["curve", "-", "--beta", "0", "--partial", path, ...args], content).status).toBe(0);
      return path;
    };
    const a = made("a.json", good, "--n", "1,2");
    const b = made("b.json", good, "--n", "1,3");
    const c = made("c.json", golden, "--n", "1,2");
    const copy = made("copy.json", good, "--n", "1,2");
    const empty = made("empty.json", "", "--n", "1,2");
    const refused = (args: string[]) => exptilt(["merge", ...args]).stderr;
    expect(refused([a, b])).toContain(`${b}: it was made with other options than the files before it: --beta, --n, `);
    expect(refused([a, c])).toBe(`exptilt: ${c}: its queries have gold, unlike those of the files before it\n`);
    expect(refused([a, copy])).toContain(`${copy}: 1 of its 1 query is in the files before it too`);
    expect(refused([a, a])).toBe(`exptilt: ${a}: the file is given twice\n`);
    expect(refused([file("not.json", ["{}"])])).toContain("not.json: it is not a file of exptilt curve partial sums");
    expect(refused([file("cut.json", [readFileSync(a, "utf8").slice(0, 90)])])).toContain("cut.json: it is not JSON");
    expect(exptilt(["merge", empty, a, "--csv"]).stdout).toBe(exptilt(["merge", a, "--csv"]).stdout);
  });
});

describe("a list of numbers", () => {
  const read = (text: string) => numberList("n", text, (x) => x >= 0, "at least 0");
  it.each([
    ["1,2,4,…,64", [1, 2, 4, 8, 16, 32, 64]],
    ["1,2,...,5", [1, 2, 3, 4, 5]],
    ["1,2,3,…,6", [1, 2, 3, 4, 5, 6]],
    ["0,0.1,0.2,…,0.5", [0, 0.1, 0.2, 0.30000000000000004, 0.4, 0.5]],
    ["64,32,…,8,1", [64, 32, 16, 8, 1]],
    ["3", [3]],
    ["1,10,…,1000,2,3", [1, 10, 100, 1000, 2, 3]],
  ])("%s", (text, want) => {
    const got = read(text);
    expect(got.length).toBe(want.length);
    for (const [i, x] of want.entries()) expect(got[i]).toBeCloseTo(x, 12);
  });
});
