import { statSync } from "node:fs";
import { InputError } from "../input/inputError.js";
import type { Given } from "../input/options.js";
import { countedQueries } from "../terminal/countedQueries.js";
import { jsonOutput } from "../terminal/jsonOutput.js";
import { type Column, formatTable } from "../terminal/table.js";
import { writeText } from "../terminal/writeText.js";
import { plotCurves } from "./plot.js";
import type { CurveTally } from "./tally.js";

/** How curves are shown: the same for `curve` and `merge`. */
export const REPORT_OPTIONS = {
  json: { help: "print JSON instead of a table" },
  csv: { help: "print comma-separated values instead of a table; N = Infinity is the limit" },
  svg: { value: "OUT", help: "write the curves as a picture to this file too" },
  partial: { value: "OUT", help: "write the exact sums to this file too, for exptilt merge" },
} as const;

type ReportOptions = Given<typeof REPORT_OPTIONS>;

export function refuseTwoForms(options: ReportOptions): void {
  if (options.json && options.csv) throw new InputError("--json and --csv exclude each other");
}

/**
 * Empties the files asked for before the work begins. A place that cannot be written to is reported at once, and a run that is
 * killed leaves no older file that could be taken for its own.
 */
export function claim(options: ReportOptions, input: string | undefined): void {
  for (const name of ["partial", "svg"] as const) {
    const file = options[name];
    if (file === undefined) continue;
    if (input !== undefined && isSame(file, input)) throw new InputError(`--${name} ${file} is the file that is read`);
    writeText(file, "");
  }
}

/** Whether two names stand for one file. */
function isSame(a: string, b: string): boolean {
  const [s, t] = [a, b].map((file) => statSync(file, { throwIfNoEntry: false }));
  return s !== undefined && t !== undefined && s.dev === t.dev && s.ino === t.ino;
}

/** Prints the curves, and then writes the files asked for: a full disk costs no figure. */
export function report(tally: CurveTally, dataset: string, options: ReportOptions): void {
  if (tally.queries > 0)
    process.stdout.write(options.json ? json(tally, dataset) : options.csv ? csv(tally) : table(tally));
  if (options.partial !== undefined) writeText(options.partial, tally.toJson());
  if (options.svg !== undefined && tally.queries > 0)
    writeText(options.svg, plotCurves(tally.curves, dataset, tally.queries));
}

function json(tally: CurveTally, dataset: string): string {
  const curves = tally.curves.map(({ beta, points }) => {
    const { n: _, ...limit } = points[points.length - 1];
    return { beta, points: points.slice(0, -1), limit };
  });
  return jsonOutput({ dataset, queries: tally.queries, curves });
}

function csv(tally: CurveTally): string {
  const names = tally.quantities;
  const rows = tally.curves.flatMap(({ beta, points }) =>
    points.map((point) => [beta, point.n, ...names.map((name) => point[name])].join(",")),
  );
  return `${["beta", "n", ...names].join(",")}\n${rows.join("\n")}\n`;
}

const HEADINGS = { reward: "reward", gold: "gold", klToRef: "KL to ref", winRate: "win rate" };

function table(tally: CurveTally): string {
  const names = tally.quantities;
  const headings = ["β", "N", ...names.map((name) => HEADINGS[name])];
  const columns = headings.map((heading): Column => ({ heading, align: "right" }));
  const rows = tally.curves.flatMap(({ beta, points }) =>
    points.map((point, i) => [
      i === 0 ? String(beta) : "",
      point.n < Infinity ? String(point.n) : beta > 0 ? "∞ = RLHF" : "∞ = best",
      ...names.map((name) => (point[name] ?? Number.NaN).toFixed(5)),
    ]),
  );
  const legend =
    "Averages over the queries, of the exact law of soft best-of-N (β = 0: best-of-N). KL in nats; ties win half.\n" +
    "∞ is the limit: at β > 0 the RLHF optimum of the same β, at β = 0 ref on the answers of highest reward.";
  return `${formatTable(columns, rows, 120)}\n\n${countedQueries(tally.queries)}. ${legend}\n`;
}
