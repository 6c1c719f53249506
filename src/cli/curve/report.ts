import { isVote, type Method, type SelectionMethod } from "../../selection/method.js";
import { InputError } from "../input/inputError.js";
import type { Given } from "../input/options.js";
import { countedQueries } from "../terminal/countedQueries.js";
import { csvText } from "../terminal/csvText.js";
import { figure } from "../terminal/figure.js";
import { jsonOutput } from "../terminal/jsonOutput.js";
import { print } from "../terminal/output.js";
import { writeText } from "../terminal/outputFile.js";
import { say } from "../terminal/say.js";
import { type Column, formatTable, wrapText } from "../terminal/table.js";
import type { PerQueryFile } from "./perQuery.js";
import { plotCurves } from "./plot.js";
import { betaText, type CurvePoint, methodsIn, QUANTITIES } from "./settings.js";
import type { CurveTally, MeanCurve, MeanPoint } from "./tally.js";

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

/** Prints the curves, and then writes the files asked for: what is wrong with one of them costs no figure and no other file. */
export async function report(
  tally: CurveTally,
  dataset: string,
  options: ReportOptions,
  perQuery?: PerQueryFile,
): Promise<void> {
  const { curves, queries } = tally;
  if (queries > 0)
    await print(options.json ? json(tally, curves, dataset) : options.csv ? csv(tally, curves) : table(tally, curves));
  const { partial, svg } = options;
  const errors: unknown[] = [];
  const attempt = (write: () => void) => {
    try {
      write();
    } catch (error) {
      errors.push(error);
    }
  };
  attempt(() => perQuery?.commit());
  if (partial !== undefined) attempt(() => writeText(partial, tally.toText()));
  if (svg !== undefined && queries > 0) attempt(() => writeText(svg, plotCurves(curves, dataset, queries)));
  const left = leftOut(tally);
  if (left !== undefined) say(left);
  if (errors.length > 0) throw errors[0];
}

/** Which N no query has the samples for, in words. */
function leftOut({ settings: { ns, plugIn }, samples }: CurveTally): string | undefined {
  const beyond = ns.filter((n) => n > (samples ?? Infinity));
  if (plugIn || beyond.length === 0) return undefined;
  const shown =
    beyond.length > 4 ? `${beyond.slice(0, 3).join(", ")}, … ${beyond[beyond.length - 1]}` : beyond.join(", ");
  return `N = ${shown} left out: no query has more than ${samples} samples (--plug-in reads them off the samples' own law)`;
}

/** The quantities of a point with their standard errors and intervals, and the differences from other rows, as JSON. */
function jsonPoint({ n, queries, estimate, cells }: MeanPoint, limit: boolean) {
  const groups: Record<string, Record<string, unknown>> = {};
  const own: Record<string, unknown> = {};
  for (const [name, { mean, standardError, interval }] of Object.entries(cells)) {
    const [group, quantity] = name.includes(".") ? name.split(".") : [undefined, name];
    if (group !== undefined) groups[group] ??= {};
    const into = group === undefined ? own : groups[group];
    into[quantity] = finite(mean);
    into[`${quantity}Se`] = finite(standardError);
    into[`${quantity}Interval`] = Number.isFinite(standardError) ? interval : null;
  }
  return { ...(!limit && { n }), ...own, ...groups, queries, estimate };
}

const finite = (x: number) => (Number.isFinite(x) ? x : null);

function json(tally: CurveTally, curves: readonly MeanCurve[], dataset: string): string {
  const several = tally.settings.rewards.length > 1;
  const { methods, versus } = tally.settings;
  const shown = curves.map(({ reward, method, beta, points }) => ({
    ...(several && { rewardName: reward }),
    ...(methods && method),
    ...(method.method !== "vote" && { beta }),
    points: points.filter(({ n }) => n < Infinity).map((point) => jsonPoint(point, false)),
    limit: jsonPoint(points[points.length - 1], true),
  }));
  const kl = tally.samples === undefined ? "exact" : "plug-in";
  return jsonOutput({
    dataset,
    queries: tally.queries,
    ...(tally.samples !== undefined && { samples: tally.samples }),
    klAndWinRate: kl,
    ...(versus && { versus: versus.method === "vote" ? { method: versus.method, n: versus.n } : versus }),
    curves: shown,
  });
}

/** The columns of figures first, in their order of old; then their standard errors, what they are of, and differences. */
function csv(tally: CurveTally, curves: readonly MeanCurve[]): string {
  const names = tally.cellNames;
  const own = names.filter((name) => !name.includes("."));
  const compared = names.filter((name) => name.includes("."));
  const several = tally.settings.rewards.length > 1;
  const camel = (name: string) => name.replace(/\.(.)/, (_, c: string) => c.toUpperCase());
  const { methods } = tally.settings;
  const heading = [
    ...(methods ? ["method"] : []),
    "beta",
    "n",
    ...own,
    ...own.map((name) => `${name}Se`),
    "queries",
    "estimate",
    ...compared.flatMap((name) => [camel(name), `${camel(name)}Se`]),
    ...(several ? ["rewardName"] : []),
  ];
  const text = (x: number) => (Number.isFinite(x) ? String(x) : "");
  const rows = curves.flatMap(({ reward, points }) =>
    points.map(({ method = "soft", beta, n, queries, estimate, cells }) => [
      ...(methods ? [method] : []),
      betaText(method, beta),
      n,
      ...own.map((name) => text(cells[name].mean)),
      ...own.map((name) => text(cells[name].standardError)),
      queries,
      estimate,
      ...compared.flatMap((name) => [text(cells[name].mean), text(cells[name].standardError)]),
      ...(several ? [csvText(reward)] : []),
    ]),
  );
  return `${[heading, ...rows].map((row) => row.join(",")).join("\n")}\n`;
}

/** Characters of a line. */
const WIDTH = 120;

const HEADINGS: Readonly<Record<string, string>> = {
  reward: "reward",
  gold: "gold",
  klToRef: "KL to ref",
  winRate: "win rate",
};

function table(tally: CurveTally, curves: readonly MeanCurve[]): string {
  const { samples, gold, queries, settings } = tally;
  const main = gold ? "gold" : "reward";
  const uneven = curves.some(({ points }) => points.some((point) => point.queries < queries));
  const mark = (estimate: string) => (estimate === "plug-in" ? "*" : "");
  const starred = samples === undefined ? "" : "*";
  const compared = tally.cellNames.filter((name) => name.endsWith(`.${main}`));
  const title = (name: string) =>
    name.startsWith("gain") ? `${main} over one draw` : `${main} over ${rowText(settings.versus)}`;
  const quantities = QUANTITIES.filter((name) => name !== "gold" || gold);
  const headings = [
    ...(settings.methods ? ["method"] : []),
    "β",
    "N",
    ...quantities.map((name) => `${HEADINGS[name]}${name === "klToRef" || name === "winRate" ? starred : ""}`),
    ...compared.map(title),
    ...(uneven ? ["queries"] : []),
  ];
  const columns = headings.map((heading): Column => (heading === "method" ? { heading } : { heading, align: "right" }));
  const rowsOf = ({ method, beta, points }: MeanCurve) =>
    points.map(({ n, cells, estimate, queries: own }, i) => [
      ...(settings.methods ? [i === 0 ? method.method : ""] : []),
      i === 0 ? betaText(method.method, beta) : "",
      `${n < Infinity ? n : limitText(method, beta)}${mark(estimate)}`,
      ...[...quantities, ...compared].map((name) => figure(cells[name])),
      ...(uneven ? [String(own)] : []),
    ]);
  const tables = settings.rewards.map(({ name: reward }) => {
    const rows = curves.filter((curve) => curve.reward === reward).flatMap(rowsOf);
    return `${settings.rewards.length > 1 ? `By ${reward}\n\n` : ""}${formatTable(columns, rows, WIDTH)}`;
  });
  return `${tables.join("\n\n")}\n\n${countedQueries(queries)}. ${legend(tally)}\n`;
}

/** A row that others are compared with. */
function rowText(row: CurvePoint | undefined): string {
  if (row === undefined) return "";
  const { method, beta, n } = row;
  return `${method === undefined ? "" : `${method}, `}${method === "vote" ? "" : `β=${beta}, `}N=${n}`;
}

/** What a method tends to. */
function limitText(method: Method, beta: number): string {
  if (isVote(method)) return "∞ = mode";
  if (method.cap !== undefined) return "∞";
  return beta > 0 ? "∞ = RLHF" : "∞ = best";
}

/** What each method does with N draws, and what it tends to. */
const METHOD_TEXTS: Readonly<Record<SelectionMethod, string>> = {
  soft: "picks one of N with probability ∝ e^(r/β) (β = 0: best-of-N)",
  metropolis: "holds one, replaces it by each of the others with probability min(1, e^((r′ − r)/β))",
  rejection: "takes the first accepted, with probability min(1, e^((r − cap)/β)), or else the N-th",
  vote: "the answer drawn most often, ties at random",
  "weighted-vote": "the answer of the greatest count · e^(r/β), ties at random",
};

function legend({ samples, settings }: CurveTally): string {
  const { plugIn, methods } = settings;
  const shown = methodsIn(settings);
  const limits = [
    shown.some((method) => !isVote(method)) &&
      "at β > 0 the RLHF optimum of the same β, at β = 0 ref on the answers of highest reward",
    shown.some(({ cap }) => cap !== undefined) && "for rejection those of the reward capped",
    shown.some(({ method }) => method === "vote") && "for vote the likeliest answer",
    shown.some(({ method }) => method === "weighted-vote") && "for weighted-vote the likeliest of the optimum",
  ];
  const limit = wrapText(`∞ is the limit: ${limits.filter(Boolean).join("; ")}.`, WIDTH).join("\n");
  const errors = "± is one standard error, of the draw of the queries. KL in nats; ties win half.";
  const lines =
    methods === undefined
      ? []
      : shown.map(
          ({ method, cap }) => `${method}${cap === undefined ? "" : ` (cap ${cap})`}: ${METHOD_TEXTS[method]}.`,
        );
  const all = (head: string) => [head, ...lines, errors, limit].join("\n");
  if (samples === undefined)
    return all(
      methods === undefined
        ? "Averages over the queries, of the exact law of soft best-of-N (β = 0: best-of-N)."
        : "Averages over the queries, of each method's exact law.",
    );
  const estimates = plugIn
    ? `* Of the law of the samples themselves (plug-in), which is biased: low in reward, and past N = ${samples} of nothing but repeats.`
    : `Unbiased from the samples, over all their ${methods === undefined ? "subsets of N (β = 0: best-of-N)" : "ordered draws of N"}.\n` +
      "* Of the law of the samples themselves (plug-in): of KL and of the limit no estimate is unbiased.";
  return all(estimates);
}
