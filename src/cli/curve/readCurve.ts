import { selectionReadings } from "../../selection/curve.js";
import { isVote, type Method } from "../../selection/method.js";
import type { PolicyReading } from "../../selection/reading.js";
import { subsetEstimates } from "../../selection/samples/subsetEstimates.js";
import { type Columns, type Piece, type Query, queryOf } from "../input/dataset.js";
import { InputError } from "../input/inputError.js";
import { hasGold } from "../input/query.js";
import { refOf } from "../input/reference.js";
import { type QueryDigest, queryDigest } from "./digest.js";
import {
  betasOf,
  COMPARED,
  type CurveSettings,
  cellsOf,
  methodsIn,
  needsTexts,
  pointsOf,
  QUANTITIES,
  type Quantity,
  samePoint,
  sizeOf,
} from "./settings.js";
import { answersOf, requireOneRewardEach, voteEstimates } from "./voting.js";

/** What was read on one query of a data set. */
export interface CurveReading extends QueryDigest {
  readonly place: string;
  readonly query: string;
  readonly cluster?: string;
  /** Whether the query has gold. */
  readonly gold: boolean;
  /** The number of its samples; undefined where its law is known. */
  readonly samples?: number;
  /** The cells of each point of each reward, NaN where the query has fewer samples than the point has draws. */
  readonly cells: Float64Array;
}

/** Reads a query, or a line that holds one. */
export function readCurveOf(piece: Piece, columns: Columns, settings: CurveSettings): CurveReading {
  const query = queryOf(piece, columns);
  return { ...readCurve(query, settings, isListOfAnswers(columns)), ...queryDigest(query, columns) };
}

/** Whether a query lists its distinct answers with their weights: each entry is then an answer, also without a text. */
const isListOfAnswers = ({ shape, masses }: Columns): boolean => shape === "list" && masses.length > 0;

/** Every cell of every point of every reward in one flat list. `listed` tells whether each entry is an answer of its own. */
export function readCurve(query: Query, settings: CurveSettings, listed = true): Omit<CurveReading, keyof QueryDigest> {
  const gold = hasGold(query) ? (query.gold as number[]) : undefined;
  const size = query.kind === "samples" && "mass" in query.ref ? sumOf(query.ref.mass) : undefined;
  const ref = refOf(query);
  const out = new CellWriter(query, settings, gold !== undefined);
  if (size !== undefined && !settings.plugIn) requireForSamples(query, settings);
  const reached = size === undefined || settings.plugIn ? settings.ns : settings.ns.filter((n) => n <= size);
  const answerOf = needsTexts(settings.methods) ? answersOf(query, listed) : undefined;
  for (const [r, reward] of query.rewards.entries()) {
    const problem = { ref, reward, ...(gold !== undefined && { gold }) };
    const samples = size === undefined || settings.plugIn ? undefined : samplesOf(query, reward, gold, size, answerOf);
    const points: PolicyReading[] = [];
    let oneDraw: Partial<PolicyReading> = {};
    for (const method of methodsIn(settings)) {
      const betas = betasOf(settings.rewards[r], method);
      if (method.method === "weighted-vote" && answerOf !== undefined) requireOneRewardEach(query, reward, answerOf);
      const read = selectionReadings("curve", problem, betas, [...reached, Infinity], method, answerOf);
      oneDraw = read.oneDraw;
      for (const [b, curve] of read.curves.entries()) {
        const own = samples === undefined ? curve : unbiased(samples, betas[b], reached, curve, method);
        let next = 0;
        for (const n of settings.ns) points.push(n === reached[next] ? own[next++] : NOT_REACHED);
        points.push(own[reached.length]);
      }
    }
    out.write(r, points, oneDraw);
  }
  const { place, query: name, cluster } = query;
  return {
    place,
    query: name,
    ...(cluster !== undefined && { cluster }),
    gold: gold !== undefined,
    ...(size !== undefined && { samples: size }),
    cells: out.cells,
  };
}

/** Estimates from samples need a whole N, and for rejection a cap that the samples have no part in. */
function requireForSamples({ place }: Query, settings: CurveSettings): void {
  const part = settings.ns.find((n) => !Number.isInteger(n));
  if (part !== undefined)
    throw new InputError(
      `${place}: its answers are samples, and then --n must be whole numbers, got ${part} (see --plug-in)`,
    );
  if (methodsIn(settings).some(({ method, cap }) => method === "rejection" && cap === undefined))
    throw new InputError(
      `${place}: its answers are samples, and then --method rejection needs --cap: their own largest reward is random, and with it no estimate is unbiased (--plug-in, or --law if the counts are the law)`,
    );
}

const sumOf = (counts: readonly number[]): number => counts.reduce((s, c) => s + c, 0);

/** More would not be samples but a law. */
const MAX_SAMPLES = 2 ** 24;

/** The samples of a query by their classes: the reward, and what is estimated. */
interface Samples {
  readonly reward: Float64Array;
  readonly count: Float64Array;
  readonly values: readonly Float64Array[];
  /** Which answer each is to a vote, where several are one. */
  readonly answerOf: Uint32Array | undefined;
}

/** The samples, where estimates can be made of them. */
function samplesOf(
  { ref, place }: Query,
  reward: readonly number[],
  gold: readonly number[] | undefined,
  size: number,
  answerOf: Uint32Array | undefined,
): Samples {
  if (size > MAX_SAMPLES)
    throw new InputError(
      `${place}: it has ${size} samples, and estimates are of up to ${MAX_SAMPLES} (--law if the counts are the law)`,
    );
  const count = "mass" in ref ? ref.mass : [];
  const kept: number[] = [];
  for (let i = 0; i < count.length; i++) if (count[i] > 0) kept.push(i);
  // Draws that are all forbidden are drawn again: what is kept is a divisor, and of a ratio no estimate is unbiased.
  const forbidden = kept.find((i) => reward[i] === -Infinity);
  if (forbidden !== undefined)
    throw new InputError(
      `${place}: answers[${forbidden}] is forbidden, and then no estimate of best-of-N is unbiased (--plug-in, or leave it out)`,
    );
  const at = (all: readonly number[]) => Float64Array.from(kept, (i) => all[i]);
  const own = at(reward);
  return {
    reward: own,
    count: at(count),
    values: gold === undefined ? [own] : [own, at(gold)],
    answerOf: answerOf && Uint32Array.from(kept, (i) => answerOf[i]),
  };
}

/** The same points with reward and gold as their unbiased estimates; the limit stays as it is. */
function unbiased(
  samples: Samples,
  beta: number,
  ns: readonly number[],
  points: readonly PolicyReading[],
  method: Method,
): PolicyReading[] {
  const { reward, count, values } = samples;
  const [rewards, golds] = isVote(method)
    ? voteEstimates(samples, method.method === "vote" ? Infinity : beta, ns)
    : subsetEstimates(reward, count, values, beta, ns, method);
  return points.map((point, i) =>
    i === ns.length ? point : { ...point, reward: rewards[i], ...(golds !== undefined && { gold: golds[i] }) },
  );
}

/** NaN stands for what the samples do not reach, and for nothing else. */
const NOT_REACHED: Required<PolicyReading> = {
  reward: Number.NaN,
  gold: Number.NaN,
  klToRef: Number.NaN,
  winRate: Number.NaN,
};

/** Writes the cells of points: the quantities, and their differences from one draw and from a chosen row. */
class CellWriter {
  readonly cells: Float64Array;
  readonly #place: string;
  readonly #settings: CurveSettings;
  readonly #names: readonly string[];
  readonly #quantities: readonly Quantity[];
  readonly #compared: readonly Quantity[];
  #next = 0;

  constructor({ place }: Query, settings: CurveSettings, gold: boolean) {
    const has = (name: Quantity) => name !== "gold" || gold;
    this.#place = place;
    this.#settings = settings;
    this.#names = cellsOf(settings, gold);
    this.#quantities = QUANTITIES.filter(has);
    this.#compared = COMPARED.filter(has);
    const rows = settings.rewards.reduce((s, reward) => s + sizeOf(reward, settings), 0);
    this.cells = new Float64Array(rows * this.#names.length);
  }

  write(r: number, points: readonly PolicyReading[], oneDraw: Partial<PolicyReading>): void {
    const { versus, rewards, ns } = this.#settings;
    const chosen =
      versus && points[pointsOf(rewards[r], this.#settings).findIndex((point) => samePoint(point, versus))];
    for (const [i, point] of points.entries()) {
      const reached = point !== NOT_REACHED;
      for (const name of this.#quantities) this.#put(point[name], reached, r, i);
      // One draw is one draw at every temperature, to the last digit.
      const single = ns[i % (ns.length + 1)] === 1;
      for (const name of this.#compared) this.#put(single ? 0 : less(point, oneDraw, name), reached, r, i);
      if (chosen === undefined) continue;
      const both = reached && chosen !== NOT_REACHED;
      for (const name of this.#compared) this.#put(less(point, chosen, name), both, r, i);
    }
  }

  #put(value: number | undefined, reached: boolean, r: number, i: number): void {
    const x = value ?? Number.NaN;
    this.cells[this.#next++] = x;
    if (Number.isFinite(x) || !reached) return;
    const { beta, n } = pointsOf(this.#settings.rewards[r], this.#settings)[i];
    const name = this.#names[(this.#next - 1) % this.#names.length];
    throw new InputError(
      `${this.#place}: ${name} at beta ${beta} and n ${n < Infinity ? n : "→ ∞"} leaves the range of doubles`,
    );
  }
}

const less = (point: PolicyReading, other: Partial<PolicyReading>, name: Quantity): number =>
  (point[name] ?? Number.NaN) - (other[name] ?? Number.NaN);
