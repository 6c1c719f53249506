import { exponentOf } from "../numeric/powerOfTwo.js";
import type { Identity } from "./claim.js";
import { certainties, certaintySizes, markov } from "./sequences.js";
import { entries, largest, magnitude, minus, positions, summed, total, totalSize } from "./sums.js";
import { equivalent, isSame, isWritten, writtenEscort, writtenOptimum } from "./written.js";

/** Tokens of the sequences that the claims on self-certainty enumerate. */
const TOKENS = 2;

/** Equations (5)–(7), (9)–(12), (23) and (24): RLHF, RLIF and where they meet. */
export const reinforcement: readonly Identity[] = [
  {
    kind: "identity",
    equation: "(5)",
    statement: "J_hf(π) = E_π[r] − β KL(π‖ref), and J_hf(π*) = β log E_ref[e^(r/β)]",
    hypotheses: "β > 0, π ≪ ref",
    sides: (world) => {
      const { algebra: A, policies, ref, reward, beta, problem, optimum } = world;
      const written = writtenOptimum(world);
      // log μ of μ near 1 has an absolute error of one rounding, which β multiplies.
      const size = totalSize(A, [beta, ...reward]);
      return [
        ...policies.flatMap((policy) => {
          const terms = positions(A, policy).flatMap((i) => {
            const [p, cost] = [policy.mass[i], A.multiply(beta, policy.mass[i])];
            return [
              A.multiply(p, reward[i]),
              A.multiply(cost, ref.logMass[i]),
              minus(A, A.multiply(cost, policy.logMass[i])),
            ];
          });
          const { value, size } = summed(A, terms);
          const objective = A.rlhfObjective(problem, policy);
          const gain = A.expectation(policy, reward);
          const price = A.multiply(beta, A.klDivergence(policy, ref));
          return [
            { left: [objective], right: [value], scale: [size] },
            { left: [objective], right: [A.subtract(gain, price)], scale: [size] },
          ];
        }),
        {
          left: [A.rlhfObjective(problem, optimum)],
          right: [written.value],
          scale: [A.add(size, A.multiply(beta, A.klDivergence(optimum, ref)))],
        },
        { left: [A.rlhfOptimalValue(problem)], right: [written.value], scale: [size] },
        { left: [A.multiply(beta, optimum.logNormalizer)], right: [written.value], scale: [size] },
      ];
    },
  },
  {
    kind: "identity",
    equation: "(6)",
    statement:
      "u_orig(o) = (1/L) Σ KL(Unif‖π(·|o_<i)), u(o) = (1/L) Σ KL(π(·|o_<i)‖Unif), of which E_π[u] = log|V| − H(π)/L",
    hypotheses: "sequences of one fixed length L = 2",
    sides: ({ algebra: A, tokens }) => {
      const table = markov(A, tokens, TOKENS, 0);
      const { policy, sequences } = table;
      const L = A.number(TOKENS);
      const logV = A.log(A.number(policy.vocabulary.length));
      const law = A.sequenceDistribution(policy);
      const { variant, original } = certainties(A, table);
      const sizes = certaintySizes(A, table);
      const uniform = A.uniform(policy.vocabulary);
      const expected = A.expectedSelfCertainty(policy);
      const perToken = (sums: readonly (typeof L)[]) => sums.map((c) => A.divide(c, L));
      const divergences = (form: (law: (typeof sequences)[number]["laws"][number]) => typeof L) =>
        sequences.map(({ laws }) => A.divide(total(A, laws.map(form)), L));
      const u = sequences.map(({ tokens }) => A.selfCertainty(policy, tokens));
      const uOriginal = sequences.map(({ tokens }) => A.selfCertainty(policy, tokens, "original"));
      return [
        ...isWritten(A, law, { logMass: sequences.map((s) => s.logMass) }),
        { left: u, right: perToken(variant), scale: u.map(() => logV) },
        { left: u, right: divergences((p) => A.klDivergence(p, uniform)), scale: u.map(() => logV) },
        { left: uOriginal, right: perToken(original), scale: sizes },
        { left: uOriginal, right: divergences((p) => A.klDivergence(uniform, p)), scale: sizes },
        { left: [expected], right: [A.expectation(law, u)], scale: [logV] },
        { left: [expected], right: [A.subtract(logV, A.divide(A.entropy(law), L))], scale: [logV] },
        {
          left: [A.expectedSelfCertainty(policy, "original")],
          right: [A.expectation(law, uOriginal)],
          scale: [A.expectation(law, sizes)],
        },
      ];
    },
  },
  {
    kind: "identity",
    equation: "(7)",
    statement: "J_if(π) = E_π[u_π] − β KL(π‖ref) = log|V| − (H(π) + Lβ KL(π‖ref))/L",
    hypotheses: "sequences of one fixed length L = 2, β ≥ 0, π ≪ ref",
    sides: ({ algebra: A, tokens, beta }) => {
      const tables = [markov(A, tokens, TOKENS, 0), markov(A, tokens, TOKENS, 1)];
      const [{ policy }] = tables;
      const [law, ref] = tables.map((table) => A.sequenceDistribution(table.policy));
      const vocabularySize = policy.vocabulary.length;
      const [L, logV] = [A.number(TOKENS), A.log(A.number(vocabularySize))];
      const kl = A.klDivergence(law, ref);
      const objective = A.rlifObjective({ ref, length: TOKENS, beta, vocabularySize }, law);
      const u = tables[0].sequences.map((s) => A.selfCertainty(policy, s.tokens));
      const price = A.multiply(beta, kl);
      const scale = [A.add(price, logV)];
      const cost = A.add(A.entropy(law), A.multiply(A.multiply(L, beta), kl));
      return [
        ...tables.flatMap(({ sequences }, i) =>
          isWritten(A, [law, ref][i], { logMass: sequences.map((s) => s.logMass) }),
        ),
        { left: [objective], right: [A.subtract(A.expectedSelfCertainty(policy), price)], scale },
        { left: [objective], right: [A.subtract(A.expectation(law, u), price)], scale },
        { left: [objective], right: [A.subtract(logV, A.divide(cost, L))], scale },
      ];
    },
  },
  {
    kind: "identity",
    equation: "(9)",
    statement: "argmax J_hf = argmin KL(π‖hp^(1/β)·ref) = ref·e^(r/β)/μ, and J_hf(π*) − J_hf(π) = β KL(π‖π*)",
    hypotheses: "β > 0, π ≪ ref",
    sides: (world) => {
      const { algebra: A, policies, ref, hp, reward, beta, problem, optimum } = world;
      const target = A.product(A.power(hp, A.divide(A.number(1), beta)), ref);
      const best = A.rlhfOptimalValue(problem);
      const [p, q] = policies;
      const [jp, jq] = policies.map((policy) => A.rlhfObjective(problem, policy));
      const [kp, kq] = policies.map((policy) => A.multiply(beta, A.generalizedKlDivergence(policy, target)));
      return [
        ...isWritten(A, optimum, writtenOptimum(world)),
        ...isSame(A, A.tilt(ref, reward, beta), optimum),
        ...isSame(A, A.normalize(target), optimum),
        // Two objectives order policies alike where their differences are the same.
        {
          left: [A.subtract(jp, jq)],
          right: [A.subtract(kq, kp)],
          scale: [totalSize(A, [jp, jq, kp, kq])],
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
      const best = A.rlifOptimalValue(internal);
      return [
        ...isWritten(A, internalOptimum, writtenEscort(A, ref, exponent)),
        ...isSame(A, A.escort(ref, exponent), internalOptimum),
        ...isSame(A, A.normalize(A.power(ref, exponent)), internalOptimum),
        { left: [best], right: [A.rlifObjective(internal, internalOptimum)], scale: [logV] },
        { left: [best], right: [A.subtract(logV, A.divide(A.renyiEntropy(ref, exponent), L))], scale: [logV] },
        ...policies.flatMap((policy) => {
          const regret = A.multiply(A.divide(faithful.beta, L), A.klDivergence(policy, internalOptimum));
          const value = A.rlifObjective(internal, policy);
          const scale = [totalSize(A, [logV, value, regret])];
          return [
            { left: [best], right: [A.add(value, regret)], scale },
            { left: [A.rlifRegret(internal, policy)], right: [regret] },
          ];
        }),
      ];
    },
  },
  {
    kind: "identity",
    equation: "(10)",
    statement:
      "where Lβ ≤ 1 the optimum of J_if is a point mass on a mode of ref, with value log|V| + β log max ref and regret (1/L − β) H(π) + β E_π[log max ref − log ref]",
    hypotheses: "Lβ_if ≤ 1 (the paper is silent), π ≪ ref",
    sides: ({ algebra: A, policies, ref, internal }) => {
      const top = largest(A, entries(ref.logMass));
      const logV = A.log(A.number(internal.vocabularySize));
      return [1, 0.5].flatMap((a) => {
        // The least power of two that is at least the length.
        const length = 2 ** (exponentOf(internal.length - 0.5) + 1);
        const beta = A.divide(A.number(a), A.number(length));
        const problem = { ...internal, beta };
        const best = A.rlifOptimalValue(problem);
        const optimum = A.rlifOptimum(problem);
        const one = A.number(1);
        const L = A.number(internal.length);
        const excess = A.divide(A.subtract(one, A.multiply(L, beta)), L);
        return [
          { left: [total(A, entries(optimum.mass))], right: [one] },
          { left: [A.add(one, largest(A, entries(optimum.logMass)))], right: [one] },
          { left: [best], right: [A.add(logV, A.multiply(beta, top))], scale: [logV] },
          { left: [A.rlifObjective(problem, optimum)], right: [best], scale: [logV] },
          {
            left: policies.map((policy) => A.rlifObjective(problem, policy)),
            right: policies.map(() => best),
            relation: "<=" as const,
            scale: policies.map(() => logV),
          },
          ...policies.map((policy) => {
            const spread = A.multiply(excess, A.entropy(policy));
            const cost = (logs: readonly (typeof beta)[]) => A.multiply(beta, A.expectation(policy, logs));
            return {
              left: [A.rlifRegret(problem, policy)],
              right: [A.subtract(spread, cost(entries(ref.logMass).map((l) => A.subtract(l, top))))],
              scale: [A.subtract(spread, cost(entries(ref.logMass)))],
            };
          }),
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
        ...equivalent(A, internal),
        ...isSame(A, A.rlhfOptimum(faithful), internalOptimum),
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
        ...isWritten(A, target, writtenEscort(A, ref, exponent)),
        ...policies.flatMap((policy) => {
          const objective = A.unifiedObjective(problem, policy);
          const excess = A.multiply(beta, A.klDivergence(policy, target));
          const price = A.multiply(A.add(beta, A.number(1)), A.klDivergence(policy, ref));
          return [
            { left: [objective], right: [A.add(A.entropy(policy), price)] },
            { left: [objective], right: [A.add(least, excess)] },
          ];
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
    equation: "(23)",
    statement:
      "step by step −J_hf/β = KL(π‖ref) − E_π[r]/β = Σ π log(π/(e^(r/β)ref)) = Σ π log(π/(hp^(1/β)ref)) − log(Σ e^r)/β, and (ii) that sum is KL(π‖hp^(1/β)ref) + 1 − Σ hp^(1/β)ref",
    hypotheses: "β > 0, π ≪ ref",
    sides: ({ algebra: A, policies, ref, hp, reward, beta, problem }) => {
      const target = A.product(A.power(hp, A.divide(A.number(1), beta)), ref);
      const constant = A.divide(hp.logNormalizer, beta);
      return policies.flatMap((policy) => {
        const at = positions(A, policy);
        const over = (f: (i: number) => readonly (typeof beta)[]) => {
          const terms = at.map((i) => f(i).map((x) => A.multiply(policy.mass[i], x)));
          return summed(A, terms.flat());
        };
        const objective = A.divide(A.rlhfObjective(problem, policy), minus(A, beta));
        const gain = A.divide(A.expectation(policy, reward), beta);
        const plain = over((i) => [policy.logMass[i], minus(A, ref.logMass[i]), minus(A, A.divide(reward[i], beta))]);
        const tilted = over((i) => [policy.logMass[i], minus(A, target.logMass[i])]);
        const mass = total(A, entries(target.mass));
        const divergence = A.generalizedKlDivergence(policy, target);
        const size = totalSize(A, [A.number(1), plain.size, tilted.size, constant]);
        return [
          { left: [objective], right: [A.subtract(A.klDivergence(policy, ref), gain)], scale: [size] },
          { left: [objective], right: [plain.value], scale: [size] },
          { left: [objective], right: [A.subtract(tilted.value, constant)], scale: [size] },
          {
            left: [tilted.value],
            right: [A.subtract(A.add(divergence, A.number(1)), mass)],
            scale: [A.add(size, mass)],
          },
        ];
      });
    },
  },
  {
    kind: "identity",
    equation: "(24)",
    statement:
      "−L(J_if − log|V|) = H(π) + Lβ KL(π‖ref) = (Lβ−1) Σ π log(π/ref^a'), which is (Lβ−1) (KL(π‖ref^a') + 1 − Σ ref^a'), a' = Lβ/(Lβ−1)",
    hypotheses: "Lβ_if > 1, π ≪ ref",
    sides: ({ algebra: A, policies, ref, internal, faithful }) => {
      const excess = faithful.beta;
      const one = A.number(1);
      const L = A.number(internal.length);
      const logV = A.log(A.number(internal.vocabularySize));
      const exponent = A.add(one, A.divide(one, excess));
      const target = A.power(ref, exponent);
      const sharpened = A.escort(ref, exponent);
      const mass = total(A, entries(target.mass));
      return policies.flatMap((policy) => {
        const at = positions(A, policy);
        const terms = at.flatMap((i) => [
          A.multiply(policy.mass[i], policy.logMass[i]),
          A.multiply(policy.mass[i], minus(A, target.logMass[i])),
        ]);
        const { value, size } = summed(A, terms);
        const objective = A.multiply(L, A.subtract(logV, A.rlifObjective(internal, policy)));
        const sum = A.add(A.entropy(policy), A.multiply(A.add(one, excess), A.klDivergence(policy, ref)));
        const right = A.multiply(excess, value);
        const scale = [A.add(magnitude(A, sum), A.multiply(excess, size))];
        return [
          { left: [sum], right: [right], scale },
          { left: [objective], right: [right], scale: [A.add(scale[0], A.multiply(L, logV))] },
          {
            left: [value],
            right: [A.subtract(A.add(A.generalizedKlDivergence(policy, target), one), mass)],
            scale: [total(A, [size, one, mass])],
          },
          {
            left: [value],
            right: [A.subtract(A.klDivergence(policy, sharpened), sharpened.logNormalizer)],
            scale: [A.add(size, magnitude(A, sharpened.logNormalizer))],
          },
        ];
      });
    },
  },
];
