import { randomSource } from "../../numeric/random.js";
import { chooseSelection } from "../../selection/choice/chooseSelection.js";
import { InputError } from "../input/inputError.js";
import type { Budgets } from "./budgets.js";
import type { Found } from "./found.js";
import type { KeptReadings } from "./keptReadings.js";

/** The parts of the queries, and the seed that makes them, where none are asked for. */
export const DEFAULT_FOLDS = 5;
export const DEFAULT_SEED = 0;

/** How a choice is made. */
export interface ChoiceSettings {
  readonly folds: number;
  readonly seed: number;
  /** Whether queries with fewer samples than the most draws are left out; else the draws are those that all queries reach. */
  readonly leaveOut: boolean;
  readonly budgets: Budgets;
  /** Takes what is to be told beside the choice, a line at a time. */
  readonly say: (line: string) => void;
}

/** The numbers of draws to choose among: one is always one of them. */
export const withOneDraw = (ns: readonly number[]): number[] => [...new Set([1, ...ns])].sort((a, b) => a - b);

/** What is chosen for each reward; errors call the data set `name`. */
export function findChoices(
  all: KeptReadings,
  name: string,
  { folds, seed, leaveOut, budgets: { kl, n }, say }: ChoiceSettings,
): Found[] {
  return all.settings.rewards.map((_, r): Found => {
    const candidates = all.candidates(r, leaveOut);
    const { left, cluster, all: settings } = candidates;
    if (settings[0].reward.length < 2) throw new InputError(`${name}: a choice needs at least 2 queries`);
    if (left > 0) say(`${left} queries with fewer samples than ${Math.max(...settings.map((c) => c.n))} are left out`);
    const choice = chooseSelection(settings, {
      folds,
      rng: randomSource(seed),
      ...(kl !== undefined && { kl }),
      ...(n !== undefined && { n }),
      ...(cluster && { cluster }),
    });
    return { candidates, choice };
  });
}
