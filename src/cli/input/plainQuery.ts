import type { Fields } from "./fields.js";
import type { Query } from "./query.js";

/** The fields of an answer in the native form. */
interface PlainAnswer {
  readonly answer?: unknown;
  readonly count?: unknown;
  readonly reward?: unknown;
  readonly gold?: unknown;
  readonly probability?: unknown;
  readonly logProbability?: unknown;
  readonly features?: unknown;
}

const isNumber = (x: unknown): x is number => typeof x === "number" && x - x === 0;

/** How an answer's weight is given, and what it may be. */
const MASSES = {
  count: (x: unknown) => Number.isSafeInteger(x) && (x as number) >= 0,
  probability: (x: unknown) => isNumber(x) && x >= 0 && x <= 1,
} as const;

/**
 * The query of a record in the native form where all of it is plain: counts or probabilities, finite rewards, no features.
 * Undefined where anything is otherwise, which is for the full reading to accept or to refuse. With fixed names and without
 * that reading's choices a line costs a third of it.
 */
export function plainQuery({ query, answers }: Fields, place: string): Query | undefined {
  if (typeof query !== "string" || !Array.isArray(answers) || answers.length === 0) return undefined;
  const counted = (answers[0] as PlainAnswer | null)?.count !== undefined;
  const fits = counted ? MASSES.count : MASSES.probability;
  const mass: number[] = [];
  const reward: number[] = [];
  const gold: (number | undefined)[] = [];
  const text: (string | undefined)[] = [];
  const features: Readonly<Record<string, number>>[] = [];
  const texts = new Set<string>();
  let [total, untold] = [0, 0];
  for (let i = 0; i < answers.length; i++) {
    const given = answers[i] as PlainAnswer | null;
    if (typeof given !== "object" || given === null) return undefined;
    const { answer } = given;
    const own = counted ? given.count : given.probability;
    if (!fits(own) || (counted ? given.probability : given.count) !== undefined) return undefined;
    if (!isNumber(given.reward) || !(given.gold === undefined || isNumber(given.gold))) return undefined;
    if (given.logProbability !== undefined || given.features !== undefined) return undefined;
    if (typeof answer === "string") texts.add(answer);
    else if (answer === undefined) untold++;
    else return undefined;
    total += own as number;
    mass.push(own as number);
    reward.push(given.reward);
    gold.push(given.gold);
    text.push(answer);
    features.push(NO_FEATURES);
  }
  if (!(total > 0) || texts.size + untold < answers.length) return undefined;
  const kind = counted ? "samples" : "law";
  return { query, place, kind, ref: { mass }, reward, rewards: [reward], gold, text, features };
}

/** What an answer without features has. */
export const NO_FEATURES: Readonly<Record<string, number>> = {};
