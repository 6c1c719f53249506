import type { DistributionOf } from "../exact/algebra.js";
import type { Comparison, Identity } from "./claim.js";
import { entries, magnitude, positions, summed, total } from "./vectors.js";
import type { World } from "./world.js";

/** Z⁻¹ E_ref[w f] for f given on the support of ref; the weights are given in logarithms, less any constant. */
function weightedMean<N>({ algebra: A, ref }: World<N>, logWeight: readonly N[], f: readonly N[]): N {
  const at = positions(A, ref);
  const on = new Set(at);
  const top = at.map((i) => logWeight[i]).reduce((a, b) => (A.toNumber(A.subtract(a, b)) >= 0 ? a : b));
  const zero = A.number(0);
  const weight = logWeight.map((l, i) => (on.has(i) ? A.exp(A.subtract(l, top)) : zero));
  const weighted = weight.map((w, i) => (on.has(i) ? A.multiply(w, f[i]) : zero));
  return A.divide(A.expectation(ref, weighted), A.expectation(ref, weight));
}

/** r/β on every answer, from its distance to the largest reward of the support so that no digits are lost at small β. */
function rewardWeights<N>({ algebra: A, ref, reward, beta }: World<N>): N[] {
  const top = positions(A, ref)
    .map((i) => reward[i])
    .reduce((a, b) => (A.toNumber(a) >= A.toNumber(b) ? a : b));
  return reward.map((r) => A.divide(A.subtract(r, top), beta));
}

/** log ref/(Lβ_if − 1), from the ratio of each mass to the largest for the same reason; 0 off the support. */
function certaintyWeights<N>({ algebra: A, ref, faithful }: World<N>): N[] {
  const peak = positions(A, ref).reduce((a, b) => (A.toNumber(ref.mass[a]) >= A.toNumber(ref.mass[b]) ? a : b));
  return entries(ref.mass).map((m) => {
    if (!(A.toNumber(m) > 0)) return A.number(0);
    return A.divide(A.log(A.divide(m, ref.mass[peak])), faithful.beta);
  });
}

/** log π on the support of ref, 0 elsewhere. */
function logOnSupport<N>({ algebra: A, ref }: World<N>, policy: DistributionOf<N>): N[] {
  return entries(ref.mass).map((m, i) => (A.toNumber(m) > 0 ? policy.logMass[i] : A.number(0)));
}

/** The weighted likelihood of a policy is −H(p) − KL(p‖π), which no policy has above that of the target p itself. */
function imitation<N>(world: World<N>, logWeight: readonly N[], target: DistributionOf<N>): Comparison<N>[] {
  const { algebra: A, policies } = world;
  const entropy = A.entropy(target);
  return policies.flatMap((policy) => {
    const log = logOnSupport(world, policy);
    const likelihood = weightedMean(world, logWeight, log);
    const loss = A.add(entropy, A.klDivergence(target, policy));
    const scale = [total(A, [A.number(1), loss])];
    return [
      { left: [likelihood], right: [A.subtract(A.number(0), loss)], scale },
      { left: [likelihood], right: [A.subtract(A.number(0), entropy)], relation: "<=", scale },
    ];
  });
}

/** E_target[log π] for the likelihood of the weighted draws: the same objective, and its value term by term. */
function likelihood<N>(world: World<N>, logWeight: readonly N[], target: DistributionOf<N>): Comparison<N>[] {
  const { algebra: A, policies } = world;
  return policies.map((policy) => {
    const log = logOnSupport(world, policy);
    const { size } = summed(
      A,
      log.map((l, i) => A.multiply(target.mass[i], magnitude(A, l))),
    );
    return {
      left: [weightedMean(world, logWeight, log)],
      right: [A.expectation(target, log)],
      scale: [A.add(size, A.number(1))],
    };
  });
}

/** ref^{a'}/Z by the measure algebra: a' = 1 + 1/(Lβ_if − 1). */
function sharpened<N>({ algebra: A, ref, faithful }: World<N>): DistributionOf<N> {
  return A.normalize(A.power(ref, A.add(A.number(1), A.divide(A.number(1), faithful.beta))));
}

/** Equations (19)–(22): alignment by weighted maximum likelihood, without reinforcement learning. */
export const training: readonly Identity[] = [
  {
    kind: "identity",
    equation: "(19)",
    statement: "Z⁻¹ E_ref[e^(r/β) log π] = −H(π*) − KL(π*‖π): largest where J_hf is, at π*",
    hypotheses: "β > 0, π > 0 where ref > 0",
    sides: (world) => imitation(world, rewardWeights(world), world.optimum),
  },
  {
    kind: "identity",
    equation: "(20)",
    statement: "that is maximum likelihood under π* = hp^(1/β)·ref/Z: Z⁻¹ E_ref[e^(r/β) log π] = E_π*[log π]",
    hypotheses: "β > 0, π > 0 where ref > 0",
    sides: (world) => {
      const { algebra: A, hp, ref, beta } = world;
      const target = A.normalize(A.product(A.power(hp, A.divide(A.number(1), beta)), ref));
      return likelihood(world, rewardWeights(world), target);
    },
  },
  {
    kind: "identity",
    equation: "(21)",
    statement: "with weights ref^(1/(Lβ−1)) it is −H(p) − KL(p‖π), p ∝ ref^a': largest where J_if is, at p",
    hypotheses: "Lβ_if > 1, π > 0 where ref > 0",
    sides: (world) => imitation(world, certaintyWeights(world), world.internalOptimum),
  },
  {
    kind: "identity",
    equation: "(22)",
    statement: "that is maximum likelihood under ref^a'/Z, a' = Lβ/(Lβ−1)",
    hypotheses: "Lβ_if > 1, π > 0 where ref > 0",
    sides: (world) => likelihood(world, certaintyWeights(world), sharpened(world)),
  },
];
