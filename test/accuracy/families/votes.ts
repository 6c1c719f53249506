import {
  bestOfMajorityLaw,
  estimateMajorityVote,
  fromLogMass,
  majorityVoteLaw,
  measure,
  powerVoteLaw,
  weightedVoteLaw,
} from "exptilt";
import {
  LOG_MASSES,
  logMasses,
  MASSES,
  masses,
  order,
  ordinary,
  pick,
  rewards,
  temperature,
  times,
  whole,
} from "../instances.js";
import {
  answers,
  type BigNumber,
  big,
  exact,
  logMeasureOf,
  logOnePlus,
  measureOf,
  type Num,
  one,
  total,
  zero,
} from "../oracle.js";
import { type Subject, subject } from "../subject.js";

type Rng = () => number;
type Voted = { mass: number[]; n: number };
type Weighted = Voted & { reward: number[]; beta: number };

/** All ways to give n votes to so many answers, at most `most` to each. */
function* countsOf(most: readonly number[], n: number): Generator<number[]> {
  if (most.length === 0) {
    if (n === 0) yield [];
    return;
  }
  for (let i = 0; i <= Math.min(n, most[0]); i++) for (const rest of countsOf(most.slice(1), n - i)) yield [i, ...rest];
}

/** The share of each answer that a rule gives to some counts, none to all where no answer may win. */
type Rule = (counts: readonly number[]) => readonly BigNumber[];

/** One of some answers, drawn uniformly. */
const oneOf = (size: number, winners: readonly number[]): BigNumber[] =>
  Array.from({ length: size }, (_, i) => (winners.includes(i) ? one.div(winners.length) : zero));

/** The law of the answer that a rule takes, all counts gone through, given that it takes one. */
function voted(ref: readonly BigNumber[], n: number, rule: Rule): BigNumber[] {
  const law = ref.map((): BigNumber[] => []);
  const most = ref.map((p) => (p.isZero() ? 0 : n));
  for (const counts of countsOf(most, n)) {
    let chance = one;
    let left = n;
    for (const [i, c] of counts.entries()) {
      if (c > 0) chance = chance.times(ref[i].pow(c)).times(choose(left, c));
      left -= c;
    }
    for (const [i, share] of rule(counts).entries()) if (!share.isZero()) law[i].push(chance.times(share));
  }
  const sums = law.map(total);
  const all = total(sums);
  return sums.map((p) => p.div(all));
}

function choose(n: number, k: number): BigNumber {
  let ways = one;
  for (let i = 1; i <= k; i++) ways = ways.times(n - k + i).div(i);
  return ways;
}

/** The answers of the largest m·w, ties as `weightedVoteLaw` documents them; at β = 0 the best level, and votes within it. */
function heaviest(n: number, reward: readonly number[], beta: number): Rule {
  const top = Math.max(...reward.filter((r) => r < Infinity));
  const size = (i: number) => Math.abs(reward[i] / beta);
  const slack = (i: number, j: number) =>
    beta === 0 ? 0 : Math.min(1e-12, 4 * 2 ** -52 * (1 + Math.log(n) + Math.max(size(i), size(j))));
  // At β = 0 each level is worth more than all votes.
  const levels = [...new Set(reward)].sort((a, b) => b - a);
  const logWeight = reward.map((r) => {
    if (beta === 0) return big(-100 * levels.indexOf(r));
    return beta === Infinity ? zero : big(r).minus(big(top)).div(big(beta));
  });
  return (counts) => {
    const drawn = [...counts.keys()].filter((i) => counts[i] > 0 && reward[i] > -Infinity);
    if (drawn.length === 0) return counts.map(() => zero);
    const sum = (i: number) => exact.log(big(counts[i])).plus(logWeight[i]);
    const best = drawn.reduce((a, b) => (sum(b).gt(sum(a)) ? b : a));
    return oneOf(
      counts.length,
      drawn.filter((i) => sum(best).minus(sum(i)).lte(slack(best, i))),
    );
  };
}

/** Answers and draws of which all counts can be gone through. */
const sizes = (rng: Rng): [answers: number, n: number] => {
  const k = pick(rng, 1, 2, 2, 3, 3, 4, 5);
  return [k, pick(rng, 1, 2, 3, whole(rng, 2, [0, 9, 64, 24, 11, 8][k]))];
};
const DRAWS = "N = 1 to 64, of which all counts can be gone through";

function majority(rng: Rng): Voted {
  const [k, n] = sizes(rng);
  return { mass: (rng() < 0.5 ? masses : ordinary)(rng, k), n };
}

function weighted(rng: Rng): Weighted {
  const { mass, n } = majority(rng);
  const reward = rng() < 0.5 ? mass.map(() => Math.log(whole(rng, 1, 4))) : rewards(rng, mass.length);
  if (!mass.some((m, i) => m > 0 && reward[i] > -Infinity)) reward[mass.findIndex((m) => m > 0)] = 0;
  const beta = pick(rng, 1, 1, 0, Infinity, temperature(rng));
  const told = (r: number, s: number) => Math.abs(r - s) > 1e-9 * Math.max(beta, Math.abs(r), Math.abs(s));
  // What can hardly be told apart is tied: the first of them stands for all.
  const apart = reward.map((r, i) => reward.slice(0, i).find((s) => s > -Infinity && !told(r, s)) ?? r);
  return { mass, n, reward: apart, beta };
}
const WEIGHTS = "rewards far, tied, −∞, logarithms of whole numbers; β = 0 to ∞";

const probabilities = (mass: readonly Num[]): BigNumber[] => Array.from(exact.normalize(measureOf(mass)).mass);
const given = (mass: readonly number[]) => measure(answers(mass), mass);
const problemOf = ({ mass, reward, beta }: Weighted) => ({ ref: given(mass), reward, beta });

export const votes: readonly Subject[] = [
  subject<Voted>({
    name: "majorityVoteLaw().mass",
    domain: `${MASSES}; ${DRAWS}`,
    draw: majority,
    fixed: ["n"],
    float64: ({ mass, n }) => majorityVoteLaw(given(mass), n).mass,
    exact: ({ mass }, { n }) =>
      voted(
        probabilities(mass),
        n,
        heaviest(
          n,
          mass.map(() => 0),
          Infinity,
        ),
      ),
    probes: 2,
  }),
  subject<{ logMass: number[]; n: number }>({
    name: "majorityVoteLaw().logMass",
    domain: `${LOG_MASSES}; ${DRAWS}`,
    draw: (rng) => {
      const [k, n] = sizes(rng);
      return { logMass: logMasses(rng, k), n };
    },
    fixed: ["n"],
    float64: ({ logMass, n }) => majorityVoteLaw(fromLogMass(answers(logMass), logMass), n).logMass,
    exact: ({ logMass }, { n }) => {
      const ref = Array.from(exact.normalize(logMeasureOf(logMass)).logMass, (l) => exact.exp(l));
      const rule = heaviest(
        n,
        logMass.map(() => 0),
        Infinity,
      );
      const law = voted(ref, n, rule);
      // Near 1 the digits are those of the others.
      const rest = (i: number) => total(law.filter((_, j) => j !== i));
      return law.map((p, i) => (p.gt(0.5) ? logOnePlus(rest(i).neg()) : exact.log(p)));
    },
    probes: 2,
  }),
  subject<Voted>({
    name: "majorityVoteLaw(many draws).mass",
    domain: "two answers, near each other or not; N = 501 to 4,000, by the integral",
    draw: (rng) => ({ mass: [1, pick(rng, 1, order(rng, -0.3, 0.3), order(rng, -3, 3))], n: whole(rng, 501, 4000) }),
    fixed: ["n"],
    float64: ({ mass, n }) => majorityVoteLaw(given(mass), n).mass,
    exact: ({ mass }, { n }) => tails(probabilities(mass), n),
    cases: 50,
    probes: 2,
  }),
  subject<Weighted>({
    name: "weightedVoteLaw().mass",
    domain: `${MASSES}; ${WEIGHTS}; ${DRAWS}`,
    draw: weighted,
    // A reward moved a little off is not tied.
    fixed: ["n", "reward", "beta"],
    float64: (x) => weightedVoteLaw(problemOf(x), x.n).mass,
    exact: ({ mass }, { n, reward, beta }) => voted(probabilities(mass), n, heaviest(n, reward, beta)),
    probes: 2,
  }),
  subject<Weighted & { tau: number }>({
    name: "bestOfMajorityLaw().mass",
    domain: `ordinary masses; rewards near, far, tied, −∞; τ = 1 to N + 1; ${DRAWS}`,
    draw: (rng) => {
      const problem = { ...weighted(rng), beta: 0 };
      return { ...problem, mass: ordinary(rng, problem.mass.length), tau: whole(rng, 1, problem.n + 1) };
    },
    fixed: ["n", "reward", "beta", "tau"],
    float64: (x) => bestOfMajorityLaw(problemOf(x), x.n, x.tau).mass,
    exact: ({ mass }, { n, reward, tau }) =>
      voted(probabilities(mass), n, (counts) => {
        const drawn = [...counts.keys()].filter((i) => counts[i] > 0 && reward[i] > -Infinity);
        const needed = Math.min(tau, Math.max(...drawn.map((i) => counts[i])));
        const held = drawn.filter((i) => counts[i] >= needed);
        const best = Math.max(...held.map((i) => reward[i]));
        return oneOf(
          counts.length,
          held.filter((i) => reward[i] === best),
        );
      }),
    probes: 2,
  }),
  subject<Weighted & { alpha: number }>({
    name: "powerVoteLaw().mass",
    domain: `ordinary masses; rewards of −∞ and 0 to 4 β; α = 0 to 8; ${DRAWS}`,
    draw: (rng) => {
      const [k, n] = sizes(rng);
      const reward = times(k, (i) => (i > 0 && rng() < 0.1 ? -Infinity : 4 * rng()));
      return { mass: ordinary(rng, k), n, reward, beta: 1, alpha: pick(rng, 0, 0.5, 1, 2, 8 * rng()) };
    },
    fixed: ["n"],
    float64: (x) => powerVoteLaw(problemOf(x), x.n, x.alpha).mass,
    exact: ({ mass, reward, beta, alpha }, { n, reward: r }) =>
      voted(probabilities(mass), n, (counts) => {
        const power = counts.map((c, i) => {
          if (c === 0 || r[i] === -Infinity) return zero;
          const log = exact.log(big(c)).plus(big(reward[i]).div(big(beta)));
          return exact.exp(log.times(big(alpha)));
        });
        const sum = total(power);
        return sum.isZero() ? power : power.map((s) => s.div(sum));
      }),
    cases: 100,
    probes: 2,
    exception: { ulp: 8, reason: "its powers are exponentials of sums of logarithms, whose rounding they magnify" },
  }),
  subject<{ count: number[]; reward: number[]; n: number }>({
    name: "estimateMajorityVote().law",
    domain: "1 to 5 answers of up to 20 samples, votes alike or weighted by 1 to 4; any n",
    draw: (rng) => {
      const count = times(pick(rng, 1, 2, 3, 4, 5), () => whole(rng, 1, pick(rng, 3, 8, 20)));
      const reward = count.map(() => Math.log(pick(rng, 1, whole(rng, 1, 4))));
      const size = count.reduce((a, b) => a + b);
      return { count, reward, n: whole(rng, 1, pick(rng, size, Math.min(size, 8))) };
    },
    fixed: ["count", "reward", "n"],
    float64: ({ count, reward, n }) => estimateMajorityVote({ count, reward, beta: 1 }, n).law,
    exact: (_, { count, reward, n }) => {
      const rule = heaviest(n, reward, 1);
      const law = count.map((): BigNumber[] => []);
      for (const counts of countsOf(count, n)) {
        const ways = counts.reduce((w, c, i) => w.times(choose(count[i], c)), one);
        for (const [i, share] of rule(counts).entries()) if (!share.isZero()) law[i].push(ways.times(share));
      }
      const all = choose(
        count.reduce((a, b) => a + b),
        n,
      );
      return law.map((terms) => total(terms).div(all));
    },
    cases: 100,
    probes: 1,
  }),
];

/** The law of the majority of n votes for two answers: the tails of a binomial law. */
function tails([p, q]: readonly BigNumber[], n: number): BigNumber[] {
  const terms: BigNumber[] = [];
  let term = q.pow(n);
  for (let m = 0; m <= n; m++) {
    terms.push(term);
    term = term.times(p.times(n - m)).div(q.times(m + 1));
  }
  const half = n % 2 === 0 ? terms[n / 2].div(2) : zero;
  const more = Math.floor(n / 2) + 1;
  return [total(terms.slice(more)).plus(half), total(terms.slice(0, n - more + 1)).plus(half)];
}
