import type { Levels } from "../../measure/levels.js";
import type { Graded } from "../ratio/law.js";
import type { Prepared } from "../ratio/prepared.js";
import { kindsOf } from "./kinds.js";
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
  const { kindOf, first, size } = kindsOf(levels.levelOf.length, (i) =>
    law.supports(i)
      ? `${law.probability(i)} ${law.hasTail ? law.logProbability(i) : ""} ${levels.levelOf[i]}`
      : undefined,
  );
  return {
    law,
    levels: { levelOf: kindOf },
    again: () => electionOf({ law, levels, beta }),
    contenders: first.map((i, c) => ({ answers: size[c], level: levels.levelOf[i] })),
    share: Float64Array.from(first, (i) => law.probability(i)),
    logShare: Float64Array.from(first, (i) => law.logProbability(i)),
    rewards: levels,
    beta,
  };
}
