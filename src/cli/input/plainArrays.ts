import type { Columns } from "./columns.js";
import { type Fields, fieldReader } from "./fields.js";
import { NO_FEATURES } from "./plainQuery.js";
import type { Query } from "./query.js";

/** The columns of arrays that are read as they stand. */
interface Plain {
  readonly answer: string;
  readonly rewards: readonly string[];
  readonly gold: string | undefined;
  readonly mass: { readonly kind: "count" | "probability"; readonly name: string } | undefined;
}

const plans = new WeakMap<Columns, Plain | undefined>();

/** What to read where each reward is a column and nothing is to be joined, made up or left out. */
function planOf(columns: Columns): Plain | undefined {
  const { shape, answer, rewards, gold, masses, parts, firstRight, cluster, mergeMean, missing } = columns;
  const scores = [...rewards, ...(gold === undefined ? [] : [gold])].map(({ expression }) =>
    expression.op === "column" ? expression.name : undefined,
  );
  const plain =
    shape === "arrays" &&
    answer !== undefined &&
    rewards.length > 0 &&
    !scores.includes(undefined) &&
    masses.length <= 1 &&
    masses[0]?.kind !== "logProbability" &&
    Object.keys(parts).length === 0 &&
    firstRight === undefined &&
    cluster === undefined &&
    !mergeMean &&
    missing === "refuse";
  if (!plain) return undefined;
  const [mass] = masses;
  const names = scores as string[];
  return {
    answer,
    rewards: names.slice(0, rewards.length),
    gold: names[rewards.length],
    mass: mass && { kind: mass.kind as "count" | "probability", name: mass.name },
  };
}

/**
 * The query of arrays side by side where all of it is plain: distinct texts and finite numbers, of one length. Undefined where
 * anything is otherwise, which is for the full reading to accept or to refuse: that makes an object of each answer.
 */
export function plainArrays(record: Fields, query: string, place: string, columns: Columns): Query | undefined {
  if (!plans.has(columns)) plans.set(columns, planOf(columns));
  const plan = plans.get(columns);
  if (plan === undefined) return undefined;
  const list = (name: string) => fieldReader(name)(record);
  const text = list(plan.answer);
  if (!Array.isArray(text) || text.length === 0 || !text.every((x) => typeof x === "string")) return undefined;
  if (new Set(text).size < text.length) return undefined;
  const size = text.length;
  const numbers = (name: string): number[] | undefined => {
    const all = list(name);
    return Array.isArray(all) && all.length === size && all.every(Number.isFinite) ? all : undefined;
  };
  const rewards = plan.rewards.map(numbers);
  const golden = plan.gold !== undefined && (columns.goldNeeded || list(plan.gold) !== undefined);
  const gold = golden ? numbers(plan.gold as string) : text.map(() => undefined);
  const mass = plan.mass === undefined ? text.map(() => 1) : numbers(plan.mass.name);
  if (mass === undefined || gold === undefined || rewards.includes(undefined)) return undefined;
  const fits = plan.mass?.kind === "probability" ? (m: number) => m >= 0 && m <= 1 : isCount;
  if (!mass.every(fits) || !mass.some((m) => m > 0)) return undefined;
  const kind = plan.mass?.kind === "probability" || columns.law ? "law" : "samples";
  const [reward] = rewards as number[][];
  return {
    query,
    place,
    kind,
    ref: { mass },
    reward,
    rewards: rewards as number[][],
    gold,
    text,
    features: text.map(() => NO_FEATURES),
  };
}

const isCount = (x: number) => Number.isSafeInteger(x) && x >= 0;
