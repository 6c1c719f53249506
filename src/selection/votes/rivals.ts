import { cos, sin } from "../../numeric/angle.js";
import { sumError } from "../../numeric/doubleDouble.js";
import { log1p } from "../../numeric/elementary.js";
import { floats, integers } from "../../numeric/floats.js";
import type { Counts } from "./countModel.js";

/** An answer that has one more vote so seldom is taken to have no more. */
const SATURATED = 1e-22;

/** Contenders that may be tied with the winner: the polynomial Π (1 + y hazard) in their share y. */
export interface Ties {
  /** Its degree. */
  readonly answers: number;
  /** The sum of their hazards. */
  readonly hazard: number;
  /** The logarithm of its largest value, at y = 1: products are relative to it. */
  readonly logMost: number;
}

/** A hazard from here on is one of which 1 is nothing. */
const ALL = 1e200;

/** After so many turns by one angle their sine and cosine are computed anew. */
const TURNS = 64;

/**
 * The votes with which each contender's answers lose, as characteristic functions at some angles: those below a number
 * that rises. Of the chances of all, given that each loses, products are taken with one answer left out.
 */
export class Rivals {
  readonly #counts: Counts;
  readonly #answers: readonly number[];
  readonly #angles: ArrayLike<number>;
  readonly #isKept: Uint8Array;
  /** Contenders whose functions still change, or that are left out of products. The others are in one product. */
  readonly #live: Int32Array;
  #liveCount: number;
  readonly #doneRe: Float64Array;
  readonly #doneIm: Float64Array;
  #doneLog = 0;
  /** By contender: the number, the chance of just that number over that of fewer, and log Σ of the terms below it. */
  readonly #below: Float64Array;
  readonly #hazard: Float64Array;
  readonly #hi: Float64Array;
  readonly #lo: Float64Array;
  readonly #tied: Uint8Array;
  /** By contender and angle: the function, and e^{iθ·number}. */
  readonly #re: Float64Array;
  readonly #im: Float64Array;
  readonly #turnRe: Float64Array;
  readonly #turnIm: Float64Array;
  /** e^{iθ}. */
  readonly #unitRe: Float64Array;
  readonly #unitIm: Float64Array;
  /** The products of the live contenders before each. */
  readonly #headRe: Float64Array;
  readonly #headIm: Float64Array;
  readonly #outRe: Float64Array;
  readonly #outIm: Float64Array;

  /** log of the chance that all lose. */
  logLost = 0;
  /** What ties may multiply that chance by. */
  ties: Ties = { answers: 0, hazard: 0, logMost: 0 };

  /** @param kept the contenders that may be left out of products */
  constructor(counts: Counts, answers: readonly number[], kept: readonly number[], angles: ArrayLike<number>) {
    const size = angles.length;
    const all = answers.length;
    this.#counts = counts;
    this.#answers = answers;
    this.#angles = angles;
    this.#isKept = new Uint8Array(all);
    for (const c of kept) this.#isKept[c] = 1;
    this.#live = integers(all).map((_, c) => c);
    this.#liveCount = all;
    [this.#doneRe, this.#doneIm] = [floats(size).fill(1), floats(size)];
    this.#below = floats(all).fill(1);
    this.#hazard = floats(all);
    for (let c = 0; c < all; c++) this.#hazard[c] = counts.step(c, 0);
    [this.#hi, this.#lo, this.#tied] = [floats(all), floats(all), new Uint8Array(all)];
    [this.#re, this.#im] = [floats(all * size).fill(1), floats(all * size)];
    [this.#turnRe, this.#turnIm] = [floats(all * size), floats(all * size)];
    this.#unitRe = Float64Array.from(angles, cos);
    this.#unitIm = Float64Array.from(angles, sin);
    for (let c = 0; c < all; c++) {
      this.#turnRe.set(this.#unitRe, c * size);
      this.#turnIm.set(this.#unitIm, c * size);
    }
    const heads = (kept.length > 1 ? all : 1) * size;
    [this.#headRe, this.#headIm] = [floats(heads), floats(heads)];
    [this.#outRe, this.#outIm] = [floats(size), floats(size)];
  }

  /** log of the chance that one answer of a contender loses. */
  logLostOf(c: number): number {
    return this.#hi[c] - this.#counts.logTotal(c) + this.#lo[c];
  }

  /** Raises the numbers. A contender may be tied at its number. */
  raise(against: (c: number) => { readonly below: number; readonly tied: boolean }): void {
    let [hi, lo] = [this.#doneLog, 0];
    const ties = { answers: 0, hazard: 0, logMost: 0 };
    let write = 0;
    for (let i = 0; i < this.#liveCount; i++) {
      const c = this.#live[i];
      const { below, tied } = against(c);
      while (this.#below[c] < below && !this.#isOver(c)) this.#next(c);
      const over = this.#isOver(c);
      const part = this.#answers[c] * this.logLostOf(c);
      const s = hi + part;
      lo += sumError(hi, part, s);
      hi = s;
      if (over && this.#isKept[c] === 0) {
        this.#doneLog += part;
        this.#multiply(this.#doneRe, this.#doneIm, 0, c, 0, this.#answers[c]);
        continue;
      }
      this.#tied[c] = tied && !over ? 1 : 0;
      if (this.#tied[c] === 1) {
        const answers = this.#answers[c];
        ties.answers += answers;
        ties.hazard += answers * this.#hazard[c];
        ties.logMost += answers * this.#logMore(c);
      }
      this.#live[write++] = c;
    }
    this.#liveCount = write;
    this.logLost = hi + lo;
    this.ties = ties;
  }

  /** log of what a tie of one answer of a contender multiplies its chance to lose by. */
  logTieOf(c: number): number {
    return this.#tied[c] === 1 ? this.#logMore(c) : 0;
  }

  /** log(1 + hazard). */
  #logMore(c: number): number {
    // A hazard that large is a step: of fewer votes those next to it are all there is.
    return this.#hazard[c] < ALL ? log1p(this.#hazard[c]) : this.#counts.logStep(c, this.#below[c] - 1);
  }

  #isOver(c: number): boolean {
    return this.#hazard[c] < SATURATED;
  }

  #next(c: number): void {
    const [fewer, own] = this.#shares(c);
    const more = this.#logMore(c);
    const size = this.#angles.length;
    const below = ++this.#below[c];
    const anew = below % TURNS === 0;
    for (let k = 0, i = c * size; k < size; k++, i++) {
      const [x, y] = [this.#turnRe[i], this.#turnIm[i]];
      this.#re[i] = fewer * this.#re[i] + own * x;
      this.#im[i] = fewer * this.#im[i] + own * y;
      this.#turnRe[i] = anew ? cos(this.#angles[k] * below) : x * this.#unitRe[k] - y * this.#unitIm[k];
      this.#turnIm[i] = anew ? sin(this.#angles[k] * below) : x * this.#unitIm[k] + y * this.#unitRe[k];
    }
    const s = this.#hi[c] + more;
    this.#lo[c] += sumError(this.#hi[c], more, s);
    this.#hi[c] = s;
    this.#hazard[c] = own * this.#counts.step(c, below - 1);
  }

  /** 1/(1 + hazard) and hazard/(1 + hazard). */
  #shares(c: number): [fewer: number, own: number] {
    const hazard = this.#hazard[c];
    return hazard < ALL ? [1 / (1 + hazard), hazard / (1 + hazard)] : [1 / hazard, 1];
  }

  /** Multiplies numbers by the function of some answers of a contender, ties of the share y among them. */
  #multiply(re: Float64Array, im: Float64Array, from: number, c: number, y: number, answers: number): void {
    const size = this.#angles.length;
    const [fewer, own] = this.#tied[c] === 1 ? this.#shares(c) : [1, 0];
    const tie = y * own;
    for (let k = 0, i = c * size, o = from; k < size; k++, i++, o++) {
      let x = fewer * this.#re[i] + tie * this.#turnRe[i];
      let z = fewer * this.#im[i] + tie * this.#turnIm[i];
      for (let left = answers; left > 0; left = Math.floor(left / 2)) {
        if (left % 2 === 1) {
          const r = re[o];
          re[o] = r * x - im[o] * z;
          im[o] = r * z + im[o] * x;
        }
        if (left > 1) [x, z] = [x * x - z * z, 2 * x * z];
      }
    }
  }

  /**
   * The product of the functions of all answers but one of a contender, for some contenders, ties of the share y among
   * them, each over 1 + its hazard.
   *
   * @param place by contender the place in what is asked for, or −1
   */
  without(place: Int32Array, y: number, take: (j: number, re: Float64Array, im: Float64Array) => void): void {
    const size = this.#angles.length;
    const [live, answers] = [this.#live, this.#answers];
    const [headRe, headIm, outRe, outIm] = [this.#headRe, this.#headIm, this.#outRe, this.#outIm];
    let [first, last] = [-1, -1];
    for (let i = 0; i < this.#liveCount; i++) {
      if (place[live[i]] < 0) continue;
      if (first < 0) first = i;
      last = i;
    }
    // The products of those before each from the first asked for to the last, and of those after it.
    outRe.set(this.#doneRe);
    outIm.set(this.#doneIm);
    for (let i = 0; i < first; i++) this.#multiply(outRe, outIm, 0, live[i], y, answers[live[i]]);
    for (let i = this.#liveCount - 1; i > last; i--) this.#multiply(outRe, outIm, 0, live[i], y, answers[live[i]]);
    headRe.fill(1, 0, size);
    headIm.fill(0, 0, size);
    for (let i = first; i < last; i++) {
      const [from, to] = [(i - first) * size, (i - first + 1) * size];
      headRe.copyWithin(to, from, to);
      headIm.copyWithin(to, from, to);
      this.#multiply(headRe, headIm, to, live[i], y, answers[live[i]]);
    }
    const [re, im] = [floats(size), floats(size)];
    for (let i = last; i >= first; i--) {
      const c = live[i];
      if (place[c] >= 0) {
        const from = (i - first) * size;
        for (let k = 0; k < size; k++) {
          re[k] = outRe[k] * headRe[from + k] - outIm[k] * headIm[from + k];
          im[k] = outRe[k] * headIm[from + k] + outIm[k] * headRe[from + k];
        }
        if (answers[c] > 1) this.#multiply(re, im, 0, c, y, answers[c] - 1);
        take(place[c], re, im);
      }
      if (i > first) this.#multiply(outRe, outIm, 0, c, y, answers[c]);
    }
  }
}
