import type { Query } from "../input/query.js";
import { FORBIDDEN } from "../input/values.js";

/**
 * A query in the native form. Without `rewarded` its answers have no reward. There a text stands once: of equal texts whose
 * scores differ all but the first are left out.
 */
export function nativeLine({ query, kind, ref, reward, gold, text, features }: Query, rewarded: boolean): string {
  const mass = "mass" in ref ? ref.mass : ref.logMass;
  const [name, weights] =
    "logMass" in ref ? ["logProbability", mass] : kind === "samples" ? ["count", mass] : ["probability", shares(mass)];
  const first = new Map(text.map((t, i) => [t, i] as const).reverse());
  const answers = weights.map((weight, i) => ({
    answer: first.get(text[i]) === i ? text[i] : undefined,
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
