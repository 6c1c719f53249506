import { productError, twoProduct, twoSum } from "./doubleDouble.js";

/** Of weights below this what a rounding leaves is in the subnormal range, and nothing beside a column. */
const TINY = 2 ** -900;

/**
 * Walker's alias table, built by Vose's method: K columns of equal probability 1/K, each shared by at most two entries.
 * A draw takes one column and one coin, whatever K is.
 */
export class AliasTable {
  /** The probability that a column gives its own entry. */
  readonly keep: Float64Array;
  /** The entry that a column gives otherwise. */
  readonly alias: Int32Array;

  /**
   * Built from weights that are non-negative and finite, with their sum in double-double. What a heavy entry has left is
   * carried in double-double, so that neither it nor a light entry loses relative accuracy.
   */
  constructor(weight: Float64Array, total: { readonly hi: number; readonly lo: number }) {
    const size = weight.length;
    this.keep = new Float64Array(size);
    this.alias = new Int32Array(size);
    const scaled = new Float64Array(size);
    const low = new Float64Array(size);
    const light = new Int32Array(size);
    const heavy = new Int32Array(size);
    let [lights, heavies] = [0, 0];
    for (let i = 0; i < size; i++) {
      // size·weight/total, and what its rounding left: else K roundings would all fall on the entry that comes last.
      const share = twoProduct(weight[i], size);
      const quotient = share.hi / total.hi;
      const back = quotient * total.hi;
      const left = share.hi - back - productError(quotient, total.hi, back) + share.lo - quotient * total.lo;
      scaled[i] = quotient;
      if (weight[i] > TINY) low[i] = left / total.hi;
      this.keep[i] = 1;
      this.alias[i] = i;
      if (scaled[i] < 1) light[lights++] = i;
      else heavy[heavies++] = i;
    }
    while (lights > 0 && heavies > 0) {
      const l = light[--lights];
      const h = heavy[heavies - 1];
      this.keep[l] = scaled[l] + low[l];
      this.alias[l] = h;
      // The heavy entry fills the rest of the column.
      const s = twoSum(scaled[h], -1);
      const t = twoSum(s.hi, scaled[l]);
      scaled[h] = t.hi;
      low[h] += t.lo + s.lo + low[l];
      if (scaled[h] + low[h] < 1) {
        heavies--;
        light[lights++] = h;
      }
    }
    // Entries left over have a full column but for rounding; an entry of weight 0 never keeps one.
    for (let k = 0; k < lights; k++) {
      const l = light[k];
      if (weight[l] > 0) continue;
      this.keep[l] = 0;
      this.alias[l] = weight.findIndex((w) => w > 0);
    }
  }

  /** Draws entries by a source of uniform numbers in [0, 1): two a draw, so that the coin has all its 53 bits. */
  drawBy(rng: () => number): () => number {
    const { keep, alias } = this;
    const size = keep.length;
    return () => {
      const column = (rng() * size) | 0;
      return rng() < keep[column] ? column : alias[column];
    };
  }

  /** The probability with which each entry is drawn, as the table has it. */
  probabilities(): Float64Array {
    const { keep, alias } = this;
    const out = new Float64Array(keep.length);
    const low = new Float64Array(keep.length);
    const add = (i: number, x: number) => {
      const { hi, lo } = twoSum(out[i], x);
      out[i] = hi;
      low[i] += lo;
    };
    for (let i = 0; i < keep.length; i++) {
      add(i, keep[i]);
      if (keep[i] < 1) add(alias[i], 1 - keep[i]);
    }
    return out.map((p, i) => (p + low[i]) / keep.length);
  }
}
