/**
 * A test runner for Stryker that calls the tests in its own process. Sources and tests are one script, compiled once and
 * evaluated afresh for each mutant, so that nothing a mutant leaves in a module reaches the next one. The tests that cover
 * the mutant are called until one fails or `patience`, in seconds of computing, is at its end: first those whose file has its
 * file's name or imports it, those of its folder, those that killed one lately, and the quick ones. What is left then may only
 * have killed more.
 */
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { runInThisContext } from "node:vm";
import { commonTokens, declareFactoryPlugin, PluginKind } from "@stryker-mutator/api/plugin";
import {
  DryRunStatus,
  determineHitLimitReached,
  TestStatus,
  toMutantRunResult,
} from "@stryker-mutator/api/test-runner";
import { build } from "esbuild";
import * as fc from "fast-check";
import { testApi } from "./api.js";

/** Fewer runs of a property than in the suite: a score can only be lower for it. */
process.env.FC_RUNS ??= "20";

/** Stryker's own state, which the instrumented sources read and write. */
globalThis.__stryker__ ??= {};
const state = globalThis.__stryker__;

class InProcessRunner {
  /** How much lately killing counts, by the test's id. */
  #kills = new Map();
  #times = new Map();
  #first = "";
  #texts = new Map();

  constructor({ inProcess }) {
    this.options = inProcess;
  }

  capabilities() {
    return { reloadEnvironment: true };
  }

  /** Whether a test's file has the name of a source, or imports it. */
  #isOf(id, folder, file) {
    const path = id.slice(0, id.indexOf("#"));
    if (!this.#texts.has(path)) this.#texts.set(path, readFileSync(join(process.cwd(), path), "utf8"));
    return path.startsWith(`test/${folder}/${file}.`) || this.#texts.get(path).includes(`/${file}.js"`);
  }

  async init() {
    const top = process.cwd();
    const files = this.options.tests.flatMap((path) => {
      if (path.endsWith(".ts")) return [path];
      const names = readdirSync(join(top, path)).filter((name) => name.endsWith(".test.ts"));
      return names.sort().map((name) => `${path}/${name}`);
    });
    const entry = [
      'require("./test/support/setup.ts");',
      ...files.map((file) => `collect(${JSON.stringify(file)}, () => require("./${file}"));`),
    ];
    const { outputFiles } = await build({
      stdin: { contents: entry.join("\n"), resolveDir: top, loader: "ts" },
      alias: doors(top),
      bundle: true,
      write: false,
      platform: "node",
      format: "cjs",
      target: "node20",
      external: ["vitest", "@fast-check/vitest", "fast-check", "mathjs", "seedrandom", "ml-distance"],
      plugins: [ownAddress],
      logLevel: "error",
    });
    const script = `(function (require, collect, module, exports) {${outputFiles[0].text}\n})`;
    const require = createRequire(join(top, "test/mutation/runner.js"));
    // The compiled code is kept; what its evaluation makes is not. Of the files of tests only those are read that have a wanted one.
    this.evaluate = (wanted) => {
      const files = wanted && new Set(wanted.map((id) => id.slice(0, id.indexOf("#"))));
      const { tests, modules, collect, end } = testApi(files);
      const load = (name) => modules[name] ?? (name === "fast-check" ? fc : require(name));
      runInThisContext(script, { filename: join(top, "mutation.cjs") })(load, collect, { exports: {} }, {});
      return { tests: tests.filter(({ id }) => !this.options.without.some((part) => id.includes(part))), end };
    };
  }

  async dryRun() {
    Object.assign(state, {
      activeMutant: undefined,
      currentTestId: undefined,
      hitCount: undefined,
      hitLimit: undefined,
    });
    state.mutantCoverage = { static: {}, perTest: {} };
    const { tests: all, end } = this.evaluate();
    const tests = [];
    for (const test of all) {
      state.currentTestId = test.id;
      const result = await called(test);
      this.#times.set(test.id, result.timeSpentMs);
      tests.push(result);
    }
    await end();
    state.currentTestId = undefined;
    this.#first = tests[0].id;
    const { perTest, static: atStart } = state.mutantCoverage;
    // What a test reaches is that test's. Left to all tests is what runs at the start and never again: a constant.
    for (const covered of Object.values(perTest)) for (const id of Object.keys(covered)) delete atStart[id];
    return { status: DryRunStatus.Complete, tests, mutantCoverage: { perTest, static: atStart } };
  }

  async mutantRun({ activeMutant, testFilter, hitLimit }) {
    // Stryker's limit is a hundred times what all tests together reach: ten times that much is no end either.
    hitLimit /= 10;
    Object.assign(state, { activeMutant: activeMutant.id, mutantCoverage: undefined, hitCount: 0, hitLimit });
    const timeout = () => determineHitLimitReached(state.hitCount, hitLimit);
    let tests, end;
    try {
      ({ tests, end } = this.evaluate(testFilter));
    } catch (error) {
      // Not even the constants of sources and tests can be made.
      const id = testFilter?.[0] ?? this.#first;
      const failed = { id, name: id, status: TestStatus.Failed, timeSpentMs: 0, failureMessage: String(error) };
      return toMutantRunResult(timeout() ?? { status: DryRunStatus.Complete, tests: [failed] });
    }
    const wanted = testFilter === undefined ? undefined : new Set(testFilter);
    const kills = (id) => this.#kills.get(id) ?? 0;
    const time = (id) => this.#times.get(id) ?? 1;
    const [, folder, file] = /src[/\\](\w+)[/\\](?:\w+[/\\])*(\w+)\.ts$/.exec(activeMutant.fileName);
    const near = (id) => (this.#isOf(id, folder, file) ? 1e-4 : id.startsWith(`test/${folder}/`) ? 0.01 : 1);
    const cost = ({ id }) => ((time(id) + 1) / (kills(id) + 0.1)) * near(id);
    const order = tests.filter(({ id }) => wanted === undefined || wanted.has(id)).sort((a, b) => cost(a) - cost(b));
    const results = [];
    const start = process.cpuUsage();
    for (const test of order) {
      if (process.cpuUsage(start).user > 1e6 * this.options.patience) break;
      const result = await called(test);
      results.push(result);
      this.#times.set(test.id, Math.max(time(test.id), result.status === TestStatus.Success ? result.timeSpentMs : 0));
      if (state.hitCount > hitLimit || result.status === TestStatus.Failed) {
        for (const [id, n] of this.#kills) this.#kills.set(id, n * 0.8);
        this.#kills.set(test.id, kills(test.id) + 1);
        break;
      }
    }
    await end();
    return toMutantRunResult(timeout() ?? { status: DryRunStatus.Complete, tests: results });
  }
}

/** A test called, with its time and what it threw. */
async function called({ id, file, run }) {
  const start = performance.now();
  const result = { id, name: id.slice(file.length + 1), fileName: file };
  try {
    await run();
    return { ...result, status: TestStatus.Success, timeSpentMs: performance.now() - start };
  } catch (error) {
    const failureMessage = String(error?.message ?? error).slice(0, 2000);
    return { ...result, status: TestStatus.Failed, timeSpentMs: performance.now() - start, failureMessage };
  }
}

/** The package's doors by their names, each the source that it opens on. */
function doors(top) {
  const { name, exports } = JSON.parse(readFileSync(join(top, "package.json"), "utf8"));
  const paths = Object.keys(exports).filter((path) => !path.endsWith(".json"));
  return Object.fromEntries(paths.map((path) => [join(name, path), join(top, "src", path, "index.ts")]));
}

/** Each file's `import.meta.url`, which a bundle does not have. */
const ownAddress = {
  name: "own address",
  setup({ onLoad }) {
    onLoad({ filter: /[/\\](src|test)[/\\].*\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      return { contents: text.replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href)), loader: "ts" };
    });
  },
};

function inProcessRunner(options) {
  return new InProcessRunner(options);
}
inProcessRunner.inject = [commonTokens.options];

/** Says each survivor as soon as it is known: a run takes long. */
function survivorsAtOnce() {
  return {
    onMutantTested({ status, fileName, location: { start, end }, replacement }) {
      if (status !== "Survived" && status !== "NoCoverage") return;
      const line = readFileSync(fileName, "utf8").split("\n")[start.line - 1];
      const from = line.slice(start.column - 1, end.line === start.line ? end.column - 1 : undefined);
      console.log(`${fileName}:${start.line}: ${line.trim()}\n  ${from} -> ${replacement.replace(/\s+/g, " ")}`);
    },
  };
}

export const strykerPlugins = [
  declareFactoryPlugin(PluginKind.TestRunner, "in-process", inProcessRunner),
  declareFactoryPlugin(PluginKind.Reporter, "survivors", survivorsAtOnce),
];
export const strykerValidationSchema = {
  properties: {
    inProcess: {
      type: "object",
      properties: { tests: { type: "array" }, without: { type: "array" }, patience: { type: "number" } },
    },
  },
};
