import { createHash } from "node:crypto";
import { selectionCurve } from "../../selection/curve.js";
import { selectionLimit } from "../../selection/limit.js";
import { type PolicyReading, policyReading } from "../../selection/reading.js";
import { parseQuery, type Query, type QueryText } from "../input/dataset.js";
import { InputError } from "../input/inputError.js";
import { hasGold } from "../input/query.js";
import { refOf } from "../input/reference.js";

/** The settings of `curve`: the same for every query and every shard of a data set. */
export interface CurveSettings {
  /** The temperatures. */
  readonly betas: readonly number[];
  /** The numbers of draws. */
  readonly ns: readonly number[];
}

/** The quantities read at each point, in this order; gold where the data have it. */
export const QUANTITIES = ["reward", "gold", "klToRef", "winRate"] as const;

/** Every quantity at every point of every β in one flat list. The limit comes after the last N. */
export function readCurve(query: Query, { betas, ns }: CurveSettings): Float64Array {
  const ref = refOf(query);
  const { reward } = query;
  const gold = hasGold(query) ? (query.gold as number[]) : undefined;
  const out: number[] = [];
  const take = (point: PolicyReading, at: string) => {
    for (const name of QUANTITIES) {
      if (name === "gold" && gold === undefined) continue;
      const value = point[name] ?? Number.NaN;
      if (!Number.isFinite(value)) throw new InputError(`${query.place}: ${name} at ${at} leaves the range of doubles`);
      out.push(value);
    }
  };
  for (const beta of betas) {
    const problem = { ref, reward, beta, ...(gold !== undefined && { gold }) };
    for (const point of selectionCurve(problem, ns)) take(point, `beta ${beta} and n ${point.n}`);
    take(policyReading(problem, selectionLimit(problem)), `beta ${beta} and n → ∞`);
  }
  return Float64Array.from(out);
}

/** The readings of one line of a data set. */
export interface CurveReading {
  readonly place: string;
  readonly query: string;
  readonly gold: boolean;
  /** A digest that tells the query from every other. */
  readonly digest: Uint8Array;
  readonly readings: Float64Array;
}

/** Reads one line of a data set. */
export function readCurveOf({ text, place }: QueryText, settings: CurveSettings): CurveReading {
  const query = parseQuery(text, place);
  const { place: _, ...content } = query;
  const digest = createHash("sha256").update(JSON.stringify(content)).digest();
  return { place, query: query.query, gold: hasGold(query), digest, readings: readCurve(query, settings) };
}
