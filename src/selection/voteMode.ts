import { Law } from "../measure/law.js";
import { scaledDifference } from "../measure/score.js";
import type { Prepared } from "./ratio/prepared.js";
import { TIED_ULPS } from "./votes/voteWeights.js";

/**
 * What a weighted vote tends to as N grows: the mode of the optimum, several modes alike. At β = 0 it is the likeliest
 * answer of the best reward, at β = ∞ the mode of ref, both among the allowed answers.
 */
export function voteMode<A>({ law, levels, beta }: Prepared<A>): Law {
  const { reward, levelOf } = levels;
  const logWeight = new Float64Array(levelOf.length).fill(-Infinity);
  const slack = new Float64Array(levelOf.length);
  let top = 0;
  for (let i = 0; i < logWeight.length; i++) {
    const level = levelOf[i];
    if (level < 0 || (beta === 0 && level > 0)) continue;
    const l = law.logProbability(i);
    logWeight[i] = l + (beta === 0 ? 0 : scaledDifference(reward[level], reward[0], beta));
    slack[i] = TIED_ULPS * 2 ** -52 * (1 + Math.abs(l) + (beta === 0 ? 0 : Math.abs(reward[level] / beta)));
    if (!(logWeight[i] <= logWeight[top])) top = i;
  }
  const tied = (l: number, i: number) => Number(logWeight[top] - l <= Math.max(slack[i], slack[top]));
  return Law.fromMass(logWeight.map(tied));
}
