/** Policies of every kind, each beside a second implementation of its log-probabilities in complex arithmetic. */
import { measure } from "exptilt";
import {
  autoregressiveLogLinearPolicy,
  autoregressiveTabularPolicy,
  logLinearPolicy,
  type Policy,
  tabularPolicy,
} from "exptilt/training";

export interface Complex {
  readonly re: number;
  readonly im: number;
}

const add = (a: Complex, b: Complex): Complex => ({ re: a.re + b.re, im: a.im + b.im });
const scale = (a: Complex, x: number): Complex => ({ re: a.re * x, im: a.im * x });
const exp = (a: Complex): Complex => scale({ re: Math.cos(a.im), im: Math.sin(a.im) }, Math.exp(a.re));
const log = (a: Complex): Complex => ({ re: Math.log(Math.hypot(a.re, a.im)), im: Math.atan2(a.im, a.re) });

/** z_v − log Σ e^z, by its definition. */
function logSoftmax(z: readonly Complex[], v: number): Complex {
  return add(z[v], scale(log(z.map(exp).reduce(add)), -1));
}

const dot = (theta: readonly Complex[], phi: readonly number[]) =>
  phi.reduce<Complex>((s, x, j) => add(s, scale(theta[j], x)), { re: 0, im: 0 });

export interface Witness {
  readonly name: string;
  readonly policy: Policy<number, unknown>;
  /** log π_θ(answer | query) for complex θ. */
  readonly logProbability: (theta: readonly Complex[], query: number, answer: number) => Complex;
}

const phi = (...seed: number[]) => [0, 1, 2].map((j) => Math.sin(seed.reduce((s, x) => 3.7 * s + x + 1.3, j)));
const mass = [1, 3, 0.5, 2];
const tokens = [0, 1, 2];
/** All sequences of three tokens 0–2, cut short after a 2. */
const sequences = tokens.flatMap((a) =>
  a === 2 ? [[a]] : tokens.flatMap((b) => (b === 2 ? [[a, b]] : tokens.map((c) => [a, b, c]))),
);
/** The prefixes in the order of the parameters: each before its extensions. */
const prefixes = [[], [0], [0, 0], [0, 1], [1], [1, 0], [1, 1]].map(String);

export const witnesses: readonly Witness[] = [
  {
    name: "tabular",
    policy: tabularPolicy(["a", "b", "c", "d"]),
    logProbability: (theta, _, answer) => logSoftmax(theta, answer),
  },
  {
    name: "log-linear, two queries",
    policy: logLinearPolicy<number, number>({
      size: 3,
      base: () => measure([0, 1, 2, 3], mass),
      features: (query, answer) => phi(query, answer),
    }),
    logProbability: (theta, query, answer) =>
      logSoftmax(
        mass.map((m, i) => add(dot(theta, phi(query, i)), { re: Math.log(m), im: 0 })),
        answer,
      ),
  },
  {
    name: "autoregressive tabular with an end token",
    policy: autoregressiveTabularPolicy({ vocabulary: tokens, length: 3, end: 2 }),
    logProbability: (theta, _, answer) =>
      sequences[answer]
        .map((token, i, sequence) => {
          const row = prefixes.indexOf(String(sequence.slice(0, i))) * 3;
          return logSoftmax(theta.slice(row, row + 3), token);
        })
        .reduce(add),
  },
  {
    name: "autoregressive log-linear with an end token",
    policy: autoregressiveLogLinearPolicy({
      vocabulary: tokens,
      length: 3,
      end: 2,
      size: 3,
      features: (prefix, token) => phi(token, ...prefix),
    }),
    logProbability: (theta, _, answer) =>
      sequences[answer]
        .map((token, i, sequence) =>
          logSoftmax(
            tokens.map((v) => dot(theta, phi(v, ...sequence.slice(0, i)))),
            token,
          ),
        )
        .reduce(add),
  },
];
