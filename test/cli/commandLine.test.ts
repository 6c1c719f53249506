/** The command line as people expect one: help, versions, misspelt words, values that begin with a minus, files that are none. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fc } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { didYouMean } from "../../src/cli/input/nearest.js";
import { parseOptions } from "../../src/cli/input/options.js";
import { test } from "../support/test.js";

const bin = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const exptilt = (args: string[], input = "") =>
  spawnSync(process.execPath, [bin, ...args], { encoding: "utf8", input });
const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));

describe("help and version", () => {
  it("-h, --help and help give the list of commands; -v and --version the version", () => {
    const [first, ...others] = ["-h", "--help", "help"].map((arg) => exptilt([arg]));
    expect(first.status).toBe(0);
    expect(first.stdout).toMatch(/^exptilt COMMAND/);
    for (const other of others) expect(other.stdout).toBe(first.stdout);
    for (const arg of ["-v", "--version"]) expect(exptilt([arg]).stdout).toBe(`${version}\n`);
  });

  it("help COMMAND is COMMAND --help, wherever -h stands, and shows the format of FILE", () => {
    const { status, stdout } = exptilt(["help", "curve"]);
    expect(status).toBe(0);
    for (const args of [
      ["curve", "--help"],
      ["curve", "-h"],
      ["curve", "x.jsonl", "-h", "--n", "3"],
    ])
      expect(exptilt(args).stdout).toBe(stdout);
    expect(stdout).toContain(exptilt(["help", "format"]).stdout);
  });

  it("the example of help format is a data set", () => {
    const line =
      exptilt(["help", "format"])
        .stdout.split("\n")
        .find((text) => text.startsWith("  {")) ?? "";
    const { status, stdout } = exptilt(["curve", "-", "--n", "1", "--beta", "0"], line);
    expect(status).toBe(0);
    expect(stdout).toContain("1 query. Unbiased");
  });
});

describe("a wrong command line exits with 2 and says what was meant", () => {
  it.each([
    [["curv"], 'there is no command "curv"; did you mean curve? (see exptilt --help)'],
    [["help", "verfy"], 'there is no command "verfy"; did you mean verify? (see exptilt --help)'],
    [["nothing"], 'there is no command "nothing" (see exptilt --help)'],
    [["curve", "--bta", "1"], "curve: there is no option --bta; did you mean --beta? (see exptilt curve --help)"],
    [["curve", "-x"], "curve: there is no option -x (see exptilt curve --help)"],
    [["curve", "--beta"], "curve: --beta takes a value, LIST (see exptilt curve --help)"],
    [["curve", "--beta", "--n", "3"], "curve: --beta takes a value, LIST (see exptilt curve --help)"],
    [["convert", "--reward", "a", "--reward", "b"], "convert takes one --reward"],
    [["verify", "--reward", "a", "--reward", "b"], "verify takes one --reward"],
    [["train", "--reward", "a", "--reward", "b"], "train takes one --reward"],
    [["convert", "--reward"], "convert: --reward takes a value, REWARD (see exptilt convert --help)"],
    [["curve", "--json=1"], 'curve: --json takes no value, got "1" (see exptilt curve --help)'],
    [["curve", "--beta", "-1"], '--beta must be a list of numbers, each at least 0; got "-1"'],
    [["curve", "/"], "/: it is a folder"],
    [["curve", "/no/such.jsonl"], "/no/such.jsonl: there is no such file or folder"],
  ])("%j", (args, message) => {
    const { status, stdout, stderr } = exptilt(args);
    expect([status, stdout, stderr]).toEqual([2, "", `exptilt: ${message}\n`]);
  });
});

describe("options", () => {
  const table = { beta: { value: "LIST", help: "" }, json: { help: "" } };
  const value = fc.string().filter((text) => !text.startsWith("--"));
  test.prop([value, fc.array(fc.stringMatching(/^[a-z./]+$/))])(
    "any value is the option's, in both forms",
    (text, files) => {
      for (const args of [[`--beta=${text}`], ["--beta", text]])
        expect(parseOptions("curve", table, [...args, ...files, "--json"])).toEqual({
          files,
          options: { beta: text, json: true },
        });
    },
  );
  test.prop([fc.array(fc.tuple(fc.constantFrom("reward", "beta"), value))])(
    "an option that may be given more than once has all its values in order, another the last one",
    (given) => {
      const repeatable = { reward: { value: "R", repeatable: true as const, help: "" }, ...table };
      const { options } = parseOptions(
        "curve",
        repeatable,
        given.flatMap(([name, text]) => [`--${name}`, text]),
      );
      const of = (name: string) => given.filter(([one]) => one === name).map(([, text]) => text);
      expect(options).toEqual({
        ...(of("reward").length > 0 && { reward: of("reward") }),
        ...(of("beta").length > 0 && { beta: of("beta").at(-1) }),
      });
    },
  );
  test.prop([fc.constantFrom("beta", "limit", "digits", "partial"), fc.nat(6), fc.constantFrom("x", "e", "")])(
    "a word with one letter changed is told from the others",
    (word, at, letter) => {
      const i = at % word.length;
      const misspelt = word.slice(0, i) + letter + word.slice(i + 1);
      expect(didYouMean(misspelt, ["beta", "limit", "digits", "partial"])).toBe(`; did you mean ${word}?`);
    },
  );
});
