import { cos, sin } from "../../numeric/angle.js";
import { exp, log } from "../../numeric/elementary.js";
import { type GaussRule, gaussLegendre } from "../../numeric/gaussLegendre.js";
import type { CountModel, Counts } from "./countModel.js";
import { Rivals, type Ties } from "./rivals.js";
import type { Contender } from "./rounds.js";

/** e^scale·(re + i im) at each angle. */
export interface ScaledValues {
  readonly scale: number;
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** So many terms in a row are nothing before a sum ends: whole numbers of votes make it uneven. */
export const PATIENCE: number = 64;

/** Before this many standard deviations below the mean, and so many votes more, nothing is summed. */
const WINDOW = 9;
const WINDOW_VOTES = 40;

/**
 * The numbers of votes from which to which the terms of F_a are felt, and a bound of the logarithm of each winner's
 * largest.
 */
export interface Window {
  readonly from: number;
  readonly to: number;
  readonly peak: readonly number[];
  /** What is nothing beside the largest term. */
  readonly negligible: number;
}

/** The generating functions F_a(θ) of `voteIntegral`, for winners of one reward level. */
export class CountSweep {
  readonly #answers: readonly number[];
  readonly #model: CountModel;
  readonly #n: number;
  readonly #factor: readonly number[];
  readonly #slack: readonly number[];

  /**
   * @param factor for each contender the votes of it that are worth one of the winner: Infinity where its votes count
   *   nothing
   * @param slack how far, relative to them, numbers of votes that are tied may lie apart
   */
  constructor(
    contenders: readonly Contender[],
    model: CountModel,
    n: number,
    factor: readonly number[],
    slack: readonly number[],
  ) {
    this.#answers = contenders.map((c) => c.answers);
    this.#model = model;
    this.#n = n;
    this.#factor = factor;
    this.#slack = slack;
  }

  /** Whether an answer of a contender can win with at most m votes when there are n in all. */
  mayWin(winner: number, m: number): boolean {
    let total = m;
    for (const [c, answers] of this.#answers.entries()) {
      const { below, tied } = this.#against(c, m);
      const most = Math.min(this.#model.most(c), tied ? below : below - 1);
      total += (c === winner ? answers - 1 : answers) * most;
    }
    return total >= this.#n;
  }

  /** The votes below which an answer of a contender loses to m, and whether with so many it is tied. */
  #against(c: number, m: number): { below: number; tied: boolean } {
    const votes = m * this.#factor[c];
    // More than n votes have no part in a total of n.
    if (votes > this.#n + 1) return { below: this.#n + 1, tied: false };
    const near = Math.round(votes);
    if (Math.abs(near - votes) < this.#slack[c] * votes) return { below: near, tied: true };
    return { below: Math.floor(votes) + 1, tied: false };
  }

  /** F_a at some angles for the winners asked for. */
  run(counts: Counts, winners: readonly number[], window: Window, angles: ArrayLike<number>): ScaledValues[] {
    const rivals = new Rivals(counts, this.#answers, winners, angles);
    const { from, to, peak, negligible } = window;
    const least = log(negligible);
    const sums = peak.map((scale) => new ScaledSum(scale, angles.length));
    const place = new Int32Array(this.#answers.length);
    const term = new Float64Array(winners.length);
    const [re, im] = [new Float64Array(angles.length), new Float64Array(angles.length)];
    for (let m = from; m <= to; m++) {
      rivals.raise((c) => this.#against(c, m));
      place.fill(-1);
      for (const [i, a] of winners.entries()) {
        term[i] = this.#term(counts, rivals, a, m);
        if (term[i] > peak[i] + least) place[a] = i;
      }
      if (place.every((i) => i < 0)) continue;
      for (let k = 0; k < angles.length; k++) {
        re[k] = cos(angles[k] * m);
        im[k] = sin(angles[k] * m);
      }
      const { nodes, weights } = ruleForTies(rivals.ties, negligible);
      for (let k = 0; k < nodes.length; k++)
        rivals.without(place, nodes[k], (i, pRe, pIm) => sums[i].add(term[i], weights[k], re, im, pRe, pIm));
    }
    return sums;
  }

  /** log of the chance that an answer has m votes, and all others lose or are tied. */
  #term(counts: Counts, rivals: Rivals, a: number, m: number): number {
    if (m > this.#model.most(a)) return -Infinity;
    const others = rivals.logLost + rivals.ties.logMost - rivals.logLostOf(a) - rivals.logTieOf(a);
    return counts.logTerm(a, m) + others;
  }

  /**
   * Where F_a(0) has terms that are not nothing.
   *
   * @param votes the only number of votes of the winners to look at, where given
   */
  window(counts: Counts, winners: readonly number[], negligible: number, votes?: number): Window {
    const rivals = new Rivals(counts, this.#answers, winners, []);
    const least = log(negligible);
    const peak = winners.map(() => -Infinity);
    const most = votes ?? Math.min(this.#n, Math.max(...winners.map((a) => this.#model.most(a))));
    const from = votes ?? Math.max(1, Math.min(...winners.map((a) => startOf(Math.min(counts.mean(a), most)))));
    // The bounds of the terms of each m, to see at the end which were nothing.
    const bounds: Float64Array[] = [];
    let idle = 0;
    for (let m = from; m <= most && idle < PATIENCE; m++) {
      rivals.raise((c) => this.#against(c, m));
      idle++;
      const bound = new Float64Array(winners.length);
      for (const [i, a] of winners.entries()) {
        bound[i] = this.#term(counts, rivals, a, m);
        peak[i] = Math.max(peak[i], bound[i]);
        if (bound[i] > peak[i] + least) idle = 0;
      }
      bounds.push(bound);
    }
    const isFelt = (bound: Float64Array) => bound.some((b, i) => b > peak[i] + least);
    return { peak, negligible, from: from + bounds.findIndex(isFelt), to: from + bounds.findLastIndex(isFelt) };
  }
}

const startOf = (mean: number): number => Math.floor(mean - WINDOW * Math.sqrt(mean)) - WINDOW_VOTES;

/**
 * The rule of Gauss for the share of ties, with a relative error: that of e^{Ty}, T the sum of hazards, or exact for
 * their polynomial.
 */
export function ruleForTies({ answers, hazard: T }: Pick<Ties, "answers" | "hazard">, error: number): GaussRule {
  const exact = Math.ceil((answers + 1) / 2);
  let size = 1;
  // T^{2n} (n!)⁴/((2n + 1) ((2n)!)³) with n nodes, over the integral of e^{T(y−1)}.
  for (let missed = ((T * T) / 24) * Math.max(1, T); missed > error && size < exact; size++) {
    const n = size + 1;
    // n²/((2n − 1) 2n), about 1/4.
    const part = n / (4 * n - 2);
    missed *= ((T * T * part * part) / ((2 * n - 1) * (2 * n))) * ((2 * n - 1) / (2 * n + 1));
  }
  return gaussLegendre(size);
}

/** A sum of terms that are given by logarithms, at all angles, over e^scale. */
class ScaledSum implements ScaledValues {
  readonly scale: number;
  readonly re: Float64Array;
  readonly im: Float64Array;

  constructor(scale: number, size: number) {
    this.scale = scale;
    this.re = new Float64Array(size);
    this.im = new Float64Array(size);
  }

  add(log: number, weight: number, aRe: Float64Array, aIm: Float64Array, bRe: Float64Array, bIm: Float64Array): void {
    const f = weight * exp(log - this.scale);
    for (let k = 0; k < this.re.length; k++) {
      this.re[k] += f * (aRe[k] * bRe[k] - aIm[k] * bIm[k]);
      this.im[k] += f * (aRe[k] * bIm[k] + aIm[k] * bRe[k]);
    }
  }
}
