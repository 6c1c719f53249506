import { exp, expm1, log, log1p, pow } from "../numeric/elementary.js";
import { type Levels, massAbove, massFrom } from "./levels.js";
import { emptyRatios, keptByPoisson, type LevelRatios, logForbidden } from "./ratio.js";

/** The ratios of a law by level, given each ratio and its logarithm, and what the best level misses of its limit, 1. */
function hardLevelRatios(
  levels: Levels,
  kept: number,
  missing: number,
  at: (i: number) => [ratio: number, logRatio: number],
): LevelRatios {
  const size = levels.mass.length;
  const out = emptyRatios(size);
  out.gap.fill(Infinity);
  out.logGap.fill(Infinity);
  const logKept = log(kept);
  for (let i = 0; i < size; i++) {
    const [ratio, logRatio] = at(i);
    out.ratio[i] = ratio / kept;
    out.logRatio[i] = logRatio - logKept;
  }
  out.gap[0] = -missing / kept;
  out.logGap[0] = out.gap[0] > -0.5 ? log1p(out.gap[0]) : out.logRatio[0] + log(levels.mass[0]);
  return out;
}

/**
 * The ratios of hard best-of-N by level, N > 1: P(level) = F^N − (F⁻)^N, with F the probability of the level and all
 * below it, and F⁻ of those below. The limit N → ∞ is ref on the best level.
 */
export function hardRatios(levels: Levels, n: number): LevelRatios {
  const { mass } = levels;
  const above = massAbove(mass);
  const from = massFrom(mass, levels.forbidden);
  const logFrom = (i: number) => (above[i] < 0.5 ? log1p(-above[i]) : log(from[i]));
  const logLost = n * logForbidden(levels);
  const missing = from[1] === 0 ? 0 : exp(n * logFrom(1)) * -expm1(logLost - n * logFrom(1));
  return hardLevelRatios(levels, -expm1(logLost), missing, (i) => {
    const [q, all] = [mass[i], from[i]];
    const logF = logFrom(i);
    // A level too rare to be told from nothing: its ratio is the derivative.
    if (q < 1e-290) return [n * exp((n - 1) * logF), log(n) + (n - 1) * logF];
    const won = -expm1(n * (q < all / 2 ? log1p(-q / all) : log(from[i + 1] / all)));
    const logRatio = n * logF + log(won / q);
    // Each form of F^N where it loses least; and where the ratio is near 1 its own logarithm is the better one.
    const ratio = ((above[i] < 0.5 ? exp(n * logF) : pow(all, n)) * won) / q;
    return [ratio, ratio > 0.5 && ratio < 2 ? log(ratio) : logRatio];
  });
}

/** The ratios of hard selection among 1 + Poisson(λ) draws: P(level) = F e^{λ(F−1)} − F⁻ e^{λ(F⁻−1)}. */
export function hardPoissonRatios(levels: Levels, rate: number): LevelRatios {
  const { mass, forbidden } = levels;
  const above = massAbove(mass);
  const from = massFrom(mass, forbidden);
  const { kept } = keptByPoisson(levels, rate);
  const missing = from[1] * exp(-rate * above[1]) - forbidden * exp(-rate * above[mass.length]);
  return hardLevelRatios(levels, kept, missing, (i) => {
    const q = mass[i];
    const gain = from[i + 1] * (q < 1e-290 ? rate : -expm1(-rate * q) / q);
    return [exp(-rate * above[i]) * (1 + gain), log1p(gain) - rate * above[i]];
  });
}
