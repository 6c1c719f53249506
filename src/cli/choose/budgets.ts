import { optionValue } from "../input/optionValue.js";

/** The budgets asked for. */
export interface Budgets {
  readonly kl: number | undefined;
  readonly n: number | undefined;
}

/** What `--kl` and `--max-n` say. */
export function budgetsOf(options: { readonly kl?: string; readonly "max-n"?: string }): Budgets {
  const given = (name: "kl" | "max-n", least: number) => {
    const text = options[name];
    const must = least === 0 ? "a number of at least 0" : `a number of at least ${least}`;
    return text === undefined ? undefined : optionValue(name, text, (x) => x >= least && x < Infinity, must);
  };
  return { kl: given("kl", 0), n: given("max-n", 1) };
}
