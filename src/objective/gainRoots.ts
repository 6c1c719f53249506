import { allRoots, type SignedRoot, type SlopedPoint } from "../numeric/allRoots.js";
import { exp, expm1, log } from "../numeric/elementary.js";
import { increasingRoot } from "../numeric/increasingRoot.js";
import { logLogistic } from "../numeric/logistic.js";
import { advantageGap } from "./groupAdvantage.js";
import type { Units } from "./rewardUnits.js";

/** For two rewards, β δ less the gap of advantages at log-odds δ above those of ref. */
export function gainExcess({ logMass }: Units, beta: number, groupSize: number, correction: 0 | 1) {
  const start = logMass[0] - logMass[1];
  return (delta: number, logOdds: number = start + delta): SlopedPoint => {
    const { gap, slope } = advantageGap(groupSize, correction, logOdds);
    return { value: beta * delta - gap, slope: beta - slope };
  };
}

/** The gap is from 1/√2 to √(G − 1); it changes where either success or failure is not too rare. */
function gainGrid({ logMass }: Units, beta: number, groupSize: number): number[] {
  const start = logMass[0] - logMass[1];
  const [low, high] = [0.5 / beta, (1.1 * Math.sqrt(groupSize)) / beta];
  const reach = 1.5 * log(groupSize) + Math.abs(log(beta)) + 8;
  const grid = [low, high];
  for (let x = -reach; x <= reach; x += 1 / 8) if (x - start > low && x - start < high) grid.push(x - start);
  return grid.sort((a, b) => a - b);
}

/**
 * For two rewards and the k3 loss, gap·p(1 − p) = β(p − p_ref), divided by p(1 − p_ref): the right side less the left one at
 * log-odds δ above those of ref.
 */
export function forwardExcess({ logMass }: Units, beta: number, groupSize: number, correction: 0 | 1) {
  const start = logMass[0] - logMass[1];
  const [right, wrong] = [exp(logLogistic(start)), exp(logLogistic(-start))];
  return (delta: number, logOdds: number = start + delta): number => {
    const { gap } = advantageGap(groupSize, correction, logOdds);
    // (1 − p)/(1 − p_ref), without large log-odds.
    const failing = start > 0 ? 1 / (wrong + right * exp(delta)) : exp(logLogistic(-logOdds)) / wrong;
    return -beta * expm1(-delta) - gap * failing;
  };
}

/** For two rewards and the k3 loss, η of the tilt in units of half the range, and the gap. */
export function forwardRoot(
  units: Units,
  beta: number,
  groupSize: number,
  correction: 0 | 1,
): { readonly eta: number; readonly gap: number } {
  const start = units.logMass[0] - units.logMass[1];
  const excess = forwardExcess(units, beta, groupSize, correction);
  let [low, high] = [1, 1];
  while (excess(low) > 0) low /= 4;
  while (excess(high) < 0) high *= 4;
  const delta = increasingRoot((delta) => excess(delta), low, high);
  return { eta: delta / 2, gap: advantageGap(groupSize, correction, start + delta).gap };
}

/** For two rewards, η of each fixed point of the tilt, in units of half the range: the log-odds gain 2η. */
export function gainRoots(units: Units, beta: number, groupSize: number, correction: 0 | 1): readonly SignedRoot[] {
  const { roots } = allRoots(gainExcess(units, beta, groupSize, correction), gainGrid(units, beta, groupSize));
  return roots.map(({ x, rises }) => ({ x: x / 2, rises }));
}
