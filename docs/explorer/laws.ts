import {
  bestOfNLaw,
  type Distribution,
  fromLogMass,
  humanPreference,
  type Measure,
  measure,
  normalize,
  policyReading,
  type RlifOptimum,
  rlhfOptimum,
  rlhfRegret,
  rlifOptimum,
  type SelfCertaintyProblem,
  softBestOfNLaw,
  totalVariation,
} from "exptilt";
import { type AnswerSet, type View, VOCABULARY_SIZE } from "./view.js";

/** The laws in the order in which the page shows them. */
export const LAWS = ["ref", "hp", "rlhf", "rlif", "best", "soft"] as const;

export type LawName = (typeof LAWS)[number];

/** What is read off a law. */
export interface Reading {
  readonly reward: number;
  /** NaN where some answer has no gold reward. */
  readonly gold: number;
  readonly klToRef: number;
  readonly winRate: number;
  readonly totalVariation: number;
  readonly regret: number;
}

/** The laws of a view, all by the library, and what they were made from. */
export interface Laws extends Readonly<Record<Exclude<LawName, "rlif">, Distribution<number>>> {
  readonly rlif: RlifOptimum<number>;
  readonly given: Measure<number>;
  readonly internal: SelfCertaintyProblem<number>;
}

/** One answer set for the library: the answers are known by their places. */
export interface SetProblem {
  readonly ref: Measure<number>;
  readonly reward: readonly number[];
  readonly gold?: readonly number[];
}

/** The reference as given; the answers are known by their places. */
export function referenceOf({ logarithmic, mass }: AnswerSet): Measure<number> {
  const places = [...mass.keys()];
  return logarithmic ? fromLogMass(places, mass) : measure(places, mass);
}

/** The set as a problem of the library: with gold where every answer has one. */
export function problemOf(set: AnswerSet, ref: Measure<number> = referenceOf(set)): SetProblem {
  const { reward, gold } = set;
  return { ref, reward, ...(gold.every((g) => g !== undefined) && { gold: gold as number[] }) };
}

export function lawsOf({ set, settings }: View): Laws {
  const { beta, betaTts, n, length, betaIf } = settings;
  const given = referenceOf(set);
  const problem = { ref: given, reward: set.reward };
  const internal = { ref: given, length, beta: betaIf, vocabularySize: VOCABULARY_SIZE };
  return {
    given,
    internal,
    ref: normalize(given),
    hp: humanPreference(given.support, set.reward),
    rlhf: rlhfOptimum({ ...problem, beta }),
    rlif: rlifOptimum(internal),
    best: bestOfNLaw(problem, n),
    soft: softBestOfNLaw({ ...problem, beta: betaTts }, n),
  };
}

/** What is read off each law, in the order of LAWS. */
export function readingsOf({ set, settings }: View, laws: Laws): Reading[] {
  const problem = { ...problemOf(set, laws.given), beta: settings.beta };
  return LAWS.map((name) => {
    const { gold: goldReward, ...reading } = policyReading(problem, laws[name]);
    return {
      ...reading,
      gold: goldReward ?? Number.NaN,
      totalVariation: totalVariation(laws[name], laws.rlhf),
      regret: rlhfRegret(problem, laws[name]),
    };
  });
}

/** The set with the reward log ref, under which the human preference is ref itself. */
export function withFaithfulReward(set: AnswerSet): AnswerSet {
  return { ...set, reward: [...normalize(referenceOf(set)).logMass] };
}
