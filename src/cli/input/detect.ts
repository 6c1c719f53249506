import { type Columns, columnScore, NATIVE } from "./columns.js";
import { columnsIn } from "./expression.js";
import { type Fields, fieldReader, isFields } from "./fields.js";
import { findMasses } from "./findMasses.js";
import { findScores, givenScore, type Scores } from "./findScores.js";
import { type FirstRecord, isNumber, isNumbers, listed, type Needs, requireField, untold } from "./firstRecord.js";
import { misspelt } from "./misspelt.js";
import {
  ANSWER_NAMES,
  CHOSEN_SCORE,
  firstNamed,
  isGoldName,
  isRewardName,
  LIST_NAMES,
  plainName,
  QUERY_NAMES,
  RECORD_NAMES,
  REJECTED_SCORE,
} from "./names.js";
import { nearest } from "./nearest.js";
import type { ReadingSettings } from "./reading.js";

/** What the first record tells of a data set. */
export interface Detected {
  readonly columns: Columns;
  /** The native form, read without options: nothing is to be told. */
  readonly plain: boolean;
  /** What is not read, or may be misspelt. */
  readonly notes: readonly string[];
}

/** Tells from the first record of a data set which of its columns are what. */
export function detect(record: Fields, settings: ReadingSettings, needs: Needs): Detected {
  const answers = listOfAnswers(record, settings);
  const pair = answers === undefined ? pairOf(record, settings, needs) : undefined;
  const shape =
    answers !== undefined
      ? "list"
      : pair !== undefined
        ? "pair"
        : hasArrays(record, settings, needs)
          ? "arrays"
          : "rows";
  const query = findQuery(record, shape, settings, needs);
  const native = answers === "answers" && query === "query";
  const sample = answers === undefined ? record : unionOf(fieldReader(answers)(record));
  const first: FirstRecord = { record, sample, shape, native, settings, needs };
  const scores = pair?.scores ?? findScores(first);
  const { masses, unread } = findMasses(first);
  const { cluster, missing, law, mergeMean } = settings;
  if (cluster !== undefined) requireField(needs, cluster, record, "--cluster");
  // Rows are told apart by their scores alone where nothing needs their texts: of a large file little is kept then.
  const textless = shape === "rows" && !needs.texts && !mergeMean && masses.every(({ kind }) => kind === "count");
  const text = textless ? undefined : findText(first, answers);
  const columns: Columns = {
    ...{ shape, strict: false, ...scores, masses, missing, mergeMean },
    ...(query !== undefined && { query }),
    ...(answers !== undefined && { answers }),
    ...(text !== undefined && { answer: text.name }),
    ...(cluster !== undefined && { cluster }),
    // lm-evaluation-harness writes a record for each filter: those of two filters are not samples of one query.
    ...(shape === "rows" && Object.hasOwn(record, "filtered_resps") && { same: "filter" }),
    parts: { ...pair?.parts, ...(text?.parts && { [text.name]: text.parts }) },
    hint: " (--missing drop leaves out what has no score)",
    law: law || settings.logprob !== undefined || settings.probability !== undefined,
  };
  const notes = [
    ...misspelt(record, sample, columns),
    ...unread.map((name) => `${name} is not read: each answer is a sample (see --law)`),
  ];
  const plain = native && isDefault(settings) && scores.rewards[0]?.text === "reward";
  return { columns: plain ? { ...NATIVE, hint: columns.hint } : columns, plain, notes };
}

/** The field of a list of answers that are objects, and no messages. */
function listOfAnswers(record: Fields, { answer }: ReadingSettings): string | undefined {
  const isList = (value: unknown) =>
    Array.isArray(value) && (value.length === 0 || (isFields(value[0]) && !Object.hasOwn(value[0], "role")));
  if (answer !== undefined && isList(fieldReader(answer)(record))) return answer;
  const fields = Object.keys(record);
  return LIST_NAMES.flatMap((name) => firstNamed(fields, [name]) ?? []).find((field) => isList(record[field]));
}

/** The scores of a chosen and a rejected answer, where the record is such a pair. */
function pairOf(
  record: Fields,
  { rewards, gold, answer }: ReadingSettings,
  needs: Needs,
): { readonly scores: Scores; readonly parts: Columns["parts"] } | undefined {
  if (rewards.length > 0 || answer !== undefined || (gold !== undefined && gold !== "none")) return undefined;
  const [chosen, rejected] = [CHOSEN_SCORE, REJECTED_SCORE].map((names) =>
    Object.keys(record).find((field) => names.test(plainName(field)) && isNumber(record[field], needs)),
  );
  if (chosen === undefined || rejected === undefined) return undefined;
  const name = `${chosen}, ${rejected}`;
  const right = gold === "none" ? {} : { gold: columnScore("gold"), firstRight: 1 as const };
  return {
    scores: { rewards: [columnScore(name)], goldNeeded: false, ...right },
    parts: { [name]: [chosen, rejected] },
  };
}

/** Whether a record has its scores in arrays, or its answers where no score is needed. */
function hasArrays(record: Fields, { rewards }: ReadingSettings, needs: Needs): boolean {
  const fields = Object.keys(record);
  const names =
    rewards.length > 0
      ? rewards.flatMap((text) => columnsIn(givenScore(text, record, "--reward", needs).expression))
      : fields.filter((field) => isRewardName(field) || isGoldName(field));
  if (names.some((name) => isNumbers(fieldReader(name)(record), needs))) return true;
  return names.length === 0 && !needs.rewardNeeded && firstNamed(arraysIn(record), LIST_NAMES) !== undefined;
}

function findQuery(
  record: Fields,
  shape: Columns["shape"],
  { query }: ReadingSettings,
  needs: Needs,
): string | undefined {
  if (query !== undefined) requireField(needs, query, record, "--query");
  const fields = Object.keys(record);
  const found = query ?? firstNamed(fields, QUERY_NAMES);
  if (found !== undefined) return found;
  if (shape === "rows") {
    const near = nearest(fields, QUERY_NAMES);
    const hint = near === undefined ? "name it with --query" : `did you mean --query ${near}?`;
    throw untold(needs, `has the fields ${listed(fields)}, but no query; ${hint}`);
  }
  // The native form has always a query: that a record lacks it is told at its line.
  return firstNamed(fields, RECORD_NAMES) ?? (Object.hasOwn(record, "answers") ? "query" : undefined);
}

/** The column of the answers' texts. */
function findText(
  { record, sample, shape, settings, needs }: FirstRecord,
  answers: string | undefined,
): { readonly name: string; readonly parts?: readonly string[] } | undefined {
  const answer = settings.answer === answers ? undefined : settings.answer;
  if (answer !== undefined) {
    requireField(needs, answer, sample, "--answer");
    return { name: answer };
  }
  const fields = shape === "arrays" ? arraysIn(record) : Object.keys(sample);
  const names = {
    list: ["answer", ...ANSWER_NAMES],
    rows: ANSWER_NAMES,
    arrays: [...LIST_NAMES, ...ANSWER_NAMES],
    pair: [],
  };
  const name = firstNamed(fields, names[shape]);
  if (name !== undefined) return { name };
  if (shape !== "arrays" && shape !== "pair") return undefined;
  const [chosen, rejected] = ["chosen", "rejected"].map((one) => firstNamed(fields, [one, `text${one}`]));
  if (chosen === undefined || rejected === undefined) return undefined;
  return { name: `${chosen}, ${rejected}`, parts: [chosen, rejected] };
}

const arraysIn = (record: Fields): string[] => Object.keys(record).filter((field) => Array.isArray(record[field]));

/** The fields of the answers of a list, each with the first value it has. */
function unionOf(answers: unknown): Fields {
  const all = Array.isArray(answers) ? answers.slice(0, 1000).filter(isFields) : [];
  return Object.fromEntries(all.reverse().flatMap(Object.entries));
}

function isDefault({ rewards, missing, law, mergeMean, ...named }: ReadingSettings): boolean {
  const isLeftOut = Object.values(named).every((value) => value === undefined);
  return rewards.length === 0 && missing === "refuse" && !law && !mergeMean && isLeftOut;
}
