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

/**
 * The query of a record in the native form where all of it is plain: counts, finite rewards, no features. Undefined where
 * anything is otherwise, which is for the full reading to accept or to refuse. With fixed names and without that reading's
 * choices a line costs a third of it.
 */
export function plainQuery({ query, answers }: Fields, place: string): Query | undefined {
  if (typeof query !== "string" || !Array.isArray(answers)) return undefined;
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
    const { count, answer } = given;
    if (!Number.isSafeInteger(count) || (count as number) < 0) return undefined;
    if (!isNumber(given.reward) || !(given.gold === undefined || isNumber(given.gold))) return undefined;
    if (given.probability !== undefined || given.logProbability !== undefined || given.features !== undefined)
      return undefined;
    if (typeof answer === "string") texts.add(answer);
    else if (answer === undefined) untold++;
    else return undefined;
    total += count as number;
    mass.push(count as number);
    reward.push(given.reward);
    gold.push(given.gold);
    text.push(answer);
    features.push(NO_FEATURES);
  }
  if (!(total > 0) || texts.size + untold < answers.length) return undefined;
  return { query, place, kind: "samples", ref: { mass }, reward, rewards: [reward], gold, text, features };
}

const NO_FEATURES: Readonly<Record<string, number>> = {};
