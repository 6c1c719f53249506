import type { Algebra, MeasureOf } from "../exact/algebra.js";
import type { Comparison, Identity } from "./claim.js";
import { ENUMERATED_DRAWS } from "./enumeration.js";
import { DRAWS_FAR_FROM_LIMIT, DRAWS_NEAR_LIMIT, type Few, fewOf, warmFewOf } from "./fewAnswers.js";
import { entries, largest, minus, sign } from "./sums.js";
import { isSame, isWritten, logSum } from "./written.js";

/** Draws in the claims that go on draw by draw. */
const STEPS = [1, 2, ENUMERATED_DRAWS, 6];

/** 1 − e^{−x} for x ≥ 0, by its series where the difference would lose digits. */
function complement<N>(A: Algebra<N>, x: N): N {
  const one = A.number(1);
  if (A.toNumber(x) > 0.5) return A.subtract(one, A.exp(minus(A, x)));
  let [term, sum] = [x, x];
  for (let k = 2; ; k++) {
    term = A.divide(A.multiply(term, minus(A, x)), A.number(k));
    const next = A.add(sum, term);
    if (sign(A, A.subtract(next, sum)) === 0) return sum;
    sum = next;
  }
}

/** log min(1, e^x), and the logarithm of what it leaves of 1. */
function acceptance<N>(A: Algebra<N>, x: N): { accepted: N; refused: N } {
  if (sign(A, x) >= 0) return { accepted: A.number(0), refused: A.log(A.number(0)) };
  return { accepted: x, refused: A.log(complement(A, minus(A, x))) };
}

/** Metropolis by its kernel, applied N − 1 times to ref, in logarithms. */
function chain<N>(A: Algebra<N>, { ref, exponents }: Few<N>, n: number): { logMass: N[] } {
  const logs = entries(ref.logMass);
  const moves = exponents.map((row) => row.map((x) => acceptance(A, x)));
  const refused = moves.map((row) => {
    const parts = row.map((move, j) => A.add(logs[j], move.refused));
    return logSum(A, parts);
  });
  let held = logs;
  for (let step = 1; step < n; step++) {
    held = logs.map((log, j) => {
      const entered = held.map((h, i) => (i === j ? h : A.add(h, moves[i][j].accepted)));
      // From j itself, j is drawn or the draw is refused.
      const [all, stays] = [A.add(log, logSum(A, entered)), A.add(held[j], refused[j])];
      return logSum(A, [all, stays]);
    });
  }
  return { logMass: held };
}

/** Rejection with at most N draws, one after the other. */
function drawByDraw<N>(A: Algebra<N>, { ref, reward, beta }: Few<N>, cap: N, n: number) {
  const logs = entries(ref.logMass);
  const decisions = reward.map((r) => acceptance(A, A.divide(A.subtract(r, cap), beta)));
  const accepted = decisions.map((d, i) => A.add(logs[i], d.accepted));
  const parts = decisions.map((d, i) => A.add(logs[i], d.refused));
  const refused = logSum(A, parts);
  let open = A.number(0);
  const [draws, taken]: [N[], N[][]] = [[], logs.map(() => [])];
  for (let draw = 1; draw <= n; draw++) {
    draws.push(open);
    for (const [i, all] of taken.entries()) all.push(A.add(open, draw === n ? logs[i] : accepted[i]));
    open = A.add(open, refused);
  }
  return {
    logMass: taken.map((all) => logSum(A, all)),
    draws: A.exp(logSum(A, draws)),
    acceptance: A.exp(logSum(A, accepted)),
  };
}

/** The logarithms of the probabilities of at least, and of at most, each reward. */
function tailsOf<N>(A: Algebra<N>, { reward }: Few<N>, logMass: readonly N[]): { above: N[]; below: N[] } {
  const tail = (limit: N, side: number) => {
    const on = logMass.filter((_, i) => side * sign(A, A.subtract(reward[i], limit)) >= 0);
    return logSum(A, on);
  };
  return { above: reward.map((r) => tail(r, 1)), below: reward.map((r) => tail(r, -1)) };
}

/** States that one law lies below another in the order of the reward: above each reward it has less, and below it more. */
function inOrder<N>(A: Algebra<N>, few: Few<N>, lower: MeasureOf<N>, upper: MeasureOf<N>): Comparison<N>[] {
  const logs = (law: MeasureOf<N>) => [entries(law.logMass), entries(law.mass).map((m) => A.log(m))];
  const [low, high] = [logs(lower), logs(upper)];
  return low.flatMap((logMass, k) => {
    const [less, more] = [tailsOf(A, few, logMass), tailsOf(A, few, high[k])];
    const scale = less.above.map(() => A.number(1));
    const sides = (left: readonly N[], right: readonly N[]) => ({
      left: left.map((l) => A.exp(l)),
      right: right.map((r) => A.exp(r)),
      relation: "<=" as const,
    });
    return [
      { ...sides(less.above, more.above), scale },
      { ...sides(more.below, less.below), scale },
    ];
  });
}

/** States that Metropolis and rejection are as near to π* as (1 − A)^{N−1} is small. */
function nearing<N>(A: Algebra<N>, few: Few<N>, n: number): Comparison<N>[] {
  const { ref, exponents, best, reward, problem } = few;
  const logs = entries(ref.logMass);
  const optimum = A.rlhfOptimum(problem);
  const refused = logs.map((l, i) => A.add(l, A.log(complement(A, minus(A, exponents[best][i])))));
  const logMissing = n === 1 ? A.number(0) : A.multiply(A.number(n - 1), logSum(A, refused));
  const missing = A.exp(logMissing);
  const shares = logs.map((l, i) => A.exp(A.subtract(l, optimum.logMass[i])));
  const rest = complement(A, minus(A, logMissing));
  const law = A.metropolisLaw(problem, n);
  const limit = entries(optimum.mass);
  const most = A.add(A.number(1), A.multiply(missing, largest(A, shares)));
  const rejection = A.rejectionSamplingLaw(problem, n, { cap: reward[best] });
  const accepted = logs.map((l, i) => A.add(l, exponents[best][i]));
  const acceptance = A.exp(logSum(A, accepted));
  // 1 − (1 − A)^N.
  const taken = A.add(rest, A.multiply(missing, acceptance));
  return [
    { left: limit.map((p) => A.multiply(p, rest)), right: entries(law.mass), relation: "<=" },
    { left: entries(law.mass), right: limit.map((p) => A.multiply(p, most)), relation: "<=" },
    {
      left: entries(rejection.law.mass),
      right: limit.map((p, i) => A.multiply(p, A.add(rest, A.multiply(missing, shares[i])))),
    },
    { left: [rejection.expectedDraws, rejection.acceptance], right: [A.divide(taken, acceptance), acceptance] },
  ];
}

/** Claims (40) to (43), which are the library's own: Metropolis and rejection with a budget of draws. */
export const budget: readonly Identity[] = [
  {
    kind: "identity",
    equation: "(40)",
    statement: "ref ≤ soft best-of-N ≤ Metropolis among N draws ≤ π* in first-order stochastic order of the reward",
    hypotheses: "every whole N; the first 4 answers with mass, N = 1, 2, 3, and 2²⁸ at the temperature max(β, range/8)",
    sides: (world) => {
      const { algebra: A } = world;
      const [few, warm] = [fewOf(world), warmFewOf(world)];
      const ordered = (from: Few<(typeof few.reward)[number]>, n: number) => {
        const laws = [from.ref, from.soft(n), A.metropolisLaw(from.problem, n), A.rlhfOptimum(from.problem)];
        return laws.slice(1).flatMap((law, i) => inOrder(A, from, laws[i], law));
      };
      return [...[1, 2, ENUMERATED_DRAWS].flatMap((n) => ordered(few, n)), ...ordered(warm, DRAWS_NEAR_LIMIT)];
    },
  },
  {
    kind: "identity",
    equation: "(41)",
    statement:
      "Metropolis among N draws has the law of its kernel, min(1, e^((r′ − r)/β)) for a draw r′, applied N − 1 times",
    hypotheses: "the first 4 answers with mass; N = 1, 2, 3, 6; β > 0",
    sides: (world) => {
      const { algebra: A } = world;
      const few = fewOf(world);
      return STEPS.flatMap((n) => isWritten(A, A.metropolisLaw(few.problem, n), chain(A, few, n)));
    },
  },
  {
    kind: "identity",
    equation: "(42)",
    statement:
      "rejection with at most N draws has the law, and takes the expected draws, of its draws one by one: a = min(1, e^((r − cap)/β))",
    hypotheses:
      "the first 4 answers with mass; N = 1, 2, 3, 6; β > 0; the cap at the largest reward, β above it, and at the first reward",
    sides: (world) => {
      const { algebra: A } = world;
      const few = fewOf(world);
      const top = few.reward[few.best];
      const caps = [top, A.add(top, few.beta), few.reward[0]];
      return STEPS.flatMap((n) =>
        caps.flatMap((cap) => {
          const want = drawByDraw(A, few, cap, n);
          const got = A.rejectionSamplingLaw(few.problem, n, { cap });
          return [
            ...isWritten(A, got.law, want),
            { left: [got.expectedDraws, got.acceptance], right: [want.draws, want.acceptance] },
          ];
        }),
      );
    },
  },
  {
    kind: "identity",
    equation: "(43)",
    statement:
      "with A = μ/w_max and ε = (1 − A)^(N−1), rejection has P_N = (1 − ε)π* + ε ref and E[draws] = (1 − (1 − A)^N)/A, Metropolis (1 − ε)π* ≤ P_N ≤ (1 + ε max ref/π*)π*; a low cap gives the optimum of min(r, cap)",
    hypotheses:
      "the first 4 answers with mass, N = 1, 2, 2¹⁰, and 2²⁸, where ε < e^(−90,000), at the temperature max(β, range/8)",
    sides: (world) => {
      const { algebra: A } = world;
      const warm = warmFewOf(world);
      const { problem, reward } = warm;
      const [cap] = reward;
      const capped = reward.map((r) => (sign(A, A.subtract(r, cap)) > 0 ? cap : r));
      const low = A.rejectionSamplingLaw(problem, DRAWS_NEAR_LIMIT, { cap }).law;
      return [
        ...[1, 2, DRAWS_FAR_FROM_LIMIT, DRAWS_NEAR_LIMIT].flatMap((n) => nearing(A, warm, n)),
        ...isSame(A, A.metropolisLaw(problem, DRAWS_NEAR_LIMIT), A.rlhfOptimum(problem)),
        ...isSame(A, low, A.rlhfOptimum({ ...problem, reward: capped })),
      ];
    },
  },
];
