import { isVote, METHODS, type Method, type SelectionMethod } from "../../selection/method.js";
import { InputError } from "../input/inputError.js";
import { didYouMean } from "../input/nearest.js";
import { optionValue } from "../input/optionValue.js";

/** The options on how draws are spent. */
export const METHOD_OPTIONS = {
  method: {
    value: "LIST",
    help: "ways to spend N draws: soft (the default), metropolis, rejection, vote, weighted-vote",
  },
  cap: { value: "NUMBER", help: "the reward from which on rejection always accepts; needed where answers are samples" },
} as const;

/** The most draws of a vote. */
const MAX_VOTES = 2 ** 19;

/** What `--method` and `--cap` name; undefined where no method is named. */
export function methodsOf(
  { method, cap }: { readonly method?: string; readonly cap?: string },
  { ns, rewards }: { readonly ns: readonly number[]; readonly rewards: number },
): readonly Method[] | undefined {
  const names = method?.split(",").map((name) => name.trim()) ?? [];
  for (const [i, name] of names.entries()) {
    if (!METHODS.some((known) => known === name))
      throw new InputError(
        `--method must be a list of ${METHODS.join(", ")}; got ${JSON.stringify(name)}${didYouMean(name, METHODS)}`,
      );
    if (names.indexOf(name) < i) throw new InputError(`--method ${name} is given twice`);
  }
  if (cap !== undefined && !names.includes("rejection")) throw new InputError("--cap is for --method rejection");
  if (cap !== undefined && rewards > 1)
    throw new InputError("--cap takes one --reward: each reward has a unit of its own");
  if (method === undefined) return undefined;
  const most = cap === undefined ? undefined : optionValue("cap", cap, Number.isFinite, "a finite number");
  const methods = (names as SelectionMethod[]).map(
    (name): Method => ({ method: name, ...(name === "rejection" && most !== undefined && { cap: most }) }),
  );
  const wrong = ns.find((n) => !(Number.isInteger(n) && n <= MAX_VOTES));
  const vote = methods.find(isVote);
  if (vote !== undefined && wrong !== undefined)
    throw new InputError(`--n must be whole numbers up to ${MAX_VOTES} for --method ${vote.method}, got ${wrong}`);
  return methods;
}

/** How a row is named among those of several methods: a majority vote has no temperature. */
export const rowName = (method: SelectionMethod, beta: number): string =>
  method === "vote" ? method : `${method} ${beta}`;
