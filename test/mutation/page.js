/** docs/mutation.md: the scores, the survivors with the reason of each, and what the fuzzing tried. */
import { readdirSync, readFileSync } from "node:fs";
import { transformSync } from "esbuild";
import { reasons } from "./reasons.js";

export const FOLDERS = ["numeric", "optimize", "measure", "information", "alignment", "objective", "selection"];
/** The score, in percent, that every folder has to have: `break` in Stryker's configuration. */
export const BREAK = 85;
export const SUMMARY = new URL("../reference/mutation.json", import.meta.url);
export const FUZZ = new URL("../reference/fuzz.json", import.meta.url);
export const FUZZ_READERS = new URL("../reference/fuzz-readers.json", import.meta.url);
/** What a run over files of this name or pattern calls its own files. */
export const fileName = (target) => target.replaceAll(/[^\w.+]/g, "-");
export const PAGE = new URL("../../docs/mutation.md", import.meta.url);

const plain = (n) => n.toLocaleString("en");

function totals(files) {
  const sum = (key) => files.reduce((n, file) => n + file[key], 0);
  const [killed, timeout, noCoverage] = ["killed", "timeout", "noCoverage"].map(sum);
  const survived = sum("survived") + noCoverage;
  const valid = killed + timeout + survived;
  return { killed, timeout, survived, noCoverage, valid, score: (100 * (killed + timeout)) / valid };
}

const row = (name, { valid, killed, timeout, survived, score }) =>
  `| ${name} | ${plain(valid)} | ${plain(killed)} | ${plain(timeout)} | ${plain(survived)} | ${score.toFixed(1)} % |`;

/** The measured files of each folder. */
export function byFolder({ files }) {
  return FOLDERS.map((folder) => ({
    folder,
    files: Object.entries(files)
      .filter(([file]) => file.startsWith(`${folder}/`))
      .map(([file, counts]) => ({ file, ...counts })),
  })).filter(({ files: list }) => list.length > 0);
}

/** Whether a source file says more than types, of which nothing is left to change. */
const hasCode = (file) =>
  transformSync(readFileSync(new URL(`../../src/${file}`, import.meta.url), "utf8"), { loader: "ts" }).code.trim() !==
  "";

/** The source files that no run has changed yet. */
export function unmeasured({ files }) {
  return FOLDERS.flatMap((folder) =>
    readdirSync(new URL(`../../src/${folder}/`, import.meta.url), { recursive: true })
      .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
      .map((name) => `${folder}/${name}`)
      .filter((file) => files[file] === undefined && hasCode(file)),
  ).sort();
}

/** The survivors of a summary, each with the first reason that is given for such. */
export function explained({ files }) {
  return Object.entries(files).flatMap(([file, { survivors }]) =>
    survivors.map(([line, from, to]) => {
      const survivor = { file, line, from, to };
      return { ...survivor, reason: reasons.findIndex(({ of }) => of(survivor)) };
    }),
  );
}

const code = (text) => {
  const short = text.length > 60 ? `${text.slice(0, 59)}…` : text;
  const ticks = short.includes("`") ? "``" : "`";
  return `${ticks}${ticks.length > 1 ? " " : ""}${short}${ticks.length > 1 ? " " : ""}${ticks}`.replaceAll("|", "\\|");
};

function groupBy(list, key) {
  const groups = new Map();
  for (const entry of list) groups.set(key(entry), [...(groups.get(key(entry)) ?? []), entry]);
  return groups;
}

/** A group of survivors: by file, each changed line once. */
function listed(survivors) {
  const byFile = groupBy(survivors, ({ file }) => file);
  return [...byFile]
    .map(([file, list]) => {
      const lines = [...groupBy(list, ({ line }) => line)].map(
        ([line, changes]) => `${code(line)}${changes.length > 1 ? ` (${changes.length})` : ""}`,
      );
      return `- \`${file}\`: ${lines.join("; ")}`;
    })
    .join("\n");
}

export function writePage(summary, fuzz, readers) {
  const folders = byFolder(summary);
  const files = folders.flatMap((f) => f.files);
  const all = totals(files);
  const survivors = explained(summary);
  const groups = [...reasons, { title: "Not yet looked at", why: "" }].map((reason, i) => ({
    ...reason,
    list: survivors.filter((s) => s.reason === (i < reasons.length ? i : -1)),
  }));
  const minutes = Math.round(files.reduce((n, { seconds }) => n + seconds, 0) / 60);
  const missing = unmeasured(summary);
  const partly = new Set(missing.map((file) => file.split("/")[0]));
  const below = folders.filter((f) => totals(f.files).score < BREAK).map(({ folder }) => `\`${folder}\``);
  return `---
title: Mutation testing
---

<!-- Written by \`npm run mutation\` and \`npm run fuzz\`; edit test/mutation/page.js instead. -->

# Mutation testing

A test that passes shows little if it would pass with wrong code too. So the code is made wrong, one place at a time, and the
tests are run: \`<\` becomes \`<=\`, \`+\` becomes \`−\`, a condition is always true, a block is empty. A change that some test notices is
*killed*; one that none does is a *survivor*, and either a test is missing or the change makes no difference.

**${all.score.toFixed(1)} % of ${plain(all.valid)} changes are noticed.** ${below.length === 0 ? `Every folder${missing.length > 0 ? ", as far as it was measured," : ""} is above ${BREAK} %, below which a run fails.` : `Below ${BREAK} %, where a run fails: ${below.join(", ")}.`}

| folder | changes | killed | out of time | survivors | score |
|---|--:|--:|--:|--:|--:|
${folders.map((f) => row(`\`${f.folder}\`${partly.has(f.folder) ? ", in part" : ""}`, totals(f.files))).join("\n")}
${row("all", all)}
${missing.length === 0 ? "" : `\n**Not measured yet**: ${missing.map((file) => `\`${file}\``).join(", ")}.\n`}
The score is Stryker's (killed + out of time) / (all). Nothing is left out of it: changes that no test reaches (${plain(all.noCoverage)})
count as survivors, constants made at import are changed like all else, and no line is exempted. A change runs *out of time* when it
loops without end: ten times as often as in all tests together, or for half a minute (a quarter, in earlier runs). (Stryker ${summary.stryker}, Node ${summary.node}; ${minutes} minutes; each file as it stood when it was last run; what one of several runs on the same code noticed is noticed, as each calls a part of the tests.)

\`npm run mutation\` makes the table anew, \`MUTATE=information npm run mutation\` one folder of it. The tests are called in one process, the
sources evaluated afresh for each change, each property with a tenth of its usual runs and for four seconds at most, without the slowest
tests, and a change that three seconds of computing (one, in some earlier runs) do not notice counts as a survivor. All of that can only
lower a score; only the limit of time can raise it, where a change that is slow but ends is taken for one without end.

## File by file

| file | changes | killed | out of time | survivors | score |
|---|--:|--:|--:|--:|--:|
${files.map((file) => row(`\`${file.file}\``, totals([file]))).join("\n")}

## What it has found

The tests that survivors asked for failed at first in three places. KL of two laws next to the same point mass had lost most of its
digits: a logarithm of a rounded quotient is off by half an ULP of 1 whatever its size, and small means of such are no longer taken.
The log-partition of a tilt towards an answer too rare for a double was −∞. And fuzzing met a query, of the smallest masses and the
largest rewards that doubles hold, whose integral asked for more nodes than any memory has. In selection, the upper bound on an answer
709 nats below another was 0, though it is picked where the other is not drawn; the first-order expansion of two such answers was NaN; and so
was that of a weight of 1e154 times the mean, whose square overflows. Of a file of Parquet or a table, records within an object were not
found, since their column was not read; and a damaged length in a page of Parquet had its decoder fill the memory. The weights of Gauss's
rule, taken at a point next to the root, had lost three digits; and the largest entry of a gradient with a NaN in it was a number
where one came after it. Branches whose removal no test could see, and
that were not there for speed, are gone.

## The survivors

They are grouped by what the changed line is for, with the number of changes of a line where there are several. The reason is that of the
group; not every single change in it was proved to make no difference.

${groups
  .filter(({ list }) => list.length > 0)
  .map(({ title, why, list }) => `### ${title} (${list.length})\n\n${why}\n\n${listed(list)}`)
  .join("\n\n")}
${fuzz === undefined ? "" : fuzzing(fuzz)}${readers === undefined ? "" : fuzzedReaders(readers)}`;
}

function fuzzing({ inputs, refused, crashes, kinds, peak, seed, runs, node }) {
  return `
## Fuzzing

The command line reads files of others. \`npm run fuzz\` gives its readers what such files hold by accident or by malice: lines cut
off or damaged at random places, bytes that are no text, brackets thousands deep, lines of up to 128 MiB, keys like \`__proto__\`,
numbers at the ends of the doubles. Each input must be read to finite figures or refused with a message that names its line, and must
leave the prototypes of all objects as they were.

**${plain(inputs)} inputs tried, ${plain(refused)} refused at their line, ${plain(crashes)} crashes.** The largest memory of the process was ${peak} MiB.

| kind | inputs |
|---|--:|
${Object.entries(kinds)
  .map(([kind, count]) => `| ${kind} | ${plain(count)} |`)
  .join("\n")}

An input may be of several kinds. (Seed ${seed}, ${plain(runs)} runs of each property, Node ${node}.) The seed is another one each time; \`FC_SEED=${seed}\`
repeats this run.
`;
}

/** What was tried of each reader, by container and by shape. */
function fuzzedReaders({ containers, shapes, peak, seed, runs, node }) {
  const table = (kind, counts) =>
    [
      `| ${kind} | inputs | refused | crashes |\n|---|--:|--:|--:|`,
      ...Object.entries(counts).map(
        ([name, { inputs, refused, crashes }]) =>
          `| ${name} | ${plain(inputs)} | ${plain(refused)} | ${plain(crashes)} |`,
      ),
    ].join("\n");
  return `
### Reader by reader

A data set is also written in every shape, in every container, and then damaged: a value, a name or a record is changed, or bytes
are flipped, cut, put in, doubled, taken from another file or made into other lengths, in the compressed file or before it is
compressed. Each must be read to finite queries, or refused in one line of at most 400 characters that begins with the file. An input
counts once by its container and once by its shape; CSV and TSV have only shapes without lists.

${table("reader", containers)}

${table("shape", shapes)}

(Seed ${seed}, ${plain(runs)} runs of each container, Node ${node}; the largest memory of the process was ${peak} MiB.)
`;
}
