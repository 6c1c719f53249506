import { gaussLegendre } from "../../numeric/gaussLegendre.js";
import { multiply, ProductTree, powerOf } from "./productTree.js";
import type { Contender, Round } from "./rounds.js";

/** What each answer may get, and what it wins against. */
export interface Ballots {
  readonly contenders: readonly Contender[];
  /** For each contender the terms of an answer's number of votes, as far as they may be needed. */
  readonly terms: readonly Float64Array[];
  /** The same terms for the answer that wins, divided by what the result is asked relative to. */
  readonly own: readonly Float64Array[];
  readonly rounds: readonly Round[];
}

/**
 * Σ over rounds and over all ways to share n draws of the product of their terms, for an answer of each contender that
 * wins, ties drawn uniformly. With A_j(z) the terms of the votes with which an answer loses and T_j(z) those with which it
 * is tied, a round adds
 *
 *     [zⁿ] T_a(z) ∫₀¹ Π_{j≠a} (A_j(z) + y T_j(z)) dy,
 *
 * as a tied answer wins if it has the lowest of uniform numbers y. The integrand is a polynomial in y, for which a rule of
 * Gauss is exact. All terms are non-negative.
 *
 * @param ns the numbers of draws, whole and positive
 * @returns for each n the sums by contender
 */
export function countedVotes({ contenders, terms, own, rounds }: Ballots, ns: readonly number[]): Float64Array[] {
  const [least, most] = [Math.min(...ns), Math.max(...ns)];
  const sums = ns.map(() => new Float64Array(contenders.length));
  const answers = contenders.map((c) => c.answers);
  const lost = losing(contenders, terms);
  const tree = new ProductTree(
    lost.map((polynomial, c) => powerOf(polynomial, answers[c], most)),
    most,
  );
  const needed = degreesNeeded(rounds, most);
  let reached = lost.reduce((s, polynomial, c) => s + answers[c] * (polynomial.length - 1), 0);
  for (const [r, round] of rounds.entries()) {
    const tied = round.reduce((s, { contender }) => s + answers[contender], 0);
    const votesOf = new Map(round.map(({ contender, votes }) => [contender, votes]));
    const degree = needed[r];
    tree.degree = degree;
    reached += tied;
    // Before the contenders may have n votes in all, nobody wins.
    const others = reached < least ? -1 : Math.min(tied, Math.floor(most / Math.min(...votesOf.values()))) - 1;
    const { nodes, weights } = gaussLegendre(Math.ceil((others + 1) / 2));
    for (let k = 0; k < nodes.length; k++) {
      const partly = new Map<number, Float64Array>();
      // A single answer is left out of the product of the others.
      if (tied > 1)
        for (const [c, votes] of votesOf) {
          const polynomial = withTerm(lost[c], votes, nodes[k] * terms[c][votes]);
          partly.set(c, polynomial);
          tree.set(c, powerOf(polynomial, answers[c], degree));
        }
      tree.without([...votesOf.keys()], (c, a, b) => {
        const votes = votesOf.get(c) as number;
        const alike = answers[c] > 1 ? partly.get(c) : undefined;
        const rest = alike === undefined ? b : multiply(b, powerOf(alike, answers[c] - 1, degree), degree);
        const factor = weights[k] * own[c][votes];
        for (const [i, n] of ns.entries()) sums[i][c] += factor * coefficient(a, rest, n - votes);
      });
    }
    for (const [c, votes] of votesOf) {
      lost[c] = withTerm(lost[c], votes, terms[c][votes]);
      tree.set(c, powerOf(lost[c], answers[c], degree));
    }
  }
  return sums;
}

/** The largest degree of the others' votes that each round and those after it ask for. */
function degreesNeeded(rounds: readonly Round[], n: number): number[] {
  const needed = rounds.map((round) => n - Math.min(...round.map(({ votes }) => votes)));
  for (let r = needed.length - 2; r >= 0; r--) needed[r] = Math.max(needed[r], needed[r + 1]);
  return needed;
}

/** Sums over all numbers of votes are of so many products at most: more would take longer than an integral. */
const MAX_PRODUCTS = 5e7;

/** Whether to count rather than integrate: about how many products it takes. */
export function isCountable(contenders: readonly Contender[], most: readonly number[], n: number): boolean {
  const size = contenders.length;
  const votes = most.reduce((s, m) => s + Math.min(m, n), 0);
  const isMajority = contenders.every(({ level }) => level <= 0);
  // Ties take a rule of n/2m nodes for m votes.
  const each = isMajority ? 1 + Math.log(n) : 1 + Math.log2(size);
  return (votes * each * n * n) / 2 <= MAX_PRODUCTS;
}

/** What each contender loses with before the first round: no votes, or any where its votes count nothing. */
function losing(contenders: readonly Contender[], terms: readonly Float64Array[]): Float64Array[] {
  return contenders.map(({ level }, c) => (level < 0 ? terms[c] : terms[c].subarray(0, 1)));
}

function withTerm(polynomial: Float64Array, power: number, term: number): Float64Array {
  const out = new Float64Array(power + 1);
  out.set(polynomial);
  out[power] = term;
  return out;
}

/** The coefficient of z^degree in a product of two polynomials. */
function coefficient(a: Float64Array, b: Float64Array, degree: number): number {
  let sum = 0;
  const to = Math.min(degree, a.length - 1);
  for (let i = Math.max(0, degree - b.length + 1); i <= to; i++) sum += a[i] * b[degree - i];
  return sum;
}
