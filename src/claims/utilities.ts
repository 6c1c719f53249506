import type { Algebra, DistributionOf, MeasureOf } from "../exact/algebra.js";
import type { Comparison, Identity } from "./claim.js";
import { drawsOf, logOfDraw } from "./enumeration.js";
import { type Few, fewOf, ranksOf, warmFewOf } from "./fewAnswers.js";
import { dot, entries, largest, magnitude, sign, total } from "./sums.js";
import { isSame, isWritten, logSum, writtenTilt } from "./written.js";

/** The few answers with rewards from 0 up to 1, none of them 0: their ranks. */
function ranked<N>(A: Algebra<N>, { ref, reward }: Few<N>): { ref: DistributionOf<N>; reward: N[]; beta: N } {
  const one = A.number(1);
  const from1 = ranksOf(A, reward).map((r) => A.add(r, one));
  const top = largest(A, from1);
  return { ref, reward: from1.map((r) => A.divide(r, top)), beta: A.number(0.5) };
}

/** E_π[f], by the masses of a law. */
const meanOf = <N>(A: Algebra<N>, law: MeasureOf<N>, f: readonly N[]): N => dot(A, f, law.mass);

const root = <N>(A: Algebra<N>, x: N): N => A.exp(A.divide(A.log(x), A.number(2)));

/** ref·e^{r/T}, written out. */
function tilted<N>(A: Algebra<N>, ref: MeasureOf<N>, reward: readonly N[], temperature: N) {
  const exponents = reward.map((r) => A.divide(r, temperature));
  return writtenTilt(A, ref, exponents);
}

/** The standard deviation of a reward under a law. */
function deviation<N>(A: Algebra<N>, law: MeasureOf<N>, reward: readonly N[]): N {
  const mean = meanOf(A, law, reward);
  const squares = reward.map((r) => A.multiply(A.subtract(r, mean), A.subtract(r, mean)));
  return root(A, meanOf(A, law, squares));
}

/** States that an optimum of a utility is the tilt at the temperature that it sets. */
function setsItself<N>(A: Algebra<N>, few: Few<N>, slope: (mean: N, shortfall: N) => N): Comparison<N>[] {
  const problem = ranked(A, few);
  const { ref, reward, beta } = problem;
  const { policy, mean, temperature } = A.utilityOptimum(problem, slope);
  const own = meanOf(A, policy, reward);
  // From what each reward is short of 1, since the mean may be next to it.
  const short = meanOf(
    A,
    policy,
    reward.map((r) => A.subtract(A.number(1), r)),
  );
  const set = A.divide(beta, slope(own, short));
  return [{ left: [mean, temperature], right: [own, set] }, ...isWritten(A, policy, tilted(A, ref, reward, set))];
}

/** Two answers, of which the second is right, and the first of them half of the draws. */
const evenly = <N>(A: Algebra<N>, ref: MeasureOf<N>) => ({ ref, reward: [A.number(0), A.number(1)] });

/** E[A | right] − E[A | wrong] of advantages (r − mean)/sd in groups of `size`, by the number of the others that are right. */
function advantageGap<N>(A: Algebra<N>, right: N, wrong: N, size: number): N {
  const advantage = (j: number, r: number) => {
    if (j === 0 || j === size) return A.number(0);
    const sd = root(A, A.divide(A.number(j * (size - j)), A.number(size * size)));
    return A.divide(A.subtract(A.number(r), A.divide(A.number(j), A.number(size))), sd);
  };
  const others = drawsOf(2, size - 1).map(({ counts: [j], orders }) => {
    const log = logOfDraw(A, [A.log(right), A.log(wrong)], [j, size - 1 - j]);
    const gap = A.subtract(advantage(j + 1, 1), advantage(j, 0));
    return A.multiply(A.multiply(A.number(orders), A.exp(log)), gap);
  });
  return total(A, others);
}

/** F and F⁻ of each answer: the probability of a reward at most, and below, its own. */
function cumulative<N>(A: Algebra<N>, law: MeasureOf<N>, reward: readonly N[]): { upTo: N[]; below: N[] } {
  const mass = entries(law.mass);
  const where = (from: number) =>
    reward.map((r) => {
      const inside = mass.filter((_, i) => sign(A, A.subtract(reward[i], r)) <= from);
      return total(A, inside);
    });
  return { upTo: where(0), below: where(-1) };
}

/** ρ/β of each answer at the optimum of max@2: Σ 2 F Δr/β over the rewards below. */
function maxAt2Score<N>(A: Algebra<N>, law: MeasureOf<N>, reward: readonly N[], beta: N): N[] {
  const { upTo } = cumulative(A, law, reward);
  const order = [...reward.keys()].sort((i, j) => sign(A, A.subtract(reward[i], reward[j])));
  const score = reward.map(() => A.number(0));
  for (let n = 1; n < order.length; n++) {
    const [i, j] = [order[n - 1], order[n]];
    const rise = A.divide(A.subtract(reward[j], reward[i]), beta);
    score[j] = A.add(score[i], A.multiply(A.multiply(A.number(2), upTo[i]), rise));
  }
  return score;
}

/** Claims (49), (50), (51) and (55), the library's own: objectives whose optimum is a tilt by what the policy itself sets. */
export const utilities: readonly Identity[] = [
  {
    kind: "identity",
    equation: "(49)",
    statement: "the maximum of U(E_π[r]) − β KL(π‖ref) is the tilt of ref at the temperature β/U′(E_π[r])",
    hypotheses:
      "U concave and non-decreasing; the first 4 answers with mass, their rewards the ranks, from above 0 to 1; pass@2, log, and U(m) = m; β = 1/2",
    sides: (world) => {
      const { algebra: A } = world;
      const few = fewOf(world);
      const problem = ranked(A, few);
      const plain = A.utilityOptimum(problem, () => A.number(1));
      // Where all rewards are 1 nothing is left of pass@2.
      const flat = problem.reward.every((r) => sign(A, A.subtract(r, A.number(1))) === 0);
      if (flat) return isSame(A, plain.policy, A.rlhfOptimum(problem));
      return [
        ...setsItself(A, few, (_, shortfall) => A.multiply(A.number(2), shortfall)),
        ...setsItself(A, few, (mean) => A.divide(A.number(1), mean)),
        ...isSame(A, plain.policy, A.rlhfOptimum(problem)),
      ];
    },
  },
  {
    kind: "identity",
    equation: "(50)",
    statement:
      "GRPO's fixed points are RLHF's optimum at the temperature β sd(π); with k3 as a loss there is one, of χ²(ref‖π) = 1/β²",
    hypotheses:
      "advantages divided by the standard deviation; groups of G = ∞ for any rewards, G = 4 for two; the first 4 answers with mass, their rewards the ranks; β = 2; β_c for an even ref is the inverse of Laplace's limit",
    sides: (world) => {
      const { algebra: A } = world;
      const few = fewOf(world);
      const { ref, reward } = ranked(A, few);
      const beta = A.number(2);
      const problem = { ref, reward, beta };
      const { fixedPoints } = A.grpoOptimum(problem, { penalty: "kl" });
      const [forward] = A.grpoOptimum(problem, { penalty: "k3" }).fixedPoints;
      const plain = A.grpoOptimum(problem, { penalty: "kl", groupSize: 4, normalize: "none" }).fixedPoints[0];
      const doubled = { ...problem, beta: A.divide(A.number(8), A.number(3)) };
      const flat = reward.every((r) => sign(A, A.subtract(r, reward[0])) === 0);
      const even = evenly(A, A.uniform([0, 1]));
      // Laplace's limit x: x e^√(1 + x²) = 1 + √(1 + x²).
      const x = A.divide(A.number(1), A.grpoOptimum({ ...even, beta }, { penalty: "kl" }).collapse);
      const hypotenuse = root(A, A.add(A.number(1), A.multiply(x, x)));
      const atFour = A.grpoOptimum({ ...even, beta }, { penalty: "kl", groupSize: 4 }).fixedPoints[0];
      const [wrong, right] = entries(atFour.policy.mass);
      const gap = advantageGap(A, right, wrong, 4);
      return [
        ...fixedPoints.flatMap((point) => {
          // The collapsed one is at temperature 0, and ref is where all rewards are the same.
          if (flat || sign(A, point.temperature) === 0) return [];
          const sd = deviation(A, point.policy, reward);
          return [
            { left: [point.mean], right: [meanOf(A, point.policy, reward)] },
            { left: [point.standardDeviation, point.temperature], right: [sd, A.multiply(beta, sd)] },
            ...isWritten(A, point.policy, tilted(A, ref, reward, point.temperature)),
          ];
        }),
        ...(flat ? [] : [{ left: [A.chiSquaredDivergence(ref, forward.policy)], right: [A.number(0.25)] }]),
        ...isSame(A, plain.policy, A.rlhfOptimum(doubled)),
        { left: [A.multiply(x, A.exp(hypotenuse))], right: [A.add(A.number(1), hypotenuse)] },
        { left: [A.multiply(beta, A.log(A.divide(right, wrong)))], right: [gap] },
      ];
    },
  },
  {
    kind: "identity",
    equation: "(51)",
    statement:
      "max@k's optimum, of E[max of k draws of π] − β KL, is ref·e^(ρ/β), ρ rising by k F^(k−1) Δr from level to level, F of π itself",
    hypotheses: "the first 4 answers with mass, their rewards the ranks; k = 1, 2; β = 1/2",
    sides: (world) => {
      const { algebra: A } = world;
      const problem = ranked(A, fewOf(world));
      const { ref, reward, beta } = problem;
      const law = A.maxAtKOptimum(problem, A.number(2));
      return [
        ...isWritten(A, law, writtenTilt(A, ref, maxAt2Score(A, law, reward, beta))),
        ...isSame(A, A.maxAtKOptimum(problem, A.number(1)), A.rlhfOptimum(problem)),
      ];
    },
  },
  {
    kind: "identity",
    equation: "(55)",
    statement:
      "best-of-N is the tilt of log((F^N − F⁻^N)/(F − F⁻)) at β = 1, (F + F⁻)/2 is the win rate, and the log-mean-exp of N draws falls short of the log-partition as enumeration says",
    hypotheses:
      "the first 4 answers with mass; N = 2, 3; the last at the temperature max(β, range/8), all draws gone through",
    sides: (world) => {
      const { algebra: A } = world;
      const warm = warmFewOf(world);
      const { ref, reward, beta, problem } = warm;
      const { upTo, below } = cumulative(A, ref, reward);
      const halves = upTo.map((f, i) => A.divide(A.add(f, below[i]), A.number(2)));
      const calibrated = A.calibratedReward(problem, 3);
      return [
        { left: entries(A.calibratedReward(problem)), right: halves },
        ...isSame(A, A.tilt(ref, calibrated, A.number(1)), A.bestOfNLaw(problem, 3)),
        ...[2, 3].map((n): Comparison<(typeof reward)[number]> => {
          const { mean, bias } = A.expectedLogMeanExp(problem, n);
          const drawn = drawnLogMeanExp(A, warm, n);
          const partition = A.rlhfOptimum(problem).logNormalizer;
          const sizes = reward.map((r) => magnitude(A, A.divide(r, beta)));
          const size = A.add(A.number(1), largest(A, sizes));
          return { left: [mean, bias], right: [drawn, A.subtract(partition, drawn)], scale: [size, size] };
        }),
      ];
    },
  },
];

/** E log((1/N) Σ e^{r/β}), all draws gone through, about the first reward. */
function drawnLogMeanExp<N>(A: Algebra<N>, { ref, reward, beta, exponents }: Few<N>, n: number): N {
  const logs = entries(ref.logMass);
  const terms = drawsOf(logs.length, n).map(({ counts, orders }) => {
    const on = counts.flatMap((c, j) => (c > 0 ? [j] : []));
    const sum = logSum(
      A,
      on.map((j) => exponents[0][j]),
      on.map((j) => A.number(counts[j])),
    );
    const log = A.subtract(sum, A.log(A.number(n)));
    return A.multiply(A.multiply(A.number(orders), A.exp(logOfDraw(A, logs, counts))), log);
  });
  return A.add(A.divide(reward[0], beta), total(A, terms));
}
