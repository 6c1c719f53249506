import { readFileSync } from "node:fs";
import {
  bestOfNLaw,
  betaForKl,
  firstOrderExpansion,
  fromLogMass,
  limitDistance,
  type Measure,
  measure,
  selectionLimit,
  softBestOfNBounds,
  softBestOfNLaw,
  softBestOfPoissonLaw,
} from "exptilt";
import { importanceWeights } from "exptilt/training";

/** A row of selectionEdges.json: a problem, what is asked of it, and the value at 40 digits. */
export interface Row {
  readonly what: string;
  readonly mass?: readonly number[];
  readonly logMass?: readonly number[];
  readonly reward: readonly (number | "-Infinity")[];
  readonly beta: number;
  readonly n: number;
  readonly rate: number;
  readonly budget: number;
  readonly value: unknown;
}

const file = new URL("../reference/selectionEdges.json", import.meta.url);

export const edgeRows = (): Row[] => (JSON.parse(readFileSync(file, "utf8")) as { rows: Row[] }).rows;

export function problemOf({ mass, logMass, reward, beta }: Row): {
  ref: Measure<number>;
  reward: number[];
  beta: number;
} {
  const answers = [...reward.keys()];
  return {
    ref: logMass === undefined ? measure(answers, mass ?? []) : fromLogMass(answers, logMass),
    reward: reward.map(Number),
    beta: Number(beta),
  };
}

/** What the library says of a row, in the shape of its value. */
export function answerOf(row: Row): unknown {
  const problem = problemOf(row);
  const law = () => (problem.beta === 0 ? bestOfNLaw(problem, row.n) : softBestOfNLaw(problem, row.n));
  switch (row.what) {
    case "law":
      return law().mass;
    case "logMass":
      return law().logMass;
    case "limitDistance":
      return limitDistance(problem, row.n);
    case "bounds":
      return softBestOfNBounds(problem, row.n);
    case "limit":
      return selectionLimit(problem).mass;
    case "expansion":
      return firstOrderExpansion(problem);
    case "effectiveFraction":
      return importanceWeights(problem).effectiveFraction;
    case "poisson":
      return softBestOfPoissonLaw(problem, row.rate).mass;
    case "betaForKl":
      return betaForKl(problem, row.budget);
    default:
      throw new Error(`no ${row.what}`);
  }
}

/** Pairs of numbers, got and wanted, of two values of one shape, each with its place. */
export function pairsOf(got: unknown, want: unknown, at = ""): { at: string; got: number; want: number }[] {
  if (typeof want === "string") return [{ at, got: got as number, want: Number(want) }];
  return Object.entries(want as object).flatMap(([key, value]) =>
    pairsOf((got as Record<string, unknown>)[key], value, `${at} ${key}`),
  );
}

/** How many nats the inputs of a row are of: an input's last digit moves the result by so many of its own. */
export function nats(row: Row): number {
  const rewards = row.reward.map(Number).filter((r) => r > -Infinity);
  const span = Math.max(...rewards) - Math.min(...rewards);
  const size = Math.max(...(row.logMass ?? [0]).map(Math.abs));
  return size + (row.beta > 0 ? span / row.beta : 0);
}
