/** From Stryker's reports to test/reference/mutation.json, and from there to the page. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { FUZZ, FUZZ_READERS, fileName, PAGE, SUMMARY, writePage } from "./page.js";

const read = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined);

const reportOf = (target) => new URL(`../../coverage/mutation/${fileName(target)}.json`, import.meta.url);

/** Removes the report of an earlier run. */
export const forget = (target) => rmSync(reportOf(target), { force: true });
export const hasReport = (target) => existsSync(reportOf(target));

/** Puts what the run of a folder or of one file found in the place of what was known of it. */
export function record(target, seconds) {
  const report = read(reportOf(target));
  const { files = {} } = read(SUMMARY) ?? {};
  const all = Object.values(report.files).reduce((n, { mutants }) => n + mutants.length, 0);
  for (const [path, { source, mutants }] of Object.entries(report.files)) {
    const file = path.replace(/^src\//, "");
    const row = {
      ...counted(mutants),
      seconds: Math.round((seconds * mutants.length) / all),
      survivors: survivors(source.split("\n"), mutants),
    };
    files[file] = joined(files[file], row, source);
  }
  const left = Object.entries(files).filter(([file]) => existsSync(new URL(`../../src/${file}`, import.meta.url)));
  const sorted = Object.fromEntries(left.sort(([a], [b]) => (a < b ? -1 : 1)));
  const stryker = createRequire(import.meta.url)("@stryker-mutator/core/package.json").version;
  writeFileSync(SUMMARY, written({ node: process.versions.node, stryker, files: sorted }));
}

/** Of two runs on the same code a change is noticed that one of them noticed: each calls a part of the tests, for so long. */
export function joined(known, row, source) {
  const changes = ({ killed, timeout, survived, noCoverage }) => killed + timeout + survived + noCoverage;
  const lines = new Set(source.split("\n").map((line) => line.trim()));
  const isSame = known && changes(known) === changes(row) && known.survivors.every(([line]) => lines.has(line));
  if (!isSame) return row;
  const left = known.survivors.map((survivor) => JSON.stringify(survivor));
  const both = row.survivors.filter((survivor) => {
    const at = left.indexOf(JSON.stringify(survivor));
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
  const noCoverage = Math.min(row.noCoverage, known.noCoverage, both.length);
  const killed = row.killed + row.survivors.length - both.length;
  return { ...row, killed, noCoverage, survived: both.length - noCoverage, survivors: both };
}

function counted(mutants) {
  const count = (...status) => mutants.filter((m) => status.includes(m.status)).length;
  return {
    killed: count("Killed"),
    timeout: count("Timeout"),
    survived: count("Survived"),
    noCoverage: count("NoCoverage"),
    errors: count("CompileError", "RuntimeError", "Ignored"),
  };
}

/** The changes that no test noticed: the line, what was changed in it, and to what. */
function survivors(lines, mutants) {
  const place = ({ line, column }) => line * 1000 + column;
  return mutants
    .filter(({ status }) => status === "Survived" || status === "NoCoverage")
    .sort((a, b) => place(a.location.start) - place(b.location.start))
    .map(({ location: { start, end }, replacement }) => {
      const line = lines[start.line - 1];
      const from = line.slice(start.column - 1, end.line === start.line ? end.column - 1 : undefined);
      return [line.trim(), from, replacement.replace(/\s+/g, " ").slice(0, 120)];
    });
}

/** One line a file, and one a survivor. */
function written({ files, ...rest }) {
  const lines = Object.entries(files).map(([file, { survivors: list, ...counts }]) => {
    const rows = list.map((row) => `\n  ${JSON.stringify(row)}`).join(",");
    return ` ${JSON.stringify(file)}: ${JSON.stringify(counts).slice(0, -1)},"survivors":[${rows}]}`;
  });
  return `${JSON.stringify(rest).slice(0, -1)},"files":{\n${lines.join(",\n")}\n}}\n`;
}

export const readSummary = () => read(SUMMARY);
export const readFuzz = () => read(FUZZ);
export const readFuzzReaders = () => read(FUZZ_READERS);

/** docs/mutation.md, of what the last runs measured. */
export function writePages() {
  writeFileSync(PAGE, writePage(read(SUMMARY), read(FUZZ), read(FUZZ_READERS)));
}
