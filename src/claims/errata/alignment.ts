import type { Comparison, Erratum } from "../claim.js";
import type { World } from "../instance.js";
import { enumerate } from "../sequences.js";
import { entries, largest, least, positions, summed, total } from "../sums.js";
import { isWritten, writtenLaw } from "../written.js";

/** KL(π‖hp^{1/β}·ref), and the terms of step (ii) of its derivation (23) up to the constant in question. */
function stepTwo<N>({ algebra: A, hp, ref, beta, policies: [policy] }: World<N>) {
  const target = A.product(A.power(hp, A.divide(A.number(1), beta)), ref);
  const terms = positions(A, policy).map((i) => {
    const log = A.subtract(policy.logMass[i], target.logMass[i]);
    return A.multiply(policy.mass[i], A.subtract(log, A.number(1)));
  });
  return { target, divergence: A.generalizedKlDivergence(policy, target), terms };
}

/** Rewards moved to start at 0, as (14) asks, for a query and for the same query with every answer listed twice. */
function listedTwice<N>({ algebra: A, reward: given, support }: World<N>) {
  const lowest = least(A, given);
  const reward = given.map((r) => A.subtract(r, lowest));
  const twice = [...support, ...support.map((i) => i + support.length)];
  return {
    reward,
    laws: [A.humanPreference(support, reward), A.humanPreference(twice, [...reward, ...reward])],
  };
}

/** Sequences that end early: token 0 ends one, with probability 1/4 at first and by the instance's masses after. */
function stopping<N>({ algebra: A, tokens }: World<N>) {
  const masses = [tokens[0], tokens[1 % tokens.length]];
  const { policy, sequences } = enumerate(A, 2, 2, (prefix) => (prefix.length === 0 ? [1, 3] : masses), 0);
  return {
    A,
    policy,
    law: A.sequenceDistribution(policy),
    logMass: sequences.map((s) => s.logMass),
    lengths: sequences.map((s) => A.number(s.tokens.length)),
    certainty: sequences.map((s) => A.selfCertainty(policy, s.tokens)),
    expected: A.expectedSelfCertainty(policy),
    logV: A.log(A.number(2)),
  };
}

/** max π/min π ≤ e^{r_max}, divided by e^{r_max}, so that a query's factor shows at any r_max. */
function ratioBound<N>({ algebra: A }: World<N>, logs: readonly N[], reward: readonly N[]): Comparison<N> {
  const logRatio = A.subtract(largest(A, logs), least(A, logs));
  return {
    left: [A.exp(A.subtract(logRatio, largest(A, reward)))],
    right: [A.number(1)],
    relation: "<=",
  };
}

/** Misprints of the autoregressive half. */
export const alignmentErrata: readonly Erratum[] = [
  {
    kind: "erratum",
    equation: "E1",
    statement: "(23)(ii) adds Σ hp^(1/β)·ref, not Σ log(hp^(1/β)·ref), to make the generalized KL",
    hypotheses: "β > 0, π ≪ ref",
    printed: (world) => {
      const { algebra: A } = world;
      const { target, divergence, terms } = stepTwo(world);
      const logs = positions(A, target).map((i) => target.logMass[i]);
      return [{ left: [divergence], right: [total(A, [...terms, ...logs])] }];
    },
    corrected: (world) => {
      const { target, divergence, terms } = stepTwo(world);
      const { value, size } = summed(world.algebra, [...terms, ...entries(target.mass)]);
      return [{ left: [divergence], right: [value], scale: [size] }];
    },
  },
  {
    kind: "erratum",
    equation: "E7",
    statement: "(25) π_max/π_min ≤ e^(r_max) holds for each query, not across queries",
    hypotheses: "0 ≤ r ≤ r_max; the second query lists every answer twice",
    printed: (world) => {
      const { laws, reward } = listedTwice(world);
      return [
        ratioBound(
          world,
          laws.flatMap((law) => entries(law.logMass)),
          reward,
        ),
      ];
    },
    corrected: (world) => {
      const { algebra: A } = world;
      const { laws, reward } = listedTwice(world);
      const written = [writtenLaw(A, reward), writtenLaw(A, [...reward, ...reward])];
      return laws.flatMap((law, i) => [
        ratioBound(world, entries(law.logMass), reward),
        ...isWritten(A, law, written[i]),
      ]);
    },
  },
  {
    kind: "erratum",
    equation: "E8",
    statement: "E_π[u] = log|V| + E_π[log π(o)/L] needs a fixed L; summed over tokens, E[L·u] = log|V|·E[L] − H(π)",
    hypotheses: "L the length of each response, which an end token decides",
    printed: (world) => {
      const { A, law, lengths, expected, logV } = stopping(world);
      const perToken = lengths.map((L, i) => A.divide(law.logMass[i], L));
      return [{ left: [expected], right: [A.add(logV, A.expectation(law, perToken))] }];
    },
    corrected: (world) => {
      const { A, law, logMass, lengths, certainty, expected, logV } = stopping(world);
      const uniform = A.multiply(logV, A.expectation(law, lengths));
      const tokens = certainty.map((u, i) => A.multiply(lengths[i], u));
      return [
        { left: [A.expectation(law, tokens)], right: [A.subtract(uniform, A.entropy(law))], scale: [uniform] },
        { left: [expected], right: [A.expectation(law, certainty)], scale: [logV] },
        ...isWritten(A, law, { logMass }),
      ];
    },
  },
];
