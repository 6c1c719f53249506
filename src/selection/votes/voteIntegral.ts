import { cos, sin } from "../../numeric/angle.js";
import { exp, log } from "../../numeric/elementary.js";
import { logSumExp } from "../../numeric/logSumExp.js";
import type { CountModel } from "./countModel.js";
import { CountSweep, PATIENCE } from "./countSweep.js";
import type { Contender } from "./rounds.js";
import { slackOf, type VoteWeights } from "./voteWeights.js";

/** An angle whose sine is the angle: derivatives by a complex step. */
const TINY = 1e-30;

/** The mean of the total may miss n by so many of its standard deviations. */
const MAX_MISS = 2;

/** A lattice of totals can't be nearer to n: the mean may miss it by this much in any case. */
const MIN_MISS = 0.25;

/** A variance below this is one of rounding. */
const MIN_VARIANCE = 1e-6;

/** Angles of one pass. */
const PASS = 8;

/** Beside the largest, such terms are nothing to the result, and to the choice of a radius. */
const NEGLIGIBLE = 1e-18;
const NEGLIGIBLE_TO_RADIUS = 1e-5;

/** Radii tried for one winner. */
const MAX_RADII = 100;

/**
 * What `countedVotes` computes, by the integral of Cauchy over a circle |z| = ρ of the generating function of all totals:
 * for many draws, and in logarithms.
 *
 * With numbers of votes that are independent, of probabilities q_j(i) ∝ t_j(i) ρⁱ, an answer wins with
 *
 *     F_a(θ) = Σ_m q_a(m) e^{iθm} ∫₀¹ Π_{j≠a} (Q_j(θ) + y q_j(i_j) e^{iθ i_j}) dy,
 *
 * Q_j the part of the characteristic function of j's votes with which it loses to m, i_j the votes with which it is tied.
 * The law given the total n is ∫ F_a(θ) e^{−iθn} dθ/2π over the probability of that total. The radius is chosen by
 * answer, so that the total is n on average where it wins: then the integrand hardly oscillates where it is large, and
 * the result has its digits however rare it is.
 *
 * @param wanted the contenders asked for
 * @returns by contender the logarithm of the probability that one answer of it wins
 */
export function voteIntegral(
  contenders: readonly Contender[],
  weights: VoteWeights,
  model: CountModel,
  n: number,
  wanted: readonly number[],
): Float64Array {
  const out = new Float64Array(contenders.length).fill(-Infinity);
  const start = model.at(model.logStart);
  for (const level of new Set(wanted.map((c) => contenders[c].level))) {
    if (level < 0) continue;
    const factor = contenders.map((c) =>
      c.level < 0 ? Infinity : exp(weights.logWeight[level] - weights.logWeight[c.level]),
    );
    const slack = contenders.map((c) => (c.level < 0 ? 0 : slackOf(weights, level, c.level, n)));
    const sweep = new CountSweep(contenders, model, n, factor, slack);
    const circle = new Circle(sweep, model, n);
    let left = wanted
      .filter((c) => contenders[c].level === level && sweep.mayWin(c, Math.min(n, model.most(c))))
      .sort((a, b) => start.mean(b) - start.mean(a));
    while (left.length > 0) left = circle.serve(left, out);
    for (const c of wanted) if (Number.isNaN(out[c])) out[c] = voteByVote(sweep, model, n, c);
  }
  return out;
}

/**
 * The same for one winner, by an integral for each number m of its votes. Given m the totals of the others have a law
 * that is log-concave, and never far below its neighbours at the mean.
 */
function voteByVote(sweep: CountSweep, model: CountModel, n: number, winner: number): number {
  const logs: number[] = [];
  const out = new Float64Array(winner + 1);
  let peak = -Infinity;
  const circles = new Circle(sweep, model, n);
  for (let m = 1, idle = 0; m <= Math.min(n, model.most(winner)) && idle < PATIENCE; m++) {
    if (!sweep.mayWin(winner, m)) continue;
    circles.serve([winner], out, m);
    logs.push(out[winner]);
    peak = Math.max(peak, out[winner]);
    idle = out[winner] < peak + log(NEGLIGIBLE) ? idle + 1 : 0;
  }
  return logSumExp(Float64Array.from(logs));
}

/** What is known of the total of all votes where one answer wins. */
interface Total {
  readonly mean: number;
  readonly deviation: number;
}

class Circle {
  readonly #sweep: CountSweep;
  readonly #model: CountModel;
  readonly #n: number;
  #logZ: number;

  constructor(sweep: CountSweep, model: CountModel, n: number) {
    this.#sweep = sweep;
    this.#model = model;
    this.#n = n;
    this.#logZ = model.logStart;
  }

  /**
   * Writes the results of the first winner, and of those that its radius suits. Returns the others.
   *
   * @param votes counts only this number of votes of the winners where given; else a result without digits is NaN
   */
  serve(winners: readonly number[], out: Float64Array, votes?: number): number[] {
    this.#findRadius(winners[0], votes);
    const totals = this.#totals(winners, votes);
    const suits = (_: unknown, i: number) => i === 0 || this.#suits(totals[i]);
    const served = winners.filter(suits);
    for (const [i, value] of this.#integrals(served, totals.filter(suits), votes).entries()) out[served[i]] = value;
    return winners.filter((c, i) => !suits(c, i));
  }

  /** The total of votes where each of the winners wins, at this radius. */
  #totals(winners: readonly number[], votes: number | undefined): Total[] {
    const counts = this.#model.at(this.#logZ);
    const window = this.#sweep.window(counts, winners, NEGLIGIBLE_TO_RADIUS, votes);
    const angle = 0.25 / Math.sqrt(this.#n);
    return this.#sweep.run(counts, winners, window, [TINY, angle]).map(({ re, im }) => {
      const [x, y] = [re[1] / re[0], im[1] / re[0]];
      const fall = x * x + y * y;
      return { mean: im[0] / TINY / re[0], deviation: Math.sqrt(Math.max(0, -log(fall))) / angle };
    });
  }

  #suits({ mean, deviation }: Total): boolean {
    return Math.abs(mean - this.#n) <= Math.max(MIN_MISS, MAX_MISS * deviation);
  }

  /** Newton's method for the radius at which the mean total is n, within an interval that has it. */
  #findRadius(winner: number, votes: number | undefined): void {
    let [low, high] = [-Infinity, Infinity];
    for (let tried = 0; tried < MAX_RADII; tried++) {
      const [total] = this.#totals([winner], votes);
      if (this.#suits(total)) return;
      const missed = this.#n - total.mean;
      if (missed > 0) low = this.#logZ;
      else high = this.#logZ;
      // Totals may be the same over many radii, where a step would be endless: none is longer than twice the one before.
      const newton = this.#logZ + missed / Math.max(total.deviation * total.deviation, MIN_VARIANCE);
      const reach = 2 ** (tried - 2);
      if (low > -Infinity && high < Infinity)
        this.#logZ = newton > low && newton < high && tried % 3 !== 2 ? newton : (low + high) / 2;
      else this.#logZ += Math.max(-reach, Math.min(reach, newton - this.#logZ));
    }
  }

  /** ∫ F(θ) e^{−iθn} dθ/2π by the trapezoid rule, whose error is the probability of totals n ± (number of angles). */
  #integrals(winners: readonly number[], totals: readonly Total[], votes: number | undefined): number[] {
    const n = this.#n;
    const counts = this.#model.at(this.#logZ);
    const window = this.#sweep.window(counts, winners, NEGLIGIBLE, votes);
    const deviations = totals.map(({ deviation }) => deviation);
    const half = Math.ceil(5 * Math.max(...deviations) + 20);
    const step = (2 * Math.PI) / (2 * half + 1);
    const sums = winners.map(() => 0);
    const sizes = winners.map(() => 0);
    let pass = Math.ceil(9 / Math.max(Math.min(...deviations), 0.1) / step);
    for (let from = 0; from <= half; from += pass, pass = PASS) {
      const angles = Float64Array.from({ length: Math.min(pass, half - from + 1) }, (_, k) => (from + k) * step);
      let largest = 0;
      for (const [i, { re, im }] of this.#sweep.run(counts, winners, window, angles).entries()) {
        // F(−θ) is the conjugate of F(θ).
        if (from === 0) {
          sums[i] = -re[0] / 2;
          sizes[i] = re[0];
        }
        for (let k = 0; k < angles.length; k++) {
          sums[i] += re[k] * cos(angles[k] * n) + im[k] * sin(angles[k] * n);
          if (k >= angles.length - LAST)
            largest = Math.max(largest, Math.sqrt(re[k] * re[k] + im[k] * im[k]) / sizes[i]);
        }
      }
      if (largest < NEGLIGIBLE) break;
    }
    return sums.map((sum, i) => {
      const chance = (2 * sum) / (2 * half + 1);
      const usual = sizes[i] / Math.max(1, deviations[i]);
      const lost = votes === undefined && !(chance > MIN_SHARE * usual);
      return lost ? Number.NaN : window.peak[i] + log(chance) - counts.logAll;
    });
  }
}

/** A total n that is so much rarer than others near it leaves a result without digits: the others do not cancel. */
const MIN_SHARE = 1e-3;

/** Where the integrand is nothing at the last so many angles, it is at all further ones. */
const LAST = 4;
