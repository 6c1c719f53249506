import { DIVERGENCES, HALF_CHI_SQUARED, OTHERS } from "./cases/objectives.js";
import type { BundleSize } from "./cases/package.js";
import { MAJ_AT_N, VOTES } from "./cases/votes.js";
import type { CloseLaws } from "./closeLaws.js";
import type { Reading, Result } from "./harness.js";
import type { Memory } from "./memory.js";
import type { PythonVersions } from "./peers.js";

/** All that a run measured, as it stands in docs/benchmarks.json. */
export interface Benchmarks {
  readonly machine: {
    readonly processor: string;
    readonly cores: number;
    readonly memory: number;
    readonly system: string;
  };
  readonly versions: { readonly node: string; readonly v8: string; readonly mathjs: string } & Partial<PythonVersions>;
  readonly results: readonly Result[];
  readonly closeLaws: CloseLaws;
  readonly bundles: readonly BundleSize[];
  readonly memory: Memory;
}

/** `2.31 ms`: three digits and the unit that suits. */
export function duration(seconds: number): string {
  const [unit, scale] =
    seconds < 1e-6 ? ["ns", 1e9] : seconds < 1e-3 ? ["µs", 1e6] : seconds < 1 ? ["ms", 1e3] : ["s", 1];
  return `${Number((seconds * scale).toPrecision(3))} ${unit}`;
}

function bytes(n: number): string {
  return n < 1e6 ? `${(n / 1e3).toFixed(1)} kB` : `${Math.round(n / 1e6)} MB`;
}

const times = (ratio: number) => `${Number(ratio.toPrecision(3))}`;

/** One case on the terminal. */
export function table({ group, title, readings }: Result): string {
  const width = Math.max(...readings.map(({ contender }) => contender.length));
  const lines = readings.map(
    ({ contender, median, lower, upper, ratio }) =>
      `  ${contender.padEnd(width)}  ${duration(median).padStart(8)}  ${`${duration(lower)} … ${duration(upper)}`.padStart(20)}  × ${times(ratio)}`,
  );
  return `\n${group}, ${title}\n${lines.join("\n")}`;
}

/** One of the figures that the project set itself. */
export interface Target {
  readonly what: string;
  readonly asked: string;
  readonly measured: string;
  readonly met: boolean;
}

/** The targets, read off the results. Where a peer was not on the machine, its target is left out. */
export function targets({ results, bundles }: Benchmarks): Target[] {
  const reading = (group: string, title: string, contender: string) =>
    results.find((r) => r.group === group && r.title === title)?.readings.find((r) => r.contender === contender);
  const out: Target[] = [];
  const faster = (what: string, group: string, title: string, contender: string, least: number) => {
    const ratio = reading(group, title, contender)?.ratio;
    if (ratio === undefined) return;
    out.push({ what, asked: `× ${least} at least`, measured: `× ${times(ratio)}`, met: ratio >= least });
  };
  const below = (what: string, asked: string, value: number | undefined, most: number, show: (x: number) => string) => {
    if (value !== undefined) out.push({ what, asked, measured: show(value), met: value < most });
  };
  const tilt = "Tilt and normalise";
  const large = "K = 10⁶";
  faster("the tilt of 10⁶ answers in a given array, beside numpy in place", tilt, large, "numpy, in place", 1.3);
  faster("the same, numpy without AVX-512", tilt, large, "numpy, in place (no AVX-512)", 1.3);
  faster("the same, beside scipy.special.softmax", tilt, large, "scipy.special.softmax", 2);
  faster("the same, without AVX-512", tilt, large, "scipy.special.softmax (no AVX-512)", 2);
  faster(
    "KL of two built distributions of 10⁶ answers, beside scipy",
    "KL divergence",
    large,
    "scipy.special.rel_entr(p, q).sum()",
    3,
  );
  const data = results.find((r) => r.group.startsWith("A data set"))?.readings[0].median;
  below("10⁵ queries × 32 candidates through the functions", "below 3 s", data, 3, duration);
  const votes = (title: string) => results.find((r) => r.group === VOTES && r.title === title)?.readings[0].median;
  for (const vote of ["majority", "weighted"]) {
    const time = votes(`${vote}, K = 20, N = 64`);
    below(`law of a ${vote} vote, 20 answers, N = 64`, "below 30 ms", time, 0.03, duration);
  }
  const many = votes("majority, K = 100, N = 1,024");
  below("law of a majority vote, 100 answers, N = 1,024", "below 1 s", many, 1, duration);
  const maj = results.find((r) => r.group === MAJ_AT_N)?.readings[0].median;
  below("maj@n of 164 queries × 100 samples at eight n", "below 2 s", maj, 2, duration);
  for (const size of ["10", "10⁶"]) {
    const beside = (contender: string) => reading(DIVERGENCES, `K = ${size}`, contender)?.ratio;
    const factor = (ratio: number) => `× ${times(ratio)}`;
    below(`optimum under ½χ², ${size} answers, beside the tilt`, "within × 3", beside(HALF_CHI_SQUARED), 3, factor);
    const slowest = Object.keys(OTHERS).map((name) => beside(name) ?? Number.NaN);
    below(`under the slowest other divergence, ${size} answers`, "within × 10", Math.max(...slowest), 10, factor);
  }
  const law = "Exact law of soft best-of-N";
  faster(
    "exact law of 10 answers, N = 64, beside a plain loop",
    law,
    "K = 10, N = 64",
    "plain loop, trapezoidal rule",
    2,
  );
  faster(
    "exact law of 10⁶ answers, N = 64, beside numpy",
    law,
    "K = 10⁶, N = 64",
    "numpy, trapezoidal rule in place",
    0.9,
  );
  const noAvx = "numpy, trapezoidal rule in place (no AVX-512)";
  faster("the same, numpy without AVX-512", law, "K = 10⁶, N = 64", noAvx, 2);
  const readings = (group: string, title = "") =>
    results.find((r) => r.group.startsWith(group) && r.title.startsWith(title))?.readings ?? [];
  const over = (what: string, of: Reading | undefined, base: Reading | undefined, most: number) => {
    if (of === undefined || base === undefined) return;
    const factor = of.ratio / base.ratio;
    out.push({ what, asked: `× ${most} at most`, measured: `× ${times(factor)}`, met: factor <= most });
  };
  const named = (readings: readonly Reading[], name: string) =>
    readings.find(({ contender }) => contender.startsWith(name));
  const linear = readings("Weighted maximum likelihood", "a log-linear policy");
  const scipy = "scipy.optimize.minimize, L-BFGS-B";
  over("log-linear fit, over scipy's L-BFGS-B", linear[0], named(linear, scipy), 3);
  over(
    "log-linear fit, over one value and gradient of a plain loop",
    linear[0],
    named(linear, "plain loop: one value"),
    12,
  );
  const pairs = readings("Bradley–Terry");
  over("Bradley–Terry of 1,000 items, over scipy's L-BFGS-B", pairs[0], named(pairs, scipy), 1);
  over("the same, over a plain MM loop", pairs[0], named(pairs, "plain loop: Hunter"), 1);
  over("Bradley–Terry with standard errors, over the fit", named(pairs, "exptilt, fitBradleyTerry: with"), pairs[0], 6);
  const noise = readings("Noise prediction");
  over("noise prediction, 10⁴ atoms × 64, over a plain loop", noise[0], named(noise, "plain loop"), 0.5);
  const curve = readings("The same data set through");
  over("curve of 10⁵ queries × 32 candidates, over JSON.parse of the lines", curve[0], named(curve, "JSON.parse"), 3.5);
  const starts = results.find((r) => r.group === "Import")?.readings;
  if (starts !== undefined)
    below(
      "import, over bare Node (medians of 20 starts)",
      "below 15 ms",
      starts[1].median - starts[0].median,
      0.015,
      duration,
    );
  // The core was asked for; how much more the rest is stands further down.
  for (const { name, gzipped } of bundles.slice(0, 2)) below(`bundle, ${name}`, "below 15 kB", gzipped, 15_000, bytes);
  return out;
}

function cells(row: readonly string[]): string {
  return `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function markdownTable(
  head: readonly string[],
  align: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  return [head, align, ...rows].map(cells).join("\n");
}

/** docs/benchmarks.md. */
export function page(benchmarks: Benchmarks): string {
  const { machine, versions, results, closeLaws, bundles, memory } = benchmarks;
  const python =
    versions.numpy === undefined
      ? ""
      : `, Python ${versions.python}, numpy ${versions.numpy}, scipy ${versions.scipy ?? "absent"}`;
  const wide = versions.wide?.length
    ? `
numpy has loops for this processor's AVX-512 units: eight doubles at once, with fused multiplication and addition. The
engine of JavaScript gives a program one double at a time, and WebAssembly two. So numpy stands here twice, as it is and
with these loops switched off (\`NPY_DISABLE_CPU_FEATURES\`), as it runs on processors that have none of them.
`
    : "";
  const groups = [...new Set(results.map(({ group }) => group))];
  return `---
title: Benchmarks
---

# Benchmarks

\`npm run bench\` measured all of this in one run; it wrote this page and, with every figure in full,
\`docs/benchmarks.json\`.

${machine.processor}, ${machine.cores} cores, ${bytes(machine.memory)} of memory, ${machine.system}. Node.js ${versions.node}, V8 ${versions.v8},
mathjs ${versions.mathjs}${python}.

The contenders of a case take turns, round after round, so that what else the machine does meets all of them alike; each
does the same work on the same numbers, and the results are compared before the clock runs. A time is the median of the
rounds with its quartiles; a ratio is the median, over the rounds, of the contender's time over exptilt's in the same round:
above 1 exptilt is faster. Each contender is at its best: the plain loops write to arrays made before, numpy uses
\`out=\` and buffers made before, and one thread.
${wide}
## What the project asked of itself

${markdownTable(
  ["", "asked", "measured", ""],
  ["---", "---", "---:", "---"],
  targets(benchmarks).map(({ what, asked, measured, met }) => [
    what,
    asked.replaceAll(" ", "\u00a0"),
    measured,
    met ? "met" : "missed",
  ]),
)}

${groups
  .map((group) =>
    groupSection(
      group,
      results.filter((r) => r.group === group),
    ),
  )
  .join("\n\n")}

## What speed is worth

${closeLawsText(closeLaws)}

## Bundle size

Minified by esbuild and gzipped, with seedrandom in it.

${markdownTable(
  ["import", "minified", "gzipped"],
  ["---", "---:", "---:"],
  bundles.map(({ name, minified, gzipped }) => [name, bytes(minified), bytes(gzipped)]),
)}

## Ten million answers

One measure of 10⁷ answers, in a process of its own; what each step leaves behind is what the step's result holds.

${markdownTable(
  ["step", "time", "memory kept", "per answer"],
  ["---", "---:", "---:", "---:"],
  memory.steps.map(({ step, seconds, bytes: kept }) => [
    `\`${step}\``,
    duration(seconds),
    bytes(kept),
    `${Math.round(kept / memory.answers)} B`,
  ]),
)}

The process never held more than ${bytes(memory.peak)}, ${Math.round(memory.peak / memory.answers)} B an answer.
`;
}

function closeLawsText({ answers, trials, spread, exptilt, scipy }: CloseLaws): string {
  const peer =
    scipy === undefined
      ? ""
      : `
\`scipy.special.rel_entr(p, q).sum()\` has a median relative error of ${scipy.median.toPrecision(2).replace("e+", "e")}, and ${scipy.negative} of its ${trials} divergences are negative.`;
  return `KL of two laws whose masses are ${spread.toExponential().replace("-", "−")} apart, relatively (${answers} answers, ${trials} trials, against 60 digits):
\`klDivergence\` is off by ${exptilt.toPrecision(2).replace("-", "−")} of its value at worst.${peer}`;
}

function groupSection(group: string, results: readonly Result[]): string {
  const rows = results.flatMap(({ title, readings }) =>
    readings.map(({ contender, median, lower, upper, ratio }, i) => [
      i === 0 ? title : "",
      contender,
      duration(median),
      `${duration(lower)} … ${duration(upper)}`,
      i === 0 ? "1" : times(ratio),
    ]),
  );
  return `## ${group}\n\n${markdownTable(["", "", "median", "quartiles", "ratio"], ["---", "---", "---:", "---:", "---:"], rows)}`;
}
