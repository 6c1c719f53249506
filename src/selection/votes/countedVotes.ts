import { log } from "../../numeric/elementary.js";
import { gaussLegendre } from "../../numeric/gaussLegendre.js";
import { multiply, ProductTree, powerOf } from "./productTree.js";
import type { Contender, Round } from "./rounds.js";

/** What each answer may get, and what it wins against. */
export interface Ballots {
  readonly contenders: readonly Contender[];
  /** For each contender the terms t(i) of an answer's number of votes, as far as they may be needed. */
  readonly terms: readonly Float64Array[];
  /** t(i)/t(i − 1), also where the terms underflow. */
  readonly step: (contender: number, i: number) => number;
  /** From the first to the last, contenders lose to what wins with what they had in earlier rounds. */
  readonly rounds: readonly Round[];
}

/** Sums by contender, in units of t(i) with the fewest votes i with which an answer of it wins. */
export interface CountedVotes {
  /** For each n the sums. */
  readonly sums: readonly Float64Array[];
  /** The fewest votes that win at some n; 0 where none do. */
  readonly fewest: Int32Array;
}

/**
 * Σ over rounds and over all ways to share n draws of the product of their terms, for an answer of each contender that
 * wins, ties drawn uniformly. With A_j(z) the terms of the votes with which an answer loses and T_j(z) those with which
 * it is tied, a round adds
 *
 *     [zⁿ] T_a(z) ∫₀¹ Π_{j≠a} (A_j(z) + y T_j(z)) dy,
 *
 * as a tied answer wins if it has the lowest of uniform numbers y. The integrand is a polynomial in y, for which a rule
 * of Gauss is exact. All terms are non-negative.
 *
 * @param ns the numbers of draws, whole and positive
 */
export function countedVotes({ contenders, terms, step, rounds }: Ballots, ns: readonly number[]): CountedVotes {
  const [least, most] = [Math.min(...ns), Math.max(...ns)];
  const sums = ns.map(() => new Float64Array(contenders.length));
  const fewest = new Int32Array(contenders.length);
  const own = contenders.map(() => floatsFrom(most));
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
    const places = new Map(round.map((place) => [place.contender, place]));
    const degree = needed[r];
    tree.degree = degree;
    for (const { contender, from, to } of round) reached += answers[contender] * (to - from + 1);
    // Before the contenders may have n votes in all, nobody wins.
    const others = reached < least ? -1 : Math.min(tied, Math.floor(most / Math.min(...round.map((p) => p.from)))) - 1;
    const { nodes, weights } = gaussLegendre(Math.ceil((others + 1) / 2));
    for (let k = 0; k < nodes.length; k++) {
      const partly = new Map<number, Float64Array>();
      // A single answer is left out of the product of the others.
      if (tied > 1)
        for (const place of round) {
          const polynomial = withTerms(lost, terms, place, nodes[k]);
          partly.set(place.contender, polynomial);
          tree.set(place.contender, powerOf(polynomial, answers[place.contender], degree));
        }
      tree.without([...places.keys()], (c, a, b) => {
        const { from, to } = places.get(c) as Round[number];
        const alike = answers[c] > 1 ? partly.get(c) : undefined;
        const rest = alike === undefined ? b : multiply(b, powerOf(alike, answers[c] - 1, degree), degree);
        for (const [i, n] of ns.entries()) {
          for (let votes = from; votes <= Math.min(to, n); votes++) {
            const ways = coefficient(a, rest, n - votes);
            if (ways === 0) continue;
            if (fewest[c] === 0) fewest[c] = votes;
            sums[i][c] += weights[k] * ways * termOver(own[c], fewest[c], votes, (j) => step(c, j));
          }
        }
      });
    }
    for (const place of round) {
      const c = place.contender;
      lost[c] = withTerms(lost, terms, place, 1);
      tree.set(c, powerOf(lost[c], answers[c], degree));
    }
  }
  return { sums, fewest };
}

const floatsFrom = (most: number): Float64Array => new Float64Array(most + 1);

/** t(i)/t(first) for i ≥ first, from the steps; kept once it is known. */
function termOver(known: Float64Array, first: number, i: number, step: (i: number) => number): number {
  known[first] = 1;
  let from = i;
  while (known[from] === 0 && from > first) from--;
  for (let j = from + 1; j <= i; j++) known[j] = known[j - 1] * step(j);
  return known[i];
}

/** The largest degree of the others' votes that each round and those after it ask for. */
function degreesNeeded(rounds: readonly Round[], n: number): number[] {
  const needed = rounds.map((round) => n - Math.min(...round.map(({ from }) => from)));
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
  const each = isMajority ? 1 + log(n) : 1 + log(size) / Math.LN2;
  return (votes * each * n * n) / 2 <= MAX_PRODUCTS;
}

/** What each contender loses with before the first round: no votes, or any where its votes count nothing. */
function losing(contenders: readonly Contender[], terms: readonly Float64Array[]): Float64Array[] {
  return contenders.map(({ level }, c) => (level < 0 ? terms[c] : terms[c].subarray(0, 1)));
}

/** What a contender loses with, and ties of the share y. */
function withTerms(
  lost: readonly Float64Array[],
  terms: readonly Float64Array[],
  { contender, from, to }: Round[number],
  y: number,
): Float64Array {
  const out = new Float64Array(to + 1);
  out.set(lost[contender]);
  for (let i = from; i <= to; i++) out[i] = y * terms[contender][i];
  return out;
}

/** The coefficient of z^degree in a product of two polynomials. */
function coefficient(a: Float64Array, b: Float64Array, degree: number): number {
  let sum = 0;
  const to = Math.min(degree, a.length - 1);
  for (let i = Math.max(0, degree - b.length + 1); i <= to; i++) sum += a[i] * b[degree - i];
  return sum;
}
