import { show } from "../../numeric/check.js";
import { type Columns, columnScore, type MassKind, NATIVE, type Score } from "./columns.js";
import { columnsIn, parseExpression } from "./expression.js";
import { type Fields, fieldReader, isFields } from "./fields.js";
import { InputError } from "./inputError.js";
import {
  ANSWER_NAMES,
  CHOSEN_SCORE,
  COUNT_NAMES,
  firstNamed,
  isGoldName,
  isRewardName,
  LIST_NAMES,
  LOGPROB_NAMES,
  PROBABILITY_NAMES,
  plainName,
  QUERY_NAMES,
  RECORD_NAMES,
  REJECTED_SCORE,
} from "./names.js";
import { didYouMean } from "./nearest.js";
import type { ReadingSettings } from "./reading.js";
import { numberOf } from "./values.js";

/** What is told of the columns beside what is read from them. */
export interface Detected {
  readonly columns: Columns;
  /** The native form, read without options: nothing is to be told. */
  readonly plain: boolean;
  /** What is not read, or may be misspelt. */
  readonly notes: readonly string[];
}

/** How a data set is to be read, beside what its options say. */
interface Needs {
  readonly name: string;
  readonly rewardNeeded: boolean;
  readonly texts: boolean;
}

/** Tells from the first record of a data set which of its columns are what. */
export function detect(record: Fields, settings: ReadingSettings, needs: Needs): Detected {
  return new Detection(record, settings, needs).detected();
}

type Shape = Columns["shape"];

class Detection {
  readonly #record: Fields;
  readonly #settings: ReadingSettings;
  readonly #needs: Needs;
  readonly #fields: readonly string[];

  constructor(record: Fields, settings: ReadingSettings, needs: Needs) {
    this.#record = record;
    this.#settings = settings;
    this.#needs = needs;
    this.#fields = Object.keys(record);
  }

  detected(): Detected {
    const { missing, law, mergeMean } = this.#settings;
    const answers = this.#listOfAnswers();
    const pair = this.#pair();
    const shape: Shape =
      answers !== undefined ? "list" : pair !== undefined ? "pair" : this.#hasArrays() ? "arrays" : "rows";
    const query = this.#query(shape);
    const native = shape === "list" && query === "query" && answers === "answers";
    const sample = answers === undefined ? this.#record : unionOf(fieldReader(answers)(this.#record));
    const scores = pair ?? this.#scores(sample, shape, native);
    const { masses, left } = this.#masses(sample, shape, native);
    const cluster = this.#named("cluster");
    const columns: Columns = {
      shape,
      strict: false,
      ...(query !== undefined && { query }),
      ...(answers !== undefined && { answers }),
      ...((shape !== "rows" || this.#needsTexts(masses)) && this.#answer(sample, shape)),
      goldNeeded: false,
      ...scores,
      masses,
      ...(cluster !== undefined && { cluster }),
      ...this.#parts(shape, pair !== undefined),
      ...this.#same(shape),
      missing,
      hint: " (--missing drop leaves out what has no score)",
      law: law || this.#settings.logprob !== undefined || this.#settings.probability !== undefined,
      mergeMean,
    };
    const plain =
      native && isDefault(this.#settings) && columns.rewards.length > 0 && columns.rewards[0].text === "reward";
    const notes = [...this.#misspelt(sample, columns), ...left];
    return { columns: plain ? { ...NATIVE, hint: columns.hint } : columns, plain, notes };
  }

  #wrong(what: string): InputError {
    return new InputError(`${this.#needs.name}: ${what} (see exptilt help format)`);
  }

  /** The field that an option names, which the first record must have. */
  #named(option: "query" | "answer" | "cluster"): string | undefined {
    const name = this.#settings[option];
    if (name !== undefined && option !== "answer") this.#requireField(name, this.#record, `--${option}`);
    return name;
  }

  #requireField(name: string, sample: Fields, option: string): void {
    if (fieldReader(name)(sample) !== undefined || Object.hasOwn(sample, name)) return;
    const fields = Object.keys(sample);
    throw this.#wrong(
      `${option} names ${JSON.stringify(name)}, but the first record has the fields ${listed(fields)}${didYouMean(name, fields)}`,
    );
  }

  #query(shape: Shape): string | undefined {
    const found = this.#named("query") ?? firstNamed(this.#fields, QUERY_NAMES);
    if (found !== undefined) return found;
    if (shape === "rows") {
      const near = nearest(this.#fields, QUERY_NAMES);
      const hint = near === undefined ? "name it with --query" : `did you mean --query ${near}?`;
      throw this.#wrong(`has the fields ${listed(this.#fields)}, but no query; ${hint}`);
    }
    // The native form has always a query: that it lacks one is told at its line.
    if (Array.isArray(this.#record.answers)) return firstNamed(this.#fields, RECORD_NAMES) ?? "query";
    return firstNamed(this.#fields, RECORD_NAMES);
  }

  /** The field of a list of answers that are objects. */
  #listOfAnswers(): string | undefined {
    const { answer } = this.#settings;
    const isList = (value: unknown) =>
      Array.isArray(value) && (value.length === 0 || (isFields(value[0]) && !("role" in value[0])));
    if (answer !== undefined && isList(fieldReader(answer)(this.#record))) return answer;
    return LIST_NAMES.flatMap((name) => firstNamed(this.#fields, [name]) ?? []).find((f) => isList(this.#record[f]));
  }

  /** The scores of a chosen and a rejected answer, where the record is such a pair. */
  #pair(): Pick<Columns, "rewards" | "firstRight" | "gold" | "parts"> | undefined {
    if (this.#settings.rewards.length > 0) return undefined;
    const isOne = (field: string) => Number.isFinite(numberOf(this.#record[field], false) ?? 0);
    const [chosen, rejected] = [CHOSEN_SCORE, REJECTED_SCORE].map((names) =>
      this.#fields.find((field) => names.test(plainName(field)) && isOne(field)),
    );
    if (chosen === undefined || rejected === undefined) return undefined;
    const name = `${chosen}, ${rejected}`;
    return {
      rewards: [columnScore(name)],
      ...(this.#settings.gold !== "none" && { gold: columnScore("gold"), firstRight: 1 }),
      parts: { [name]: [chosen, rejected] },
    };
  }

  /** Whether the scores of a record are arrays. */
  #hasArrays(): boolean {
    const { rewards } = this.#settings;
    const names =
      rewards.length > 0
        ? rewards.flatMap((text) => columnsIn(this.#score(text, this.#record, "--reward").expression))
        : this.#fields.filter((field) => isRewardName(field) || isGoldName(field));
    if (names.some((name) => isScores(fieldReader(name)(this.#record)))) return true;
    const lists = this.#fields.filter((field) => Array.isArray(this.#record[field]));
    return names.length === 0 && !this.#needs.rewardNeeded && firstNamed(lists, LIST_NAMES) !== undefined;
  }

  /** A score that an option gives: a column's name, or an expression. */
  #score(text: string, sample: Fields, option: string): Score {
    if (fieldReader(text)(sample) !== undefined || Object.hasOwn(sample, text)) return columnScore(text);
    const expression = parseExpression(text, option);
    for (const name of columnsIn(expression)) this.#requireField(name, sample, option);
    if (columnsIn(expression).length === 0) throw new InputError(`${option} ${JSON.stringify(text)} names no column`);
    return { text, expression };
  }

  #scores(
    sample: Fields,
    shape: Shape,
    native: boolean,
  ): Pick<Columns, "rewards" | "goldNeeded"> & Partial<Pick<Columns, "gold" | "firstRight">> {
    const { settings, needs } = { settings: this.#settings, needs: this.#needs };
    const isScore = (value: unknown) =>
      shape === "arrays" ? isScores(value) : Number.isFinite(numberOf(value, false) ?? 0);
    const found = Object.keys(sample).filter((name) => isScore(sample[name]));
    const golds = found.filter(isGoldName);
    let rewards = settings.rewards.map((text) => this.#score(text, sample, "--reward"));
    if (rewards.length === 0) {
      const reward = this.#only(found.filter(isRewardName), ["reward", "rewards"], "reward");
      const own = reward ?? this.#only(golds, ["gold"], "reward");
      if (own !== undefined) rewards = [columnScore(own)];
      else if (native && needs.rewardNeeded) rewards = [columnScore("reward")];
      else if (needs.rewardNeeded) throw this.#noReward(sample);
    }
    if (settings.gold === "none") return { rewards, goldNeeded: false };
    if (settings.gold !== undefined)
      return { rewards, gold: this.#score(settings.gold, sample, "--gold"), goldNeeded: true };
    // What is a reward already, and the only one, tells nothing more as gold.
    const others = golds.filter((name) => rewards.length === 0 || rewards.some(({ text }) => text !== name));
    const gold = this.#only(others, ["gold"], "gold");
    if (gold === "plus_status" && sample.base_status !== undefined)
      return { rewards, gold: this.#score("min(base_status, plus_status)", sample, "--gold"), goldNeeded: true };
    if (gold !== undefined) return { rewards, gold: columnScore(gold), goldNeeded: true };
    const firstRight = shape === "arrays" ? firstNamed(this.#fields, ["numcorrect"]) : undefined;
    if (firstRight !== undefined) return { rewards, gold: columnScore("gold"), goldNeeded: false, firstRight };
    const isReward = rewards.some(({ text }) => text === "gold");
    return { rewards, goldNeeded: false, ...(!isReward && { gold: columnScore("gold") }) };
  }

  /** The one of the fields, or the one with the best name. */
  #only(fields: readonly string[], best: readonly string[], option: "reward" | "gold"): string | undefined {
    const found = firstNamed(fields, best) ?? fields[0];
    if (fields.length <= 1 || best.includes(plainName(found))) return found;
    const none = option === "gold" ? ", or --gold none" : "";
    throw this.#wrong(
      `${listed(fields.slice(0, -1))} and ${fields[fields.length - 1]} may each be the ${option}; name one with --${option}, like --${option} ${fields[0]}${none}`,
    );
  }

  #noReward(sample: Fields): InputError {
    const fields = Object.keys(sample);
    const near = nearest(fields, ["reward", "score", "gold", "correct", "passed"]);
    const hint = near === undefined ? "name it with --reward" : `did you mean --reward ${near}?`;
    return this.#wrong(`has the fields ${listed(fields)}, but no reward; ${hint}`);
  }

  #answer(sample: Fields, shape: Shape): Pick<Columns, "answer"> {
    const { answer } = this.#settings;
    const fields = Object.keys(sample);
    if (shape === "pair") {
      const both = ["chosen", "rejected"].map((name) => firstNamed(fields, [name, `text${name}`]));
      return both.includes(undefined) ? {} : { answer: both.join(", ") };
    }
    if (shape === "arrays") {
      const lists = fields.filter((field) => Array.isArray(sample[field]));
      if (answer !== undefined) this.#requireField(answer, sample, "--answer");
      const name = answer ?? firstNamed(lists, LIST_NAMES) ?? firstNamed(lists, ANSWER_NAMES);
      if (name !== undefined) return { answer: name };
      const both = ["chosen", "rejected"].map((one) => firstNamed(lists, [one]));
      return both.includes(undefined) ? {} : { answer: both.join(", ") };
    }
    if (answer !== undefined && shape === "rows") this.#requireField(answer, sample, "--answer");
    const name =
      (shape === "rows" ? answer : undefined) ??
      firstNamed(fields, shape === "list" ? ["answer", ...ANSWER_NAMES] : ANSWER_NAMES);
    return name === undefined ? {} : { answer: name };
  }

  /** Whether rows are told apart by their texts. Of a large file only the scores are kept else. */
  #needsTexts(masses: Columns["masses"]): boolean {
    return this.#needs.texts || this.#settings.mergeMean || masses.some(({ kind }) => kind !== "count");
  }

  /** The parts of the columns that are made of two fields. */
  #parts(shape: Shape, pair: boolean): Pick<Columns, "parts"> {
    const { answer } = this.#answer(this.#record, shape);
    const scores = pair ? (this.#pair()?.parts ?? {}) : {};
    const isJoined =
      answer !== undefined && (shape === "pair" || shape === "arrays") && !Object.hasOwn(this.#record, answer);
    return { parts: { ...scores, ...(isJoined && { [answer]: answer.split(", ") }) } };
  }

  #masses(sample: Fields, shape: Shape, native: boolean): { masses: Columns["masses"]; left: string[] } {
    const { count, logprob, probability, law } = this.#settings;
    const fields = Object.keys(sample).filter((name) =>
      shape === "arrays" ? isScores(sample[name]) : Number.isFinite(numberOf(sample[name], false) ?? 0),
    );
    const found: { kind: MassKind; name: string | undefined; option: string | undefined }[] = [
      { kind: "count", name: count ?? firstNamed(fields, COUNT_NAMES), option: count },
      { kind: "probability", name: probability ?? firstNamed(fields, PROBABILITY_NAMES), option: probability },
      { kind: "logProbability", name: logprob ?? firstNamed(fields, LOGPROB_NAMES), option: logprob },
    ];
    for (const { kind, option } of found)
      if (option !== undefined) this.#requireField(option, sample, `--${kind === "logProbability" ? "logprob" : kind}`);
    const given = found.filter(
      (one): one is { kind: MassKind; name: string; option: string | undefined } => one.name !== undefined,
    );
    const named = given.filter(({ option }) => option !== undefined);
    if (named.length > 1) throw new InputError("--count, --probability and --logprob exclude each other");
    const use = (masses: typeof given) => ({ masses: masses.map(({ kind, name }) => ({ kind, name })), left: [] });
    if (named.length === 1) return use(named);
    if (native) return { masses: NATIVE.masses, left: [] };
    if (shape === "list" && given.some(({ name }) => NATIVE.masses.some((mass) => mass.name === name)))
      return use(given.filter(({ name }) => NATIVE.masses.some((mass) => mass.name === name)));
    const weights = given.filter(({ kind }) => kind !== "count");
    if (law && weights.length > 0) return use(weights.slice(-1));
    return {
      masses: given.filter(({ kind }) => kind === "count").map(({ kind, name }) => ({ kind, name })),
      left: weights.map(({ name }) => `${name} is not read: each answer is a sample (see --law)`),
    };
  }

  /** lm-evaluation-harness writes a record for each filter: those of two filters are not samples of one query. */
  #same(shape: Shape): Pick<Columns, "same"> {
    return shape === "rows" && "filter" in this.#record && "filtered_resps" in this.#record ? { same: "filter" } : {};
  }

  /** Fields that are not read, but may be meant by the name of what was not found. */
  #misspelt(sample: Fields, { query, gold, masses, answer, rewards }: Columns): string[] {
    const read = new Set([query, answer, ...masses.map(({ name }) => name)]);
    const scores = [...rewards, ...(gold === undefined ? [] : [gold])].flatMap(({ expression }) =>
      columnsIn(expression),
    );
    const lacks = (name: string) => !Object.hasOwn(sample, name);
    const wanted = [
      ...(rewards.every(({ text }) => text !== "reward") ? ["reward"] : []),
      ...(gold === undefined || lacks(gold.text) ? ["gold"] : []),
      ...(answer === undefined ? ["answer"] : []),
      ...(masses.length === 0 || masses.every(({ name }) => lacks(name)) ? ["count"] : []),
      ...(query !== undefined && Object.hasOwn(this.#record, query) ? [] : ["query"]),
    ];
    return Object.keys(sample)
      .filter((field) => !read.has(field) && !scores.includes(field) && field.length > 2)
      .flatMap((field) => {
        const hint = didYouMean(
          field.toLowerCase(),
          wanted.filter((name) => !name.startsWith(field)),
        );
        return hint === "" || wanted.includes(plainName(field)) ? [] : [`the field ${show(field)} is not read${hint}`];
      });
  }
}

/** The fields of all answers of a list, each with the first value it has. */
function unionOf(answers: unknown): Fields {
  const all = Array.isArray(answers) ? answers.filter(isFields) : [];
  return Object.fromEntries(all.reverse().flatMap(Object.entries));
}

/** Names of fields in a message, cut to a readable length. */
function listed(fields: readonly string[]): string {
  const text = fields.join(", ");
  return text.length > 160 ? `${text.slice(0, 160)}, …` : text;
}

/** Whether a value is an array of scores. */
function isScores(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0) return false;
  const flat = value.length === 1 && Array.isArray(value[0]) ? value[0] : value;
  return flat.length > 0 && flat.every((one: unknown) => Number.isFinite(numberOf(one, false) ?? 0));
}

/** The field whose name is nearest to one of the words. */
function nearest(fields: readonly string[], words: readonly string[]): string | undefined {
  return fields.find((field) => didYouMean(plainName(field), words) !== "");
}

function isDefault(settings: ReadingSettings): boolean {
  const { rewards, missing, law, mergeMean, ...named } = settings;
  return (
    rewards.length === 0 &&
    missing === "refuse" &&
    !law &&
    !mergeMean &&
    Object.values(named).every((x) => x === undefined)
  );
}
