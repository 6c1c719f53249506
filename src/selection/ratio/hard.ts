import { isRounded, type Levels, logMassAt, logMassFrom, massAbove, massFrom } from "../../measure/levels.js";
import { exp, expm1, log, log1p, pow } from "../../numeric/elementary.js";
import { floats } from "../../numeric/floats.js";
import { keptByPoisson, keptOf } from "./kept.js";
import type { RatioToRef } from "./levelRatios.js";
import { emptyRatios, type LevelRatios } from "./levelRatios.js";

/** The distribution function of the levels in several forms: F with the level, F⁻ without. */
class Cumulative {
  readonly levels: Levels;
  readonly above: Float64Array;
  /** F at each level, and the forbidden probability at the end; rounded below the normal doubles. */
  readonly from: Float64Array;
  #logs: Float64Array | undefined;

  constructor(levels: Levels) {
    this.levels = levels;
    this.above = massAbove(levels.mass);
    this.from = massFrom(levels.mass, levels.forbidden);
  }

  /** Whether only the logarithm of F has all digits. */
  isRare(i: number): boolean {
    return isRounded(this.from[i]) && (i < this.levels.mass.length || this.levels.logForbidden > -Infinity);
  }

  /** log F, from whichever of F and 1 − F is small. */
  log(i: number): number {
    const { above, from } = this;
    if (above[i] < 0.5) return log1p(-above[i]);
    return this.isRare(i) ? this.#logFrom[i] : log(from[i]);
  }

  /** log(F⁻/F), from the level's share of F where that is less than half. */
  logBelow(i: number): number {
    const { from, levels } = this;
    const q = levels.mass[i];
    const all = from[i];
    const below = from[i + 1];
    if (isRounded(all)) {
      const share = exp(levels.logMass[i] - this.#logFrom[i]);
      return share < 0.5 ? log1p(-share) : this.#logFrom[i + 1] - this.#logFrom[i];
    }
    if (q < all / 2) return log1p(-q / all);
    return this.isRare(i + 1) ? this.#logFrom[i + 1] - log(all) : log(below / all);
  }

  get #logFrom(): Float64Array {
    this.#logs ??= logMassFrom(this.levels, this.from);
    return this.#logs;
  }
}

/** The ratios of hard best-of-N by level, N > 1: P(level) = F^N − (F⁻)^N = F^N (1 − (F⁻/F)^N). */
export function hardRatios(levels: Levels, n: number): LevelRatios {
  const { mass } = levels;
  const cumulative = new Cumulative(levels);
  const { above, from } = cumulative;
  const { kept, logKept, logLost } = keptOf(levels, n);
  const out = emptyRatios(mass.length);
  for (let i = 0; i < mass.length; i++) {
    const q = mass[i];
    const all = from[i];
    const logF = cumulative.log(i);
    let ratio: number;
    let logRatio: number;
    if (isRounded(q) || isRounded(all)) {
      // F^{N−1}·won/share: where the share is small, neither factor needs the level's own mass.
      const logShare = levels.logMass[i] - logF;
      const met = exp(log(n) + logShare);
      let won = n;
      if (logShare > -40) won = -expm1(n * cumulative.logBelow(i)) / exp(logShare);
      else if (met > 1e-20) won = n * (-expm1(-met) / met);
      const others = isRounded(all) || above[i] < 0.5 ? exp((n - 1) * logF) : pow(all, n - 1);
      ratio = won * others;
      logRatio = log(won) + (n - 1) * logF;
    } else {
      const won = -expm1(n * cumulative.logBelow(i));
      // The form of F^N that loses least. Near a ratio of 1 its own logarithm is more accurate.
      ratio = ((above[i] < 0.5 ? exp(n * logF) : pow(all, n)) * won) / q;
      logRatio = ratio > 0.5 && ratio < 2 ? log(ratio) : n * logF + log(won / q);
    }
    out.logRatio[i] = logRatio - logKept;
    out.ratio[i] = isRounded(kept) ? exp(out.logRatio[i]) : ratio / kept;
  }
  // The best level's distance from its limit, 1; the others' limit is 0.
  const logMissing = n * cumulative.log(1);
  const missing =
    mass.length === 1 && logLost === -Infinity ? 0 : exp(logMissing - logKept) * -expm1(logLost - logMissing);
  out.gap.fill(Infinity);
  out.logGap.fill(Infinity);
  out.gap[0] = 0 - missing;
  out.logGap[0] = missing < 0.5 ? log1p(-missing) : out.logRatio[0] + logMassAt(levels, 0);
  return out;
}

/** The ratios of hard selection among 1 + Poisson(λ) draws: P(level) = F e^{λ(F−1)} − F⁻ e^{λ(F⁻−1)}. */
export function hardPoissonRatios(levels: Levels, rate: number): RatioToRef {
  const { mass } = levels;
  const cumulative = new Cumulative(levels);
  const { above, from } = cumulative;
  const { kept, logKept } = keptByPoisson(levels, rate);
  const out = { ratio: floats(mass.length), logRatio: floats(mass.length) };
  for (let i = 0; i < mass.length; i++) {
    const q = mass[i];
    let gain: number;
    if (isRounded(q) || cumulative.isRare(i + 1)) {
      // (1 − e^{−λq})/q ≤ λ, and F⁻ beside it, where one of them is below the doubles.
      const met = exp(log(rate) + levels.logMass[i]);
      const logSlope = met < 1e-20 ? log(rate) : log(-expm1(-met)) - levels.logMass[i];
      gain = exp(cumulative.log(i + 1) + logSlope);
    } else gain = from[i + 1] * (-expm1(-rate * q) / q);
    out.logRatio[i] = log1p(gain) - rate * above[i] - logKept;
    out.ratio[i] = isRounded(kept) ? exp(out.logRatio[i]) : (exp(-rate * above[i]) * (1 + gain)) / kept;
  }
  return out;
}
