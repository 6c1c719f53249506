import { jsonOutput } from "../terminal/jsonOutput.js";
import type { Found } from "./found.js";
import type { KeptReadings } from "./keptReadings.js";

/** What was chosen as JSON. */
export function choiceJson(dataset: string, { samples, settings }: KeptReadings, found: readonly Found[]): string {
  const shown = found.map(({ choice, candidates: { name, left } }) => ({
    ...(settings.rewards.length > 1 && { rewardName: name }),
    ...(left > 0 && { queriesLeftOut: left }),
    ...choice,
  }));
  const estimate = samples === undefined ? "exact" : "unbiased";
  const head = { dataset, estimate, klToRef: samples === undefined ? "exact" : "plug-in" };
  return jsonOutput(shown.length > 1 ? { ...head, choices: shown } : { ...head, ...shown[0] });
}
