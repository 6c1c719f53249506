import type { Query } from "../input/query.js";
import { FORBIDDEN } from "../input/values.js";

/** A query in the native form. Without `rewarded` its answers have no reward. */
export function nativeLine({ query, kind, ref, reward, gold, text, features }: Query, rewarded: boolean): string {
  const mass = "mass" in ref ? ref.mass : ref.logMass;
  const [name, weights] =
    "logMass" in ref ? ["logProbability", mass] : kind === "samples" ? ["count", mass] : ["probability", shares(mass)];
  const answers = weights.map((weight, i) => ({
    answer: text[i],
    [name]: weight,
    ...(rewarded && { reward: reward[i] === -Infinity ? FORBIDDEN : reward[i] }),
    gold: gold[i],
    ...(Object.keys(features[i]).length > 0 && { features: features[i] }),
  }));
  return `${JSON.stringify({ query, answers })}\n`;
}

/** Probabilities as they are; counts that are the law itself as shares of their sum. */
function shares(mass: readonly number[]): readonly number[] {
  if (!mass.every(Number.isInteger)) return mass;
  const total = mass.reduce((a, b) => a + b);
  return mass.map((m) => m / total);
}
