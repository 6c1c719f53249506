import { show } from "../../numeric/check.js";
import { logSumExp } from "../../numeric/logSumExp.js";
import { type AnswerReader, answerReader, type Mass, type Places } from "./answerReader.js";
import type { Columns, MassKind } from "./columns.js";
import type { Fields } from "./fields.js";
import { InputError } from "./inputError.js";
import type { Query } from "./query.js";

/** Log-probabilities of one answer may differ by so much of their size: they come from different batches of one model. */
const LOG_PROBABILITY_TOLERANCE = 1e-6;

/** Gathers the answers of one query. */
export class QueryBuilder {
  readonly #columns: Columns;
  readonly #reader: AnswerReader;
  readonly #query: string;
  readonly #place: string;
  readonly #cluster: string | undefined;
  /** Whether each answer is written out, so that equal ones are one; else a list of distinct answers. */
  readonly #writtenOut: boolean;
  /** Whether answers have texts or weights. Without, equal ones are joined at the end: until then keys would fill the memory. */
  readonly #hasTexts: boolean;
  /** Where an answer stands, by all that it has; in a list of distinct answers, by its text. */
  readonly #known = new Map<string, number>();
  /** Of each text, its place and weight, where the weights are the law and the answers are written out. */
  readonly #law = new Map<string, { readonly at: number; readonly value: number }>();
  readonly #values: (number | undefined)[];
  #kind: MassKind | undefined;
  #mass: number[] = [];
  /** How often each answer came. */
  #times: number[] = [];
  /** NaN where the worst is to stand in. */
  #rewards: number[][];
  #gold: (number | undefined)[] = [];
  #text: (string | undefined)[] = [];
  #features: Readonly<Record<string, number>>[] = [];
  /** Answers of which a score was missing. */
  missing = 0;

  constructor(columns: Columns, query: string, place: string, cluster: string | undefined) {
    this.#columns = columns;
    this.#reader = answerReader(columns);
    this.#query = query;
    this.#place = place;
    this.#cluster = cluster;
    this.#writtenOut = columns.shape !== "list" || columns.masses.length === 0;
    this.#hasTexts = columns.answer !== undefined || columns.masses.length > 0;
    this.#values = columns.rewards.map(() => undefined);
    this.#rewards = columns.rewards.map(() => []);
  }

  get cluster(): string | undefined {
    return this.#cluster;
  }

  /** Adds an answer, the i-th of its record. */
  add(answer: Fields, i: number, places: Places): void {
    const { rewards, gold, text, mass, features } = this.#reader;
    const { missing, goldNeeded } = this.#columns;
    const m = mass(answer, i, places, this.#kind);
    this.#kind = m.kind;
    let lacks = false;
    for (let r = 0; r < rewards.length; r++) {
      const x = rewards[r](answer, i, places);
      if (x === undefined) lacks = true;
      this.#values[r] = x;
    }
    const g = gold(answer, i, places);
    if (lacks || (g === undefined && goldNeeded)) {
      this.missing++;
      if (missing === "drop") return;
    }
    const t = text(answer, i, places);
    const f = features(answer, i, places);
    if (this.#writtenOut && this.#hasTexts) this.#merge(m, g, t, f, i, places);
    else {
      if (t !== undefined && !this.#columns.mergeMean) this.#refuseRepeated(t, i, places);
      this.#push(m.value, g, t, f);
    }
  }

  #push(mass: number, gold: number | undefined, text: string | undefined, features: Readonly<Record<string, number>>) {
    this.#mass.push(mass);
    for (let r = 0; r < this.#values.length; r++) this.#rewards[r].push(this.#values[r] ?? Number.NaN);
    this.#gold.push(gold);
    this.#features.push(features);
    if (this.#writtenOut && !this.#hasTexts) return;
    this.#times.push(1);
    this.#text.push(text);
  }

  #refuseRepeated(text: string, i: number, places: Places): void {
    const first = this.#known.get(text);
    if (first !== undefined) {
      const name = this.#columns.answer ?? "";
      throw new InputError(
        `${places.field(i, name)} repeats ${places.field(first, name).slice(this.#place.length + 2)}`,
      );
    }
    this.#known.set(text, i);
  }

  /** Counts an answer with those before it that are the same. */
  #merge(
    { kind, name, value }: Mass,
    gold: number | undefined,
    text: string | undefined,
    features: Readonly<Record<string, number>>,
    i: number,
    places: Places,
  ): void {
    const names = Object.keys(features);
    const more = names.length === 0 ? "" : JSON.stringify(features);
    const key = `${this.#values.join()} ${gold} ${text === undefined ? 0 : 1}${more}\n${text ?? ""}`;
    const at = this.#known.get(key);
    if (kind !== "count") this.#agree(name, value, text, at, i, places);
    if (at === undefined) {
      this.#known.set(key, this.#mass.length);
      this.#push(value, gold, text, features);
    } else {
      this.#times[at]++;
      if (kind === "count") this.#mass[at] += value;
    }
  }

  /** One answer has one weight under the law, and one set of scores unless they are to be averaged. */
  #agree(
    name: string,
    value: number,
    text: string | undefined,
    at: number | undefined,
    i: number,
    places: Places,
  ): void {
    if (text === undefined)
      throw new InputError(`${places.answer(i)}: the answer has no text, so that --law cannot tell it from others`);
    const first = this.#law.get(text);
    if (first === undefined) {
      this.#law.set(text, { at: this.#mass.length, value });
      return;
    }
    const apart = Math.abs(value - first.value);
    if (!(apart <= LOG_PROBABILITY_TOLERANCE * Math.max(Math.abs(value), Math.abs(first.value))))
      throw new InputError(
        `${places.field(i, name)} must be ${first.value}, as for the same answer before, got ${value}`,
      );
    if (at === undefined && !this.#columns.mergeMean)
      throw new InputError(`${places.answer(i)}: the scores differ from those of the same answer before (see --merge)`);
  }

  /** The query, or undefined where no answer is left. */
  finish(): Query | undefined {
    if (this.#mass.length === 0) return undefined;
    if (this.#writtenOut && !this.#hasTexts) this.#joinAlike();
    if (this.#columns.missing === "worst") for (const reward of this.#rewards) this.#setWorst(reward);
    if (this.#columns.mergeMean) this.#join();
    const logarithmic = this.#kind === "logProbability";
    this.#refuseEmpty(logarithmic);
    const [reward = this.#mass.map(() => 0)] = this.#rewards;
    return {
      query: this.#query,
      place: this.#place,
      kind: this.#kind === "count" && !this.#columns.law ? "samples" : "law",
      ref: logarithmic ? { logMass: this.#mass } : { mass: this.#mass },
      reward,
      rewards: this.#rewards,
      gold: this.#gold,
      text: this.#text,
      features: this.#features,
      ...(this.#cluster !== undefined && { cluster: this.#cluster }),
    };
  }

  /** The lowest reward of the query in place of those that are missing. */
  #setWorst(reward: number[]): void {
    const known = reward.filter(Number.isFinite);
    if (known.length < reward.length && known.length === 0 && reward.some(Number.isNaN))
      throw new InputError(`${this.#place}: query ${show(this.#query)} has no reward to take the worst of`);
    const worst = known.reduce((a, b) => Math.min(a, b), Infinity);
    for (const [i, r] of reward.entries()) if (Number.isNaN(r)) reward[i] = worst;
  }

  /** Counts samples without texts together where all their scores are equal. */
  #joinAlike(): void {
    const known = new Map<string, number>();
    const firsts: number[] = [];
    const counts: number[] = [];
    const more = (features: object) => (Object.keys(features).length === 0 ? "" : JSON.stringify(features));
    for (let i = 0; i < this.#mass.length; i++) {
      const key = `${this.#rewards.map((reward) => reward[i]).join()} ${this.#gold[i]} ${more(this.#features[i])}`;
      const at = known.get(key);
      if (at !== undefined) counts[at] += this.#mass[i];
      else {
        known.set(key, firsts.length);
        firsts.push(i);
        counts.push(this.#mass[i]);
      }
    }
    this.#text = firsts.map(() => undefined);
    this.#times = counts;
    if (firsts.length === this.#mass.length) return;
    const kept = <T>(all: readonly T[]) => firsts.map((i) => all[i]);
    this.#mass = counts;
    this.#rewards = this.#rewards.map(kept);
    this.#gold = kept(this.#gold);
    this.#features = kept(this.#features);
  }

  /** Joins equal answers, with the mean of their scores. */
  #join(): void {
    const groups = new Map<string | number, number[]>();
    for (const [i, text] of this.#text.entries()) {
      const key = text ?? i;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [i]);
      else group.push(i);
    }
    const all = [...groups.values()];
    if (all.length === this.#mass.length) return;
    const given = this.#mass;
    // Answers that were written out weigh by how often they came, also where each has its probability.
    const weights = this.#kind === "count" || !this.#writtenOut ? given : this.#times;
    const logarithmic = this.#kind === "logProbability" && !this.#writtenOut;
    const mean = (values: readonly number[]) => (group: readonly number[]) =>
      group.length === 1 ? values[group[0]] : weightedMean(values, weights, group, logarithmic);
    this.#rewards = this.#rewards.map((reward) => all.map(mean(reward)));
    this.#gold = all.map((group) =>
      group.some((i) => this.#gold[i] === undefined) ? undefined : mean(this.#gold as number[])(group),
    );
    this.#mass = all.map((group) => {
      const masses = group.map((i) => given[i]);
      if (this.#kind !== "count" && this.#writtenOut) return masses[0];
      return logarithmic ? Math.min(0, logSumExp(masses)) : masses.reduce((a, b) => a + b);
    });
    this.#text = all.map(([i]) => this.#text[i]);
    this.#features = all.map(([i]) => this.#features[i]);
  }

  #refuseEmpty(logarithmic: boolean): void {
    if (!logarithmic && !this.#mass.some((m) => m > 0))
      throw new InputError(`${this.#place}: answers must have a ${this.#kind} above 0`);
    for (const reward of this.#rewards) {
      if (!reward.some((r, i) => r > -Infinity && (logarithmic || this.#mass[i] > 0)))
        throw new InputError(
          `${this.#place}: answers must have one with a ${this.#kind} above 0 that is not forbidden`,
        );
    }
  }
}

/** The mean of the group's values by weights, or by logarithms of weights. */
function weightedMean(
  values: readonly number[],
  weights: readonly number[],
  group: readonly number[],
  logarithmic: boolean,
): number {
  const top = group.reduce((a, i) => Math.max(a, weights[i]), -Infinity);
  const share = group.map((i) => (logarithmic ? Math.exp(weights[i] - top) : top > 0 ? weights[i] / top : 1));
  const total = share.reduce((a, b) => a + b);
  return group.reduce((sum, i, j) => sum + (share[j] === 0 ? 0 : (share[j] / total) * values[i]), 0);
}
