import { csvText } from "../terminal/csvText.js";
import { betaText } from "./settings.js";
import type { CurveTally, MeanCurve } from "./tally.js";

/** The curves as comma-separated values: the columns of figures first, in their order of old; then their standard errors, what they are of, and differences. */
export function curveCsv(tally: CurveTally, curves: readonly MeanCurve[]): string {
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
