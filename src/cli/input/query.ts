import { show } from "../../numeric/check.js";
import { InputError } from "./inputError.js";

/** One query of a data set, checked. */
export interface Query {
  /** The query's text or name. */
  readonly query: string;
  /** The place of the query, as in errors: `file:line`. */
  readonly place: string;
  /** `samples`: the masses are numbers of samples drawn from the reference; `law`: they are its law itself. */
  readonly kind: "samples" | "law";
  /** Reference masses, one an answer, or their logarithms. */
  readonly ref: { readonly mass: readonly number[] } | { readonly logMass: readonly number[] };
  /** A reward for each answer: finite, or −∞ where the answer is forbidden. The first of `rewards`; 0 where there is none. */
  readonly reward: readonly number[];
  /** One list for each reward that was asked for. */
  readonly rewards: readonly (readonly number[])[];
  /** A second, trusted reward for each answer, where the data set has one. */
  readonly gold: readonly (number | undefined)[];
  /** The text of each answer, where the data set has it. */
  readonly text: readonly (string | undefined)[];
  /** Named numbers of each answer, for policies that are trained on them; empty where the data set has none. */
  readonly features: readonly Readonly<Record<string, number>>[];
  /** What the query belongs to, where a column for that was named. */
  readonly cluster?: string;
}

/** Whether a query's answers have gold: all of them or none. */
export function hasGold({ gold, place, query }: Query): boolean {
  const missing = gold.indexOf(undefined);
  if (missing < 0) return true;
  if (gold.every((g) => g === undefined)) return false;
  throw new InputError(`${place}: answers[${missing}] has no "gold", which other answers of query ${show(query)} have`);
}

/** Refuses forbidden answers. `why` says for what rewards must be finite. */
export function requireFiniteRewards({ reward, place }: Query, why: string): void {
  const i = reward.indexOf(-Infinity);
  if (i >= 0) throw new InputError(`${place}: answers[${i}].reward must be finite, got "-Infinity": ${why}`);
}
