import type { Identity } from "./claim.js";
import { enumerated, type Few, fewOf, sequencesOf, warmFewOf } from "./few.js";
import { entries, least, magnitude, total } from "./vectors.js";
import type { World } from "./world.js";

/** Draws in the claims that go through every sequence of them. */
const DRAWS = 3;

/** Soft best-of-N's share of draw k: w_k/Σ w, from the ratios of the weights. */
function softShare<N>({ algebra: A }: World<N>, { odds }: Few<N>, drawn: readonly number[], k: number): N {
  const sum = total(
    A,
    drawn.map((j) => odds[drawn[k]][j]),
  );
  return A.divide(A.number(1), sum);
}

/** Best-of-N's share of draw k: an equal one of the draws of highest reward. */
function hardShare<N>({ algebra: A }: World<N>, rewards: readonly number[], drawn: readonly number[], k: number): N {
  const best = Math.max(...drawn.map((i) => rewards[i]));
  if (rewards[drawn[k]] < best) return A.number(0);
  return A.divide(A.number(1), A.number(drawn.filter((i) => rewards[i] === best).length));
}

/** The weights of the few relative to their largest, and their mean, variance and largest square. */
function weightsOf<N>({ algebra: A }: World<N>, { ref, reward, odds }: Few<N>) {
  const numbers = reward.map((r) => A.toNumber(r));
  const top = numbers.indexOf(Math.max(...numbers));
  const w = odds[top];
  const mean = A.expectation(ref, w);
  const spread = w.map((x) => A.subtract(x, mean));
  const variance = A.expectation(
    ref,
    spread.map((d) => A.multiply(d, d)),
  );
  return { w, mean, spread, variance };
}

/** E[(c + Σ_{i ≥ 2} w(o⁽ⁱ⁾))/N' − μ)²] over the other draws, by going through them all. */
function meanSquare<N>(world: World<N>, few: Few<N>, first: N | undefined) {
  const { algebra: A } = world;
  const { w, mean } = weightsOf(world, few);
  const count = A.number(first === undefined ? DRAWS - 1 : DRAWS);
  const terms: N[] = [];
  for (const { drawn, probability } of sequencesOf(world, few, DRAWS - 1)) {
    const sum = total(A, [...(first === undefined ? [] : [first]), ...drawn.map((i) => w[i])]);
    const delta = A.subtract(A.divide(sum, count), mean);
    terms.push(A.multiply(probability, A.multiply(delta, delta)));
  }
  return total(A, terms);
}

/** log N/N, the order that Bernstein's inequality gives to the squares in (27) and (28). */
function logOver<N>({ algebra: A }: World<N>, n: number): N {
  return A.divide(A.log(A.number(n)), A.number(n));
}

/** A power of 4 above e^{2·range/β} log N, from where (29) speaks. */
function enoughDraws(range: number): number {
  let n = 16;
  while (n < Math.exp(2 * range) * Math.log(n)) n *= 4;
  return n;
}

/** Equations (8), (13)–(16) and (26)–(29): best-of-N and soft best-of-N. */
export const selection: readonly Identity[] = [
  {
    kind: "identity",
    equation: "(8)",
    statement: "the best of N draws from ref has P(level) = F^N − (F⁻)^N, shared within a level as ref is",
    hypotheses: "the first 4 answers with mass; N = 1, 2, 3, every sequence of draws gone through",
    sides: (world) => {
      const few = fewOf(world);
      const rewards = few.reward.map((r) => world.algebra.toNumber(r));
      return [1, 2, DRAWS].map((n) => ({
        left: entries(world.algebra.bestOfNLaw(few.problem, n).mass),
        right: enumerated(world, few, n, (drawn, k) => hardShare(world, rewards, drawn, k)),
      }));
    },
  },
  {
    kind: "identity",
    equation: "(13)",
    statement: "soft best-of-N picks draw o⁽ⁿ⁾ of N with probability w(o⁽ⁿ⁾)/Σ w: the exact law is its average",
    hypotheses: "the first 4 answers with mass; N = 1, 2, 3, every sequence of draws gone through; β > 0",
    sides: (world) => {
      const few = fewOf(world);
      return [1, 2, DRAWS].map((n) => ({
        left: few.soft(n),
        right: enumerated(world, few, n, (drawn, k) => softShare(world, few, drawn, k)),
      }));
    },
  },
  {
    kind: "identity",
    equation: "(14)",
    statement: "rewards may be moved to 0 ≤ r ≤ r_max: hp, π* and the law of N draws stay",
    hypotheses: "β > 0; the law of N = 2 draws on the first 4 answers with mass",
    sides: (world) => {
      const { algebra: A, instance, support, reward, hp, optimum, ref, beta } = world;
      const least = A.number(Math.min(...instance.reward));
      const moved = (rewards: readonly (typeof least)[]) => rewards.map((r) => A.subtract(r, least));
      const few = fewOf(world);
      return [
        { left: entries(A.humanPreference(support, moved(reward)).mass), right: entries(hp.mass) },
        { left: entries(A.rlhfOptimum({ ref, reward: moved(reward), beta }).mass), right: entries(optimum.mass) },
        {
          left: entries(A.softBestOfNLaw({ ...few.problem, reward: moved(few.reward) }, 2).mass),
          right: few.soft(2),
        },
      ];
    },
  },
  {
    kind: "identity",
    equation: "(15)",
    statement:
      "N w/m ≤ P_N/ref ≤ N w (1/m + (N−1)Var(w)/(m²s)), m = w + (N−1)μ, s = w + (N−1)min w: both sides tend to w/μ",
    hypotheses: "every N and answer; here the first 4 with mass, N = 2, 1024, at the temperature max(β, range/8)",
    sides: (world) => {
      const { algebra: A } = world;
      const few = warmFewOf(world);
      const { w, mean, variance } = weightsOf(world, few);
      const lightest = least(A, w);
      return [2, 1024].flatMap((n) => {
        const law = few.soft(n);
        const others = A.number(n - 1);
        const jensen = w.map((x, i) => {
          const m = A.add(x, A.multiply(others, mean));
          const s = A.add(x, A.multiply(others, lightest));
          const lower = A.divide(A.multiply(A.multiply(A.number(n), few.ref.mass[i]), x), m);
          const slack = A.divide(A.multiply(others, variance), A.multiply(m, s));
          return { lower, upper: A.multiply(lower, A.add(A.number(1), slack)) };
        });
        return [
          { left: jensen.map((b) => b.lower), right: law, relation: "<=" as const },
          { left: law, right: jensen.map((b) => b.upper), relation: "<=" as const },
        ];
      });
    },
  },
  {
    kind: "identity",
    equation: "(16)",
    statement: "that limit, ref·hp^(1/β_tts)/Z, is the RLHF optimum at β_hf = β_tts",
    hypotheses: "β > 0",
    sides: ({ algebra: A, ref, hp, beta, optimum }) => {
      const limit = A.product(ref, A.power(hp, A.divide(A.number(1), beta)));
      return [{ left: entries(A.normalize(limit).mass), right: entries(optimum.mass) }];
    },
  },
  {
    kind: "identity",
    equation: "(26)",
    statement: "P_N(o) = N E[ref(o) w(o)/(w(o) + Σ_{i≥2} w(o⁽ⁱ⁾))], which is the integral N ref w ∫ e^(−tw) φ^(N−1) dt",
    hypotheses: "the first 4 answers with mass; N = 2, 3, the other draws gone through; β > 0",
    sides: (world) => {
      const { algebra: A } = world;
      const few = fewOf(world);
      return [2, DRAWS].map((n) => ({
        left: few.soft(n),
        right: few.odds.map((odds, o) => {
          const terms: (typeof odds)[number][] = [];
          for (const { drawn, probability } of sequencesOf(world, few, n - 1)) {
            const sum = total(A, [A.number(1), ...drawn.map((j) => odds[j])]);
            terms.push(A.divide(probability, sum));
          }
          return A.multiply(A.multiply(A.number(n), few.ref.mass[o]), total(A, terms));
        }),
      }));
    },
  },
  {
    kind: "identity",
    equation: "(27)",
    statement: "the mean of N−1 draws' w misses μ by Var(w)/(N−1) in mean square, which is at most w_max² log N/N",
    hypotheses: "the first 4 answers with mass; N = 3, the draws gone through; at the temperature max(β, range/8)",
    sides: (world) => {
      const { algebra: A } = world;
      const few = warmFewOf(world);
      const { mean, variance } = weightsOf(world, few);
      const expected = A.divide(variance, A.number(DRAWS - 1));
      const scale = [A.multiply(mean, mean)];
      return [
        { left: [meanSquare(world, few, undefined)], right: [expected], scale },
        // w_max is 1 here.
        { left: [expected], right: [logOver(world, DRAWS)], relation: "<=" },
      ];
    },
  },
  {
    kind: "identity",
    equation: "(28)",
    statement: "δ = (w(o) + Σ_{i≥2} w(o⁽ⁱ⁾))/N − μ has mean square ((N−1)Var(w) + (w(o)−μ)²)/N² ≤ w_max² log N/N",
    hypotheses: "the first 4 answers with mass; N = 3, the draws gone through; at the temperature max(β, range/8)",
    sides: (world) => {
      const { algebra: A } = world;
      const few = warmFewOf(world);
      const { w, spread, variance } = weightsOf(world, few);
      const others = A.multiply(A.number(DRAWS - 1), variance);
      const expected = spread.map((d) => A.divide(A.add(others, A.multiply(d, d)), A.number(DRAWS * DRAWS)));
      return [
        { left: w.map((x) => meanSquare(world, few, x)), right: expected, scale: w.map(() => A.number(1)) },
        { left: expected, right: w.map(() => logOver(world, DRAWS)), relation: "<=" },
      ];
    },
  },
  {
    kind: "identity",
    equation: "(29)",
    statement: "|P_N/π* − 1| ≤ e^((r_max − r_min)/β) √(log N/N), so that P_N tends to π*",
    hypotheses: "N ≥ e^(2(r_max − r_min)/β) log N; the first 4 answers with mass, at the temperature max(β, range/8)",
    sides: (world) => {
      const { algebra: A } = world;
      const few = warmFewOf(world);
      const { w } = weightsOf(world, few);
      const range = -Math.log(Math.min(...w.map((x) => A.toNumber(x))));
      const n = enoughDraws(range);
      const law = few.soft(n);
      const optimum = entries(A.rlhfOptimum(few.problem).mass);
      const root = A.exp(A.multiply(A.number(0.5), A.log(logOver(world, n))));
      const rate = A.multiply(A.exp(A.number(range)), root);
      return [
        {
          left: law.map((p, i) => magnitude(A, A.subtract(p, optimum[i]))),
          right: optimum.map((p) => A.multiply(p, rate)),
          relation: "<=",
        },
      ];
    },
  },
];
