import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { EMBEDDED } from "../../src/cli/input/dataset.js";
import { forEachOnWorkers } from "../../src/cli/run/pool.js";
import { withoutProgress } from "../support/withoutProgress.js";

const bin = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "exptilt-"));
afterAll(() => rmSync(folder, { recursive: true }));
const embedded = readFileSync(EMBEDDED, "utf8").trimEnd().split("\n");

function exptilt(args: string[], input = "") {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], { encoding: "utf8", input });
  return { status, stdout, stderr: withoutProgress(stderr) };
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const query = (name: string, rewards: readonly number[]) =>
  JSON.stringify({ query: name, answers: rewards.map((reward, i) => ({ count: i + 1, reward })) });
const good = (i: number) => query(`q${i}`, [0, (i % 7) / 7, 1]);
const CURVE = ["--beta", "0.5", "--n", "1,4", "--csv"];

describe("wherever the input breaks off, any number of workers report the same", () => {
  const lines = Array.from({ length: 40 }, (_, i) => good(i));
  const bad = '{"query": "bad", "answers": [{"count": 1}]}';
  it.each([
    ["a line that is no JSON", [...lines, "{", ...lines]],
    ["a field that is missing", [...lines, bad, ...lines]],
    ["the first line", [bad, ...lines]],
    ["two such lines", [...lines, bad, "{"]],
    ["a query with gold among those without", [...lines, embedded[0], ...lines]],
    ["bytes that are no UTF-8", [...lines, "\ufffd", ...lines]],
    ["nothing", lines],
  ])("%s", (name, text) => {
    const bytes = Buffer.from(`${text.join("\n")}\n`);
    // U+FFFD as its first byte alone.
    const path = join(folder, `${name}.jsonl`);
    writeFileSync(path, Buffer.from(bytes.toString("latin1").replace("\u00ef\u00bf\u00bd", "\u00ef"), "latin1"));
    const run = (jobs: string) => {
      const partial = join(folder, `partial-${jobs}.json`);
      return {
        ...exptilt(["curve", path, ...CURVE, "--jobs", jobs, "--partial", partial]),
        sums: readFileSync(partial, "utf8"),
      };
    };
    const one = run("1");
    expect(one.status).toBe(name === "nothing" ? 0 : 2);
    expect(one.stderr).not.toContain("\n    at ");
    expect(run("3")).toEqual(one);
  });

  it("a query that verify refuses at work ends it with its line, and those before it are reported", () => {
    const path = file("far.jsonl", [good(1), good(2), bad.replace("}]", `, "reward": "x"}]`), good(3)].join("\n"));
    const { status, stdout, stderr } = exptilt(["verify", path, "--json", "--digits", "20", "--jobs", "2"]);
    expect([status, JSON.parse(stdout).queries]).toEqual([2, 2]);
    expect(stderr).toBe(
      `exptilt: ${path}:3: answers[0].reward must be a finite number or "-Infinity", got "x" (the 2 queries before it are reported above)\n`,
    );
  });

  it("line ends of Windows, a byte order mark, blank lines and a last line without an end change nothing", () => {
    const plain = exptilt(["curve", "-", ...CURVE], `${lines.join("\n")}\n`);
    expect(plain.status).toBe(0);
    for (const jobs of ["1", "2"])
      for (const text of [lines.join("\r\n"), `\ufeff${lines.join("\n\n \r\n")}\n\n`, lines.join("\n")])
        expect(exptilt(["curve", "-", ...CURVE, "--jobs", jobs], text)).toEqual(plain);
  });
});

describe("the worker pool", () => {
  const worker = (body: string) =>
    pathToFileURL(
      file(
        `worker-${body.length}.mjs`,
        `import { parentPort } from "node:worker_threads";
         parentPort.on("message", (batch) => { ${body}; parentPort.postMessage({ results: batch }); });`,
      ),
    );
  async function* numbers(count: number, seen: (i: number) => void = () => {}) {
    for (let i = 0; i < count; i++) {
      seen(i);
      yield [i];
    }
  }

  it("takes results in the order of the stream, however long each takes", async () => {
    const taken: number[] = [];
    const slow = worker("const end = Date.now() + ((batch[0] * 7) % 5); while (Date.now() < end);");
    await forEachOnWorkers(numbers(40), slow, undefined, 3, (i: number) => taken.push(i));
    expect(taken).toEqual(Array.from({ length: 40 }, (_, i) => i));
  });

  it("reads no further ahead than four batches a worker: memory does not grow with the stream", async () => {
    let [read, taken, ahead] = [0, 0, 0];
    const items = numbers(100, () => {
      ahead = Math.max(ahead, ++read - taken);
    });
    await forEachOnWorkers(items, worker(""), undefined, 2, () => taken++);
    expect([taken, ahead]).toEqual([100, 8]);
  });

  it.each([
    ["ends", "if (batch[0] === 9) process.exit(3)", "a worker ended with status 3"],
    ["throws", 'if (batch[0] === 9) throw new Error("at nine")', "at nine"],
  ])("a worker that %s breaks the run off where it did, and none waits for it", async (_, body, message) => {
    const taken: number[] = [];
    const run = forEachOnWorkers(numbers(1000), worker(body), undefined, 2, (i: number) => taken.push(i));
    await expect(run).rejects.toThrow(message);
    expect(taken.length).toBeLessThanOrEqual(9);
    expect(taken).toEqual(Array.from(taken.keys()));
  });

  it("a worker that cannot be started is an error, not a wait", async () => {
    const missing = pathToFileURL(join(folder, "missing.mjs"));
    await expect(forEachOnWorkers(numbers(3), missing, undefined, 2, () => {})).rejects.toThrow("missing.mjs");
  });

  it("a failure is no unhandled rejection while the stream has nothing to give", async () => {
    async function* stalled() {
      yield [9];
      await new Promise((done) => setTimeout(done, 500));
    }
    const unhandled: unknown[] = [];
    const see = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", see);
    await expect(forEachOnWorkers(stalled(), worker("process.exit(4)"), undefined, 1, () => {})).rejects.toThrow(
      "status 4",
    );
    process.off("unhandledRejection", see);
    expect(unhandled).toEqual([]);
  });
});

describe("on a signal, what was done is reported and the rest is not missed silently", () => {
  const lines = Array.from({ length: 4000 }, (_, i) => good(i));

  /** Starts a command, feeds it lines without ending its input, and waits until all are read but for a pipe's buffer. */
  async function fed(args: string[], input: readonly string[]) {
    const child = spawn(process.execPath, [bin, ...args], { stdio: "pipe" });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (data) => (stdout += data));
    child.stderr.on("data", (data) => (stderr += data));
    child.stdin.on("error", () => {});
    const ended = once(child, "close").then(([status]) => ({ status, stdout, stderr: withoutProgress(stderr) }));
    await new Promise((read) => child.stdin.write(`${input.join("\n")}\n`, read));
    return { child, ended };
  }

  it.each([
    ["SIGINT", "1", 130, "interrupted"],
    ["SIGINT", "2", 130, "interrupted"],
    ["SIGTERM", "1", 143, "ended by SIGTERM"],
  ] as const)("%s, with --jobs %s", async (signal, jobs, status, said) => {
    const partial = join(folder, `signal-${signal}-${jobs}.json`);
    const { child, ended } = await fed(["curve", "-", ...CURVE, "--jobs", jobs, "--partial", partial], lines);
    child.kill(signal);
    const run = await ended;
    const { queries, broken } = JSON.parse(readFileSync(partial, "utf8"));
    expect(queries).toBeGreaterThan(1000);
    expect([run.status, run.stderr, broken]).toEqual([
      status,
      `exptilt: ${said} (the ${queries} queries before it are reported above)\n`,
      said,
    ]);
    // It is the report of just those queries.
    expect(run.stdout).toBe(exptilt(["curve", "-", ...CURVE], lines.slice(0, queries).join("\n")).stdout);
    // And no shard of a whole.
    expect(exptilt(["merge", partial]).stderr).toContain(`it is of a run that broke off: ${said}`);
  });

  it("verify reports what it has checked", async () => {
    // Long lines, so that a pipe's buffer holds none.
    const long = lines.slice(0, 10).map((line) => line.padEnd(2 ** 18));
    const { child, ended } = await fed(["verify", "-", "--json", "--digits", "20", "--jobs", "1"], long);
    child.kill("SIGINT");
    const { status, stdout, stderr } = await ended;
    expect([status, stderr]).toEqual([130, expect.stringMatching(/^exptilt: interrupted/)]);
    expect(JSON.parse(stdout).queries).toBeGreaterThan(0);
  });

  it("train keeps the policy that it has reached, to be resumed", async () => {
    const output = join(folder, "policy.json");
    const args = ["train", "-", "--method", "adam", "--iterations", "1000000000", "--output", output];
    const { child, ended } = await fed(args, embedded.slice(0, 60));
    child.stdin.end();
    // The last of the queries are read in a moment; the training alone would take hours.
    await new Promise((done) => setTimeout(done, 3000));
    child.kill("SIGINT");
    const { status, stdout, stderr } = await ended;
    expect([status, stderr]).toEqual([130, expect.stringMatching(/\(aborted\)\nexptilt: interrupted\n$/)]);
    expect(stdout).toMatch(/^trained on {7}60 {2}reward/m);
    expect(JSON.parse(readFileSync(output, "utf8")).state.iteration).toBeGreaterThan(0);
  });
});

describe("files and pipes", () => {
  it("a reader that closes the pipe early is no error", () => {
    const command = `"${process.execPath}" "${bin}" curve --csv --limit 3 --beta 0 --n 1 --partial "${join(folder, "head.json")}" | head -n 1`;
    const { status, stdout, stderr } = spawnSync("bash", ["-o", "pipefail", "-c", command], { encoding: "utf8" });
    expect([status, withoutProgress(stderr)]).toEqual([0, expect.not.stringContaining("EPIPE")]);
    expect(stdout).toMatch(/^beta,n,reward,gold,klToRef,winRate,.*\n$/);
    expect(JSON.parse(readFileSync(join(folder, "head.json"), "utf8")).queries).toBe(3);
  });

  it("a place that cannot be written to is told before the work begins", () => {
    const endless = ["curve", "-", "--beta", "0", "--partial", join(folder, "no/such/place.json")];
    const { status, stdout, stderr } = exptilt(endless, `${good(1)}\n{`);
    expect([status, stdout, stderr]).toEqual([
      2,
      "",
      expect.stringContaining("place.json: there is no such file or folder"),
    ]);
  });

  it("what is read is not written over", () => {
    const path = file("both.jsonl", good(1));
    symlinkSync(path, join(folder, "link.jsonl"));
    const { status, stderr } = exptilt(["curve", path, "--beta", "0", "--partial", join(folder, "link.jsonl")]);
    expect([status, stderr]).toEqual([2, expect.stringContaining("link.jsonl is the file that is read")]);
    expect(readFileSync(path, "utf8")).toBe(good(1));
  });

  it("a run that is killed leaves an empty file in place of the one before, which merge refuses", async () => {
    const partial = join(folder, "killed.json");
    expect(exptilt(["curve", "-", ...CURVE, "--partial", partial], good(1)).status).toBe(0);
    const child = spawn(process.execPath, [bin, "curve", "-", ...CURVE, "--partial", partial], { stdio: "pipe" });
    while (existsSync(partial) && readFileSync(partial, "utf8") !== "")
      await new Promise((done) => setTimeout(done, 10));
    child.kill("SIGKILL");
    await once(child, "close");
    const { status, stderr } = exptilt(["merge", partial]);
    expect([status, stderr]).toEqual([
      2,
      `exptilt: ${partial}: it is empty: the run that writes it has not come to its end\n`,
    ]);
  });
});
