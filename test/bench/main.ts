import { writeFileSync } from "node:fs";
import { arch, cpus, platform, release, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { fittingCases } from "./cases/fitting.js";
import { lawCases } from "./cases/laws.js";
import { objectiveCases } from "./cases/objectives.js";
import { bundleSizes, commandCase, importCase } from "./cases/package.js";
import { selectionCases } from "./cases/selection.js";
import { voteCases } from "./cases/votes.js";
import { measureCloseLaws } from "./closeLaws.js";
import { type Case, measureCase, type Result } from "./harness.js";
import { measureMemory } from "./memory.js";
import { type Benchmarks, page, table } from "./page.js";
import { Peers } from "./peers.js";

/**
 * `npm run bench [-- --only TEXT]`: every benchmark of the project in one run, as a table on the terminal. A whole run
 * writes docs/benchmarks.md and docs/benchmarks.json; with `--only`, the groups that have the text, and nothing written.
 */

const at = process.argv.indexOf("--only");
const only = at < 0 ? "" : (process.argv[at + 1] ?? "");
const wanted = (group: string) => group.toLowerCase().includes(only.toLowerCase());

const root = new URL("../../", import.meta.url);
const peers = await Peers.start();
const results: Result[] = [];
const run = async (one: Case) => {
  if (!wanted(one.group)) return;
  try {
    const result = await measureCase(one);
    results.push(result);
    console.log(table(result));
  } catch (error) {
    // The other cases are not lost by it.
    console.error(`\n${one.group}, ${one.title}: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
};

for await (const one of lawCases(peers)) await run(one);
for await (const one of selectionCases(peers)) await run(one);
for await (const one of voteCases(peers)) await run(one);
for await (const one of fittingCases(peers)) await run(one);
for (const one of objectiveCases()) await run(one);
if (wanted("command line")) {
  const command = commandCase();
  await run(command);
  command.close();
}
await run(importCase(peers.versions !== undefined));
const closeLaws = await measureCloseLaws(peers);
peers.close();

if (only === "") {
  const [{ model }] = cpus();
  const { version: mathjs } = (await import("mathjs")) as unknown as { version: string };
  const benchmarks: Benchmarks = {
    machine: {
      processor: model.trim(),
      cores: cpus().length,
      memory: totalmem(),
      system: `${platform()} ${arch()} ${release().split(".").slice(0, 2).join(".")}`,
    },
    versions: { node: process.versions.node, v8: process.versions.v8, mathjs, ...peers.versions },
    results,
    closeLaws,
    bundles: await bundleSizes(),
    memory: measureMemory(new URL("dist/node/index.js", root).href),
  };
  const file = (name: string) => fileURLToPath(new URL(`docs/${name}`, root));
  writeFileSync(file("benchmarks.json"), `${JSON.stringify(benchmarks, null, 2)}\n`);
  writeFileSync(file("benchmarks.md"), page(benchmarks));
}
