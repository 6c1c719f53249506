import type { Algebra, AutoregressivePolicyOf, DistributionOf } from "../exact/algebra.js";
import { cached } from "../numeric/cache.js";
import { dot, entries, minus, total, totalSize } from "./sums.js";

/** A small autoregressive policy with all its sequences, each with the laws on its way. */
export interface SequenceTable<N> {
  readonly policy: AutoregressivePolicyOf<N>;
  /** The complete sequences, the last token changing fastest, each with the laws on its way and its log-probability. */
  readonly sequences: readonly {
    readonly tokens: readonly number[];
    readonly laws: readonly DistributionOf<N>[];
    readonly logMass: N;
  }[];
}

/** Writes out the policy whose next-token masses are `masses(prefix)`, ending at `length` tokens or at token `end`. */
export function enumerate<N>(
  A: Algebra<N>,
  vocabularySize: number,
  length: number,
  masses: (prefix: readonly number[]) => readonly number[],
  end?: number,
): SequenceTable<N> {
  const vocabulary = Array.from({ length: vocabularySize }, (_, v) => v);
  const laws = new Map<string, DistributionOf<N>>();
  const conditional = (prefix: readonly unknown[]) => {
    const law = () => {
      const mass = masses(prefix as readonly number[]).map((m) => A.number(m));
      return A.distribution(vocabulary, mass);
    };
    return cached(laws, prefix.join(), law);
  };
  const sequences: { tokens: readonly number[]; laws: readonly DistributionOf<N>[]; logMass: N }[] = [];
  const visit = (prefix: readonly number[], met: readonly DistributionOf<N>[], logMass: N): void => {
    const law = conditional(prefix);
    for (const token of vocabulary) {
      const tokens = [...prefix, token];
      const next = { tokens, laws: [...met, law], logMass: A.add(logMass, law.logMass[token]) };
      if (tokens.length === length || token === end) sequences.push(next);
      else visit(tokens, next.laws, next.logMass);
    }
  };
  visit([], [], A.number(0));
  return { policy: { vocabulary, length, end, conditional }, sequences };
}

/** A Markov policy over up to three tokens whose rows are windows of the given positive masses, starting at `offset`. */
export function markov<N>(A: Algebra<N>, masses: readonly number[], length: number, offset: number): SequenceTable<N> {
  const size = Math.max(2, Math.min(3, masses.length));
  return enumerate(A, size, length, (prefix) => {
    const start = offset + (prefix.at(-1) ?? size);
    return Array.from({ length: size }, (_, v) => masses[(start + v) % masses.length] * (1 + ((start + v) % 3)));
  });
}

/** Σ_i Σ_v π log(|V|π) and Σ_i −Σ_v log(|V|π)/|V| along each sequence: L times its self-certainty and its original form. */
export function certainties<N>(
  A: Algebra<N>,
  { policy, sequences }: SequenceTable<N>,
): { variant: N[]; original: N[] } {
  const V = A.number(policy.vocabulary.length);
  const logV = A.log(V);
  const known = new Map<DistributionOf<N>, { variant: N; original: N }>();
  const made = (law: DistributionOf<N>) => {
    const logs = Array.from(law.logMass, (l) => A.add(logV, l));
    return { variant: dot(A, logs, law.mass), original: A.divide(minus(A, total(A, logs)), V) };
  };
  const along = (form: "variant" | "original") =>
    sequences.map(({ laws }) => {
      const terms = laws.map((law) => cached(known, law, () => made(law))[form]);
      return total(A, terms);
    });
  return { variant: along("variant"), original: along("original") };
}

/** log|V| + Σ |log π| along each sequence: the size of the terms of the original form. */
export function certaintySizes<N>(A: Algebra<N>, { policy, sequences }: SequenceTable<N>): N[] {
  const logV = A.log(A.number(policy.vocabulary.length));
  return sequences.map(({ laws }) => totalSize(A, [logV, ...laws.flatMap((law) => entries(law.logMass))]));
}
