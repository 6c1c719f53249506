import { logAdd } from "../measure/levels.js";
import { exp, log } from "../numeric/elementary.js";
import { increasingRoot } from "../numeric/increasingRoot.js";
import type { Units } from "./rewardUnits.js";

/** The law ref·T/(ν − r), by level. */
export interface RationalLaw {
  /** log(ν − top), in these units. */
  readonly x: number;
  /** log T, in these units. It may be below the logarithms of doubles. */
  readonly logT: number;
  /** log(π/ref) of each level. */
  readonly score: Float64Array;
}

/** The law of which χ²(ref‖π) is 1/β². The unknown is log(ν − top), with which χ² falls. */
export function rationalLaw({ gap, logMass }: Units, beta: number): RationalLaw {
  const allowed = logMass.reduce(logAdd);
  const logP = logMass.map((l) => l - allowed);
  const logGap = gap.map(log);
  // top − E_ref[r], and the distance of each level from the mean.
  const logMean = logP.map((l, j) => l + logGap[j]).reduce(logAdd);
  const logApart = gap.map((g, j) => (j === 0 ? logMean : log(Math.abs(g - exp(logMean)))));
  const logNu = (x: number) => logGap.map((g) => logAdd(x, g));
  // 1 − (E_ref[ν − r] E_ref[1/(ν − r)] − 1)β² has the sign of this, which reads a sum of squares.
  const excess = (x: number) => {
    const logX = logNu(x);
    const squares = logP.map((l, j) => l + 2 * logApart[j] - logX[j]).reduce(logAdd);
    return logAdd(x, logMean) - squares - 2 * log(beta);
  };
  let [low, high] = [-1, 1];
  while (excess(low) > 0) low *= 2;
  while (excess(high) < 0) high *= 2;
  const x = increasingRoot(excess, low, high);
  const logX = logNu(x);
  const logT = -logP.map((l, j) => l - logX[j]).reduce(logAdd);
  return { x, logT, score: logX.map((l) => logT - l) };
}
