import type { Algebra, DistributionOf } from "../exact/algebra.js";
import type { Comparison, Identity } from "./claim.js";
import { fewOf, perWorld, ranksOf, warmFewOf } from "./fewAnswers.js";
import type { World } from "./instance.js";
import { markov } from "./sequences.js";
import { dot, entries, largest, magnitude, total } from "./sums.js";
import { isSame, isWritten, logSum, writtenLaw, writtenTilt } from "./written.js";

/** The price of a nat in the games, in probability of winning: margins are worth 2 nats at most. */
const GAME_BETA = 0.25;

/** The temperature of DPO, in log-odds a nat. */
const DPO_BETA = 0.5;

/** Tokens of the sequences in (54). */
const TOKENS = 2;

/** Answers in (52) and (53), whose optima are found step by step. */
const ANSWERS = 3;

/** The first answers that have mass. */
function firstOf<N>(world: World<N>): { ref: DistributionOf<N>; reward: readonly N[] } {
  return perWorld(world, "three", () => {
    const { algebra: A } = world;
    const { ref, reward } = fewOf(world);
    if (reward.length <= ANSWERS) return { ref, reward };
    const logMass = entries(ref.logMass).slice(0, ANSWERS);
    return {
      ref: A.normalize(A.fromLogMass(ref.support.slice(0, ANSWERS), logMass)),
      reward: reward.slice(0, ANSWERS),
    };
  });
}

/** 1 + |log ref|, the size of what a logarithm of a law is a sum of. */
const logSizes = <N>(A: Algebra<N>, { logMass }: DistributionOf<N>): N[] =>
  entries(logMass).map((l) => A.add(A.number(1), magnitude(A, l)));

/** Preferences half by the ranks of the rewards, half by a cycle in which each answer beats the next one. */
function preferencesOf<N>(A: Algebra<N>, reward: readonly N[]): N[][] {
  const ranks = ranksOf(A, reward);
  const k = ranks.length;
  const cycle = (i: number, j: number) => Number(j === (i + 1) % k) - Number(i === (j + 1) % k);
  const wins = (i: number, j: number): N => {
    if (i > j) return A.subtract(A.number(1), wins(j, i));
    const both = A.add(A.preferenceProbability(ranks[i], ranks[j]), A.number(0.5 + cycle(i, j) / 2));
    return i === j ? A.number(0.5) : A.divide(both, A.number(2));
  };
  return ranks.map((_, i) => ranks.map((_, j) => wins(i, j)));
}

function nash<N>(world: World<N>): Comparison<N>[] {
  const { algebra: A } = world;
  const { ref, reward } = firstOf(world);
  const beta = A.number(GAME_BETA);
  const preference = preferencesOf(A, reward);
  const optimum = A.nashOptimum({ ref, preference, beta });
  const rate = preference.map((row) => dot(A, row, optimum.mass));
  const exponents = rate.map((w) => A.divide(w, beta));
  const written = writtenTilt(A, ref, exponents);
  const against = { ref, reward: rate, beta };
  const best = A.multiply(beta, optimum.logNormalizer);
  return [
    ...isWritten(A, optimum, written),
    { left: [optimum.logNormalizer], right: [written.logTotal] },
    { left: [A.rlhfObjective(against, optimum)], right: [best], scale: logSizes(A, ref).slice(0, 1) },
    ...[ref, A.uniform(ref.support)].map((policy) => ({
      left: [A.rlhfObjective(against, policy)],
      right: [best],
      relation: "<=" as const,
      scale: [largest(A, logSizes(A, ref))],
    })),
  ];
}

/** A pair of answers, how often the first won, and how often the second. */
type Pair = readonly [first: number, second: number, won: number, lost: number];

const comparisonsOf = <N>(A: Algebra<N>, pairs: readonly Pair[]) =>
  pairs.flatMap(([i, j, won, lost]) => [
    { winner: i, loser: j, count: A.number(won) },
    { winner: j, loser: i, count: A.number(lost) },
  ]);

/** States for a law that the slope of DPO's loss is 0 in every logit, and that the means of log π/ref of the components agree. */
function endsTraining<N>(
  A: Algebra<N>,
  ref: DistributionOf<N>,
  law: DistributionOf<N>,
  pairs: readonly Pair[],
  components: readonly (readonly number[])[],
): Comparison<N>[] {
  const beta = A.number(DPO_BETA);
  const implied = entries(law.logMass).map((l, i) => A.multiply(beta, A.subtract(l, ref.logMass[i])));
  const sizes = logSizes(A, ref);
  const expected = (i: number, j: number, count: number) =>
    A.multiply(A.number(count), A.preferenceProbability(implied[i], implied[j]));
  const wins = implied.map((_, i) => {
    const own = pairs.filter(([a, b]) => a === i || b === i);
    const terms = own.map(([a, b, won, lost]) => expected(i, a === i ? b : a, won + lost));
    const seen = own.reduce((sum, [a, , won, lost]) => sum + (a === i ? won : lost), 0);
    return { expected: total(A, terms), seen: A.number(seen) };
  });
  const means = components.map((own) => {
    const terms = own.map((i) => implied[i]);
    return A.divide(total(A, terms), A.number(own.length));
  });
  const scale = [largest(A, sizes)];
  return [
    {
      left: wins.map((w) => w.expected),
      right: wins.map((w) => w.seen),
      scale: wins.map((w) => A.multiply(scale[0], A.add(w.seen, A.number(1)))),
    },
    ...means.slice(1).map((mean) => ({ left: [mean], right: [means[0]], scale })),
    { left: [total(A, entries(law.mass))], right: [A.number(1)] },
  ];
}

function dpo<N>(world: World<N>): Comparison<N>[] {
  const { algebra: A } = world;
  const { ref } = firstOf(world);
  const answers = ref.support as readonly number[];
  const k = answers.length;
  const places = answers.map((_, i) => i);
  const beta = A.number(DPO_BETA);
  const named = (pairs: readonly Pair[]) =>
    comparisonsOf(
      A,
      pairs.map(([i, j, won, lost]) => [answers[i], answers[j], won, lost]),
    );
  const optimum = (pairs: readonly Pair[]) => A.dpoOptimum({ ref, beta }, named(pairs));
  // A chain, of which the abilities fit every pair: 3, 4, … wins to 1.
  const chain = places.slice(1).map((j): Pair => [j - 1, j, j + 2, 1]);
  const logOdds = chain.map(([, , won]) => A.log(A.number(won)));
  const ability = places.map((i) => total(A, logOdds.slice(i)));
  const linked = optimum(chain);
  // A ring, of which they fit none.
  const ring: readonly Pair[] = k < 3 ? chain : [...chain, [k - 1, 0, 2, 3]];
  // The first two answers alone: the others were never compared.
  const first = chain.slice(0, 1);
  const alone = k < 2 ? [places] : [[0, 1], ...places.slice(2).map((i) => [i])];
  const apart = optimum(first);
  const half = A.divide(A.log(A.number(3)), A.number(2 * DPO_BETA));
  const moved = places.map((i) => (i > 1 || k < 2 ? A.number(0) : i === 0 ? half : A.subtract(A.number(0), half)));
  return [
    ...isSame(A, linked, A.rlhfOptimum({ ref, reward: ability, beta })),
    ...endsTraining(A, ref, optimum(ring), ring, [places]),
    ...isWritten(A, apart, writtenTilt(A, ref, moved)),
    ...endsTraining(A, ref, apart, first, alone),
  ];
}

function softly<N>(world: World<N>): Comparison<N>[] {
  const { algebra: A, tokens } = world;
  const warm = warmFewOf(world);
  const { beta } = warm;
  const { policy } = markov(A, tokens, TOKENS, 0);
  const ref = A.sequenceDistribution(policy);
  // Below the best one: a value's rounding at the size of an offset would show in the differences of values.
  const below = warm.reward.map((r) => A.subtract(r, warm.reward[warm.best]));
  const reward = ref.support.map((_, i) => below[i % below.length]);
  const soft = A.softValues(policy, reward, beta);
  const problem = { ref, reward, beta };
  const optimum = A.rlhfOptimum(problem);
  const sizes = [...reward, beta].map((r) => magnitude(A, r));
  const scale = [largest(A, sizes)];
  const prefixes = [[], ...policy.vocabulary.map((token) => [token])];
  return [
    ...isSame(A, A.sequenceDistribution(soft.policy), optimum),
    { left: [soft.value([])], right: [A.rlhfOptimalValue(problem)], scale },
    { left: ref.support.map((sequence) => soft.value(sequence as readonly unknown[])), right: reward },
    ...prefixes.flatMap((prefix) => {
      const next = policy.vocabulary.map((token) => soft.value([...prefix, token]));
      const top = largest(A, next);
      const exponents = next.map((v) => A.divide(A.subtract(v, top), beta));
      const logs = policy.conditional(prefix).logMass;
      const weights = exponents.map((x, a) => A.add(logs[a], x));
      const value = A.add(top, A.multiply(beta, logSum(A, weights)));
      return [
        { left: [soft.value(prefix)], right: [value], scale },
        ...isWritten(A, soft.policy.conditional(prefix), writtenLaw(A, weights)),
      ];
    }),
  ];
}

/** Claims (52) to (54), which are the library's own: where NLHF, DPO and token-level RLHF end. */
export const games: readonly Identity[] = [
  {
    kind: "identity",
    equation: "(52)",
    statement:
      "NLHF: π* ∝ ref·e^(Pπ*/β), and no deviation gains: J(π) = πᵀPπ* − β KL(π‖ref) is largest at π*, β log E_ref[e^(Pπ*/β)]",
    hypotheses: "the first 3 answers with mass; preferences half by the ranks of the rewards, half by a cycle; β = 1/4",
    sides: nash,
  },
  {
    kind: "identity",
    equation: "(53)",
    statement:
      "DPO: gradient descent from ref conserves each component's sum of logits: π ∝ ref·e^((a − mean_C a)/β), which is (9) where all are linked",
    hypotheses:
      "the first 3 answers with mass; compared in a chain, in a ring, and the first two alone; a tabular policy; β = 1/2",
    sides: dpo,
  },
  {
    kind: "identity",
    equation: "(54)",
    statement:
      "V(s) = β log Σ_a ref(a|s) e^(V(sa)/β): the token-level policy ref(a|s) e^((V(sa) − V(s))/β) has the tilt as sequence law, and V of the empty prefix is β log E_ref[e^(r/β)]",
    hypotheses:
      "a Markov policy of two tokens a sequence, from the masses; the rewards of the first 4 answers less the best in turn, at the temperature max(β, range/8)",
    sides: softly,
  },
];
