import { allRoots, type RootsOnGrid, type SlopedPoint } from "../numeric/allRoots.js";
import { exp, log, square } from "../numeric/elementary.js";
import { peakOf } from "../numeric/peak.js";
import type { Units } from "./rewardUnits.js";

type Levels = Omit<Units, "unit">;

/** Below this weight, in nats, a level is nothing beside the likeliest one. */
const LOG_SMALL_WEIGHT = -600;

/** log(η sd) of the tilt at temperature 1/η, and its derivative by log η, 1 + η κ₃/2κ₂. */
function spreadAt({ gap, logMass }: Levels, eta: number): SlopedPoint {
  let peak = 0;
  const at = (j: number, i: number) => logMass[j] - logMass[i] - eta * (gap[j] - gap[i]);
  for (let j = 1; j < gap.length; j++) if (at(j, peak) > 0) peak = j;
  const logWeight = gap.map((_, j) => at(j, peak));
  // Distances from the likeliest level, in units of the one that adds most to the variance about it.
  const apart = gap.map((g) => gap[peak] - g);
  const logPart = logWeight.map((l, j) => l + 2 * log(Math.abs(apart[j])));
  const most = peakOf(logPart);
  const unit = Math.abs(apart[most]);
  const distance = apart.map((d) => d / unit);
  const rare = logWeight[most] < LOG_SMALL_WEIGHT;
  const scale = rare ? logPart[most] : 2 * log(unit);
  // Weight times distance², of which only the logarithm is safe.
  const part = logPart.map((l) => exp(l - scale));
  const total = rare ? 1 : logWeight.reduce((sum, l) => sum + exp(l), 0);
  const mean = rare ? 0 : part.reduce((sum, w, j) => (w === 0 ? sum : sum + w / distance[j]), 0) / total;
  const there = logWeight.reduce((sum, l, j) => (distance[j] === 0 ? sum + exp(l) : sum), 0);
  let [second, third] = [there * square(mean), -there * square(mean) * mean];
  for (let j = 0; j < gap.length; j++) {
    if (part[j] === 0) continue;
    const own = part[j] * square(1 - mean / distance[j]);
    second += own;
    third += own * (distance[j] - mean);
  }
  const logVariance = scale + log(second / total);
  return { value: log(eta) + logVariance / 2, slope: 1 + (eta * unit * third) / second / 2 };
}

/** Rewards that differ by less than 1/η of the largest η are told apart by nothing. */
const MAX_STEEPNESS = 1e307;

/** Points of η between which η·sd turns at most once: a fine grid of log η, and finer around each change of the best level. */
function etaGrid({ gap, logMass }: Levels, logBeta: number): number[] {
  const price = Math.abs(logBeta);
  // η sd ≤ η in these units; the last to go beside the best level is the level next to it.
  const low = Math.min(0.01, exp(-logBeta));
  let high = 100 / gap[1];
  const grid: number[] = [];
  for (let i = gap.length - 1; i > 0; ) {
    // The next level that is the likeliest as η grows.
    let [next, change] = [i - 1, Infinity];
    for (let j = i - 1; j >= 0; j--) {
      const crossing = (logMass[i] - logMass[j]) / (gap[i] - gap[j]);
      if (crossing <= change) [next, change] = [j, crossing];
    }
    if (Math.abs(change) < Infinity) {
      const width = 1 / (gap[i] - gap[next]);
      for (let x = -24; x <= 24; x += 0.5) grid.push(change + x * width);
      high = Math.max(high, change + (2 * price + 4 * log(1 + Math.abs(change)) + 100) / gap[1]);
    }
    i = next;
  }
  high = Math.min(high, MAX_STEEPNESS);
  for (let x = log(low); x < log(high); x += 1 / 16) grid.push(exp(x));
  grid.push(low * 0.9, high);
  return grid.filter((eta) => eta >= low * 0.9 && eta <= high).sort((a, b) => a - b);
}

/** The fixed points of the tilt at β·sd, with temperatures 1/η in these units, and where η·sd is largest. At β = ∞ there are none. */
export function spreadRoots(units: Levels, beta: number): RootsOnGrid {
  const logBeta = beta < Infinity ? log(beta) : 0;
  const priced = (eta: number) => {
    const { value, slope } = spreadAt(units, eta);
    return { value: value + logBeta, slope };
  };
  const { roots, highest } = allRoots(priced, etaGrid(units, logBeta));
  return { roots: beta < Infinity ? roots : [], highest };
}
