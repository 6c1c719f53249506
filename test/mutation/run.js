/**
 * `npm run mutation`: Stryker on one folder after the other, the summary in test/reference/mutation.json and the page made
 * of it. MUTATE=information,alignment runs these folders alone and keeps what is known of the others.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { FOLDERS, SUMMARY } from "./page.js";

const top = new URL("../../", import.meta.url);
const require = createRequire(import.meta.url);
const bin = fileURLToPath(new URL("node_modules/@stryker-mutator/core/bin/stryker.js", top));

const summary = existsSync(SUMMARY) ? JSON.parse(readFileSync(SUMMARY, "utf8")) : { folders: {} };
let failed = false;
for (const folder of process.env.MUTATE?.split(",") ?? FOLDERS) {
  const args = [bin, "run", "test/mutation/stryker.config.js", ...process.argv.slice(2)];
  const start = performance.now();
  const env = { ...process.env, MUTATE: folder };
  const { status } = spawnSync(process.execPath, args, { cwd: fileURLToPath(top), stdio: "inherit", env });
  failed ||= status !== 0;
  summary.folders[folder] = summed(folder, (performance.now() - start) / 1000);
  summary.node = process.versions.node;
  summary.stryker = require("@stryker-mutator/core/package.json").version;
  writeFileSync(SUMMARY, written(summary));
}
await import("./write.js");
process.exitCode = failed ? 1 : 0;

/** What a report of Stryker says of one folder: counts by file, and the survivors. */
function summed(folder, seconds) {
  const report = JSON.parse(readFileSync(new URL(`coverage/mutation/${folder}.json`, top), "utf8"));
  const files = Object.entries(report.files).map(([path, { source, mutants }]) => {
    const count = (status) => mutants.filter((m) => m.status === status).length;
    return {
      file: path.replace(/^src\//, ""),
      killed: count("Killed"),
      timeout: count("Timeout"),
      survived: count("Survived"),
      noCoverage: count("NoCoverage"),
      errors: count("CompileError") + count("RuntimeError"),
      ignored: count("Ignored"),
      survivors: survivors(source.split("\n"), mutants),
    };
  });
  return { seconds: Math.round(seconds), files: files.sort((a, b) => (a.file < b.file ? -1 : 1)) };
}

/** The changes that no test noticed: the line, what was changed in it and to what. */
function survivors(lines, mutants) {
  return mutants
    .filter(({ status }) => status === "Survived" || status === "NoCoverage")
    .map(({ location: { start, end }, replacement }) => {
      const line = lines[start.line - 1];
      const last = end.line === start.line ? end.column - 1 : undefined;
      return [
        line.trim(),
        line.slice(start.column - 1, last),
        replacement.replace(/\s+/g, " ").slice(0, 160),
        start.line,
      ];
    })
    .sort((a, b) => a[3] - b[3])
    .map(([line, from, to]) => [line, from, to]);
}

/** One line a survivor. */
function written(summary) {
  return `${JSON.stringify(summary, null, 1).replace(/\[\n\s+("(?:[^"\\]|\\.)*"),\n\s+("(?:[^"\\]|\\.)*"),\n\s+("(?:[^"\\]|\\.)*")\n\s+\]/g, "[$1, $2, $3]")}\n`;
}
