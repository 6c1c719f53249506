/**
 * What a command writes: all of a file or nothing of it, never over what it reads or writes elsewhere; and what becomes of
 * standard output is told.
 */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { OutputFile, requireOutputs, writeText } from "../../src/cli/terminal/outputFile.js";
import { withoutProgress } from "../support/withoutProgress.js";

const bin = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "exptilt-out-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const put = (name: string, text: string) => {
  writeFileSync(at(name), text);
  return at(name);
};
const text = (name: string) => readFileSync(at(name), "utf8");

describe("a file", () => {
  it("is written whole under its name, with the rights and the links that it had", () => {
    writeText(at("new.txt"), "one");
    expect(text("new.txt")).toBe("one");
    chmodSync(at("new.txt"), 0o640);
    symlinkSync("new.txt", at("link.txt"));
    writeText(at("link.txt"), "two");
    expect([text("new.txt"), lstatSync(at("link.txt")).isSymbolicLink()]).toEqual(["two", true]);
    expect(statSync(at("new.txt")).mode & 0o777).toBe(0o640);
    symlinkSync("later.txt", at("dangling.txt"));
    writeText(at("dangling.txt"), "three");
    expect(text("later.txt")).toBe("three");
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("is what it was until the new one is whole", () => {
    put("kept.txt", "old");
    const out = new OutputFile(at("kept.txt"));
    out.write("x".repeat(2 ** 20));
    expect(text("kept.txt")).toBe("old");
    out.discard();
    expect([text("kept.txt"), readdirSync(folder).some((name) => name.endsWith(".tmp"))]).toEqual(["old", false]);
    const again = new OutputFile(at("kept.txt"));
    again.write("x".repeat(2 ** 17));
    again.write("é");
    again.commit();
    expect(text("kept.txt")).toBe(`${"x".repeat(2 ** 17)}é`);
  });

  it("that is no plain file is written to as it is, and a full disk is told", () => {
    writeText("/dev/null", "x");
    expect(() => writeText("/dev/full", "x")).toThrow("/dev/full: the disk is full");
    expect(() => writeText(folder, "x")).toThrow("it is a folder");
    expect(() => writeText(at("no/such.txt"), "x")).toThrow("there is no such file or folder");
  });
});

describe("outputs are checked before the work, and none is touched", () => {
  const input = put("input.txt", "data");
  linkSync(input, at("hard.txt"));
  symlinkSync("input.txt", at("soft.txt"));
  mkdirSync(at("sub"));
  symlinkSync("round.txt", at("round.txt"));

  it.each([
    [{ svg: input }, "--svg .* is the file that is read"],
    [{ svg: at("hard.txt") }, "is the file that is read"],
    [{ partial: at("soft.txt") }, "is the file that is read"],
    [{ partial: at("sub/../input.txt") }, "is the file that is read"],
    [{ partial: at("out.txt"), svg: at("out.txt") }, "--svg .* is the file of --partial too"],
    [{ partial: at("out.txt"), svg: at("sub/../out.txt") }, "is the file of --partial too"],
    [{ partial: folder }, "it is a folder"],
    [{ partial: at("no/such/place.json") }, "there is no such file or folder"],
    [{ partial: at("round.txt") }, "its links lead in a circle"],
    [{ partial: at("input.txt/x") }, "a part of its path is no folder"],
    [{ partial: at("x".repeat(300)) }, "its name is too long"],
  ])("%j", (outputs, complaint) => {
    expect(() => requireOutputs(outputs, [input])).toThrow(new RegExp(complaint));
    expect([text("input.txt"), existsSync(at("out.txt"))]).toEqual(["data", false]);
  });

  it("devices may be named twice, and a file that is resumed may be written again", () => {
    requireOutputs({ partial: "/dev/null", svg: "/dev/null" }, [input]);
    requireOutputs({ partial: at("hard.txt") }, [at("other.txt")], { output: "partial", input });
    expect(() => requireOutputs({ svg: input }, [], { output: "partial", input })).toThrow("is the file that is read");
  });
});

describe("standard output", { timeout: 300_000 }, () => {
  const line = '{"query":"q","answers":[{"count":1,"reward":0},{"count":2,"reward":1}]}';
  put("good.jsonl", `${line}\n`);
  put("long.jsonl", `${line}\n`.repeat(5000));
  put("bad.jsonl", `${line}\n{\n`);
  /** The status of a line of shell's first command, and what it said. */
  const run = (command: string) => {
    const script = `exptilt() { '${process.execPath}' '${bin}' "$@"; }; ${command}; exit "\${PIPESTATUS[0]}"`;
    const { status, stdout, stderr } = spawnSync("bash", ["-c", script], { encoding: "utf8", cwd: folder });
    return { status, stdout, stderr: withoutProgress(stderr) };
  };
  const CURVE = "curve good.jsonl --beta 0 --n 1";

  it.each(["--version", "help curve", CURVE, "convert good.jsonl", "choose long.jsonl --beta 0 --n 1"])(
    "that is full or closed is told with status 2: %s",
    (command) => {
      expect(run(`exptilt ${command} > /dev/full`)).toMatchObject({
        status: 2,
        stderr: expect.stringMatching(/^exptilt: standard output: the disk is full$/m),
      });
      expect(run(`exptilt ${command} >&-`)).toMatchObject({
        status: 2,
        stderr: expect.stringMatching(/^exptilt: standard output: it is closed$/m),
      });
    },
  );

  it("that is lost costs no file", () => {
    for (const lost of ["> /dev/full", ">&-", "| true"]) {
      const status = lost === "| true" ? 0 : 2;
      expect(run(`exptilt ${CURVE} --partial lost.json ${lost}`).status, lost).toBe(status);
      expect(run("exptilt merge lost.json --csv").stdout).toContain("0,1,0.6666666666666667,0,0.5,");
      rmSync(at("lost.json"));
    }
  });

  it("that a reader leaves early is no error, and hides none", () => {
    expect(run("exptilt convert long.jsonl | head -n 1")).toEqual({ status: 0, stdout: `${line}\n`, stderr: "" });
    expect(run(`exptilt curve bad.jsonl --beta 0 --n 1 | head -n 1`).status).toBe(2);
    expect(run(`exptilt ${CURVE} --partial /dev/full | head -n 1`)).toMatchObject({
      status: 2,
      stderr: "exptilt: /dev/full: the disk is full\n",
    });
  });

  it("that is thrown away is no error, nor is a standard error that is lost", () => {
    expect(run(`exptilt ${CURVE} > /dev/null`)).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(run("exptilt curve bad.jsonl --beta 0 --n 1 2> /dev/full > /dev/null").status).toBe(2);
    const both = spawnSync(process.execPath, [bin, "--version"], { stdio: "ignore" });
    expect(both.status).toBe(0);
  });

  it("that is what is read, or what an option names, is refused", () => {
    put("loop.jsonl", `${line}\n`);
    expect(run("exptilt convert loop.jsonl >> loop.jsonl")).toMatchObject({
      status: 2,
      stderr: "exptilt: standard output is the file that is read\n",
    });
    expect(run(`exptilt ${CURVE} --partial same.json > same.json`).stderr).toContain(
      "--partial same.json is standard output",
    );
  });

  it("past a limit of the file's size is told, and leaves nothing cut", () => {
    const { status, stderr } = run(
      `ulimit -f 1; exptilt curve long.jsonl --beta 0 --n 1,2,3 --partial limit.json | cat`,
    );
    expect([status, stderr]).toEqual([2, expect.stringContaining("limit.json: the disk takes no file of this size")]);
    expect(readdirSync(folder).filter((name) => /limit|tmp/.test(name))).toEqual([]);
  });

  it("train prints before it writes", () => {
    const { status, stdout, stderr } = run("exptilt train long.jsonl --output /dev/full");
    expect([status, stderr]).toEqual([2, "exptilt: /dev/full: the disk is full\n"]);
    expect(stdout).toMatch(/^trained on/m);
  });
});

describe("what a machine cannot give", { timeout: 300_000 }, () => {
  const run = (limit: string, args: string[], env: NodeJS.ProcessEnv = {}) =>
    spawnSync("bash", ["-c", `${limit}; exec "$@"`, "-", process.execPath, bin, ...args], {
      encoding: "utf8",
      cwd: folder,
      env: { ...process.env, ...env },
    });
  const small = (i: number) => `{"query":"q${i}","answers":[{"count":1,"reward":0},{"count":2,"reward":1}]}`;

  it("memory: the line is named, and what came before it is reported", () => {
    const answers = Array.from({ length: 3e5 }, (_, i) => `{"count":1,"reward":${i}}`);
    put("huge.jsonl", `${small(1)}\n${small(2)}\n{"query":"huge","answers":[${answers}]}\n`);
    const { status, stdout, stderr } = run("true", ["curve", "huge.jsonl", "--beta", "0", "--n", "1", "--csv"], {
      NODE_OPTIONS: "--max-old-space-size=40",
    });
    expect([status, withoutProgress(stderr)]).toEqual([
      2,
      "exptilt: huge.jsonl:3: a worker ran out of memory at it (NODE_OPTIONS=--max-old-space-size=8192 gives each worker 8 GB) (the 2 queries before it are reported above)\n",
    ]);
    expect(stdout).toMatch(/^0,1,0\.66666/m);
  });

  it("files: said in words, with the line", () => {
    const said = [24, 32, 48, 64].map((files) => {
      const { status, stderr } = run(`ulimit -n ${files}`, ["curve", "huge.jsonl", "--beta", "0", "--n", "1"]);
      expect([0, 2], stderr).toContain(status);
      expect(stderr).not.toMatch(/^ +at /m);
      return stderr;
    });
    expect(said.join("")).toContain("too many files are open");
  });

  it("cores: more workers than there are cores are not started, and that is said", () => {
    put("few.jsonl", `${small(1)}\n`);
    const { status, stderr } = run("true", ["curve", "few.jsonl", "--beta", "0", "--n", "1", "--jobs", "100000"]);
    expect([status, stderr]).toEqual([
      0,
      expect.stringMatching(/^exptilt: --jobs 100000: there (is 1 core|are \d+ cores), /),
    ]);
  });
});

describe("the data set is not the embedded one by accident", () => {
  const exptilt = (...args: string[]) => {
    const { status, stderr } = spawnSync(process.execPath, [bin, ...args], { encoding: "utf8", cwd: folder });
    return [status, stderr];
  };

  it.each(["choose", "curve", "convert", "train", "verify", "merge"])("%s refuses an empty name", (command) => {
    expect(exptilt(command, "")).toEqual([2, expect.stringContaining(`exptilt: ${command}: FILE is empty`)]);
  });

  it.each([
    ["curve", "partial"],
    ["curve", "resume"],
    ["train", "output"],
    ["train", "resume"],
  ])("%s --%s needs FILE", (command, option) => {
    expect(exptilt(command, `--${option}`, at("out.json"), "--beta", "1")).toEqual([
      2,
      expect.stringContaining(`exptilt: ${command}: --${option} needs FILE`),
    ]);
    expect(existsSync(at("out.json"))).toBe(false);
  });
});
