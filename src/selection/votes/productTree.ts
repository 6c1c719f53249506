import { floats } from "../../numeric/floats.js";

/** The product of two polynomials up to a degree. */
export function multiply(a: Float64Array, b: Float64Array, degree: number): Float64Array {
  const [few, many] = a.length < b.length ? [a, b] : [b, a];
  const size = Math.min(degree + 1, a.length + b.length - 1);
  const out = floats(size);
  for (let i = 0; i < few.length && i < size; i++) {
    const x = few[i];
    if (x === 0) continue;
    const to = Math.min(many.length, size - i);
    for (let j = 0; j < to; j++) out[i + j] += x * many[j];
  }
  return out;
}

const ONE: Float64Array = Float64Array.of(1);

/** A power of a polynomial up to a degree, by squaring: no term is subtracted. */
export function powerOf(a: Float64Array, exponent: number, degree: number): Float64Array {
  let [out, square] = [ONE, a];
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) out = out === ONE ? square : multiply(out, square, degree);
    if (left > 1) square = multiply(square, square, degree);
  }
  return out;
}

/**
 * The product of many polynomials with one left out, while they change one by one. Products of halves, quarters, … are
 * kept in a binary tree: leaf k is at `size` + k, and the children of a node i are 2i and 2i + 1.
 */
export class ProductTree {
  readonly #size: number;
  readonly #product: (Float64Array | undefined)[];
  /** Terms past this degree are left out. It may fall, but not rise. */
  degree: number;

  constructor(leaves: readonly Float64Array[], degree: number) {
    this.#size = leaves.length;
    this.degree = degree;
    this.#product = [...new Array<undefined>(leaves.length), ...leaves];
  }

  set(leaf: number, polynomial: Float64Array): void {
    let node = this.#size + leaf;
    this.#product[node] = polynomial;
    for (node >>= 1; node > 0 && this.#product[node] !== undefined; node >>= 1) this.#product[node] = undefined;
  }

  /** For each of some leaves, two polynomials whose product is that of all other leaves. */
  without(leaves: readonly number[], take: (leaf: number, a: Float64Array, b: Float64Array) => void): void {
    const wanted = new Set<number>();
    for (const leaf of leaves) for (let node = this.#size + leaf; node > 1; node >>= 1) wanted.add(node);
    const descend = (node: number, outside: Float64Array) => {
      for (const child of [2 * node, 2 * node + 1]) {
        if (!wanted.has(child)) continue;
        const sibling = this.#at(child ^ 1);
        if (child >= this.#size) take(child - this.#size, outside, sibling);
        else descend(child, outside === ONE ? sibling : multiply(outside, sibling, this.degree));
      }
    };
    if (this.#size === 1) take(0, ONE, ONE);
    else descend(1, ONE);
  }

  #at(node: number): Float64Array {
    this.#product[node] ??= multiply(this.#at(2 * node), this.#at(2 * node + 1), this.degree);
    return this.#product[node];
  }
}
