import { autoregressivePolicy, dpoOptimum, measure, nashOptimum, softValues } from "exptilt";
import { MASSES, masses, order, ordinary, pick, times, whole } from "../instances.js";
import { answers, type BigNumber, big, exact, measureOf, type Num, one } from "../oracle.js";
import { type Subject, subject } from "../subject.js";

type Rng = () => number;

/** Masses, and the probabilities that i beats j for i < j, row by row, whose complements are doubles. */
type Game = { mass: number[]; wins: number[]; beta: number };

function game(rng: Rng, mass: number[]): Game {
  const pairs = (mass.length * (mass.length - 1)) / 2;
  const win = pick<() => number>(
    rng,
    () => whole(rng, 0, 2 ** 20) / 2 ** 20,
    () => whole(rng, 0, 4) / 4,
  );
  return { mass, wins: times(pairs, win), beta: order(rng, -3, 3) };
}

/** The matrix of preferences, of numbers of any kind. */
function matrixOf<N>(size: number, wins: readonly N[], half: N, less: (win: N) => N): N[][] {
  let k = 0;
  const matrix = Array.from({ length: size }, () => Array.from({ length: size }, () => half));
  for (let i = 0; i < size; i++) {
    for (let j = i + 1; j < size; j++) {
      const win = wins[k++];
      matrix[i][j] = win;
      matrix[j][i] = less(win);
    }
  }
  return matrix;
}

const nash = ({ mass, wins, beta }: Game) =>
  nashOptimum({ ref: measure(answers(mass), mass), preference: matrixOf(mass.length, wins, 0.5, (w) => 1 - w), beta });

function nashExactly(mass: readonly Num[], wins: readonly Num[], beta: Num) {
  const within = (x: BigNumber) => (x.gt(1) ? one : x);
  const read = wins.map((w) => within(big(w)));
  const preference = matrixOf(mass.length, read, big(0.5), (w) => one.minus(w));
  return exact.nashOptimum({ ref: measureOf(mass), preference, beta });
}

/** Comparisons in both directions along random pairs, so that each component has a maximum. */
type Compared = { mass: number[]; pairs: number[][]; counts: number[][]; beta: number };

function compared(rng: Rng): Compared {
  const size = pick(rng, 2, 3, 4, 6, 8);
  const count = () => pick(rng, whole(rng, 1, 9), order(rng, -2, 3));
  const pairs = Array.from({ length: whole(rng, 0, 2 * size) }, () => {
    const i = whole(rng, 0, size - 1);
    return [i, (i + whole(rng, 1, size - 1)) % size];
  });
  const counts = pairs.map(() => [count(), count()]);
  const mass = masses(rng, size).map((m) => (m > 0 ? m : 1));
  return { mass, pairs, counts, beta: order(rng, -3, 3) };
}

const comparisonsOf = <N>(pairs: readonly (readonly number[])[], counts: readonly (readonly N[])[]) =>
  pairs.flatMap(([i, j], k) => [
    { winner: i, loser: j, count: counts[k][0] },
    { winner: j, loser: i, count: counts[k][1] },
  ]);

/** A policy of up to three tokens by rows of masses, taken by the last token, and the rewards of its sequences. */
type Tokens = { rows: number[][]; reward: number[]; length: number; beta: number };

function tokens(rng: Rng): Tokens {
  const size = pick(rng, 2, 3);
  const length = pick(rng, 1, 2, 3);
  const rows = Array.from({ length: size + 1 }, () => ordinary(rng, size));
  const reward = times(
    size ** length,
    pick<() => number>(
      rng,
      rng,
      () => whole(rng, -2, 2),
      () => 1e6 + rng(),
    ),
  );
  return { rows, reward, length, beta: order(rng, -3, 3) };
}

const soft = ({ rows, reward, length, beta }: Tokens) => {
  const vocabulary = answers(rows[0]);
  const conditional = (prefix: readonly number[]) => rows[(prefix.at(-1) ?? -1) + 1];
  return softValues(autoregressivePolicy({ vocabulary, length, conditional }), reward, beta);
};

function softExactly(rows: readonly (readonly Num[])[], reward: readonly Num[], length: number, beta: Num) {
  const vocabulary = answers(rows[0]);
  const conditional = (prefix: readonly unknown[]) =>
    exact.distribution(vocabulary, rows[((prefix.at(-1) as number | undefined) ?? -1) + 1] as Num[]);
  return exact.softValues({ vocabulary, length, end: undefined, conditional }, reward, beta);
}

const GAMES = "any preferences, cycles and certain wins among them; β from 1e-3 to 1e3; 1 to 8 answers";
const small = (rng: Rng) => pick(rng, 1, 2, 2, 3, 4, 6, 8);

export const games: readonly Subject[] = [
  subject<Game>({
    name: "nashOptimum().mass",
    domain: `${MASSES}; ${GAMES}`,
    draw: (rng) => game(rng, masses(rng, small(rng))),
    float64: (x) => nash(x).mass,
    exact: ({ mass, wins, beta }) => nashExactly(mass, wins, beta).mass,
    cases: 100,
    probes: 2,
  }),
  subject<Game>({
    name: "nashOptimum().logMass",
    domain: `ordinary masses; ${GAMES}`,
    draw: (rng) => game(rng, ordinary(rng, small(rng))),
    float64: (x) => nash(x).logMass,
    exact: ({ mass, wins, beta }) => nashExactly(mass, wins, beta).logMass,
    cases: 100,
    probes: 2,
  }),
  subject<Compared>({
    name: "dpoOptimum().logMass",
    domain: `${MASSES}; up to 16 pairs, compared 0.01 to 1,000 times in each direction; β from 1e-3 to 1e3; 2 to 8 answers`,
    draw: compared,
    fixed: ["pairs"],
    float64: ({ mass, pairs, counts, beta }) =>
      dpoOptimum({ ref: measure(answers(mass), mass), beta }, comparisonsOf(pairs, counts)).logMass,
    exact: ({ mass, counts, beta }, { pairs }) =>
      exact.dpoOptimum({ ref: measureOf(mass), beta }, comparisonsOf(pairs, counts)).logMass,
    cases: 100,
    probes: 2,
    exception: {
      ulp: 10,
      reason: "abilities are rounded at the size of the largest, and β magnifies their differences",
    },
  }),
  subject<Tokens>({
    name: "softValues().value",
    domain: "ordinary masses; rewards near, tied, offset by 1e6; β from 1e-3 to 1e3; 2 or 3 tokens, lengths 1 to 3",
    draw: tokens,
    fixed: ["length"],
    float64: (x) => soft(x).value([]),
    exact: ({ rows, reward, beta }, { length }) => softExactly(rows, reward, length, beta).value([]),
    probes: 2,
  }),
  subject<Tokens>({
    name: "softValues().policy.logMass",
    domain: "the next token's logarithms, of the same",
    draw: tokens,
    fixed: ["length"],
    float64: (x) => soft(x).policy.conditional([]).logMass,
    exact: ({ rows, reward, beta }, { length }) =>
      softExactly(rows, reward, length, beta).policy.conditional([]).logMass,
    probes: 2,
  }),
];
