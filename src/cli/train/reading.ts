import { rlhfOptimum } from "../../alignment/rlhf.js";
import { klDivergence } from "../../information/divergence.js";
import { expectation } from "../../measure/expectation.js";
import type { Measure } from "../../measure/measure.js";
import { type MeanEstimate, meanOverQueries } from "../../selection/choice/meanOverQueries.js";
import { type Policy, policyDistribution } from "../../training/policies/policy.js";
import type { Query } from "../input/dataset.js";
import { hasGold } from "../input/query.js";
import { refOf } from "../input/reference.js";

/** A query with its place among the queries read, and whether it was trained on. */
export interface Seen {
  readonly query: Query;
  readonly heldOut: boolean;
}

/** A law read on one query. */
interface LawReading {
  /** E[reward]. */
  readonly reward: number;
  /** E[gold], where the data have it. */
  readonly gold?: number;
  /** KL(π*‖law), in nats. */
  readonly klFromOptimum: number;
}

/** The laws before and after training on one query, and the optimum. */
export interface QueryReading {
  readonly query: string;
  readonly heldOut: boolean;
  /** The reference policy. */
  readonly before: LawReading;
  /** The trained policy. */
  readonly after: LawReading;
  /** The exact RLHF optimum. */
  readonly optimum: LawReading;
}

/** Reads the trained policy on a query, between the reference and the exact optimum. */
export function readTrained(
  { query, heldOut }: Seen,
  beta: number,
  policy: Policy<Query, number>,
  parameters: Float64Array,
): QueryReading {
  const ref = refOf(query);
  const optimum = rlhfOptimum({ ref, reward: query.reward, beta });
  const gold = hasGold(query) ? (query.gold as number[]) : undefined;
  const read = (law: Measure<number>): LawReading => ({
    reward: expectation(law, query.reward),
    ...(gold && { gold: expectation(law, gold) }),
    klFromOptimum: klDivergence(optimum, law),
  });
  const trained = policyDistribution(policy, parameters, query);
  return { query: query.query, heldOut, before: read(ref), after: read(trained), optimum: read(optimum) };
}

/** The mean of a quantity over queries; undefined where one has none. */
export function meanOf(
  readings: readonly QueryReading[],
  read: (r: QueryReading) => number | undefined,
): MeanEstimate | undefined {
  const values = readings.map(read);
  return values.includes(undefined) ? undefined : meanOverQueries(Float64Array.from(values as number[]));
}
