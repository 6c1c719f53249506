import type { ChosenSetting, SelectionChoice } from "../../selection/choice/chooseSelection.js";
import { type MeanEstimate, meanOverQueries } from "../../selection/choice/meanOverQueries.js";
import type { Overoptimization } from "../../selection/choice/overoptimization.js";
import { countedQueries } from "../terminal/countedQueries.js";
import { figure } from "../terminal/figure.js";
import { formatTable, wrapText } from "../terminal/table.js";
import type { Found } from "./found.js";
import type { Candidates, KeptReadings } from "./keptReadings.js";

/** Characters of a line. */
const WIDTH = 120;

/** The budgets asked for. */
export interface Budgets {
  readonly kl: number | undefined;
  readonly n: number | undefined;
}

/** What was chosen, as a table and plain sentences. */
export function choiceText(
  dataset: string,
  { samples }: KeptReadings,
  found: readonly Found[],
  budgets: Budgets,
): string {
  const several = found.length > 1;
  const parts = found.map(({ choice, candidates }) => {
    const said = sentences(choice, candidates.all, budgets).flatMap((sentence) => wrapText(sentence, WIDTH));
    const lines = [oneChoice(choice, samples !== undefined, budgets), ...said];
    return `${several ? `By ${candidates.name}\n\n` : ""}${lines.join("\n")}`;
  });
  return `${parts.join("\n\n")}\n\n${legend(dataset, found[0].choice, samples)}\n`;
}

function oneChoice(
  { by, oneDraw, best, cheapest, withinKl, withinN }: SelectionChoice,
  sampled: boolean,
  budgets: Budgets,
) {
  const byGold = by === "gold";
  const columns = [
    { heading: "" },
    ...["β", "N", by, "over one draw", ...(byGold ? ["reward"] : []), sampled ? "KL to ref*" : "KL to ref"].map(
      (heading) => ({
        heading,
        align: "right" as const,
      }),
    ),
  ];
  const row = (name: string, { beta, n, value, gain, reward, klToRef }: ChosenSetting) => [
    name,
    String(beta),
    String(n),
    figure(value),
    figure(gain),
    ...(byGold ? [figure(reward)] : []),
    figure(klToRef),
  ];
  const rows = [
    ["one draw", "", "1", figure(oneDraw), "", ...(byGold ? [""] : []), ""],
    row("best", best),
    row("cheapest, as good", cheapest),
    ...(withinKl ? [row(`best within ${budgets.kl} nats`, withinKl)] : []),
    ...(withinN ? [row(`best within N = ${budgets.n}`, withinN)] : []),
  ];
  return `${formatTable(columns, rows, 120)}\n`;
}

/** What the figures say, and what they do not. */
function sentences(
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
    out.push(`N = ${cheapest.n} at β = ${cheapest.beta} is as good as the best, as far as these queries tell.`);
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

/** Where gold falls while the reward rises: what it is before, there and at the most draws. */
function hurts(one: Overoptimization, all: Candidates["all"]): string {
  const { beta, n, than, last, comparisons } = one;
  const goldAt = (draws: number) => {
    const { gold = new Float64Array() } = all.find((c) => c.beta === beta && c.n === draws) ?? {};
    return meanOverQueries(gold).mean.toFixed(5);
  };
  const at = (draws: number, change: MeanEstimate) => `${goldAt(draws)} at N = ${draws} (${figure(change)})`;
  const end = last === n ? "" : ` and to ${at(last, one.lastChange)}`;
  return `At β = ${beta} the reward hurts: from N = ${n} on gold falls while the reward rises, from ${goldAt(than)} at N = ${than} to ${at(n, one.change)}${end}, beyond chance among ${comparisons} comparisons.`;
}

function legend(dataset: string, { by, queries }: SelectionChoice, samples: number | undefined): string {
  const of = samples === undefined ? "exact laws" : "unbiased from the samples";
  const starred = samples === undefined ? "" : " * Of the samples' own law (plug-in): no estimate of KL is unbiased.";
  const text =
    `${dataset}: ${countedQueries(queries)}, ${of}. The settings named have the greatest mean ${by} on all queries. Their ${by} ` +
    "and its gain are cross-fitted: each query is read at the setting that the other parts of the queries choose. ± is one " +
    `standard error; gains are paired over the queries.${starred}`;
  return wrapText(text, WIDTH).join("\n");
}
