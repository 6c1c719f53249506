import type { Levels } from "../measure/levels.js";
import { scaledDifference } from "../measure/score.js";

/** The levels, best first, as distances from the best in units of half the range: two for the worst. */
export interface Units {
  /** (top − r)/unit. */
  readonly gap: Float64Array;
  readonly logMass: Float64Array;
  readonly unit: number;
}

export function unitsOf({ reward, logMass }: Levels): Units {
  const [top, bottom] = [reward[0], reward[reward.length - 1]];
  // Half of the range does not overflow.
  const unit = top / 2 - bottom / 2;
  return { gap: reward.map((r) => -scaledDifference(r, top, unit)), logMass, unit };
}
