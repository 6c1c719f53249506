import type { MeanEstimate } from "../../selection/choice/meanOverQueries.js";

/** `0.30134 ± 0.02744`, the figure alone where it has no standard error, and nothing where there is none. */
export function figure({ mean, standardError }: MeanEstimate): string {
  if (Number.isNaN(mean)) return "";
  return `${mean.toFixed(5)}${Number.isNaN(standardError) ? "" : ` ± ${standardError.toFixed(5)}`}`;
}
