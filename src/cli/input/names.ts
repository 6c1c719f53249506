/** `taskId`, `task-id`, `Task ID` and `task_id` are one name. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[-_\s]/g, "");
}

/** Names of a query, the first one found counts. Texts come before numbers of rows, an instruction before its input. */
export const QUERY_NAMES: readonly string[] =
  "query prompt taskid instruction problem question input docid uid promptid queryid questionid problemid exampleid instanceid".split(
    " ",
  );

/** Names that tell queries apart where a record is a whole query. In a row a sample they would number the rows. */
export const RECORD_NAMES: readonly string[] = "id index idx name".split(" ");

/** Names of a list of answers. */
export const LIST_NAMES: readonly string[] =
  "responses completions samples outputs generations candidates predictions answers filteredresps resps".split(" ");

/** Names of one answer's text. "answer" comes late: beside a response it is the right answer. */
export const ANSWER_NAMES: readonly string[] =
  "response completion output generation generatedtext modeloutput prediction candidate sample answer solution text content code filteredresps".split(
    " ",
  );

const GOLD_NAMES: ReadonlySet<string> = new Set(
  (
    "gold golds goldscore goldscores goldreward goldrewards iscorrect correct correctness passed pass " +
    "label labels acc accnorm accuracy exactmatch success resolved plusstatus"
  ).split(" "),
);

/** Whether a field's name is that of what one really wants. */
export const isGoldName = (name: string): boolean => GOLD_NAMES.has(plainName(name));

/** Whether it is that of a reward: `score`, `rm_score`, `formatReward`, `reward_length`. */
export function isRewardName(name: string): boolean {
  if (isGoldName(name) || name.length > 100) return false;
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[-_\s]+/);
  const last = words[words.length - 1];
  return /^rewards?$/.test(words[0]) || /^(rewards?|scores?)$/.test(last) || plainName(name) === "basestatus";
}

/** Names of an answer's weight. */
export const COUNT_NAMES: readonly string[] = "count counts".split(" ");
export const PROBABILITY_NAMES: readonly string[] = "probability prob probabilities probs".split(" ");
export const LOGPROB_NAMES: readonly string[] =
  "logprobability logprob cumulativelogprob sumlogprob sumlogprobs totallogprob sequencelogprob logprobs logp logprobabilities cumulativelogprobs".split(
    " ",
  );

/** The fields of a pair's two answers. */
export const CHOSEN_SCORE: RegExp = /^(scores?chosen|rewards?chosen|chosen(scores?|rewards?))$/;
export const REJECTED_SCORE: RegExp = /^(scores?rejected|rewards?rejected|rejected(scores?|rewards?))$/;

/** Fields that hold all records of a file. */
export const WRAPPER_NAMES: readonly string[] = "eval results data samples rows records examples".split(" ");

/** The first of the fields that has one of the names, in the order of the names. */
export function firstNamed(fields: readonly string[], names: readonly string[]): string | undefined {
  for (const name of names) {
    const found = fields.find((field) => plainName(field) === name);
    if (found !== undefined) return found;
  }
  return undefined;
}
