import type { Algebra, DistributionOf, MeasureOf } from "../exact/algebra.js";
import type { RegularizerOf } from "../exact/problems.js";
import type { Comparison, Identity } from "./claim.js";
import { type Few, fewOf, ranksOf } from "./fewAnswers.js";
import { dot, entries, finite, largest, magnitude, minus, sign, total } from "./sums.js";
import { isSame, isWritten, writtenTilt } from "./written.js";

/** A divergence in the place of KL, with f′ at e^l and what ref·f(e^l) adds up to. */
interface Kind<N> {
  readonly regularizer: RegularizerOf<N>;
  readonly derivative: (l: N) => N;
  /** Σ ref·f(π/ref), where it is written out. */
  readonly divergence?: (policy: MeasureOf<N>, ref: MeasureOf<N>) => N;
}

const half = <N>(A: Algebra<N>, x: N): N => A.divide(x, A.number(2));

/** (e^{cl} − 1)/c. */
const power = <N>(A: Algebra<N>, c: number, l: N): N =>
  A.divide(A.subtract(A.exp(A.multiply(A.number(c), l)), A.number(1)), A.number(c));

/** Divergences of every kind. */
function kinds<N>(A: Algebra<N>): Kind<N>[] {
  const one = A.number(1);
  const alpha = (order: number): Kind<N> => ({
    regularizer: { alpha: A.number(order) },
    derivative: (l) => power(A, order - 1, l),
  });
  return [
    { ...alpha(0), divergence: (policy, ref) => A.klDivergence(ref, policy) },
    alpha(0.5),
    { ...alpha(2), divergence: (policy, ref) => half(A, A.chiSquaredDivergence(policy, ref)) },
    {
      regularizer: "jensenShannon",
      // ½ log(2t/(1 + t)), by 1/t where t is large.
      derivative: (l) => minus(A, half(A, A.log(half(A, A.add(one, A.exp(minus(A, l))))))),
    },
    { regularizer: "klPlusChiSquared", derivative: (l) => A.add(l, A.subtract(A.exp(l), one)) },
  ];
}

/** The few answers with their ranks as rewards, at β = 1: no density needs more than a double can hold. */
function ranked<N>(A: Algebra<N>, { ref, reward }: Few<N>): { ref: DistributionOf<N>; reward: N[]; beta: N } {
  return { ref, reward: ranksOf(A, reward).map((r) => half(A, r)), beta: A.number(1) };
}

/** States that f′(π/ref) + ν/β = r/β where π has mass, that it is no less elsewhere, and that π is a law. */
function isOptimal<N>(
  A: Algebra<N>,
  { ref, reward }: ReturnType<typeof ranked<N>>,
  law: DistributionOf<N>,
  { derivative }: Kind<N>,
): Comparison<N>[] {
  const one = A.number(1);
  const on = reward.flatMap((_, i) => (finite(A, law.logMass[i]) ? [i] : []));
  const slopes = on.map((i) => derivative(A.subtract(law.logMass[i], ref.logMass[i])));
  const size = A.add(one, A.add(magnitude(A, law.logNormalizer), largest(A, reward)));
  const dropped = reward.flatMap((r, i) => (on.includes(i) ? [] : [A.subtract(r, law.logNormalizer)]));
  return [
    {
      left: slopes.map((slope) => A.add(slope, law.logNormalizer)),
      right: on.map((i) => reward[i]),
      scale: on.map(() => size),
    },
    { left: dropped, right: dropped.map(() => minus(A, one)), relation: "<=", scale: dropped.map(() => size) },
    { left: entries(law.mass), right: entries(law.logMass).map((l) => A.exp(l)) },
    { left: [total(A, entries(law.mass))], right: [one] },
  ];
}

/** Claims (47) and (48), which are the library's own: where training ends under another penalty than KL. */
export const regularized: readonly Identity[] = [
  {
    kind: "identity",
    equation: "(47)",
    statement:
      "the optimum of E_π[r] − β D_f(π‖ref) is ref·(f′)⁻¹((r − ν)/β), and the regret is what others fall short of it",
    hypotheses:
      "α-divergences of order 0, ½ and 2, Jensen–Shannon, KL + ½χ²; the first 4 answers with mass, with ranks as rewards",
    sides: (world) => {
      const { algebra: A } = world;
      const few = fewOf(world);
      const problem = ranked(A, few);
      const { ref, reward } = problem;
      return kinds(A).flatMap((kind): Comparison<typeof world.beta>[] => {
        const { regularizer, divergence } = kind;
        const law = A.regularizedOptimum(problem, regularizer);
        const best = A.regularizedObjective(problem, law, regularizer);
        const policies = few.policies.flatMap((policy): Comparison<typeof world.beta>[] => {
          const value = A.regularizedObjective(problem, policy, regularizer);
          const size = A.add(A.add(magnitude(A, best), magnitude(A, value)), A.number(1));
          const regret = A.regularizedRegret(problem, policy, regularizer);
          const written = divergence && A.subtract(dot(A, reward, policy.mass), divergence(policy, ref));
          return [
            { left: [regret], right: [A.subtract(best, value)], scale: [size] },
            ...(written === undefined ? [] : [{ left: [value], right: [written], scale: [size] }]),
          ];
        });
        return [...isOptimal(A, problem, law, kind), ...policies];
      });
    },
  },
  {
    kind: "identity",
    equation: "(48)",
    statement:
      "k1 in the reward and k2 as a loss train the tilt, k3 as a loss the forward KL: π·(r − E_π[r]) = β(π − ref)",
    hypotheses: "one draw of the policy; the first 4 answers with mass, with ranks as rewards for k3",
    sides: (world) => {
      const { algebra: A } = world;
      const few = fewOf(world);
      const problem = ranked(A, few);
      const { ref, reward, beta } = problem;
      const tilt = A.rlhfOptimum(few.problem);
      const rational = A.klPenaltyOptimum(problem, { estimator: "k3", place: "loss" });
      const mean = dot(A, reward, rational.mass);
      const unpenalised = A.klPenaltyOptimum(few.problem, { estimator: "k1", place: "loss" });
      const none = A.log(A.number(0));
      const best = few.reward.map((r) => (sign(A, A.subtract(r, few.reward[few.best])) === 0 ? A.number(0) : none));
      const sizes = reward.map(() => A.add(A.number(1), magnitude(A, mean)));
      return [
        ...isSame(A, A.klPenaltyOptimum(few.problem, { estimator: "k1", place: "reward" }), tilt),
        ...isSame(A, A.klPenaltyOptimum(few.problem, { estimator: "k2", place: "loss" }), tilt),
        {
          left: reward.map((r, i) => A.multiply(rational.mass[i], A.subtract(r, mean))),
          right: reward.map((_, i) => A.multiply(beta, A.subtract(rational.mass[i], ref.mass[i]))),
          scale: sizes.map((size, i) => A.multiply(size, A.add(rational.mass[i], ref.mass[i]))),
        },
        { left: entries(rational.mass), right: entries(rational.logMass).map((l) => A.exp(l)) },
        ...isWritten(A, unpenalised, writtenTilt(A, few.ref, best)),
      ];
    },
  },
];
