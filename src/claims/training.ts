import type { Algebra, DistributionOf, ImportanceWeightsOf, MeasureOf } from "../exact/algebra.js";
import type { Comparison, Identity } from "./claim.js";
import { faithfulFewOf, warmFewOf } from "./fewAnswers.js";
import type { World } from "./instance.js";
import { entries, magnitude, minus, positions, summed, totalSize } from "./sums.js";
import { isSame, isWritten, type WrittenLaw, writtenEscort, writtenOptimum, writtenTilt } from "./written.js";

/** Importance weights, and what the claims compare them with. */
interface Weighted<N> {
  readonly ref: DistributionOf<N>;
  readonly policies: readonly DistributionOf<N>[];
  readonly weights: ImportanceWeightsOf<N>;
  /** The law that they should make of ref, written out. */
  readonly written: WrittenLaw<N>;
  /** log Z in two parts: the largest log-weight, and the rest. */
  readonly logZ: readonly [N, N];
}

/** e^{r/β} on all answers. */
function byReward<N>(world: World<N>): Weighted<N> {
  const { algebra: A, ref, policies, beta, problem } = world;
  const written = writtenOptimum(world);
  const logZ = [A.divide(written.top, beta), written.logTotal] as const;
  return { ref, policies, weights: A.importanceWeights(problem), written, logZ };
}

/** e^{r/β} on the few answers, at a β at which all weights are doubles. */
function byRewardOfFew<N>(world: World<N>): Weighted<N> {
  const { algebra: A } = world;
  const { ref, policies, reward, beta, exponents, best, problem } = warmFewOf(world);
  const written = writtenTilt(A, ref, exponents[best]);
  const logZ = [A.divide(reward[best], beta), written.logTotal] as const;
  return { ref, policies, weights: A.importanceWeights(problem), written, logZ };
}

/** ref^{1/(Lβ−1)} on all answers. */
function byCertainty<N>({ algebra: A, ref, policies, internal, faithful }: World<N>): Weighted<N> {
  const exponent = A.add(A.number(1), A.divide(A.number(1), faithful.beta));
  const written = writtenEscort(A, ref, exponent);
  const logZ = [A.number(0), written.logTotal] as const;
  return { ref, policies, weights: A.selfCertaintyWeights(internal), written, logZ };
}

/** ref^{1/(Lβ−1)} on the few answers, at a β at which all weights are doubles. */
function byCertaintyOfFew<N>(world: World<N>): Weighted<N> {
  const { algebra: A } = world;
  const { ref, policies, internal, beta } = faithfulFewOf(world);
  const written = writtenEscort(A, ref, A.add(A.number(1), A.divide(A.number(1), beta)));
  const logZ = [A.number(0), written.logTotal] as const;
  return { ref, policies, weights: A.selfCertaintyWeights(internal), written, logZ };
}

/** States the law that the weights make of ref, their logarithms, and log Z. */
function areWeights<N>(A: Algebra<N>, { ref, weights, written, logZ }: Weighted<N>): Comparison<N>[] {
  const on = positions(A, ref);
  const logs = on.map((i) => A.subtract(written.logMass[i], ref.logMass[i]));
  const size = (i: number) => totalSize(A, [A.number(1), written.logMass[i], ref.logMass[i]]);
  return [
    ...isWritten(A, weights.target, written),
    { left: on.map((i) => weights.logWeight[i]), right: logs, scale: on.map(size) },
    {
      left: [weights.logNormalizer],
      right: [A.add(...logZ)],
      scale: [totalSize(A, [A.number(1), ...logZ])],
    },
  ];
}

/** States weights that are doubles, and the share of the draws that counts: 1/E_ref[(w/Z)²] = 1/(1 + χ²). */
function arePlainWeights<N>(A: Algebra<N>, { ref, weights, written }: Weighted<N>): Comparison<N>[] {
  const plain = entries(weights.weight);
  const squares = plain.map((w) => A.multiply(w, w));
  const one = A.number(1);
  const count = A.divide(one, weights.effectiveFraction);
  return [
    { left: plain, right: plain.map((_, i) => A.exp(A.subtract(written.logMass[i], ref.logMass[i]))) },
    { left: [A.expectation(ref, plain)], right: [one] },
    {
      left: [count, count],
      right: [A.expectation(ref, squares), A.add(one, A.chiSquaredDivergence(weights.target, ref))],
    },
  ];
}

/** Policies that have mass wherever ref has. */
function fullPolicies<N>(A: Algebra<N>, { ref, policies }: Weighted<N>): DistributionOf<N>[] {
  const all = positions(A, ref).length;
  return policies.filter((policy) => positions(A, policy).length === all);
}

/** Z⁻¹ E_ref[w log π] term by term, ref·w/Z in logarithms, and the size of its terms. */
function likelihoodOf<N>(A: Algebra<N>, { ref, weights }: Weighted<N>, policy: MeasureOf<N>) {
  const terms = positions(A, ref).map((i) => {
    const share = A.exp(A.add(ref.logMass[i], weights.logWeight[i]));
    return A.multiply(share, policy.logMass[i]);
  });
  return summed(A, terms);
}

/** E_ref[(w/Z) log π] of weights that are doubles. */
function expectedLikelihood<N>(A: Algebra<N>, { ref, weights }: Weighted<N>, policy: MeasureOf<N>): N {
  const terms = entries(policy.logMass).map((l, i) => A.multiply(weights.weight[i], l));
  return A.expectation(ref, terms);
}

/** States that the weighted likelihood of π is −H(p) − KL(p‖π), largest at π = p, which the fit finds. */
function imitation<N>(A: Algebra<N>, all: Weighted<N>, few: Weighted<N>, target: DistributionOf<N>): Comparison<N>[] {
  const one = A.number(1);
  const entropy = A.entropy(target);
  const fewEntropy = A.entropy(few.weights.target);
  return [
    ...areWeights(A, all),
    ...areWeights(A, few),
    ...arePlainWeights(A, few),
    ...fullPolicies(A, all).flatMap((policy) => {
      const { value, size } = likelihoodOf(A, all, policy);
      const loss = A.add(entropy, A.klDivergence(target, policy));
      const scale = [A.add(one, size)];
      return [
        { left: [value], right: [minus(A, loss)], scale },
        { left: [value], right: [minus(A, entropy)], relation: "<=" as const, scale },
      ];
    }),
    ...few.policies.map((policy) => {
      const loss = A.add(fewEntropy, A.klDivergence(few.weights.target, policy));
      return { left: [expectedLikelihood(A, few, policy)], right: [minus(A, loss)], scale: [A.add(one, loss)] };
    }),
    ...fitted(A, all.weights, all.written, minus(A, entropy)),
  ];
}

/** States that the tabular fit to a target is the target itself, at the largest likelihood. */
function fitted<N>(
  A: Algebra<N>,
  data: { readonly target: MeasureOf<N> },
  { logMass }: WrittenLaw<N>,
  largestLikelihood: N,
): Comparison<N>[] {
  const { parameters, objective } = A.fitWeightedMle(data);
  // The softmax of the logits; a probability that no double holds has the logit −∞.
  const fit = A.normalize(A.fromLogMass(data.target.support, parameters));
  return [
    { left: entries(fit.mass), right: logMass.map((l) => A.exp(l)) },
    { left: [objective], right: [largestLikelihood], scale: [A.number(1)] },
  ];
}

/** States that the weighted likelihood is E_target[log π]: the same objective, hence the same fit. */
function likelihood<N>(
  A: Algebra<N>,
  all: Weighted<N>,
  few: Weighted<N>,
  target: DistributionOf<N>,
  fewTarget: DistributionOf<N>,
) {
  const one = A.number(1);
  return [
    ...isSame(A, target, all.weights.target),
    ...isWritten(A, target, all.written),
    ...isSame(A, fewTarget, few.weights.target),
    ...areWeights(A, all),
    ...arePlainWeights(A, few),
    ...fullPolicies(A, all).map((policy) => {
      const { value, size } = likelihoodOf(A, all, policy);
      const logs = entries(policy.logMass);
      const on = new Set(positions(A, all.ref));
      const f = logs.map((l, i) => (on.has(i) ? l : A.number(0)));
      return { left: [value], right: [A.expectation(target, f)], scale: [A.add(one, size)] };
    }),
    ...few.policies.map((policy) => {
      const value = A.expectation(fewTarget, policy.logMass);
      return { left: [expectedLikelihood(A, few, policy)], right: [value], scale: [A.add(one, magnitude(A, value))] };
    }),
    ...fitted(A, { target }, all.written, minus(A, A.entropy(target))),
  ];
}

/** ref^{a'}/Z by the measure algebra: a' = 1 + 1/(Lβ_if − 1). */
function sharpened<N>(A: Algebra<N>, ref: MeasureOf<N>, beta: N): DistributionOf<N> {
  return A.normalize(A.power(ref, A.add(A.number(1), A.divide(A.number(1), beta))));
}

const ON_FEW_ANSWERS =
  "with the weights themselves on the first 4 answers with mass, at a temperature at which they are e⁻⁸ apart at most";

/** Equations (19)–(22): alignment by weighted maximum likelihood, without reinforcement learning. */
export const training: readonly Identity[] = [
  {
    kind: "identity",
    equation: "(19)",
    statement: "Z⁻¹ E_ref[e^(r/β) log π] = −H(π*) − KL(π*‖π): largest where J_hf is, at π*, where the fit is",
    hypotheses: `β > 0, π > 0 where ref > 0; ${ON_FEW_ANSWERS}`,
    sides: (world) => imitation(world.algebra, byReward(world), byRewardOfFew(world), world.optimum),
  },
  {
    kind: "identity",
    equation: "(20)",
    statement: "that is maximum likelihood under π* = hp^(1/β)·ref/Z: Z⁻¹ E_ref[e^(r/β) log π] = E_π*[log π]",
    hypotheses: `β > 0, π > 0 where ref > 0; ${ON_FEW_ANSWERS}`,
    sides: (world) => {
      const { algebra: A, hp, ref, beta } = world;
      const { problem } = warmFewOf(world);
      const target = A.normalize(A.product(A.power(hp, A.divide(A.number(1), beta)), ref));
      return likelihood(A, byReward(world), byRewardOfFew(world), target, A.rlhfOptimum(problem));
    },
  },
  {
    kind: "identity",
    equation: "(21)",
    statement:
      "with weights ref^(1/(Lβ−1)) it is −H(p) − KL(p‖π), p ∝ ref^a': largest where J_if is, at p, where the fit is",
    hypotheses: `Lβ_if > 1, π > 0 where ref > 0; ${ON_FEW_ANSWERS}`,
    sides: (world) => imitation(world.algebra, byCertainty(world), byCertaintyOfFew(world), world.internalOptimum),
  },
  {
    kind: "identity",
    equation: "(22)",
    statement: "that is maximum likelihood under ref^a'/Z, a' = Lβ/(Lβ−1)",
    hypotheses: `Lβ_if > 1, π > 0 where ref > 0; ${ON_FEW_ANSWERS}`,
    sides: (world) => {
      const { algebra: A, ref, faithful } = world;
      const few = faithfulFewOf(world);
      const [target, fewTarget] = [sharpened(A, ref, faithful.beta), sharpened(A, few.ref, few.beta)];
      return likelihood(A, byCertainty(world), byCertaintyOfFew(world), target, fewTarget);
    },
  },
];
