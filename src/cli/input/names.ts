/** `taskId`, `task-id`, `Task ID` and `task_id` are one name. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[-_\s]/g, "");
}

/** Names of a query, the first one found counts. Texts come before numbers of rows, an instruction before its input. */
export const QUERY_NAMES = [
  ...["query", "prompt", "taskid", "instruction", "problem", "question", "input", "docid", "uid"],
  ...["promptid", "queryid", "questionid", "problemid", "exampleid", "instanceid"],
] as const;

/** Names that tell queries apart where a record is a whole query. In a row a sample they would number the rows. */
export const RECORD_NAMES = ["id", "index", "idx", "name"] as const;

/** Names of a list of answers. */
export const LIST_NAMES = [
  ...["responses", "completions", "samples", "outputs", "generations", "candidates", "predictions", "answers"],
  ...["filteredresps", "resps"],
] as const;

/** Names of one answer's text. "answer" comes late: beside a response it is the right answer. */
export const ANSWER_NAMES = [
  ...["response", "completion", "output", "generation", "generatedtext", "modeloutput", "prediction", "candidate"],
  ...["sample", "answer", "solution", "text", "content", "code", "filteredresps"],
] as const;

const GOLD_NAMES: ReadonlySet<string> = new Set([
  ...["gold", "golds", "goldscore", "goldscores", "goldreward", "goldrewards", "iscorrect", "correct", "correctness"],
  ...["passed", "pass", "label", "labels", "acc", "accnorm", "accuracy", "exactmatch", "success", "resolved"],
  "plusstatus",
]);

/** Whether a field's name is that of what one really wants. */
export const isGoldName = (name: string): boolean => GOLD_NAMES.has(plainName(name));

/** Whether it is that of a reward: `score`, `rm_score`, `formatReward`, `reward_length`. */
export function isRewardName(name: string): boolean {
  if (isGoldName(name)) return false;
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[-_\s]+/);
  const last = words[words.length - 1];
  return /^rewards?$/.test(words[0]) || /^(rewards?|scores?)$/.test(last) || plainName(name) === "basestatus";
}

/** Names of an answer's weight. */
export const COUNT_NAMES = ["count", "counts", "numsamples", "frequency"] as const;
export const PROBABILITY_NAMES = ["probability", "prob", "probabilities", "probs"] as const;
export const LOGPROB_NAMES = [
  ...["logprobability", "logprob", "cumulativelogprob", "sumlogprob", "sumlogprobs", "totallogprob", "sequencelogprob"],
  ...["logprobs", "logp", "logprobabilities", "cumulativelogprobs"],
] as const;

/** The fields of a pair's two answers. */
export const CHOSEN_SCORE = /^(scores?chosen|rewards?chosen|chosen(scores?|rewards?))$/;
export const REJECTED_SCORE = /^(scores?rejected|rewards?rejected|rejected(scores?|rewards?))$/;

/** Fields that hold all records of a file. */
export const WRAPPER_NAMES = ["eval", "results", "data", "samples", "rows", "records", "examples"] as const;

/** The first of the fields that has one of the names, in the order of the names. */
export function firstNamed(fields: readonly string[], names: readonly string[]): string | undefined {
  for (const name of names) {
    const found = fields.find((field) => plainName(field) === name);
    if (found !== undefined) return found;
  }
  return undefined;
}
