import type { Algebra, DistributionOf, MeasureOf } from "../exact/algebra.js";
import { seldomBeyond, squareRoot } from "./binomial.js";
import type { Comparison, Identity } from "./claim.js";
import { drawsOf, ENUMERATED_DRAWS, enumerated, logOfDraw } from "./enumeration.js";
import { DRAWS_FAR_FROM_LIMIT, DRAWS_NEAR_LIMIT, type Few, faithfulFewOf, fewOf, warmFewOf } from "./fewAnswers.js";
import { dot, entries, largest, least, magnitude, minus, total } from "./sums.js";
import {
  equivalent,
  isSame,
  isWritten,
  logSum,
  writtenLaw,
  writtenOptimum,
  writtenPreference,
  writtenTilt,
} from "./written.js";

/** log of the probability w_i/Σ w that soft best-of-N picks one given draw, of answer i. */
function logSoftShare<N>(A: Algebra<N>, { exponents }: Few<N>, counts: readonly number[], i: number): N {
  const drawn = counts.flatMap((c, j) => (c > 0 ? [j] : []));
  const logs = drawn.map((j) => exponents[i][j]);
  const factors = drawn.map((j) => A.number(counts[j]));
  return minus(A, logSum(A, logs, factors));
}

/** log of the probability that best-of-N picks one given draw, of answer i: equal among the best draws, undefined for others. */
function logHardShare<N>(A: Algebra<N>, { reward }: Few<N>, counts: readonly number[], i: number): N | undefined {
  const numbers = reward.map((r) => A.toNumber(r));
  const best = Math.max(...numbers.filter((_, j) => counts[j] > 0));
  if (numbers[i] < best) return undefined;
  const ties = counts.reduce((n, c, j) => (numbers[j] === best ? n + c : n), 0);
  return A.log(A.divide(A.number(1), A.number(ties)));
}

/** N ref(o) E[w(o)/(w(o) + Σ w)] over N − 1 other draws, (26). */
function conditioned<N>(A: Algebra<N>, few: Few<N>, draws: number): { logMass: N[] } {
  const logs = entries(few.ref.logMass);
  const others = drawsOf(logs.length, draws - 1);
  const orders = others.map((other) => A.number(other.orders));
  const logMass = logs.map((log, o) => {
    const terms = others.map(({ counts }) => {
      const withOwn = counts.map((c, j) => (j === o ? c + 1 : c));
      return A.add(logOfDraw(A, logs, counts), logSoftShare(A, few, withOwn, o));
    });
    return total(A, [A.log(A.number(draws)), log, logSum(A, terms, orders)]);
  });
  return { logMass };
}

/** μ, Var(w) and the deviations of weights. */
function momentsOf<N>(A: Algebra<N>, ref: MeasureOf<N>, w: readonly N[]) {
  const mean = A.expectation(ref, w);
  const spread = w.map((x) => A.subtract(x, mean));
  const squares = spread.map((d) => A.multiply(d, d));
  return { w, mean, spread, squares, variance: A.expectation(ref, squares) };
}

/** The weights of the few answers relative to their largest, with their moments. */
function weightsOf<N>(A: Algebra<N>, { ref, exponents, best }: Few<N>) {
  const w = exponents[best].map((x) => A.exp(x));
  return momentsOf(A, ref, w);
}

/**
 * Rigorous bounds on P_N/π*: Nμ E[1/x], x = w + the N−1 others' weights, of mean m. With d = x − m,
 * 1/x = 1/m − d/m² + d²/m³ − d³/m⁴ + d⁴/(m⁴x), of which the last term is from 0 to d⁴/(m⁴s) since x ≥ s = w + (N−1) min w.
 */
function ratioBounds<N>(A: Algebra<N>, few: Few<N>, n: number): { lower: N[]; upper: N[] } {
  const { w, mean, spread, squares, variance } = weightsOf(A, few);
  const cubes = squares.map((s, i) => A.multiply(s, spread[i]));
  const fourthPowers = squares.map((s) => A.multiply(s, s));
  const third = A.expectation(few.ref, cubes);
  const fourth = A.expectation(few.ref, fourthPowers);
  const [draws, others] = [A.number(n), A.number(n - 1)];
  const rest = A.multiply(others, least(A, w));
  const pairs = A.multiply(
    A.multiply(A.number(3), A.multiply(others, A.number(n - 2))),
    A.multiply(variance, variance),
  );
  const moments = [A.multiply(others, variance), A.multiply(others, third), A.add(A.multiply(others, fourth), pairs)];
  const bounds = w.map((x) => {
    const m = A.add(x, A.multiply(others, mean));
    const scale = A.divide(A.multiply(draws, mean), m);
    // E[d²]/m², E[d³]/m³ and E[d⁴]/(m³s).
    const [second, cubic, quartic] = moments;
    const square = A.multiply(m, m);
    const head = A.subtract(A.add(A.number(1), A.divide(second, square)), A.divide(A.divide(cubic, square), m));
    const tail = A.divide(A.divide(A.divide(quartic, square), m), A.add(x, rest));
    return { lower: A.multiply(scale, head), upper: A.multiply(scale, A.add(head, tail)) };
  });
  return { lower: bounds.map((b) => b.lower), upper: bounds.map((b) => b.upper) };
}

/** States for growing N that the law of N draws is within the rigorous bounds about its limit: its masses, and their ratios. */
function tendsTo<N>(
  A: Algebra<N>,
  few: Few<N>,
  limit: MeasureOf<N>,
  growing: readonly number[] = [DRAWS_NEAR_LIMIT],
): Comparison<N>[] {
  return growing.flatMap((n) => {
    const law = few.soft(n);
    const { lower, upper } = ratioBounds(A, few, n);
    const mass = entries(law.mass);
    const times = (bound: readonly N[]) => bound.map((b, i) => A.multiply(b, limit.mass[i]));
    const ratio = entries(law.logMass).map((l, i) => A.exp(A.subtract(l, limit.logMass[i])));
    return [
      { left: times(lower), right: mass, relation: "<=" as const },
      { left: mass, right: times(upper), relation: "<=" as const },
      { left: lower, right: ratio, relation: "<=" as const },
      { left: ratio, right: upper, relation: "<=" as const },
    ];
  });
}

/** Rewards moved to start at 0, as in (14). */
function moved<N>(A: Algebra<N>, rewards: readonly N[]): N[] {
  const lowest = least(A, rewards);
  return rewards.map((r) => A.subtract(r, lowest));
}

/** hp^{1/β}/π_max^{1/β} of the few answers, as (13), (27) and (28) write the weights. */
function preferenceWeights<N>(A: Algebra<N>, { ref, reward, beta }: Few<N>): N[] {
  const logs = entries(A.power(A.humanPreference(ref.support, reward), A.divide(A.number(1), beta)).logMass);
  const top = largest(A, logs);
  return logs.map((l) => A.exp(A.subtract(l, top)));
}

/** E[((c + Σ_{i ≥ 2} w(o⁽ⁱ⁾))/N' − μ)²] by enumeration of the other draws. */
function meanSquare<N>(A: Algebra<N>, { ref }: Few<N>, w: readonly N[], mean: N, first: N | undefined): N {
  const count = A.number(first === undefined ? ENUMERATED_DRAWS - 1 : ENUMERATED_DRAWS);
  const logs = entries(ref.logMass);
  const terms = drawsOf(w.length, ENUMERATED_DRAWS - 1).map(({ counts, orders }) => {
    const sum = total(A, [
      ...(first === undefined ? [] : [first]),
      ...counts.map((c, i) => A.multiply(A.number(c), w[i])),
    ]);
    const delta = A.subtract(A.divide(sum, count), mean);
    const probability = A.multiply(A.number(orders), A.exp(logOfDraw(A, logs, counts)));
    return A.multiply(probability, A.multiply(delta, delta));
  });
  return total(A, terms);
}

/** States that `limitDistance` gives the distances between the law and its limit. */
function apart<N>(A: Algebra<N>, few: Few<N>, limit: DistributionOf<N>): Comparison<N>[] {
  const law = few.soft(2);
  const { totalVariation, kl, reverseKl } = A.limitDistance(few.problem, 2);
  return [
    {
      left: [totalVariation, kl, reverseKl],
      right: [A.totalVariation(law, limit), A.klDivergence(limit, law), A.klDivergence(law, limit)],
      scale: [A.number(1), A.number(1), A.number(1)],
    },
  ];
}

/** States that hp^{1/β}, relative to its largest, is e^{(r − r_max)/β}. */
function areWeights<N>(A: Algebra<N>, { exponents, best }: Few<N>, w: readonly N[]): Comparison<N>[] {
  return [{ left: w, right: exponents[best].map((x) => A.exp(x)) }];
}

/** States that N(P_N/π* − 1) is within the rigorous bounds about c = 1 + CV² − w/μ. */
function expansion<N>(A: Algebra<N>, few: Few<N>): Comparison<N>[] {
  const { w, mean, variance } = weightsOf(A, few);
  const one = A.number(1);
  const inner = A.add(one, A.divide(variance, A.multiply(mean, mean)));
  const shares = w.map((x) => A.divide(x, mean));
  const c = shares.map((s) => A.subtract(inner, s));
  const size = shares.map((s) => A.add(inner, s));
  const limit = writtenTilt(A, few.ref, few.exponents[few.best]).logMass.map((l) => A.exp(l));
  const half = (values: readonly N[]) => A.divide(dot(A, limit, values), A.number(2));
  const { coefficient, totalVariation, kl } = A.firstOrderExpansion(few.problem);

  const n = DRAWS_NEAR_LIMIT;
  const draws = A.number(n);
  const optimum = A.rlhfOptimum(few.problem);
  const law = few.soft(n);
  const { lower, upper } = ratioBounds(A, few, n);
  const times = (ratio: N) => A.multiply(draws, A.subtract(ratio, one));
  const misses = (ratio: N, i: number) => magnitude(A, A.subtract(times(ratio), c[i]));
  return [
    { left: entries(coefficient), right: c, scale: size },
    {
      left: [totalVariation, kl],
      right: [half(c.map((x) => magnitude(A, x))), half(c.map((x) => A.multiply(x, x)))],
      scale: [half(size), half(size.map((x) => A.multiply(x, x)))],
    },
    {
      left: c.map((_, i) => {
        const ratio = A.exp(A.subtract(law.logMass[i], optimum.logMass[i]));
        return magnitude(A, A.subtract(times(ratio), coefficient[i]));
      }),
      right: c.map((_, i) => largest(A, [misses(lower[i], i), misses(upper[i], i)])),
      relation: "<=",
      // N times a ratio near 1 carries N roundings of 1.
      scale: c.map(() => draws),
    },
  ];
}

/** States the formula of the printed rate, and that it bounds |P_N/π* − 1|. */
function withinRate<N>(A: Algebra<N>, few: Few<N>): Comparison<N>[] {
  const n = DRAWS_NEAR_LIMIT;
  const draws = A.number(n);
  const exponents = few.exponents[few.best];
  const range = A.subtract(largest(A, exponents), least(A, exponents));
  const rate = A.printedRate(few.problem, n);
  const root = squareRoot(A, A.divide(A.log(draws), draws));
  const [law, optimum] = [entries(few.soft(n).mass), entries(A.rlhfOptimum(few.problem).mass)];
  return [
    { left: [rate], right: [A.multiply(A.exp(range), root)] },
    {
      left: law.map((p, i) => magnitude(A, A.subtract(p, optimum[i]))),
      right: optimum.map((p) => A.multiply(p, rate)),
      relation: "<=",
      scale: optimum,
    },
  ];
}

/** Equations (8), (13)–(18) and (25)–(29): best-of-N, soft best-of-N and their limit. */
export const selection: readonly Identity[] = [
  {
    kind: "identity",
    equation: "(8)",
    statement: "the best of N draws from ref has P(level) = F^N − (F⁻)^N, shared within a level as ref is",
    hypotheses: "the first 4 answers with mass; N = 1, 2, 3, all that can be drawn gone through",
    sides: (world) => {
      const { algebra: A } = world;
      const few = fewOf(world);
      return [1, 2, ENUMERATED_DRAWS].flatMap((n) => {
        const picked = enumerated(A, few, n, (counts, i) => logHardShare(A, few, counts, i));
        return isWritten(A, A.bestOfNLaw(few.problem, n), picked);
      });
    },
  },
  {
    kind: "identity",
    equation: "(13)",
    statement:
      "soft best-of-N picks draw o⁽ⁿ⁾ of N with probability hp^(1/β)(o⁽ⁿ⁾)/Σ hp^(1/β): the exact law is its average",
    hypotheses: "the first 4 answers with mass; N = 1, 2, 3, all that can be drawn gone through; β > 0",
    sides: (world) => {
      const { algebra: A } = world;
      const [few, warm] = [fewOf(world), warmFewOf(world)];
      const picked = (from: Few<(typeof few.reward)[number]>, n: number) =>
        enumerated(A, from, n, (counts, i) => logSoftShare(A, from, counts, i));
      const weighted = A.weightedBestOfNLaw({ ref: warm.ref, weight: preferenceWeights(A, warm) }, 2);
      return [
        ...[1, 2, ENUMERATED_DRAWS].flatMap((n) => isWritten(A, few.soft(n), picked(few, n))),
        // The same law by the weights themselves, where they are doubles.
        ...isWritten(A, weighted, picked(warm, 2)),
      ];
    },
  },
  {
    kind: "identity",
    equation: "(14)",
    statement: "rewards may be moved to 0 ≤ r ≤ r_max: hp, π* and the law of N draws stay",
    hypotheses: "β > 0; the law of N = 2 draws on the first 4 answers with mass",
    sides: (world) => {
      const { algebra: A, support, reward, ref, beta } = world;
      const few = fewOf(world);
      const soft = A.softBestOfNLaw({ ...few.problem, reward: moved(A, few.reward) }, 2);
      return [
        ...isWritten(A, A.humanPreference(support, moved(A, reward)), writtenPreference(world)),
        ...isWritten(A, A.rlhfOptimum({ ref, reward: moved(A, reward), beta }), writtenOptimum(world)),
        ...isWritten(
          A,
          soft,
          enumerated(A, few, 2, (counts, i) => logSoftShare(A, few, counts, i)),
        ),
      ];
    },
  },
  {
    kind: "identity",
    equation: "(15)",
    statement:
      "N w/m ≤ P_N/ref ≤ N w (1/m + (N−1)Var(w)/(m²s)), m = w + (N−1)μ, s = w + (N−1)min w: both sides tend to w/μ, and P_N to π*",
    hypotheses: "every N and answer; here the first 4 with mass, N = 2, 2¹⁰, 2²⁸, at the temperature max(β, range/8)",
    sides: (world) => {
      const { algebra: A } = world;
      const few = warmFewOf(world);
      const { w, mean, variance } = weightsOf(A, few);
      const lightest = least(A, w);
      const limit = A.selectionLimit(few.problem);
      const bounded = [2, DRAWS_FAR_FROM_LIMIT].flatMap((n) => {
        const law = entries(few.soft(n).mass);
        const [draws, others] = [A.number(n), A.number(n - 1)];
        const jensen = w.map((x, i) => {
          const m = A.add(x, A.multiply(others, mean));
          const s = A.add(x, A.multiply(others, lightest));
          const lower = A.divide(A.multiply(draws, x), m);
          const slack = A.divide(A.multiply(others, variance), A.multiply(m, s));
          const upper = least(A, [draws, A.multiply(lower, A.add(A.number(1), slack))]);
          const p = few.ref.mass[i];
          return { lower: A.multiply(p, lower), upper: A.multiply(p, upper) };
        });
        const { lower, upper } = A.softBestOfNBounds(few.problem, n);
        return [
          { left: entries(lower), right: jensen.map((b) => b.lower) },
          { left: entries(upper), right: jensen.map((b) => b.upper) },
          { left: entries(lower), right: law, relation: "<=" as const },
          { left: law, right: entries(upper), relation: "<=" as const },
        ];
      });
      return [
        ...bounded,
        ...isWritten(A, limit, writtenTilt(A, few.ref, few.exponents[few.best])),
        ...tendsTo(A, few, limit),
        ...apart(A, few, limit),
      ];
    },
  },
  {
    kind: "identity",
    equation: "(16)",
    statement: "that limit, ref·hp^(1/β_tts)/Z, is the RLHF optimum at β_hf = β_tts: P_N nears it as 1/N",
    hypotheses: "β > 0; the first 4 answers with mass, N = 2¹⁰, 2²⁸, at the temperature max(β, range/8)",
    sides: (world) => {
      const { algebra: A, ref, hp, beta, optimum } = world;
      const few = warmFewOf(world);
      const limit = A.product(ref, A.power(hp, A.divide(A.number(1), beta)));
      return [
        ...tendsTo(A, few, A.rlhfOptimum(few.problem), [DRAWS_FAR_FROM_LIMIT, DRAWS_NEAR_LIMIT]),
        ...isWritten(A, A.selectionLimit(few.problem), writtenTilt(A, few.ref, few.exponents[few.best])),
        ...isSame(A, A.normalize(limit), optimum),
      ];
    },
  },
  {
    kind: "identity",
    equation: "(17)",
    statement: "with ref = hp the limit of soft best-of-N, ref·hp^(1/β)/Z, is ∝ ref^(1+1/β)",
    hypotheses:
      "ref = hp, β > 0; the first 4 answers with mass, N = 2²⁸, at the temperature max(β, spread of log ref/8)",
    sides: (world) => {
      const { algebra: A, ref, faithful, beta } = world;
      const few = faithfulFewOf(world);
      const one = A.number(1);
      const exponent = A.add(one, A.divide(one, beta));
      return [
        ...tendsTo(A, few, A.escort(few.ref, A.add(one, A.divide(one, few.beta)))),
        ...isSame(A, A.rlhfOptimum({ ...faithful, beta }), A.escort(ref, exponent)),
        ...isSame(A, A.escort(ref, exponent), A.normalize(A.product(ref, A.power(ref, A.divide(one, beta))))),
      ];
    },
  },
  {
    kind: "identity",
    equation: "(18)",
    statement: "with ref = hp that limit is the RLIF optimum when β_tts = Lβ_if − 1",
    hypotheses:
      "ref = hp, Lβ_if > 1; the first 4 answers with mass, N = 2²⁸, at the temperature max(β, spread of log ref/8)",
    sides: (world) => {
      const { algebra: A, ref, internalOptimum, faithful } = world;
      const few = faithfulFewOf(world);
      const exponent = A.add(A.number(1), A.divide(A.number(1), faithful.beta));
      const limit = A.product(ref, A.power(ref, A.divide(A.number(1), faithful.beta)));
      return [
        ...tendsTo(A, few, A.rlifOptimum(few.internal)),
        ...isSame(A, A.normalize(limit), internalOptimum),
        ...isSame(A, A.escort(ref, exponent), internalOptimum),
        ...equivalent(A, few.internal),
      ];
    },
  },
  {
    kind: "identity",
    equation: "(25)",
    statement: "π_min ≤ hp ≤ π_max with π_max/π_min = e^(r_max − r_min) ≤ e^(r_max)",
    hypotheses: "0 ≤ r ≤ r_max, here the rewards moved to start at 0",
    sides: (world) => {
      const { algebra: A, support, reward } = world;
      const rewards = moved(A, reward);
      const hp = A.humanPreference(support, rewards);
      const logs = entries(hp.logMass);
      const logRatio = A.subtract(largest(A, logs), least(A, logs));
      const one = A.number(1);
      return [
        ...isWritten(A, hp, writtenLaw(A, rewards)),
        // Both sides divided by e^{r_max}, so that a factor shows at any r_max.
        { left: [A.exp(A.subtract(logRatio, largest(A, rewards)))], right: [one] },
      ];
    },
  },
  {
    kind: "identity",
    equation: "(26)",
    statement: "P_N(o) = N E[ref(o) w(o)/(w(o) + Σ_{i≥2} w(o⁽ⁱ⁾))], which is the integral N ref w ∫ e^(−tw) φ^(N−1) dt",
    hypotheses: "the first 4 answers with mass; N = 2, 3, all other draws gone through; β > 0",
    sides: (world) => {
      const { algebra: A } = world;
      const few = fewOf(world);
      return [2, ENUMERATED_DRAWS].flatMap((n) => isWritten(A, few.soft(n), conditioned(A, few, n)));
    },
  },
  {
    kind: "identity",
    equation: "(27)",
    statement:
      "the mean of N−1 draws' w misses μ by Var(w)/(N−1) in mean square, and but for a probability of 2/N¹⁰ by at most √(20 log N E[w²]/(N−1)) + (20/3) w_max log N/(N−1) ≤ 6 w_max √(log N/N)",
    hypotheses:
      "w = hp^(1/β); the first 4 answers with mass at N = 3, and the first 2 at N = 256; at the temperature max(β, range/8)",
    sides: (world) => {
      const { algebra: A } = world;
      const few = warmFewOf(world);
      const w = preferenceWeights(A, few);
      const { mean, variance } = momentsOf(A, few.ref, w);
      const expected = A.divide(variance, A.number(ENUMERATED_DRAWS - 1));
      return [
        ...areWeights(A, few, w),
        { left: [meanSquare(A, few, w, mean, undefined)], right: [expected], scale: [A.multiply(mean, mean)] },
        ...seldomBeyond(A, few.ref, w, undefined),
      ];
    },
  },
  {
    kind: "identity",
    equation: "(28)",
    statement:
      "δ = (w(o) + Σ_{i≥2} w(o⁽ⁱ⁾))/N − μ has mean square ((N−1)Var(w) + (w(o)−μ)²)/N², and but for a probability of 2/N¹⁰ |δ| ≤ w_max/N + (N−1)/N times the bound of (27) ≤ 6 w_max √(log N/N)",
    hypotheses:
      "w = hp^(1/β); the first 4 answers with mass at N = 3, and the first 2 at N = 256; at the temperature max(β, range/8)",
    sides: (world) => {
      const { algebra: A } = world;
      const few = warmFewOf(world);
      const w = preferenceWeights(A, few);
      const { mean, spread, variance } = momentsOf(A, few.ref, w);
      const others = A.multiply(A.number(ENUMERATED_DRAWS - 1), variance);
      const expected = spread.map((d) =>
        A.divide(A.add(others, A.multiply(d, d)), A.number(ENUMERATED_DRAWS * ENUMERATED_DRAWS)),
      );
      return [
        ...areWeights(A, few, w),
        {
          left: w.map((x) => meanSquare(A, few, w, mean, x)),
          right: expected,
          scale: w.map(() => A.multiply(mean, mean)),
        },
        ...w.slice(0, 1).flatMap((_, o) => seldomBeyond(A, few.ref, w, o)),
      ];
    },
  },
  {
    kind: "identity",
    equation: "(29)",
    statement:
      "P_N tends to π*: N(P_N/π* − 1) tends to 1 + CV² − w/μ as 1/N, and |P_N/π* − 1| ≤ e^((r_max − r_min)/β) √(log N/N)",
    hypotheses: "N ≥ e^(2(r_max − r_min)/β) log N; the first 4 answers with mass, at the temperature max(β, range/8)",
    sides: (world) => {
      const { algebra: A } = world;
      const few = warmFewOf(world);
      return [...expansion(A, few), ...withinRate(A, few)];
    },
  },
];
