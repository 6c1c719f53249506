import type { Given } from "./options.js";

/** The options on how the columns of a data set are read: the same for every command that reads one. */
export const READING_OPTIONS = {
  query: { value: "COLUMN", help: "the column that names the query" },
  answer: { value: "COLUMN", help: "the column of the answer, or of the list of answers" },
  reward: {
    value: "REWARD",
    repeatable: true,
    help: "the reward: a column, or like 'mean(a,b)', 'min(a,b)', '0.7*a + 0.3*b', -length; may be given more than once",
  },
  gold: { value: "GOLD", help: "what one really wants: a column or the like; none for no gold" },
  count: { value: "COLUMN", help: "the column of how many samples an answer stands for" },
  logprob: { value: "COLUMN", help: "the column of the answer's log-probability under the reference, for --law" },
  probability: { value: "COLUMN", help: "the column of the answer's probability under the reference, for --law" },
  missing: { value: "WHAT", help: "refuse (the default), drop or worst: what to do about a score that is missing" },
  law: { help: "the probabilities (or the counts) are the reference's law itself, not of samples drawn from it" },
  merge: { value: "mean", help: "join equal answers whose rewards differ, with the mean reward" },
} as const;

/** The column of `--cluster`, for the commands that have use of it. */
export const CLUSTER_OPTION = {
  cluster: { value: "COLUMN", help: "the column of what a query belongs to, such as its topic" },
} as const;

export interface ReadingSettings {
  readonly query?: string;
  readonly answer?: string;
  readonly rewards: readonly string[];
  readonly gold?: string;
  readonly count?: string;
  readonly logprob?: string;
  readonly probability?: string;
  readonly cluster?: string;
  readonly missing: "refuse" | "drop" | "worst";
  readonly law: boolean;
  readonly mergeMean: boolean;
}

/** What was given for the reading options, checked. */
export function readingSettings(
  options: Given<typeof READING_OPTIONS> & Partial<Given<typeof CLUSTER_OPTION>>,
): ReadingSettings {
  const { reward = [], law = false, missing: _m, merge: _g, ...rest } = options;
  return { ...rest, rewards: reward, missing: "refuse", law, mergeMean: false } as ReadingSettings;
}
