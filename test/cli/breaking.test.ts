import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { EMBEDDED } from "../../src/cli/input/openDataset.js";
import { forEachOnWorkers } from "../../src/cli/run/pool.js";
import { lazy } from "../../src/numeric/cache.js";
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
    expect(run("2")).toEqual(one);
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
         parentPort.on("message", (batch) => { ${body}; parentPort.postMessage({ results: batch, ended: true }); });`,
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
    await forEachOnWorkers(numbers(40), slow, {}, { jobs: 3 }, (i: number) => taken.push(i));
    expect(taken).toEqual(Array.from({ length: 40 }, (_, i) => i));
  });

  it("loses no result that comes in while another is taken, or before a batch breaks off", async () => {
    const body = (end: string) =>
      `for (const i of [0, 1, 2]) parentPort.postMessage({ results: [10 * batch[0] + i], ended: false }); ${end}; batch = []`;
    const run = async (end: string, count: number) => {
      const taken: number[] = [];
      const slowly = async (i: number) => {
        await new Promise((done) => setTimeout(done, 20));
        taken.push(i);
      };
      const error = await forEachOnWorkers(numbers(count), worker(body(end)), {}, { jobs: 1 }, slowly).catch(String);
      return { taken, error };
    };
    expect(await run("", 2)).toEqual({ taken: [0, 1, 2, 10, 11, 12], error: undefined });
    const refused = 'return parentPort.postMessage({ results: [], ended: true, refused: "at three" })';
    expect(await run(refused, 2)).toEqual({ taken: [0, 1, 2], error: "InputError: at three" });
  });

  it("after a signal takes what has come in, and waits for no more", async () => {
    const control = new AbortController();
    const body = "parentPort.postMessage({ results: [7], ended: false }); while (true);";
    const taken: number[] = [];
    const run = forEachOnWorkers(numbers(1), worker(body), {}, { jobs: 1, signal: control.signal }, (i: number) => {
      taken.push(i);
      control.abort(new Error("enough"));
    });
    await expect(run).rejects.toThrow("enough");
    expect(taken).toEqual([7]);
  });

  it("reads no further ahead than four batches a worker: memory does not grow with the stream", async () => {
    let [read, taken, ahead] = [0, 0, 0];
    const items = numbers(100, () => {
      ahead = Math.max(ahead, ++read - taken);
    });
    await forEachOnWorkers(items, worker(""), {}, { jobs: 2 }, () => taken++);
    expect([taken, ahead]).toEqual([100, 8]);
  });

  it.each([
    ["ends", "if (batch[0] === 9) process.exit(3)", "a worker ended with status 3"],
    ["throws", 'if (batch[0] === 9) throw new Error("at nine")', "at nine"],
  ])("a worker that %s breaks the run off where it did, and none waits for it", async (_, body, message) => {
    const taken: number[] = [];
    const run = forEachOnWorkers(numbers(1000), worker(body), {}, { jobs: 2 }, (i: number) => taken.push(i));
    await expect(run).rejects.toThrow(message);
    expect(taken.length).toBeLessThanOrEqual(9);
    expect(taken).toEqual(Array.from(taken.keys()));
  });

  it("a worker that cannot be started is an error, not a wait", async () => {
    const missing = pathToFileURL(join(folder, "missing.mjs"));
    await expect(forEachOnWorkers(numbers(3), missing, {}, { jobs: 2 }, () => {})).rejects.toThrow("missing.mjs");
  });

  it("a failure is no unhandled rejection while the stream has nothing to give", async () => {
    async function* stalled() {
      yield [9];
      await new Promise((done) => setTimeout(done, 500));
    }
    const unhandled: unknown[] = [];
    const see = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", see);
    await expect(forEachOnWorkers(stalled(), worker("process.exit(4)"), {}, { jobs: 1 }, () => {})).rejects.toThrow(
      "status 4",
    );
    process.off("unhandledRejection", see);
    expect(unhandled).toEqual([]);
  });
});

describe("on a signal, what was done is reported and the rest is not missed silently", () => {
  const lines = Array.from({ length: 10_000 }, (_, i) => good(i));
  const answers = (): string =>
    Array.from({ length: 1e6 }, (_, i) => `{"count":${1 + (i % 5)},"reward":${(i * 7919) % 1000003}}`).join(",");
  const huge = lazy(() => file("huge.jsonl", `${lines[0]}\n{"query":"huge","answers":[${answers()}]}\n`));

  /** What becomes of a command that is fed lines without an end, and ended by a signal once it says how far it is. */
  async function ended(args: string[], input: readonly string[], signal: NodeJS.Signals) {
    const child = spawn(process.execPath, [bin, ...args], { stdio: "pipe" });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (data) => (stdout += data));
    child.stderr.on("data", (data) => (stderr += data));
    child.stdin.on("error", () => {});
    const close = once(child, "close");
    for (let i = 0; child.exitCode === null && !/^exptilt: \w+ {2}\d+ quer/m.test(stderr); i++) {
      child.stdin.write(`${input[i % input.length]}\n`);
      await new Promise((done) => setTimeout(done, 10));
    }
    child.kill(signal);
    const [status] = await close;
    return { status, stdout, stderr: withoutProgress(stderr) };
  }

  /** Whether a process has the file open, as far as the machine tells. */
  function hasOpen(pid: number, path: string): boolean {
    if (!existsSync("/proc/self/fd")) return true;
    const open = `/proc/${pid}/fd`;
    try {
      return readdirSync(open).some((fd) => readlinkSync(join(open, fd)) === path);
    } catch {
      return false; // One of them was closed in between.
    }
  }

  // These wait for seconds for a command that has little to do, and so side by side.
  it.concurrent.each([
    ["SIGINT", "1", 130, "interrupted"],
    ["SIGTERM", "2", 143, "ended by SIGTERM"],
    ["SIGHUP", "1", 129, "ended by SIGHUP"],
  ] as const)("%s, with --jobs %s", async (signal, jobs, status, said) => {
    const partial = join(folder, `signal-${signal}-${jobs}.json`);
    const run = await ended(["curve", "-", ...CURVE, "--jobs", jobs, "--partial", partial], lines, signal);
    const { queries, broken } = JSON.parse(readFileSync(partial, "utf8"));
    expect(queries).toBeGreaterThan(0);
    expect([run.status, run.stderr, broken]).toEqual([
      status,
      `exptilt: ${said} (the ${queries === 1 ? "1 query before it is" : `${queries} queries before it are`} reported above)\n`,
      said,
    ]);
    // It is the report of just those queries.
    expect(run.stdout).toBe(exptilt(["curve", "-", ...CURVE], lines.slice(0, queries).join("\n")).stdout);
    // And no shard of a whole.
    expect(exptilt(["merge", partial]).stderr).toContain(`it is of a run that broke off: ${said}`);
  });

  it.concurrent("verify reports what it has checked", async () => {
    const run = await ended(["verify", "-", "--json", "--digits", "20", "--jobs", "1"], lines, "SIGINT");
    expect([run.status, run.stderr]).toEqual([130, expect.stringMatching(/^exptilt: interrupted/)]);
    expect(JSON.parse(run.stdout).queries).toBeGreaterThan(0);
  });

  it.concurrent("train keeps the policy that it has reached, to be resumed", async () => {
    const output = join(folder, "policy.json");
    const path = file("train.jsonl", embedded.slice(0, 60).join("\n"));
    const args = ["train", path, "--method", "adam", "--iterations", "1000000000", "--output", output];
    const child = spawn(process.execPath, [bin, ...args], { stdio: "pipe" });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (data) => (stdout += data));
    child.stderr.on("data", (data) => (stderr += data));
    const close = once(child, "close");
    // The queries are read in a moment; the training alone would take hours.
    await new Promise((done) => setTimeout(done, 5000));
    child.kill("SIGINT");
    expect(await close).toEqual([130, null]);
    expect(stderr).toMatch(/\(aborted\)\nexptilt: interrupted\n$/);
    expect(stdout).toMatch(/^trained on {7}60 {2}reward/m);
    expect(JSON.parse(readFileSync(output, "utf8")).state.iteration).toBeGreaterThan(0);
  });

  it.each([
    ["curve", ["--beta", "0,0.1"]],
    ["curve", []],
    ["choose", ["--beta", "0,0.1"]],
    ["convert", []],
    ["train", ["--beta", "1000", "--features", "rank"]],
  ])("%s %j, within a query of 10⁶ answers", async (command, args) => {
    const path = huge();
    const child = spawn(process.execPath, [bin, command, path, ...args], { stdio: "pipe" });
    let stderr = "";
    child.stderr.on("data", (data) => (stderr += data));
    child.stdout.resume();
    const close = once(child, "close");
    // The file is open, and the work goes on: long before its end, on a fast machine too.
    while (child.exitCode === null && !hasOpen(child.pid as number, path)) {
      await new Promise((done) => setTimeout(done, 10));
    }
    await new Promise((done) => setTimeout(done, 200));
    child.kill("SIGTERM");
    const [status] = await close;
    expect([status, stderr]).toEqual([143, expect.stringContaining("exptilt: ended by SIGTERM")]);
  });

  it("train keeps the policy of a step too long to be waited for", async () => {
    const path = file("huge-alone.jsonl", `{"query":"huge","answers":[${answers()}]}\n`);
    const output = join(folder, "huge-policy.json");
    const args = ["train", path, "--beta", "1000", "--method", "adam", "--features", "rank,logref", "--output", output];
    // A signal that comes while the query is still parsed finds no policy: then the next run waits for longer.
    for (const wait of [4000, 16_000, 64_000]) {
      // Adam takes ten thousand such steps.
      const child = spawn(process.execPath, [bin, ...args, "--iterations", "10000"], { stdio: "pipe" });
      let stderr = "";
      child.stderr.on("data", (data) => (stderr += data));
      child.stdout.resume();
      const close = once(child, "close");
      await new Promise((done) => setTimeout(done, wait));
      child.kill("SIGTERM");
      expect(await close).toEqual([143, null]);
      expect(stderr).toContain("exptilt: ended by SIGTERM");
      if (existsSync(output)) break;
    }
    expect(JSON.parse(readFileSync(output, "utf8")).state.method).toBe("adam");
  });
});

describe("files and pipes", () => {
  it("a reader that closes the pipe early is no error", () => {
    const command = `"${process.execPath}" "${bin}" curve "${EMBEDDED}" --csv --limit 3 --beta 0 --n 1 --partial "${join(folder, "head.json")}" | head -n 1`;
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

  it("a run that is killed leaves what was there before, and nothing beside it", async () => {
    const place = mkdtempSync(join(folder, "killed-"));
    const partial = join(place, "sums.json");
    expect(exptilt(["curve", "-", ...CURVE, "--partial", partial], good(1)).status).toBe(0);
    const before = readFileSync(partial, "utf8");
    const child = spawn(process.execPath, [bin, "curve", "-", ...CURVE, "--partial", partial], { stdio: "pipe" });
    let stderr = "";
    child.stderr.on("data", (data) => (stderr += data));
    const close = once(child, "close");
    while (!stderr.includes("queries")) {
      child.stdin.write(`${good(2)}\n`);
      await new Promise((done) => setTimeout(done, 20));
    }
    child.kill("SIGKILL");
    await close;
    expect([readFileSync(partial, "utf8"), readdirSync(place)]).toEqual([before, ["sums.json"]]);
  });
});
