import {
  comparisonsFromWins,
  fitBradleyTerry,
  humanPreference,
  logPreferenceProbability,
  preferenceProbability,
} from "exptilt";
import { adversarial } from "../fixtures.js";
import { between, order, pick, REWARDS, rewards, sizeOf, times } from "../instances.js";
import { math } from "../mathjs.js";
import { answers, type BigNumber, big, exact, log1p, type Num, total } from "../oracle.js";
import { type Subject, subject } from "../subject.js";

function pair(rng: () => number): { reward: number; other: number } {
  const reward = pick(
    rng,
    between(rng, -5, 5),
    between(rng, -800, 800),
    1e6 + between(rng, -1, 1),
    order(rng, -300, 300),
  );
  const other = pick(rng, 0, reward * (1 + order(rng, -15, -1)), between(rng, -40, 40), reward - between(rng, -40, 40));
  return { reward, other };
}

const PAIR = "rewards apart by 0 to 1e300, near each other at 1e6, both tails";
const gapOf = (a: Num, b: Num) => big(a).minus(big(b));

/** All pairs compared, each side with a win at least. */
function wins(rng: () => number): { wins: number[][] } {
  const size = pick(rng, 2, 3, 3, 4, 5);
  const most = pick(rng, 10, 1000, 1e9);
  return { wins: times(size, (i) => i).map((i) => times(size, (j) => (i === j ? 0 : Math.ceil(rng() * most)))) };
}
const abilities = (matrix: readonly (readonly number[])[]) => {
  const items = [...matrix.keys()];
  return fitBradleyTerry(comparisonsFromWins(items, matrix), { items }).ability;
};

/** The maximum of the likelihood, by Newton's method at 60 digits from where float64 ended; of total 0. */
function strongest(matrix: Num[][], start: ArrayLike<number>): BigNumber[] {
  let ability = Array.from(start, big);
  const free = ability.length - 1; // the last is held while the others move
  for (let step = 0; step < 4; step++) {
    const expected = ability.map((a) => ability.map((b) => exact.preferenceProbability(a, b)));
    const count = (i: number, j: number) => big(matrix[i][j]).plus(matrix[j][i]);
    const all = ability.map((_, j) => j);
    const slope = all.map((i) => total(all.map((j) => big(matrix[i][j]).minus(count(i, j).times(expected[i][j])))));
    const curve = (i: number, j: number) => count(i, j).times(expected[i][j]).times(expected[j][i]);
    const system = times(free, (i) => i).map((i) => [
      ...times(free, (j) => j).map((j) =>
        i === j ? total(all.filter((k) => k !== i).map((k) => curve(i, k))) : curve(i, j).neg(),
      ),
      slope[i],
    ]);
    const change = solve(system);
    ability = ability.map((a, i) => (i < free ? a.plus(change[i]) : a));
  }
  const mean = total(ability).div(ability.length);
  return ability.map((a) => a.minus(mean));
}

/** The solution of a positive definite system, its right side as the last column. */
function solve(rows: BigNumber[][]): BigNumber[] {
  const left = rows.map((row) => [...row]);
  for (const [k, pivot] of left.entries()) {
    for (const row of left.slice(k + 1)) {
      const factor = row[k].div(pivot[k]);
      for (let j = k; j < row.length; j++) row[j] = row[j].minus(factor.times(pivot[j]));
    }
  }
  const x: BigNumber[] = [];
  for (let k = left.length - 1; k >= 0; k--) {
    const known = total(left[k].slice(k + 1, -1).map((c, j) => c.times(x[k + 1 + j])));
    x[k] = left[k][left.length].minus(known).div(left[k][k]);
  }
  return x;
}

export const preference: readonly Subject[] = [
  subject({
    name: "preferenceProbability",
    fixtures: adversarial("bt_prob", {}, { reward: "a", other: "b" }),
    domain: PAIR,
    draw: pair,
    float64: ({ reward, other }) => preferenceProbability(reward, other),
    exact: ({ reward, other }) => exact.preferenceProbability(reward, other),
    peers: { mathjs: ({ reward, other }) => 1 / (1 + math.exp(other - reward)) },
    cases: 1000,
  }),
  subject({
    name: "logPreferenceProbability",
    fixtures: adversarial("bt_prob", {}, { reward: "a", other: "b" }),
    domain: PAIR,
    draw: pair,
    float64: ({ reward, other }) => logPreferenceProbability(reward, other),
    exact: ({ reward, other }) => {
      const d = gapOf(reward, other);
      return d.isNegative() ? d.minus(log1p(exact.exp(d))) : log1p(exact.exp(d.neg())).neg();
    },
    peers: { mathjs: ({ reward, other }) => math.log(1 / (1 + math.exp(other - reward))) },
    cases: 1000,
  }),
  subject({
    name: "humanPreference().mass",
    domain: REWARDS,
    draw: (rng, index) => ({ reward: rewards(rng, sizeOf(rng, index)) }),
    float64: ({ reward }) => humanPreference(answers(reward), reward).mass,
    exact: ({ reward }) => exact.humanPreference(answers(reward), reward).mass,
  }),
  subject({
    name: "humanPreference().logNormalizer",
    domain: REWARDS,
    draw: (rng, index) => ({ reward: rewards(rng, sizeOf(rng, index)) }),
    float64: ({ reward }) => humanPreference(answers(reward), reward).logNormalizer,
    exact: ({ reward }) => exact.humanPreference(answers(reward), reward).logNormalizer,
  }),
  subject({
    name: "fitBradleyTerry().ability",
    domain: "2 to 5 items, all pairs compared up to 10, 1000 or 1e9 times",
    draw: wins,
    float64: ({ wins }) => abilities(wins),
    exact: ({ wins }, given) => strongest(wins, abilities(given.wins)),
    cases: 60,
  }),
];
