import { isVote, type Method, type SelectionMethod } from "../../selection/method.js";
import { countedQueries } from "../terminal/countedQueries.js";
import { figure } from "../terminal/figure.js";
import { type Column, formatTable, type Table, wrapText } from "../terminal/table.js";
import { betaText, type CurvePoint, methodsIn, QUANTITIES } from "./settings.js";
import type { CurveTally, MeanCurve } from "./tally.js";

/** Characters of a line. */
const WIDTH = 120;

const HEADINGS: Readonly<Record<string, string>> = {
  reward: "reward",
  gold: "gold",
  klToRef: "KL to ref",
  winRate: "win rate",
};

/** The curves as tables, one a reward, and what they show in words. */
export function curveText(tally: CurveTally, curves: readonly MeanCurve[]): string {
  const several = tally.settings.rewards.length > 1;
  const tables = curveTables(tally, curves).map(
    ({ reward, table }) => `${several ? `By ${reward}\n\n` : ""}${formatTable(table, WIDTH)}`,
  );
  const legend = curveLegend(tally).flatMap((sentence) => wrapText(sentence, WIDTH));
  return `${tables.join("\n\n")}\n\n${legend.join("\n")}\n`;
}

/** The table of each reward. */
export function curveTables(
  tally: CurveTally,
  curves: readonly MeanCurve[],
): { readonly reward: string; readonly table: Table }[] {
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
  return settings.rewards.map(({ name: reward }) => {
    const rows = curves.filter((curve) => curve.reward === reward).flatMap(rowsOf);
    return { reward, table: { columns, rows } };
  });
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

/** What the figures are of, a sentence or two at a time. */
export function curveLegend({ queries, samples, settings }: CurveTally): string[] {
  const { plugIn, methods } = settings;
  const shown = methodsIn(settings);
  const limits = [
    shown.some((method) => !isVote(method)) &&
      "at β > 0 the RLHF optimum of the same β, at β = 0 ref on the answers of highest reward",
    shown.some(({ cap }) => cap !== undefined) && "for rejection those of the reward capped",
    shown.some(({ method }) => method === "vote") && "for vote the likeliest answer",
    shown.some(({ method }) => method === "weighted-vote") && "for weighted-vote the likeliest of the optimum",
  ];
  const lines =
    methods === undefined
      ? []
      : shown.map(
          ({ method, cap }) => `${method}${cap === undefined ? "" : ` (cap ${cap})`}: ${METHOD_TEXTS[method]}.`,
        );
  const all = (head: string, ...more: string[]) => [
    `${countedQueries(queries)}. ${head}`,
    ...more,
    ...lines,
    "± is one standard error, of the draw of the queries. KL in nats; ties win half.",
    `∞ is the limit: ${limits.filter(Boolean).join("; ")}.`,
  ];
  if (samples === undefined)
    return all(
      methods === undefined
        ? "Averages over the queries, of the exact law of soft best-of-N (β = 0: best-of-N)."
        : "Averages over the queries, of each method's exact law.",
    );
  return plugIn
    ? all(
        `* Of the law of the samples themselves (plug-in), which is biased: low in reward, and past N = ${samples} of nothing but repeats.`,
      )
    : all(
        `Unbiased from the samples, over all their ${methods === undefined ? "subsets of N (β = 0: best-of-N)" : "ordered draws of N"}.`,
        "* Of the law of the samples themselves (plug-in): of KL and of the limit no estimate is unbiased.",
      );
}
