import { samplesNeeded } from "exptilt";
import type { Equivalence, EquivalenceName } from "./equivalences.js";
import { brief, show } from "./format.js";
import { LAWS, type LawName, type Laws, type Reading } from "./laws.js";
import type { View } from "./view.js";

/** The view in two sentences, for those who do not see the bars move. */
export function summarize(
  { settings }: View,
  readings: readonly Reading[],
  equivalences: Readonly<Record<EquivalenceName, Equivalence>>,
): string {
  const { beta, betaTts, n } = settings;
  const of = (name: LawName) => readings[LAWS.indexOf(name)];
  const price = (name: LawName) => `${show(of(name).reward)} for ${show(of(name).klToRef)} nats`;
  const one = equivalences.rlif.holds ? "RLIF and RLHF are one law." : "RLIF and RLHF are two laws.";
  return (
    `ref earns a reward of ${show(of("ref").reward)}. The RLHF optimum at β_hf = ${brief(beta)} earns ${price("rlhf")}, ` +
    `best-of-${brief(n)} ${price("best")}, soft best-of-${brief(n)} at β_tts = ${brief(betaTts)} ${price("soft")}. ${one}`
  );
}

/** How many draws bring soft best-of-N to its limit, as a sentence. */
export function drawsNeeded({ set, settings }: View, laws: Laws): string {
  const problem = { ref: laws.given, reward: set.reward, beta: settings.betaTts };
  const n = samplesNeeded(problem, { totalVariation: 0.01 });
  return `${brief(n)} draws come within 0.01 of the limit.`;
}
