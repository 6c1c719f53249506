import { allRoots, type SignedRoot, type SlopedPoint } from "../numeric/allRoots.js";
import { exp, expm1, log } from "../numeric/elementary.js";
import { increasingRoot } from "../numeric/increasingRoot.js";
import { logLogistic } from "../numeric/logistic.js";
import { advantageGap } from "./groupAdvantage.js";
import type { Units } from "./rewardUnits.js";

/** For two rewards, β δ less the gap of advantages at log-odds δ above those of ref. */
function gainExcess({ logMass }: Units, beta: number, groupSize: number, correction: 0 | 1) {
  const start = logMass[0] - logMass[1];
  return (delta: number): SlopedPoint => {
    const { gap, slope } = advantageGap(groupSize, correction, start + delta);
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
 * For two rewards and the k3 loss, η of the tilt in units of half the range, and the gap: of the equation
 * gap·p(1 − p) = β(p − p_ref), divided by p(1 − p_ref).
 */
export function forwardRoot(
  { logMass }: Units,
  beta: number,
  groupSize: number,
  correction: 0 | 1,
): { readonly eta: number; readonly gap: number } {
  const start = logMass[0] - logMass[1];
  const gapAt = (delta: number) => advantageGap(groupSize, correction, start + delta).gap;
  const excess = (delta: number) => {
    const failing = exp(logLogistic(-start - delta) - logLogistic(-start));
    return -beta * expm1(-delta) - gapAt(delta) * failing;
  };
  let [low, high] = [1, 1];
  while (excess(low) > 0) low /= 4;
  while (excess(high) < 0) high *= 4;
  const delta = increasingRoot(excess, low, high);
  return { eta: delta / 2, gap: gapAt(delta) };
}

/** For two rewards, η of each fixed point of the tilt, in units of half the range: the log-odds gain 2η. */
export function gainRoots(units: Units, beta: number, groupSize: number, correction: 0 | 1): readonly SignedRoot[] {
  const { roots } = allRoots(gainExcess(units, beta, groupSize, correction), gainGrid(units, beta, groupSize));
  return roots.map(({ x, rises }) => ({ x: x / 2, rises }));
}
