import type { Levels } from "../../measure/levels.js";
import type { Graded } from "../ratio/law.js";
import type { Prepared } from "../ratio/prepared.js";
import type { Contender } from "./rounds.js";

/** An election by draws of a law: its answers by contender, those of equal probability and equal reward. */
export interface Election extends Graded<Election> {
  readonly contenders: readonly Contender[];
  /** The probability of one answer of each. */
  readonly share: Float64Array;
  readonly logShare: Float64Array;
  readonly rewards: Levels;
  readonly beta: number;
}

export function electionOf<A>({ law, levels, beta }: Pick<Prepared<A>, "law" | "levels" | "beta">): Election {
  const levelOf = new Int32Array(levels.levelOf.length).fill(-1);
  const known = new Map<string, number>();
  const answers: number[] = [];
  const first: number[] = [];
  for (let i = 0; i < levelOf.length; i++) {
    if (!law.supports(i)) continue;
    const key = `${law.probability(i)} ${law.hasTail ? law.logProbability(i) : ""} ${levels.levelOf[i]}`;
    let c = known.get(key);
    if (c === undefined) {
      c = first.push(i) - 1;
      known.set(key, c);
    }
    answers[c] = (answers[c] ?? 0) + 1;
    levelOf[i] = c;
  }
  return {
    law,
    levels: { levelOf },
    again: () => electionOf({ law, levels, beta }),
    contenders: first.map((i, c) => ({ answers: answers[c], level: levels.levelOf[i] })),
    share: Float64Array.from(first, (i) => law.probability(i)),
    logShare: Float64Array.from(first, (i) => law.logProbability(i)),
    rewards: levels,
    beta,
  };
}
