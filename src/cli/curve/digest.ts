import type { Columns, Query } from "../input/dataset.js";

/** Tells one query from another: a whole number below 2⁵², of what the figures are made of and of the texts that were read. */
export interface QueryDigest {
  readonly digest: number;
  /** Of the name alone, where the rows of a query may stand in several parts of the data. */
  readonly name?: number;
}

/** The digest of a query. The name of a query that has none is its place, which another part of the data has differently. */
export function queryDigest(query: Query, { query: named, shape }: Columns): QueryDigest {
  const all = new Digest();
  const { kind, ref, rewards, gold, text, cluster } = query;
  all.addText(kind);
  all.addText(named === undefined ? undefined : query.query);
  all.addText(cluster);
  all.addNumbers("mass" in ref ? ref.mass : ref.logMass);
  for (const reward of rewards) all.addNumbers(reward);
  all.addNumbers(gold);
  for (const one of text) all.addText(one);
  if (shape !== "rows") return { digest: all.value };
  const name = new Digest();
  name.addText(query.query);
  return { digest: all.value, name: name.value };
}

const numbers = new Float64Array(1);
const words = new Uint32Array(numbers.buffer);

/** Two mixes of 32 bits, as in MurmurHash3: against accidents, not against intent. */
class Digest {
  #a = 0;
  #b = 0;

  #add(word: number): void {
    let a = Math.imul(this.#a ^ word, 0x85ebca6b);
    a ^= a >>> 13;
    this.#a = Math.imul(a, 0xc2b2ae35) ^ (a >>> 16);
    let b = Math.imul(this.#b ^ word, 0xcc9e2d51);
    b ^= b >>> 15;
    this.#b = Math.imul(b, 0x1b873593) ^ (b >>> 17);
  }

  addText(text: string | undefined): void {
    if (text === undefined) {
      this.#add(-1);
      return;
    }
    this.#add(text.length);
    for (let i = 0; i < text.length; i++) this.#add(text.charCodeAt(i));
  }

  addNumbers(list: readonly (number | undefined)[]): void {
    this.#add(list.length);
    for (const x of list) {
      // NaN stands for a number that is missing: no number that is read is NaN.
      numbers[0] = x ?? Number.NaN;
      this.#add(words[0]);
      this.#add(words[1]);
    }
  }

  /** Of the one mix all bits, of the other the upper 20. */
  get value(): number {
    const a = Math.imul(this.#a ^ (this.#a >>> 16), 0x85ebca6b);
    const b = Math.imul(this.#b ^ (this.#b >>> 15), 0xc2b2ae35);
    return ((b ^ (b >>> 16)) >>> 12) * 2 ** 32 + ((a ^ (a >>> 13)) >>> 0);
  }
}
