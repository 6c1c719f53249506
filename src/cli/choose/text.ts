import type { ChosenSetting, SelectionChoice } from "../../selection/choice/chooseSelection.js";
import { type MeanEstimate, meanOverQueries } from "../../selection/choice/meanOverQueries.js";
import type { Overoptimization } from "../../selection/choice/overoptimization.js";
import type { SelectionMethod } from "../../selection/method.js";
import { betaText } from "../curve/settings.js";
import { countedQueries } from "../terminal/countedQueries.js";
import { figure } from "../terminal/figure.js";
import { type Column, formatTable, type Table, wrapText } from "../terminal/table.js";
import type { Budgets } from "./budgets.js";
import type { Found } from "./found.js";
import type { Candidates, KeptReadings } from "./keptReadings.js";

/** Characters of a line. */
const WIDTH = 120;

/** What was chosen, as a table and plain sentences. */
export function choiceText(
  dataset: string,
  { samples }: KeptReadings,
  found: readonly Found[],
  budgets: Budgets,
): string {
  const several = found.length > 1;
  const parts = found.map(({ choice, candidates }) => {
    const table = formatTable(choiceTable(choice, samples !== undefined, budgets), WIDTH);
    const said = choiceSentences(choice, candidates.all, budgets).flatMap((sentence) => wrapText(sentence, WIDTH));
    return `${several ? `By ${candidates.name}\n\n` : ""}${[`${table}\n`, ...said].join("\n")}`;
  });
  return `${parts.join("\n\n")}\n\n${wrapText(choiceLegend(dataset, found[0].choice, samples), WIDTH).join("\n")}\n`;
}

/** The settings that were chosen, beside one draw. */
export function choiceTable(
  { by, oneDraw, best, cheapest, withinKl, withinN }: SelectionChoice,
  sampled: boolean,
  budgets: Budgets,
): Table {
  const byGold = by === "gold";
  const named = best.method !== undefined;
  const columns: Column[] = [
    { heading: "" },
    ...(named ? [{ heading: "method" }] : []),
    ...["β", "N", by, "over one draw", ...(byGold ? ["reward"] : []), sampled ? "KL to ref*" : "KL to ref"].map(
      (heading): Column => ({ heading, align: "right" }),
    ),
  ];
  const row = (name: string, { method = "soft", beta, n, value, gain, reward, klToRef }: ChosenSetting) => [
    name,
    ...(named ? [method] : []),
    betaText(method, beta),
    String(n),
    figure(value),
    figure(gain),
    ...(byGold ? [figure(reward)] : []),
    figure(klToRef),
  ];
  const rows = [
    ["one draw", ...(named ? [""] : []), "", "1", figure(oneDraw), "", ...(byGold ? [""] : []), ""],
    row("best", best),
    row("cheapest, as good", cheapest),
    ...(withinKl ? [row(`best within ${budgets.kl} nats`, withinKl)] : []),
    ...(withinN ? [row(`best within N = ${budgets.n}`, withinN)] : []),
  ];
  return { columns, rows };
}

/** What the figures say, and what they do not. */
export function choiceSentences(
  { by, best, cheapest, telling, overoptimized, withinKl }: SelectionChoice,
  all: Candidates["all"],
  { kl }: Budgets,
): string[] {
  const out: string[] = [];
  if (!telling)
    out.push(`The data do not tell the best setting from one draw: its gain in ${by} is ${figure(best.gain)}.`);
  else if (best.gain.mean < 0)
    out.push(`Choosing lowers the ${by}: on queries it was not made on it gives ${figure(best.gain)}.`);
  if (cheapest.index !== best.index)
    out.push(`N = ${cheapest.n} ${settingText(cheapest)} is as good as the best, as far as these queries tell.`);
  for (const one of overoptimized) out.push(hurts(one, all));
  if (by === "gold" && overoptimized.length === 0)
    out.push("At no temperature do more draws lower the gold beyond chance.");
  if (by === "reward")
    out.push(
      "There is no gold: this is by the reward itself, which always rises with N, and cannot show where it misleads.",
    );
  if (kl !== undefined && withinKl === undefined) out.push(`No setting keeps within ${kl} nats.`);
  return out;
}

/** `at β = 0.1`, `by rejection at β = 0.1`, `by vote`. */
function settingText({ method, beta }: { readonly method?: SelectionMethod; readonly beta: number }): string {
  const at = `at β = ${beta}`;
  return method === undefined ? at : method === "vote" ? "by vote" : `by ${method} ${at}`;
}

/** Where gold falls while the reward rises: what it is before, there and at the most draws. */
function hurts(one: Overoptimization, all: Candidates["all"]): string {
  const { method, beta, n, than, last, comparisons } = one;
  const goldAt = (draws: number) => {
    const own = all.find((c) => c.method === method && c.beta === beta && c.n === draws);
    const { gold = new Float64Array() } = own ?? {};
    return meanOverQueries(gold).mean.toFixed(5);
  };
  const at = (draws: number, change: MeanEstimate) => `${goldAt(draws)} at N = ${draws} (${figure(change)})`;
  const end = last === n ? "" : ` and to ${at(last, one.lastChange)}`;
  const text = settingText(one);
  return `${text[0].toUpperCase()}${text.slice(1)} the reward hurts: from N = ${n} on gold falls while the reward rises, from ${goldAt(than)} at N = ${than} to ${at(n, one.change)}${end}, beyond chance among ${comparisons} comparisons.`;
}

/** What the figures are of. */
export function choiceLegend(dataset: string, { by, queries }: SelectionChoice, samples: number | undefined): string {
  const of = samples === undefined ? "exact laws" : "unbiased from the samples";
  const starred = samples === undefined ? "" : " * Of the samples' own law (plug-in): no estimate of KL is unbiased.";
  return (
    `${dataset}: ${countedQueries(queries)}, ${of}. The settings named have the greatest mean ${by} on all queries. Their ${by} ` +
    "and its gain are cross-fitted: each query is read at the setting that the other parts of the queries choose. ± is one " +
    `standard error; gains are paired over the queries.${starred}`
  );
}
