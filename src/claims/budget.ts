import type { Algebra, MeasureOf } from "../exact/algebra.js";
import { cached } from "../numeric/cache.js";
import { log } from "../numeric/elementary.js";
import type { Comparison, Identity } from "./claim.js";
import { drawsOf, ENUMERATED_DRAWS, enumerated, logOfDraw } from "./enumeration.js";
import { DRAWS_FAR_FROM_LIMIT, DRAWS_NEAR_LIMIT, type Few, fewOf, ranksOf, warmFewOf } from "./fewAnswers.js";
import { entries, largest, minus, sign, total } from "./sums.js";
import { isSame, isWritten, logSum } from "./written.js";

/** Draws in the claims that go on draw by draw. */
const STEPS = [1, 2, 6];

/** Below this, 1 − e^{−x} is summed as its series: the difference would lose more than two digits. */
const SERIES_BELOW = 2 ** -8;

/** 1 − e^{−x} for x ≥ 0. */
function complement<N>(A: Algebra<N>, x: N): N {
  const one = A.number(1);
  if (A.toNumber(x) > SERIES_BELOW) return A.subtract(one, A.exp(minus(A, x)));
  let [term, sum] = [x, x];
  for (let k = 2; ; k++) {
    term = A.divide(A.multiply(term, minus(A, x)), A.number(k));
    const next = A.add(sum, term);
    if (sign(A, A.subtract(next, sum)) === 0) return sum;
    sum = next;
  }
}

/** log min(1, e^x), and the logarithm of what it leaves of 1. */
function decision<N>(A: Algebra<N>, x: N): { accepted: N; refused: N } {
  if (sign(A, x) >= 0) return { accepted: A.number(0), refused: A.log(A.number(0)) };
  return { accepted: x, refused: A.log(complement(A, minus(A, x))) };
}

/** Metropolis by its kernel, applied N − 1 times to ref, in logarithms. */
function chain<N>(A: Algebra<N>, { ref, exponents }: Few<N>, n: number): { logMass: N[] } {
  const logs = entries(ref.logMass);
  const moves = exponents.map((row) => row.map((x) => decision(A, x)));
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

/** Rejection with a cap and at most n draws, one after the other. */
function drawByDraw<N>(A: Algebra<N>, { ref, reward, beta }: Few<N>, cap: N) {
  const logs = entries(ref.logMass);
  const decisions = reward.map((r) => decision(A, A.divide(A.subtract(r, cap), beta)));
  const accepted = decisions.map((d, i) => A.add(logs[i], d.accepted));
  const parts = decisions.map((d, i) => A.add(logs[i], d.refused));
  const refused = logSum(A, parts);
  const acceptance = A.exp(logSum(A, accepted));
  return (n: number) => {
    let open = A.number(0);
    const [draws, taken]: [N[], N[][]] = [[], logs.map(() => [])];
    for (let draw = 1; draw <= n; draw++) {
      draws.push(open);
      for (const [i, all] of taken.entries()) all.push(A.add(open, draw === n ? logs[i] : accepted[i]));
      open = A.add(open, refused);
    }
    return { logMass: taken.map((all) => logSum(A, all)), draws: A.exp(logSum(A, draws)), acceptance };
  };
}

/** The probabilities of at least, and of at most, each reward, by the masses of a law and by their logarithms. */
function tailsOf<N>(A: Algebra<N>, { reward }: Few<N>, law: MeasureOf<N>): { above: N[]; below: N[] } {
  const tails = (mass: readonly N[], side: number) =>
    reward.map((limit) => {
      const on = mass.filter((_, i) => side * sign(A, A.subtract(reward[i], limit)) >= 0);
      return total(A, on);
    });
  const masses = [entries(law.mass), entries(law.logMass).map((l) => A.exp(l))];
  return { above: masses.flatMap((mass) => tails(mass, 1)), below: masses.flatMap((mass) => tails(mass, -1)) };
}

/** States that laws go up in the order of the reward: each has more above any reward than the one before, and less below. */
function inOrder<N>(A: Algebra<N>, few: Few<N>, laws: readonly MeasureOf<N>[]): Comparison<N>[] {
  const tails = laws.map((law) => tailsOf(A, few, law));
  return tails.slice(1).flatMap(({ above, below }, i) => [
    { left: tails[i].above, right: above, relation: "<=" as const },
    { left: below, right: tails[i].below, relation: "<=" as const },
  ]);
}

/** States for growing N that Metropolis and rejection are as near to π* as ε = (1 − A)^{N−1} is small. */
function nearing<N>(A: Algebra<N>, { ref, exponents, best, reward, problem }: Few<N>): Comparison<N>[] {
  const logs = entries(ref.logMass);
  const optimum = A.rlhfOptimum(problem);
  const limit = entries(optimum.mass);
  const decisions = exponents[best].map((x) => decision(A, x));
  const [accepted, refused] = [
    logs.map((l, i) => A.add(l, decisions[i].accepted)),
    logs.map((l, i) => A.add(l, decisions[i].refused)),
  ];
  const [acceptance, logRefused] = [A.exp(logSum(A, accepted)), logSum(A, refused)];
  const shares = logs.map((l, i) => A.exp(A.subtract(l, optimum.logMass[i])));
  const most = largest(A, shares);
  const bounded = [1, 2, DRAWS_FAR_FROM_LIMIT].flatMap((n): Comparison<N>[] => {
    const logMissing = n === 1 ? A.number(0) : A.multiply(A.number(n - 1), logRefused);
    const missing = A.exp(logMissing);
    const rest = complement(A, minus(A, logMissing));
    const law = A.metropolisLaw(problem, n);
    const bound = A.add(A.number(1), A.multiply(missing, most));
    const rejection = A.rejectionSamplingLaw(problem, n, { cap: reward[best] });
    // 1 − (1 − A)^N.
    const taken = A.add(rest, A.multiply(missing, acceptance));
    return [
      { left: limit.map((p) => A.multiply(p, rest)), right: entries(law.mass), relation: "<=" },
      { left: entries(law.mass), right: limit.map((p) => A.multiply(p, bound)), relation: "<=" },
      {
        left: entries(rejection.law.mass),
        right: limit.map((p, i) => A.multiply(p, A.add(rest, A.multiply(missing, shares[i])))),
      },
      { left: [rejection.expectedDraws, rejection.acceptance], right: [A.divide(taken, acceptance), acceptance] },
    ];
  });
  return [...bounded, ...isSame(A, A.metropolisLaw(problem, DRAWS_NEAR_LIMIT), optimum)];
}

/** The answers that win a vote by count·e^{rank/β}; β = 0 lets only the best rank of the draws vote. */
function winners(counts: readonly number[], ranks: readonly number[], beta: number): number[] {
  const drawn = [...counts.keys()].filter((i) => counts[i] > 0);
  const best = Math.max(...drawn.map((i) => ranks[i]));
  const voting = beta === 0 ? drawn.filter((i) => ranks[i] === best) : drawn;
  // By logarithms, of which no two are near each other: log(c/d) is no fraction.
  const size = (i: number) => log(counts[i]) + (beta === 0 ? 0 : ranks[i] / beta);
  const ties = (i: number, j: number) => counts[i] === counts[j] && (ranks[i] === ranks[j] || beta === Infinity);
  const wins = (i: number) => voting.every((j) => ties(i, j) || size(i) > size(j));
  return voting.filter(wins);
}

/** A vote on the few answers: whose votes count how much, and its law in the library. */
interface Vote<N> {
  readonly beta: number;
  readonly law: (n: number) => MeasureOf<N>;
}

/** Votes with the ranks of the rewards as rewards, at β = 2 and β = 0, and the majority. */
function votesOf<N>(A: Algebra<N>, { ref, reward }: Few<N>): { ranks: number[]; votes: Vote<N>[] } {
  const ranks = ranksOf(A, reward);
  const weighted = (beta: number): Vote<N> => ({
    beta,
    law: (n) => A.weightedVoteLaw({ ref, reward: ranks, beta: A.number(beta) }, n),
  });
  const majority = { beta: Infinity, law: (n: number) => A.majorityVoteLaw(ref, n) };
  return { ranks: ranks.map((r) => A.toNumber(r)), votes: [weighted(2), weighted(0), majority] };
}

/** All orders of draws with the given counts: which answer comes at each place. */
function ordersOf(counts: readonly number[]): number[][] {
  if (counts.every((c) => c === 0)) return [[]];
  return counts.flatMap((c, i) => (c === 0 ? [] : ordersOf(counts.with(i, c - 1)).map((rest) => [i, ...rest])));
}

/** The law of the winner that was drawn first, over all draws in their order. */
function firstSeen<N>(A: Algebra<N>, { ref }: Few<N>, n: number, win: (counts: readonly number[]) => number[]) {
  const logs = entries(ref.logMass);
  const parts = logs.map(() => ({ logs: [] as N[], factors: [] as N[] }));
  for (const { counts } of drawsOf(logs.length, n)) {
    const [log, won] = [logOfDraw(A, logs, counts), win(counts)];
    const firsts = ordersOf(counts).map((order) => order.find((o) => won.includes(o)));
    for (const first of won) {
      parts[first].logs.push(log);
      parts[first].factors.push(A.number(firsts.filter((o) => o === first).length));
    }
  }
  return { logMass: parts.map((part) => logSum(A, part.logs, part.factors)) };
}

/** log of the probability that a power vote picks one given draw, of answer i. */
function logPowerShare<N>(A: Algebra<N>, { exponents }: Few<N>, counts: readonly number[], i: number, alpha: N): N {
  const drawn = counts.flatMap((c, j) => (c > 0 ? [j] : []));
  const over = drawn.map((j) => A.multiply(alpha, A.add(A.log(A.number(counts[j])), exponents[i][j])));
  const own = A.log(A.number(counts[i]));
  return A.subtract(A.subtract(A.multiply(alpha, own), logSum(A, over)), own);
}

/** Claims (40) to (46), which are the library's own: other uses of N draws than best-of-N. */
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
        return inOrder(A, from, laws);
      };
      return [...[1, 2, ENUMERATED_DRAWS].flatMap((n) => ordered(few, n)), ...ordered(warm, DRAWS_NEAR_LIMIT)];
    },
  },
  {
    kind: "identity",
    equation: "(41)",
    statement:
      "Metropolis among N draws has the law of its kernel, min(1, e^((r′ − r)/β)) for a draw r′, applied N − 1 times",
    hypotheses: "the first 4 answers with mass; N = 1, 2, 6; β > 0",
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
      "the first 4 answers with mass; N = 1, 2, 6; β > 0; the cap β above the largest reward, and at the first one",
    sides: (world) => {
      const { algebra: A } = world;
      const few = fewOf(world);
      const caps = [A.add(few.reward[few.best], few.beta), few.reward[0]];
      return caps.flatMap((cap) => {
        const after = drawByDraw(A, few, cap);
        return STEPS.flatMap((n) => {
          const want = after(n);
          const got = A.rejectionSamplingLaw(few.problem, n, { cap });
          return [
            ...isWritten(A, got.law, want),
            { left: [got.expectedDraws, got.acceptance], right: [want.draws, want.acceptance] },
          ];
        });
      });
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
      return [...nearing(A, warm), ...isSame(A, low, A.rlhfOptimum({ ...problem, reward: capped }))];
    },
  },
  {
    kind: "identity",
    equation: "(44)",
    statement:
      "a vote takes the answer of the largest count·e^(r/β) among N draws, of several any as often: by its generating function",
    hypotheses:
      "the first 4 answers with mass, their rewards the ranks; N = 2, 4, all that can be drawn gone through; β = 2, β = 0, and the majority",
    sides: (world) => {
      const { algebra: A } = world;
      const few = fewOf(world);
      const { ranks, votes } = votesOf(A, few);
      const logs = new Map<number, (typeof few.reward)[number]>();
      const logOneOver = (k: number) => cached(logs, k, () => minus(A, A.log(A.number(k))));
      return votes.flatMap(({ beta, law }) =>
        [2, 4].flatMap((n) => {
          const taken = enumerated(A, few, n, (counts, i) => {
            const won = winners(counts, ranks, beta);
            return won.includes(i) ? logOneOver(won.length * counts[i]) : undefined;
          });
          return isWritten(A, law(n), taken);
        }),
      );
    },
  },
  {
    kind: "identity",
    equation: "(45)",
    statement: "of the answers that win a vote, taking the one that was drawn first has the law of taking any as often",
    hypotheses:
      "winners are drawn equally often: in a majority vote always, and by weight where no two ratios of weights are ratios of counts; the first 4 answers with mass, their rewards the ranks; N = 3, all orders of draws gone through; β = 2, β = 0, and the majority",
    sides: (world) => {
      const { algebra: A } = world;
      const few = fewOf(world);
      const { ranks, votes } = votesOf(A, few);
      return votes.flatMap(({ beta, law }) =>
        isWritten(
          A,
          law(ENUMERATED_DRAWS),
          firstSeen(A, few, ENUMERATED_DRAWS, (counts) => winners(counts, ranks, beta)),
        ),
      );
    },
  },
  {
    kind: "identity",
    equation: "(46)",
    statement:
      "a power vote picks an answer with probability ∝ (count·e^(r/β))^α among N draws; α = 1 is soft best-of-N",
    hypotheses:
      "the first 4 answers with mass, at the temperature max(β, range/8); N = 2, 3, all that can be drawn gone through; α = 0, 1, 2",
    sides: (world) => {
      const { algebra: A } = world;
      const warm = warmFewOf(world);
      const law = (n: number, alpha: number) => A.powerVoteLaw(warm.problem, n, A.number(alpha));
      const picked = (n: number, alpha: number) =>
        enumerated(A, warm, n, (counts, i) => logPowerShare(A, warm, counts, i, A.number(alpha)));
      return [2, ENUMERATED_DRAWS].flatMap((n) =>
        [0, 1, 2].flatMap((alpha) => {
          const voted = law(n, alpha);
          return [...isWritten(A, voted, picked(n, alpha)), ...(alpha === 1 ? isSame(A, voted, warm.soft(n)) : [])];
        }),
      );
    },
  },
];
