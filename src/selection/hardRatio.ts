import { exp, expm1, log, log1p, pow } from "../numeric/elementary.js";
import { floats } from "../numeric/floats.js";
import { type Levels, massAbove, massFrom } from "./levels.js";
import type { RatioToRef } from "./problem.js";
import { emptyRatios, keptByPoisson, type LevelRatios, logForbidden } from "./ratio.js";

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
  const kept = -expm1(logLost);
  const out = emptyRatios(mass.length);
  const logKept = log(kept);
  for (let i = 0; i < mass.length; i++) {
    const [q, all] = [mass[i], from[i]];
    const logF = logFrom(i);
    let ratio = n * exp((n - 1) * logF);
    let logRatio = log(n) + (n - 1) * logF;
    // But for a level too rare to be told from nothing, whose ratio is the derivative.
    if (!(q < 1e-290)) {
      const won = -expm1(n * (q < all / 2 ? log1p(-q / all) : log(from[i + 1] / all)));
      // Each form of F^N where it loses least; and where the ratio is near 1 its own logarithm is the better one.
      ratio = ((above[i] < 0.5 ? exp(n * logF) : pow(all, n)) * won) / q;
      logRatio = ratio > 0.5 && ratio < 2 ? log(ratio) : n * logF + log(won / q);
    }
    out.ratio[i] = ratio / kept;
    out.logRatio[i] = logRatio - logKept;
  }
  // What the best level misses of its limit, 1; the others' limit is 0.
  const missing = from[1] === 0 ? 0 : exp(n * logFrom(1)) * -expm1(logLost - n * logFrom(1));
  out.gap.fill(Infinity);
  out.logGap.fill(Infinity);
  out.gap[0] = -missing / kept;
  out.logGap[0] = out.gap[0] > -0.5 ? log1p(out.gap[0]) : out.logRatio[0] + log(mass[0]);
  return out;
}

/** The ratios of hard selection among 1 + Poisson(λ) draws: P(level) = F e^{λ(F−1)} − F⁻ e^{λ(F⁻−1)}. */
export function hardPoissonRatios(levels: Levels, rate: number): RatioToRef {
  const { mass, forbidden } = levels;
  const above = massAbove(mass);
  const from = massFrom(mass, forbidden);
  const { kept } = keptByPoisson(levels, rate);
  const logKept = log(kept);
  const out = { ratio: floats(mass.length), logRatio: floats(mass.length) };
  for (let i = 0; i < mass.length; i++) {
    const q = mass[i];
    const gain = from[i + 1] * (q < 1e-290 ? rate : -expm1(-rate * q) / q);
    out.ratio[i] = (exp(-rate * above[i]) * (1 + gain)) / kept;
    out.logRatio[i] = log1p(gain) - rate * above[i] - logKept;
  }
  return out;
}
