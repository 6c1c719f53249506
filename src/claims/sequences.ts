import type { Algebra, DistributionOf } from "../exact/algebra.js";
import { total } from "./vectors.js";

/** A small autoregressive policy written out: every prefix's law, and every sequence with its probability. */
export interface SequenceTable<N> {
  /** |V|. */
  readonly vocabularySize: number;
  /** The complete sequences, each with the laws met on its way. */
  readonly sequences: readonly {
    readonly tokens: readonly number[];
    readonly laws: readonly DistributionOf<N>[];
  }[];
  /** The law over complete sequences. */
  readonly law: DistributionOf<N>;
}

/** Enumerates the policy whose next-token masses are `conditional(prefix)`, ending at `length` tokens or at token `end`. */
export function enumerate<N>(
  A: Algebra<N>,
  vocabularySize: number,
  length: number,
  conditional: (prefix: readonly number[]) => readonly number[],
  end?: number,
): SequenceTable<N> {
  const vocabulary = Array.from({ length: vocabularySize }, (_, v) => v);
  const sequences: { tokens: readonly number[]; laws: readonly DistributionOf<N>[]; log: N }[] = [];
  const visit = (prefix: readonly number[], laws: readonly DistributionOf<N>[], log: N): void => {
    const law = A.distribution(
      vocabulary,
      conditional(prefix).map((m) => A.number(m)),
    );
    for (const token of vocabulary) {
      const tokens = [...prefix, token];
      const next = { tokens, laws: [...laws, law], log: A.add(log, law.logMass[token]) };
      if (tokens.length === length || token === end) sequences.push(next);
      else visit(tokens, next.laws, next.log);
    }
  };
  visit([], [], A.number(0));
  const keys = sequences.map((_, i) => i);
  return {
    vocabularySize,
    sequences,
    law: A.normalize(
      A.fromLogMass(
        keys,
        sequences.map((s) => s.log),
      ),
    ),
  };
}

/** A Markov policy over up to three tokens whose rows are windows of the given positive masses, starting at `offset`. */
export function markov<N>(A: Algebra<N>, masses: readonly number[], length: number, offset: number): SequenceTable<N> {
  const size = Math.max(2, Math.min(3, masses.length));
  return enumerate(A, size, length, (prefix) => {
    const start = offset + (prefix.at(-1) ?? size);
    return Array.from({ length: size }, (_, v) => masses[(start + v) % masses.length] * (1 + ((start + v) % 3)));
  });
}

/** Σ_i KL(π(·|o_<i)‖Unif(V)) along each sequence: L times its self-certainty. */
export function certainties<N>(A: Algebra<N>, table: SequenceTable<N>): N[] {
  const uniform = A.uniform(Array.from({ length: table.vocabularySize }, (_, v) => v));
  const known = new Map<DistributionOf<N>, N>();
  const of = (law: DistributionOf<N>) => {
    const value = known.get(law) ?? A.klDivergence(law, uniform);
    known.set(law, value);
    return value;
  };
  return table.sequences.map(({ laws }) => total(A, laws.map(of)));
}
