import type { Columns } from "./columns.js";
import { InputError } from "./inputError.js";
import type { Given } from "./options.js";

/** The options on how the columns of a data set are read: the same for every command that reads one. */
export const READING_OPTIONS = {
  query: { value: "COLUMN", help: "the column that names the query" },
  answer: { value: "COLUMN", help: "the column of an answer, or of the list of answers" },
  reward: {
    value: "REWARD",
    repeatable: true,
    help: "a column, or an expression like 'mean(a,b)', '0.7*a + 0.3*b' or -length; may be given more than once",
  },
  gold: { value: "GOLD", help: "what one really wants: a column or an expression, or none" },
  count: { value: "COLUMN", help: "the column of how many samples a row stands for" },
  logprob: { value: "COLUMN", help: "the column of an answer's log-probability; implies --law" },
  probability: { value: "COLUMN", help: "the column of an answer's probability; implies --law" },
  missing: { value: "WHAT", help: "what to do about a missing score: refuse (the default), drop or worst" },
  law: { help: "the weights are the reference's law itself, not of samples drawn from it" },
  merge: { value: "mean", help: "join equal answers whose scores differ, with their mean" },
} as const;

/** The column of `--cluster`, for the commands that have use of it. */
export const CLUSTER_OPTION = {
  cluster: { value: "COLUMN", help: "the column of what a query belongs to, such as its topic" },
} as const;

/** How a data set is read, as far as it was said. */
export interface ReadingSettings {
  readonly query: string | undefined;
  readonly answer: string | undefined;
  readonly rewards: readonly string[];
  readonly gold: string | undefined;
  readonly count: string | undefined;
  readonly logprob: string | undefined;
  readonly probability: string | undefined;
  readonly cluster: string | undefined;
  readonly missing: Columns["missing"];
  readonly law: boolean;
  readonly mergeMean: boolean;
}

/** Refuses more than one reward, for commands that have use of one only. */
export function requireOneReward(command: string, { rewards }: ReadingSettings): void {
  if (rewards.length > 1) throw new InputError(`${command} takes one --reward`);
}

/** What `--missing` may say. */
export const MISSING: readonly string[] = ["refuse", "drop", "worst"];

/** What was given for the options on reading. */
export function readingSettings(
  options: Given<typeof READING_OPTIONS> & Given<typeof CLUSTER_OPTION> = {},
): ReadingSettings {
  const { query, answer, reward = [], gold, count, logprob, probability, cluster, merge } = options;
  const { missing = "refuse", law = false } = options;
  if (!MISSING.includes(missing))
    throw new InputError(`--missing must be refuse, drop or worst, got ${JSON.stringify(missing)}`);
  if (merge !== undefined && merge !== "mean")
    throw new InputError(`--merge must be mean, got ${JSON.stringify(merge)}`);
  const repeated = reward.find((text, i) => reward.indexOf(text) < i);
  if (repeated !== undefined) throw new InputError(`--reward ${JSON.stringify(repeated)} is given twice`);
  return {
    ...{ query, answer, rewards: reward, gold, count, logprob, probability, cluster, law },
    missing: missing as Columns["missing"],
    mergeMean: merge !== undefined,
  };
}
