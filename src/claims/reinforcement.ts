import type { Identity } from "./claim.js";
import { certainties, markov } from "./sequences.js";
import { entries, largest, magnitude, positions, summed, total } from "./vectors.js";

/** Sequences of this many tokens are enumerated for the claims on self-certainty. */
const TOKENS = 2;

/** Equations (5)–(7) and (9)–(12), (17), (18): RLHF, RLIF and where they meet. */
export const reinforcement: readonly Identity[] = [
  {
    kind: "identity",
    equation: "(5)",
    statement: "J_hf(π) = E_π[r] − β KL(π‖ref), and J_hf(π*) = β log E_ref[e^(r/β)]",
    hypotheses: "β > 0, π ≪ ref",
    sides: ({ algebra: A, policies, ref, reward, beta, problem, optimum }) => [
      ...policies.map((policy) => {
        const terms = positions(A, policy).flatMap((i) => {
          const [p, cost] = [policy.mass[i], A.multiply(beta, policy.mass[i])];
          return [
            A.multiply(p, reward[i]),
            A.multiply(cost, ref.logMass[i]),
            A.subtract(A.number(0), A.multiply(cost, policy.logMass[i])),
          ];
        });
        const { value, size } = summed(A, terms);
        return { left: [A.rlhfObjective(problem, policy)], right: [value], scale: [size] };
      }),
      {
        left: [A.rlhfObjective(problem, optimum)],
        right: [A.multiply(beta, optimum.logNormalizer)],
        scale: [
          total(A, [beta, ...reward.map((r) => magnitude(A, r)), A.multiply(beta, A.klDivergence(optimum, ref))]),
        ],
      },
      {
        left: [A.rlhfOptimalValue(problem)],
        right: [A.multiply(beta, optimum.logNormalizer)],
        // log μ of μ near 1 has an absolute error of one rounding, which β multiplies.
        scale: [total(A, [beta, ...reward.map((r) => magnitude(A, r))])],
      },
    ],
  },
  {
    kind: "identity",
    equation: "(6)",
    statement: "E_π[u] = log|V| − H(π)/L for u = (1/L) Σ KL(π(·|o_<i)‖Unif); the original u_orig averages −log|V|π",
    hypotheses: "sequences of one fixed length L",
    sides: ({ algebra: A, tokens }) => {
      const table = markov(A, tokens, TOKENS, 0);
      const L = A.number(TOKENS);
      const V = A.number(table.vocabularySize);
      const u = certainties(A, table).map((c) => A.divide(c, L));
      const uniform = A.uniform(Array.from({ length: table.vocabularySize }, (_, v) => v));
      const [{ laws }] = table.sequences;
      const original = total(
        A,
        laws.map((law) => A.klDivergence(uniform, law)),
      );
      const logs = total(
        A,
        laws.map((law) => total(A, entries(law.logMass))),
      );
      return [
        {
          left: [A.expectation(table.law, u)],
          right: [A.subtract(A.log(V), A.divide(A.entropy(table.law), L))],
          scale: [A.log(V)],
        },
        {
          left: [A.divide(original, L)],
          right: [A.subtract(A.number(0), A.divide(A.add(A.multiply(L, A.log(V)), A.divide(logs, V)), L))],
          scale: [A.log(V)],
        },
      ];
    },
  },
  {
    kind: "identity",
    equation: "(7)",
    statement: "J_if(π) = E_π[u_π] − β KL(π‖ref) = log|V| − (H(π) + Lβ KL(π‖ref))/L",
    hypotheses: "one fixed length L, β ≥ 0, π ≪ ref",
    sides: ({ algebra: A, tokens, beta }) => {
      const [policy, ref] = [markov(A, tokens, TOKENS, 0), markov(A, tokens, TOKENS, 1)];
      const u = certainties(A, policy).map((c) => A.divide(c, A.number(TOKENS)));
      const price = A.multiply(beta, A.klDivergence(policy.law, ref.law));
      const problem = { ref: ref.law, length: TOKENS, beta, vocabularySize: policy.vocabularySize };
      return [
        {
          left: [A.rlifObjective(problem, policy.law)],
          right: [A.subtract(A.expectation(policy.law, u), price)],
          scale: [A.add(price, A.log(A.number(policy.vocabularySize)))],
        },
      ];
    },
  },
  {
    kind: "identity",
    equation: "(9)",
    statement: "argmax J_hf = argmin KL(π‖hp^(1/β)·ref) = ref·e^(r/β)/μ, and J_hf(π*) − J_hf(π) = β KL(π‖π*)",
    hypotheses: "β > 0, π ≪ ref",
    sides: ({ algebra: A, policies, ref, hp, beta, problem, optimum }) => {
      const target = A.product(A.power(hp, A.divide(A.number(1), beta)), ref);
      const best = A.rlhfOptimalValue(problem);
      const [p, q] = policies;
      const [jp, jq] = policies.map((policy) => A.rlhfObjective(problem, policy));
      const [kp, kq] = policies.map((policy) => A.multiply(beta, A.generalizedKlDivergence(policy, target)));
      return [
        { left: entries(optimum.mass), right: entries(A.normalize(target).mass) },
        // Both objectives order policies alike: their differences are one and the same.
        {
          left: [A.subtract(jp, jq)],
          right: [A.subtract(kq, kp)],
          scale: [
            total(
              A,
              [jp, jq, kp, kq].map((x) => magnitude(A, x)),
            ),
          ],
        },
        ...[p, q].map((policy, i) => {
          const regret = A.multiply(beta, A.klDivergence(policy, optimum));
          return {
            left: [best],
            right: [A.add(i === 0 ? jp : jq, regret)],
            scale: [A.add(magnitude(A, i === 0 ? jp : jq), regret)],
          };
        }),
        ...policies.map((policy) => ({
          left: [A.rlhfRegret(problem, policy)],
          right: [A.multiply(beta, A.klDivergence(policy, optimum))],
        })),
      ];
    },
  },
  {
    kind: "identity",
    equation: "(10)",
    statement: "argmax J_if ∝ ref^(Lβ/(Lβ−1)), with value log|V| − H_a'(ref)/L and regret (β − 1/L) KL(π‖π*)",
    hypotheses: "Lβ_if > 1, π ≪ ref",
    sides: ({ algebra: A, policies, ref, internal, internalOptimum, faithful }) => {
      const L = A.number(internal.length);
      // a' = Lβ/(Lβ − 1) = 1 + 1/(Lβ − 1), from the difference that keeps its digits.
      const exponent = A.add(A.number(1), A.divide(A.number(1), faithful.beta));
      const logV = A.log(A.number(internal.vocabularySize));
      const best = A.rlifValue(internal);
      return [
        { left: entries(internalOptimum.mass), right: entries(A.normalize(A.power(ref, exponent)).mass) },
        { left: [best], right: [A.rlifObjective(internal, internalOptimum)], scale: [logV] },
        { left: [best], right: [A.subtract(logV, A.divide(A.renyiEntropy(ref, exponent), L))], scale: [logV] },
        ...policies.map((policy) => {
          const regret = A.multiply(A.divide(faithful.beta, L), A.klDivergence(policy, internalOptimum));
          const value = A.rlifObjective(internal, policy);
          return {
            left: [best],
            right: [A.add(value, regret)],
            scale: [total(A, [logV, magnitude(A, value), regret])],
          };
        }),
      ];
    },
  },
  {
    kind: "identity",
    equation: "(10)",
    statement: "where Lβ ≤ 1 the optimum of J_if is a point mass on a mode of ref, with value log|V| + β log max ref",
    hypotheses: "Lβ_if ≤ 1 (the paper is silent), π ≪ ref",
    sides: ({ algebra: A, policies, ref, internal }) => {
      const top = largest(A, entries(ref.logMass));
      const logV = A.log(A.number(internal.vocabularySize));
      return [1, 0.5].flatMap((a) => {
        const beta = A.divide(A.number(a), A.number(2 ** Math.ceil(Math.log2(internal.length))));
        const problem = { ...internal, beta };
        const best = A.rlifValue(problem);
        return [
          { left: [best], right: [A.add(logV, A.multiply(beta, top))], scale: [logV] },
          { left: [A.rlifObjective(problem, A.rlifOptimum(problem))], right: [best], scale: [logV] },
          {
            left: policies.map((policy) => A.rlifObjective(problem, policy)),
            right: policies.map(() => best),
            relation: "<=" as const,
            scale: policies.map(() => logV),
          },
        ];
      });
    },
  },
  {
    kind: "identity",
    equation: "(11)",
    statement:
      "with ref = hp, RLIF is RLHF at β_hf = Lβ_if − 1: one optimum, and L(J_if − log|V|) = J_hf at r = log hp",
    hypotheses: "ref = hp, Lβ_if > 1, π ≪ ref",
    sides: ({ algebra: A, policies, internal, internalOptimum, faithful }) => {
      const logV = A.log(A.number(internal.vocabularySize));
      const L = A.number(internal.length);
      return [
        { left: entries(A.rlhfOptimum(faithful).mass), right: entries(internalOptimum.mass) },
        ...policies.map((policy) => {
          const value = A.rlhfObjective(faithful, policy);
          return {
            left: [A.multiply(L, A.subtract(A.rlifObjective(internal, policy), logV))],
            right: [value],
            scale: [A.add(A.multiply(L, logV), magnitude(A, value))],
          };
        }),
      ];
    },
  },
  {
    kind: "identity",
    equation: "(12)",
    statement: "H(π) + (β+1) KL(π‖hp) is least at π ∝ hp^(1+1/β), and exceeds its least value by β KL(π‖hp^(1+1/β)/Z)",
    hypotheses: "ref = hp, β > 0, π ≪ hp",
    sides: ({ algebra: A, policies, ref, beta }) => {
      const exponent = A.add(A.number(1), A.divide(A.number(1), beta));
      const target = A.escort(ref, exponent);
      const least = A.renyiEntropy(ref, exponent);
      const problem = { ref, beta };
      return [
        ...policies.map((policy) => {
          const excess = A.multiply(beta, A.klDivergence(policy, target));
          return {
            left: [A.unifiedObjective(problem, policy)],
            right: [A.add(least, excess)],
            scale: [A.add(least, excess)],
          };
        }),
        {
          left: [A.unifiedObjective(problem, target)],
          right: [least],
          scale: [A.unifiedObjective(problem, policies[0])],
        },
      ];
    },
  },
  {
    kind: "identity",
    equation: "(17)",
    statement: "with ref = hp the limit of soft best-of-N, ref·hp^(1/β)/Z, is ∝ ref^(1+1/β)",
    hypotheses: "ref = hp, β > 0",
    sides: ({ algebra: A, ref, faithful, beta }) => {
      const exponent = A.add(A.number(1), A.divide(A.number(1), beta));
      return [
        { left: entries(A.rlhfOptimum({ ...faithful, beta }).mass), right: entries(A.escort(ref, exponent).mass) },
        {
          left: entries(A.escort(ref, exponent).mass),
          right: entries(A.normalize(A.product(ref, A.power(ref, A.divide(A.number(1), beta)))).mass),
        },
      ];
    },
  },
  {
    kind: "identity",
    equation: "(18)",
    statement: "with ref = hp that limit is the RLIF optimum when β_tts = Lβ_if − 1",
    hypotheses: "ref = hp, Lβ_if > 1",
    sides: ({ algebra: A, ref, internalOptimum, faithful }) => {
      const exponent = A.add(A.number(1), A.divide(A.number(1), faithful.beta));
      const limit = A.product(ref, A.power(ref, A.divide(A.number(1), faithful.beta)));
      return [
        { left: entries(A.normalize(limit).mass), right: entries(internalOptimum.mass) },
        { left: entries(A.escort(ref, exponent).mass), right: entries(internalOptimum.mass) },
      ];
    },
  },
];
