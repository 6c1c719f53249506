/** What counting votes needs of an arithmetic. */
export interface Field<T> {
  readonly zero: T;
  readonly one: T;
  readonly add: (a: T, b: T) => T;
  readonly multiply: (a: T, b: T) => T;
  readonly divide: (a: T, whole: number) => T;
}

/**
 * The probability that each answer is picked among those drawn with probability ∝ the power of its count, over n!: all ways
 * to share n draws gone through. A power of zero forbids.
 *
 * @param power the power of a number of votes for an answer
 * @param quotient a/b
 */
export function powerShares<T>(
  field: Field<T>,
  mass: readonly T[],
  n: number,
  power: (count: number, answer: number) => T,
  quotient: (a: T, b: T) => T,
  isZero: (a: T) => boolean,
): T[] {
  const { zero, one, add, multiply, divide } = field;
  const drawn = [...mass.keys()].filter((j) => !isZero(mass[j]));
  const shares = mass.map(() => zero);
  const share = (k: number, left: number, ways: T, counts: readonly (readonly [answer: number, count: number])[]) => {
    if (k === drawn.length) {
      if (left > 0) return;
      const powers = counts.map(([j, count]) => power(count, j));
      const all = powers.reduce(add, zero);
      if (isZero(all)) return;
      for (const [i, [j]] of counts.entries()) shares[j] = add(shares[j], multiply(ways, quotient(powers[i], all)));
      return;
    }
    const j = drawn[k];
    share(k + 1, left, ways, counts);
    for (let count = 1, term = ways; count <= left; count++) {
      term = divide(multiply(term, mass[j]), count);
      share(k + 1, left - count, term, [...counts, [j, count]]);
    }
  };
  share(0, n, one, []);
  return shares;
}

/** How i votes for answer j stand against m > 0 votes for answer a: below 0 where they lose, 0 where they tie. */
export type Standing = (i: number, j: number, m: number, a: number) => number;

/** Σ c z^k y^t, as the coefficients of each power of z by the powers of y. */
type Polynomial<T> = readonly (readonly T[])[];

/**
 * The probability that each answer takes a vote of n draws, ties broken uniformly, over n!, by the generating function of
 * the counts:
 *
 *     P(a)/n! = Σ_{m≥1} p_a^m/m! ∫₀¹ [z^{n−m}] Π_{j≠a} Σ_i y^{[i ties]} (p_j z)^i/i! dy  over the i that do not win,
 *
 * which is term by term non-negative. Time grows with the square of the number of answers and the cube of n.
 */
export function voteShares<T>(
  field: Field<T>,
  mass: readonly T[],
  isAllowed: (a: number) => boolean,
  n: number,
  standing: Standing,
): T[] {
  const { zero, one, add, multiply, divide } = field;
  // p^i/i!.
  const terms = mass.map((p) => {
    const out = [one];
    for (let i = 1; i <= n; i++) out.push(divide(multiply(out[i - 1], p), i));
    return out;
  });
  const times = (product: Polynomial<T>, j: number, m: number, a: number): Polynomial<T> => {
    const out: T[][] = product.map(() => []);
    for (let i = 0; i < product.length; i++) {
      const side = i === 0 ? -1 : standing(i, j, m, a);
      if (side > 0) continue;
      const tied = side === 0 ? 1 : 0;
      for (let k = 0; i + k < product.length; k++) {
        const into = out[i + k];
        while (into.length < product[k].length + tied) into.push(zero);
        for (const [t, c] of product[k].entries()) into[t + tied] = add(into[t + tied], multiply(terms[j][i], c));
      }
    }
    return out;
  };
  return mass.map((_, a) => {
    if (!isAllowed(a)) return zero;
    let all = zero;
    for (let m = 1; m <= n; m++) {
      let others: Polynomial<T> = Array.from({ length: n - m + 1 }, (_, k) => (k === 0 ? [one] : []));
      for (const j of mass.keys()) if (j !== a) others = times(others, j, m, a);
      // ∫₀¹ y^t dy.
      for (const [t, c] of others[n - m].entries()) all = add(all, multiply(terms[a][m], divide(c, t + 1)));
    }
    return all;
  });
}
