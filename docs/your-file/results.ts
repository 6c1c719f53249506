import { type ChoiceSettings, DEFAULT_FOLDS, DEFAULT_SEED, findChoices } from "../../src/cli/choose/findChoices.js";
import type { Found } from "../../src/cli/choose/found.js";
import { choiceJson } from "../../src/cli/choose/json.js";
import { plotChoice } from "../../src/cli/choose/plot.js";
import { choiceLegend, choiceSentences, choiceTable } from "../../src/cli/choose/text.js";
import { curveCsv } from "../../src/cli/curve/csv.js";
import { leftOut } from "../../src/cli/curve/leftOut.js";
import { plotCurves } from "../../src/cli/curve/plot.js";
import { curveLegend, curveTables } from "../../src/cli/curve/text.js";
import { InputError } from "../../src/cli/input/inputError.js";
import type { Results } from "./messages.js";
import type { Read } from "./readFile.js";

/** All that is shown of what was read: as the commands print it, and by its parts. */
export function resultsOf(
  name: string,
  read: Read,
  choice: Pick<ChoiceSettings, "leaveOut" | "budgets" | "say">,
): Results {
  return { queries: read.tally.queries, curve: curveOf(name, read), ...choiceOf(name, read, choice) };
}

function curveOf(name: string, { tally }: Read): Results["curve"] {
  const { curves, queries, settings } = tally;
  const several = settings.rewards.length > 1;
  const left = leftOut(tally);
  return {
    parts: curveTables(tally, curves).map(({ reward, table }) => ({ ...(several && { reward }), table })),
    legend: [...curveLegend(tally), ...(left === undefined ? [] : [left])],
    csv: curveCsv(tally, curves),
    svg: plotCurves(curves, name, queries),
  };
}

/** The choice, by the defaults of `choose`. */
function choiceOf(
  name: string,
  { kept }: Read,
  settings: Pick<ChoiceSettings, "leaveOut" | "budgets" | "say">,
): Pick<Results, "choice" | "noChoice"> {
  if (kept.settings.plugIn) return { noChoice: "Nothing is chosen by plug-in figures: they are biased (--plug-in)." };
  let found: Found[];
  try {
    found = findChoices(kept, name, { folds: DEFAULT_FOLDS, seed: DEFAULT_SEED, ...settings });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { noChoice: error.message };
  }
  const sampled = kept.samples !== undefined;
  const parts = found.map(({ choice, candidates }) => ({
    ...(found.length > 1 && { reward: candidates.name }),
    table: choiceTable(choice, sampled, settings.budgets),
    sentences: choiceSentences(choice, candidates.all, settings.budgets),
  }));
  return {
    choice: {
      parts,
      legend: choiceLegend(name, found[0].choice, kept.samples),
      json: choiceJson(name, kept, found),
      svg: plotChoice(name, found, sampled),
    },
  };
}
