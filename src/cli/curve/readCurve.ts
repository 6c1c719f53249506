import { createHash } from "node:crypto";
import { selectionCurve } from "../../selection/curve.js";
import { selectionLimit } from "../../selection/limit.js";
import { type PolicyReading, policyReading } from "../../selection/reading.js";
import { subsetEstimates } from "../../selection/samples/subsetEstimates.js";
import { type Columns, type Piece, type Query, queryOf } from "../input/dataset.js";
import { InputError } from "../input/inputError.js";
import { hasGold } from "../input/query.js";
import { refOf } from "../input/reference.js";
import { COMPARED, type CurveSettings, cellsOf, pointsOf, QUANTITIES, type Quantity, samePoint } from "./settings.js";

/** What was read on one query of a data set. */
export interface CurveReading {
  readonly place: string;
  readonly query: string;
  readonly cluster?: string;
  /** Whether the query has gold. */
  readonly gold: boolean;
  /** The number of its samples; undefined where its law is known. */
  readonly samples?: number;
  /** A digest that tells the query from every other. */
  readonly digest: Uint8Array;
  /** The cells of each point of each reward, NaN where the query has fewer samples than the point has draws. */
  readonly cells: Float64Array;
}

/** Reads a query, or a line that holds one. */
export function readCurveOf(piece: Piece, columns: Columns, settings: CurveSettings): CurveReading {
  const query = queryOf(piece, columns);
  const { place, ...content } = query;
  const text = "text" in piece && typeof piece.text === "string" ? piece.text : JSON.stringify(content);
  return { ...readCurve(query, settings), digest: createHash("sha256").update(text).digest() };
}

/** The samples of a query that may be picked, by their classes. */
interface Samples {
  readonly count: Float64Array;
  readonly values: (all: readonly number[]) => Float64Array;
  readonly size: number;
}

/** Every cell of every point of every reward in one flat list. */
export function readCurve(query: Query, settings: CurveSettings): Omit<CurveReading, "digest"> {
  const gold = hasGold(query) ? (query.gold as number[]) : undefined;
  const cells: number[] = [];
  for (const [r, reward] of query.rewards.entries()) {
    const samples = query.kind === "samples" && !settings.plugIn ? samplesOf(query, reward) : undefined;
    const problem = { ref: refOf(query), reward, ...(gold !== undefined && { gold }) };
    const oneDraw = policyReading(problem, problem.ref);
    const points = settings.rewards[r].betas.flatMap((beta) => [
      ...(samples === undefined
        ? selectionCurve({ ...problem, beta }, settings.ns)
        : estimatedCurve(query, { ...problem, beta }, samples, settings.ns)),
      limitOf({ ...problem, beta }),
    ]);
    cells.push(...cellValues(points, oneDraw, settings, r, query));
  }
  const { place, query: name, cluster, ref } = query;
  return {
    place,
    query: name,
    ...(cluster !== undefined && { cluster }),
    gold: gold !== undefined,
    ...(query.kind === "samples" && "mass" in ref && { samples: ref.mass.reduce((s, c) => s + c, 0) }),
    cells: Float64Array.from(cells),
  };
}

type Problem = Parameters<typeof selectionCurve<number>>[0] & {
  readonly gold?: readonly number[];
  readonly reward: readonly number[];
};
type Point = PolicyReading & { readonly n: number };

const limitOf = (problem: Problem): Point => ({ n: Infinity, ...policyReading(problem, selectionLimit(problem)) });

/** More would not be samples but a law. */
const MAX_SAMPLES = 2 ** 24;

/** The samples, where estimates can be made of them. */
function samplesOf({ ref, place }: Query, reward: readonly number[]): Samples {
  const count = "mass" in ref ? ref.mass : [];
  const size = count.reduce((s, c) => s + c, 0);
  if (size > MAX_SAMPLES)
    throw new InputError(
      `${place}: it has ${size} samples, and estimates are of up to ${MAX_SAMPLES} (--law if the counts are the law)`,
    );
  // The draws that are all forbidden are drawn again: their share is a divisor, and of a ratio no estimate is unbiased.
  const forbidden = reward.findIndex((r, i) => r === -Infinity && count[i] > 0);
  if (forbidden >= 0)
    throw new InputError(
      `${place}: answers[${forbidden}] is forbidden, and no estimate of best-of-N is unbiased then (--plug-in, or leave it out)`,
    );
  const kept = [...reward.keys()].filter((i) => count[i] > 0);
  const values = (all: readonly number[]) => Float64Array.from(kept, (i) => all[i]);
  return { count: values(count), values, size };
}

/** Reward and gold without bias, KL and win rate of the samples' own law; nothing past the number of samples. */
function estimatedCurve({ place }: Query, problem: Problem, samples: Samples, ns: readonly number[]): Point[] {
  const part = ns.find((n) => !Number.isInteger(n));
  if (part !== undefined)
    throw new InputError(
      `${place}: its answers are samples, and estimates are of whole N: --n has ${part} (--plug-in reads it off the samples' own law)`,
    );
  const reached = ns.filter((n) => n <= samples.size);
  const { reward, gold, beta } = problem;
  const rewards = samples.values(reward);
  const values = gold === undefined ? [rewards] : [rewards, samples.values(gold)];
  const [means, golds] = subsetEstimates(rewards, samples.count, values, beta, reached);
  const plugIn = selectionCurve(problem, reached);
  let next = 0;
  return ns.map((n): Point => {
    if (n > samples.size) return { n, reward: Number.NaN, gold: Number.NaN, klToRef: Number.NaN, winRate: Number.NaN };
    const at = next++;
    const { klToRef, winRate } = plugIn[at];
    return { n, reward: means[at], ...(golds && { gold: golds[at] }), klToRef, winRate };
  });
}

/** The cells of the points of one reward: the quantities, and their differences from one draw and from a chosen row. */
function* cellValues(
  points: readonly Point[],
  oneDraw: PolicyReading,
  settings: CurveSettings,
  r: number,
  { place, gold }: Query,
): Generator<number> {
  const has = (name: string) => name !== "gold" || gold[0] !== undefined;
  const [quantities, compared] = [QUANTITIES.filter(has), COMPARED.filter(has)];
  const { ns, versus } = settings;
  const places = pointsOf(settings.rewards[r], ns);
  const chosen = versus && points[places.findIndex((point) => samePoint(point, versus))];
  for (const [i, point] of points.entries()) {
    // One draw is one draw at every temperature, to the last digit.
    const gain = (name: Quantity) => (point.n === 1 ? 0 : at(point, name) - at(oneDraw, name));
    const values = [
      ...quantities.map((name) => at(point, name)),
      ...compared.map(gain),
      ...(chosen ? compared.map((name) => at(point, name) - at(chosen, name)) : []),
    ];
    const reached = !Number.isNaN(point.klToRef);
    // NaN stands for what the samples do not reach, and for nothing else.
    const fits = (x: number, c: number) =>
      Number.isFinite(x) || !reached || (c >= quantities.length + compared.length && Number.isNaN(chosen?.klToRef));
    const wrong = values.findIndex((x, c) => !fits(x, c));
    if (wrong >= 0) {
      const { beta, n } = places[i];
      const name = cellsOf(settings, has("gold"))[wrong];
      throw new InputError(
        `${place}: ${name} at beta ${beta} and n ${n < Infinity ? n : "→ ∞"} leaves the range of doubles`,
      );
    }
    yield* values;
  }
}

const at = (reading: PolicyReading, name: Quantity): number => reading[name] ?? Number.NaN;
