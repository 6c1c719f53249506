import { logAdd } from "../measure/levels.js";
import { exp, log } from "../numeric/elementary.js";
import { increasingRoot } from "../numeric/increasingRoot.js";
import type { Units } from "./rewardUnits.js";

/** ref·T/(ν − r) by level, and what depends on ν. */
export interface Rational {
  /** log(ν − top), in these units. */
  readonly x: number;
  /** log(π/ref) of each level. */
  readonly score: Float64Array;
  /** log T, in these units. */
  readonly logT: number;
  /** log χ²(ref‖π). */
  readonly logChi2: number;
}

/** The law ref·T/(ν − r) at which an increasing function of ν is 0; the unknown is the logarithm of ν − top. */
export function rationalAt(units: Units, f: (law: Rational) => number): Rational {
  const { gap, logMass } = units;
  const allowed = logMass.reduce(logAdd);
  const logP = logMass.map((l) => l - allowed);
  const logGap = gap.map(log);
  // top − E_ref[r], and the distance of each level from the mean.
  const logMean = logP.map((l, j) => l + logGap[j]).reduce(logAdd);
  const logApart = gap.map((g, j) => (j === 0 ? logMean : log(Math.abs(g - exp(logMean)))));
  const at = (x: number): Rational => {
    const logX = logGap.map((g) => logAdd(x, g));
    const logT = -logP.map((l, j) => l - logX[j]).reduce(logAdd);
    // E_ref[ν − r] E_ref[1/(ν − r)] − 1 as a sum of squares.
    const squares = logP.map((l, j) => l + 2 * logApart[j] - logX[j]).reduce(logAdd);
    return { x, score: logX.map((l) => logT - l), logT, logChi2: squares - logAdd(x, logMean) };
  };
  const excess = (x: number) => f(at(x));
  let [low, high] = [-1, 1];
  while (excess(low) > 0) low *= 2;
  while (excess(high) < 0) high *= 2;
  return at(increasingRoot(excess, low, high));
}
