import { isRounded, type Levels, logAdd, massAbove, massFrom } from "../../measure/levels.js";
import { missedBy, scaledDifference } from "../../measure/score.js";
import { exp, expm1, expPlus, log, log1p } from "../../numeric/elementary.js";
import { floats } from "../../numeric/floats.js";
import { geometricSum, logGeometricSum, logPowerOfRest, powerOfRest } from "../../numeric/geometric.js";
import { keptOf } from "./kept.js";
import { hasDigits, type RatioToRef } from "./levelRatios.js";
import type { LimitLevels } from "./limitLevels.js";

/**
 * The ratios of the Metropolis law by level, for N > 1 and β > 0. With levels from the best down, i, let Δ_i be the step
 * to the next in units of β, F_i the mass at i and below, s_i = Σ_{j≥i} p_j w_j/w_i, and λ_i = F_i − s_i the probability
 * that a step from i stays there since its draw is refused; λ is 1 above the best. With n = N − 1,
 *
 *     P/ref = F_i U_i + W_i + λ_i^n,   U_i = (λ_{i−1}^n − λ_i^n)/s_i + e^{−Δ_{i−1}} U_{i−1},
 *     W_i = e^{−Δ_{i−1}} (p_{i−1} U_{i−1} + W_{i−1}).
 *
 * All terms are non-negative, also those of 1 − λ_i = Σ_{j<i} p_j + s_i and of λ_i = λ_{i+1} + s_{i+1} (1 − e^{−Δ_i}).
 */
export function metropolisRatios(levels: Levels, beta: number, n: number): RatioToRef {
  const { kept, logKept } = keptOf(levels, n);
  const { ratio, certain } = plainRatios(levels, beta, n - 1);
  const byLogarithm = certain.includes(0) ? logRatios(levels, beta, n - 1) : undefined;
  const logRatio = floats(ratio.length);
  for (let i = 0; i < ratio.length; i++) {
    const all = certain[i] === 1 || byLogarithm === undefined;
    logRatio[i] = (all ? log(ratio[i]) : byLogarithm[i]) - logKept;
    ratio[i] = all ? ratio[i] / kept : exp(logRatio[i]);
  }
  return { ratio, logRatio };
}

/** Δ of each level to the next, and e^{−Δ}. */
function stepsOf({ reward }: Levels, beta: number): { step: Float64Array; decay: Float64Array } {
  const step = floats(reward.length - 1);
  const decay = floats(reward.length - 1);
  for (let i = 0; i < step.length; i++) {
    step[i] = scaledDifference(reward[i], reward[i + 1], beta);
    decay[i] = expPlus(-step[i], -missedBy(step[i], reward[i], reward[i + 1], beta));
  }
  return { step, decay };
}

/** What the ratios are made of, by level: Δ, e^{−Δ}, the mass above, F, s, λ, and λ less the forbidden probability. */
function chainOf(levels: Levels, beta: number) {
  const { mass, forbidden } = levels;
  const size = mass.length;
  const { step, decay } = stepsOf(levels, beta);
  const s = mass.slice();
  const climb = floats(size);
  for (let i = size - 2; i >= 0; i--) {
    s[i] += decay[i] * s[i + 1];
    climb[i] = climb[i + 1] - s[i + 1] * expm1(-step[i]);
  }
  const above = massAbove(mass);
  const stay = climb.map((x) => forbidden + x);
  const power = (i: number, m: number) => powerOfRest(above[i] + s[i], stay[i], m);
  return { step, decay, from: massFrom(mass, forbidden), s, climb, stay, power };
}

/** The ratios in doubles, and for each 1 where it has all digits. */
function plainRatios(levels: Levels, beta: number, n: number): { ratio: Float64Array; certain: Uint8Array } {
  const { mass } = levels;
  const { step, decay, from, s, stay, power } = chainOf(levels, beta);
  const ratio = floats(mass.length);
  const certain = new Uint8Array(mass.length);
  let [u, w] = [geometricSum(s[0], stay[0], n), 0];
  for (let i = 0; i < mass.length; i++) {
    if (i > 0) {
      w = decay[i - 1] * (mass[i - 1] * u + w);
      u *= decay[i - 1];
      const climb = -expm1(-step[i - 1]);
      const up = stay[i - 1];
      if (up > 0) u += power(i - 1, n - 1) * climb * geometricSum((s[i] * climb) / up, stay[i] / up, n);
    }
    ratio[i] = from[i] * u + w + power(i, n);
    certain[i] = Number(!isRounded(from[i]) && hasDigits(ratio[i], n));
  }
  return { ratio, certain };
}

/**
 * P/π* − 1 by level: with S_i the probability under π* of level i and all below, f that of a forbidden draw, and
 * g_i = λ_i^N − f^N,
 *
 *     P/π* − 1 = (B_i − g_i/S_i)/(1 − f^N),   B_i = Σ_{j<i} π*_j g_j/(S_j S_{j+1}).
 *
 * Both terms have all digits. The total variation, max_i S_i B_i without forbidden draws, has no smaller terms than these: the
 * difference loses what the distances do not show. NaN where a mass or S is below the normal doubles.
 */
export function metropolisGaps(levels: Levels, beta: number, n: number, limit: LimitLevels): Float64Array {
  const { mass, forbidden } = levels;
  const gap = floats(mass.length).fill(Number.NaN);
  if (mass.some(isRounded) || !hasDigits(1, n)) return gap;
  const { kept } = keptOf(levels, n);
  const { s, climb, stay, power } = chainOf(levels, beta);
  const below = massFrom(limit.mass, 0);
  let b = 0;
  for (let i = 0; i < gap.length && !isRounded(below[i]); i++) {
    const q = climb[i] / stay[i];
    const g = climb[i] > 0 ? power(i, n) * q * geometricSum(q, forbidden / stay[i], n) : 0;
    gap[i] = (b - g / below[i]) / kept;
    b += ((mass[i] / s[i]) * g) / below[i + 1];
  }
  return gap;
}

/** The logarithms of the ratios, by the logarithms of all terms. */
function logRatios(levels: Levels, beta: number, n: number): Float64Array {
  const { logMass, logForbidden } = levels;
  const size = logMass.length;
  const { step, decay } = stepsOf(levels, beta);
  const logClimb = step.map((x, i) => (x > 1 ? log1p(-decay[i]) : log(-expm1(-x))));
  const logS = logMass.slice();
  const logStay = floats(size).fill(logForbidden);
  const logFrom = logMass.slice();
  logFrom[size - 1] = logAdd(logForbidden, logMass[size - 1]);
  for (let i = size - 2; i >= 0; i--) {
    logFrom[i] = logAdd(logFrom[i + 1], logMass[i]);
    logS[i] = logAdd(logMass[i], logS[i + 1] - step[i]);
    logStay[i] = logAdd(logStay[i + 1], logS[i + 1] + logClimb[i]);
  }
  const out = floats(size);
  let logAbove = -Infinity;
  // Of the level above: λ is 1 above the best.
  let [logUp, logPowerUp, logU, logW] = [0, 0, -Infinity, -Infinity];
  for (let i = 0; i < size; i++) {
    const logPower = logPowerOfRest(logAdd(logAbove, logS[i]), logStay[i], n);
    const climb = i === 0 ? 0 : logClimb[i - 1];
    if (i > 0) {
      logW = logAdd(logMass[i - 1] + logU, logW) - step[i - 1];
      logU -= step[i - 1];
    }
    if (logUp > -Infinity) {
      const logQ = logS[i] + climb - logUp;
      const gain = logPowerUp + logGeometricSum(logQ, logStay[i] - logUp, n) + climb - logUp;
      logU = logAdd(logU, gain);
    }
    out[i] = logAdd(logAdd(logFrom[i] + logU, logW), logPower);
    logAbove = logAdd(logAbove, logMass[i]);
    [logUp, logPowerUp] = [logStay[i], logPower];
  }
  return out;
}
