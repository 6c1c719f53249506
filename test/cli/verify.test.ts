import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { claims } from "exptilt/claims";
import { afterAll, describe, expect, test } from "vitest";
import { Tally } from "../../src/cli/verify/tally.js";
import { builtDoors } from "../support/doors.js";
import { runs } from "../support/runs.js";
import { withoutProgress } from "../support/withoutProgress.js";

const bin = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "exptilt-"));
afterAll(() => rmSync(folder, { recursive: true }));

function exptilt(args: string[], input = "") {
  const run = spawnSync(process.execPath, [bin, ...args], { encoding: "utf8", input });
  return { ...run, stderr: withoutProgress(run.stderr) };
}

function file(name: string, lines: readonly unknown[]): string {
  const path = join(folder, name);
  writeFileSync(path, lines.map((l) => (typeof l === "string" ? l : JSON.stringify(l))).join("\n"));
  return path;
}

const query = (name: string, reward = 1) => ({
  query: name,
  answers: [
    { count: 3, reward: 0 },
    { count: 1, reward },
  ],
});

describe("exptilt verify", () => {
  // `npm run verify` goes through all 164, and DEEP_PROBLEMS=164 does so here.
  const first = runs(10);
  test(`every claim holds on the first ${first} queries of the embedded data, in float64 and at 60 digits`, () => {
    const { status, stdout } = exptilt(["verify", "--limit", `${first}`, "--json"]);
    const report = JSON.parse(stdout);
    const queries = Math.min(first, 164);
    expect([status, report.holds, report.queries, report.claims.length]).toEqual([0, true, queries, claims.length]);
    // Integrals over noise are taken to 16 digits in either arithmetic, everything else to all 60.
    const integrals = ["(30)", "(33)", "(34)", "(35)", "(36)", "(37)", "(38)", "(39)", "E2", "E4", "E6"];
    for (const { equation, float64Gap, exactGap, kind, printedGap } of report.claims) {
      expect(float64Gap).toBeLessThanOrEqual(1e-12);
      expect(exactGap).toBeLessThanOrEqual(integrals.includes(equation) ? 1e-16 : 1e-50);
      if (kind === "erratum") expect(printedGap).toBeGreaterThan(0.01);
    }
  });

  test("the table names each equation, both gaps and the verdict, and ends with the summary", () => {
    const { status, stdout } = exptilt(["verify", "--limit", "2", "--digits", "40", "--beta", "0.5", "--length", "4"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^equation\s+statement\s+float64\s+40 digits\s+verdict\n/);
    for (const { equation } of claims) expect(stdout).toContain(`\n${equation} `);
    expect(stdout).toContain(`All ${claims.length} claims hold on 2 queries (β = 0.5, L = 4).`);
  });

  test("the report does not depend on how many workers there are", () => {
    // More than the workers, so that some take a second one. DEEP_PROBLEMS=12 is the full run.
    const read = ["verify", "--limit", `${runs(4)}`, "--digits", "20", "--json", "--jobs"];
    const one = exptilt([...read, "1"]).stdout;
    expect(JSON.parse(one).queries).toBeGreaterThan(3);
    expect(exptilt([...read, "3"]).stdout).toBe(one);
  });

  test("a dash reads standard input", () => {
    const { status, stdout } = exptilt(["verify", "-", "--json"], JSON.stringify(query("q")));
    expect([status, JSON.parse(stdout).queries]).toEqual([0, 1]);
  });

  test("bad input exits with 2, names file, line and field, and reports what came before it", () => {
    const path = file("bad.jsonl", [
      query("a"),
      query("b"),
      { query: "c", answers: [{ count: 1, reward: "x" }] },
      query("d"),
    ]);
    const { status, stdout, stderr } = exptilt(["verify", path, "--json"]);
    expect(status).toBe(2);
    expect(stderr).toBe(
      `exptilt: ${path}:3: answers[0].reward must be a finite number or "-Infinity", got "x" (the 2 queries before it are reported above)\n`,
    );
    expect(JSON.parse(stdout).queries).toBe(2);
  });

  test.each([
    [["verify", join(folder, "absent.jsonl")], /absent\.jsonl: there is no such file or folder/],
    [["verify", file("empty.jsonl", [])], /empty\.jsonl: there are no queries/],
    [["verify", "--beta", "0"], /--beta must be a positive number from 1e-9 to 1e9, got "0"/],
    [["verify", "--beta", "x"], /--beta must be a positive number from 1e-9 to 1e9, got "x"/],
    [["verify", "--length", "1.5"], /--length must be a whole number of at least 1, got "1.5"/],
    [["verify", "--digits", "5"], /--digits must be a whole number from 20 to 1000, got "5"/],
    [["verify", "--limit", "0"], /--limit must be a whole number of at least 1, got "0"/],
    [["verify", "--wrong"], /verify: there is no option --wrong/],
    [["verify", "a", "b"], /verify takes one FILE/],
    [["nothing"], /there is no command "nothing"/],
  ])("%j exits with 2 and says why", (args, message) => {
    const { status, stderr, stdout } = exptilt(args);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
  });

  test("bytes that are no UTF-8 are refused with their line", () => {
    const path = join(folder, "latin1.jsonl");
    writeFileSync(
      path,
      Buffer.concat([Buffer.from(`${JSON.stringify(query("a"))}\n{"query":"`), Buffer.from([0xe9, 0x22])]),
    );
    const { status, stderr } = exptilt(["verify", path]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/latin1\.jsonl:\d: the line is not UTF-8/);
  });
});

test("the help lists the commands and their options, and the version is the package's", () => {
  expect(exptilt(["--help"]).stdout).toMatch(/verify {3}check every equation/);
  const help = exptilt(["verify", "--help"]).stdout;
  for (const option of ["beta", "length", "digits", "limit", "json", "jobs"]) expect(help).toContain(`--${option}`);
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect(exptilt(["--version"]).stdout).toBe(`${version}\n`);
});

describe("the tally over queries", () => {
  const reading = { gap: 1e-16, exactGap: 1e-70, printedGap: 0.5, tolerance: 1e-12, exactTolerance: 1e-50 };
  const all = claims.map((claim) => ({ ...reading, printedGap: claim.kind === "erratum" ? 0.5 : undefined }));
  const broken = (change: Partial<typeof reading>) =>
    all.map((r, i) => (i === all.length - 1 ? { ...r, ...change } : r));

  test("holds where every gap is within its tolerance", () => {
    const tally = new Tally();
    tally.add(all, "q");
    expect(tally.holds).toBe(true);
  });

  test.each([
    ["a float64 gap is too large", { gap: 1e-9 }],
    ["an exact gap is too large", { exactGap: 1e-40 }],
    ["an erratum holds as printed", { printedGap: 1e-13 }],
  ])("fails where %s, and names the query", (_, change) => {
    const tally = new Tally();
    tally.add(all, "a");
    tally.add(broken(change), "b");
    expect(tally.holds).toBe(false);
    expect(tally.verdicts.at(-1)?.failed).toEqual(["b"]);
  });
});

test.each(Object.entries(builtDoors(fileURLToPath(new URL("../../", import.meta.url)))))(
  "importing %s loads no package but the mathjs of the exact door: dist has no bare import",
  (door, file) => {
    const graph = importGraph(pathToFileURL(file));
    expect(graph.local.size).toBeGreaterThan(20);
    expect([...graph.packages]).toEqual(door === "exptilt/exact" ? ["mathjs"] : []);
  },
);

test.each(["curve/curve", "choose/choose", "convert/convert", "train/train", "verify/verify"])(
  "%s loads the parsers of files when they are asked for, and not before",
  (command) => {
    const { packages } = importGraph(new URL(`../../dist/cli/${command}.js`, import.meta.url));
    const parsers = ["csv-parse", "hyparquet", "hyparquet-compressors", "fzstd"];
    expect([...packages].filter((name) => parsers.includes(name))).toEqual([]);
  },
);

/** Every file and package that a built module reaches by static import or re-export. */
function importGraph(entry: URL): { local: Set<string>; packages: Set<string> } {
  const [local, packages] = [new Set<string>(), new Set<string>()];
  const visit = (url: URL): void => {
    if (local.has(url.href)) return;
    local.add(url.href);
    for (const [, name] of readFileSync(url, "utf8").matchAll(/^(?:import|export)\s(?:[^;(]*?\sfrom\s)?"([^"]+)";/gm)) {
      if (name.startsWith(".")) visit(new URL(name, url));
      else packages.add(name);
    }
  };
  visit(entry);
  return { local, packages };
}
