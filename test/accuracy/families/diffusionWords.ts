import { fromLogMass, measure } from "exptilt";
import {
  atomicData,
  type BetaScheduleName,
  betaSchedule,
  convertNoiseLevel,
  type GuidanceConvention,
  guidanceScale,
  guidanceWeight,
  guidedTarget,
  karrasSchedule,
  maskedGuidanceLaw,
  type NoiseForm,
} from "exptilt/diffusion";
import { between, order, pick, times, whole } from "../instances.js";
import { exact, type Num } from "../oracle.js";
import { type Subject, subject } from "../subject.js";

type Rng = () => number;

const FORMS: readonly NoiseForm[] = ["sigma", "alphaBar", "sigmaVe", "logSnr"];
const LEVELS: Readonly<Record<NoiseForm, (rng: Rng) => number>> = {
  sigma: (rng) => pick(rng, rng(), order(rng, -300, -1), 1 - order(rng, -15, -1), Math.SQRT1_2 + 1e-9 * rng()),
  alphaBar: (rng) => pick(rng, rng(), order(rng, -300, -1), 1 - order(rng, -15, -1), 0.5 + 1e-9 * rng()),
  sigmaVe: (rng) => pick(rng, rng(), order(rng, -150, 150), 1 + 1e-9 * rng()),
  logSnr: (rng) => pick(rng, between(rng, -30, 30), between(rng, -600, 600), 1e-9 * rng()),
};
const CONVENTIONS: readonly GuidanceConvention[] = ["ho-salimans", "imagen", "diffusers", "stable-diffusion", "edm2"];
const SCALES = "all conventions; numbers from 1e-9 to 1e9, of both signs";
const NAMES: readonly BetaScheduleName[] = ["linear", "scaled_linear", "squaredcos_cap_v2"];
const COLUMNS = ["beta", "alphaBar", "sigma", "sigmaVe", "logSnr"] as const;

/** All sequences of a few tokens. */
const sequences = (tokens: number, length: number): number[][] =>
  length === 0
    ? [[]]
    : sequences(tokens, length - 1).flatMap((s) => Array.from({ length: tokens }, (_, v) => [...s, v]));

type Masked = { tokens: number; length: number; p: number[]; q: number[]; w: number; normalized: number };
const drawMasked = (rng: Rng, weight: (rng: Rng) => number): Masked => {
  const [tokens, length] = pick(rng, [2, 1], [4, 1], [2, 2], [3, 2], [2, 3], [2, 4]);
  const size = tokens ** length;
  return {
    tokens,
    length,
    p: times(size, () => weight(rng)),
    q: times(size, () => weight(rng)),
    w: pick(rng, 1, 3, between(rng, -2, 10)),
    normalized: whole(rng, 0, 1),
  };
};
const masked = (make: (support: number[][], values: readonly number[]) => ReturnType<typeof measure<number[]>>) => {
  return ({ tokens, length, p, q, w, normalized }: Masked) => {
    const support = sequences(tokens, length);
    return maskedGuidanceLaw(make(support, p), make(support, q), w, { normalized: normalized === 1 });
  };
};

/** Functions of the numbers that diffusion people go by. */
export const diffusionWords: readonly Subject[] = [
  subject({
    name: "guidanceWeight",
    domain: SCALES,
    draw: (rng) => ({ s: order(rng, -9, 9) * pick(rng, 1, -1) }),
    float64: ({ s }) => CONVENTIONS.map((convention) => guidanceWeight(s, convention)),
    exact: ({ s }) => CONVENTIONS.map((convention) => exact.guidanceWeight(s, convention)),
    cases: 60,
  }),
  subject({
    name: "guidanceScale",
    domain: SCALES,
    draw: (rng) => ({ w: order(rng, -9, 9) * pick(rng, 1, -1) }),
    float64: ({ w }) => CONVENTIONS.map((convention) => guidanceScale(w, convention)),
    exact: ({ w }) => CONVENTIONS.map((convention) => exact.guidanceScale(w, convention)),
    cases: 60,
  }),
  ...FORMS.map((from) =>
    subject({
      name: `convertNoiseLevel(${from})`,
      domain:
        "the three other forms; levels from 1e-300 to 1 − 1e-15, or from 1e-150 to 1e150, λ within ±600, and next to λ = 0",
      draw: (rng) => ({ x: LEVELS[from](rng) }),
      float64: ({ x }) => FORMS.filter((to) => to !== from).map((to) => convertNoiseLevel(x, from, to)),
      exact: ({ x }) => FORMS.filter((to) => to !== from).map((to) => exact.convertNoiseLevel(x, from, to)),
    }),
  ),
  ...COLUMNS.map((column) =>
    subject({
      name: `betaSchedule().${column}`,
      domain: "the three schedules; 1 to 1,000 steps; the named ends, and ends from 1e-12 to 0.5",
      draw: (rng) => {
        const name = whole(rng, 0, 2);
        const [start, end] = pick(rng, name === 1 ? [0.00085, 0.012] : [1e-4, 0.02], [
          order(rng, -12, -4),
          order(rng, -3, -0.3),
        ]);
        return { name, steps: whole(rng, 1, pick(rng, 10, 1000)), start, end };
      },
      fixed: ["name", "steps"],
      float64: ({ name, steps, start, end }) =>
        betaSchedule(NAMES[name], name === 2 ? { steps } : { steps, betaStart: start, betaEnd: end })[column],
      exact: ({ start, end }, { name, steps }) =>
        exact.betaSchedule(NAMES[name], name === 2 ? { steps } : { steps, betaStart: start, betaEnd: end })[column],
      cases: 12,
      probes: 2,
    }),
  ),
  subject({
    name: "karrasSchedule",
    domain: "2 to 100 levels; from 1e-6 to 1e3; ρ from 0.01 to 1e4 and ∞",
    draw: (rng) => {
      const sigmaMin = order(rng, -6, 1);
      return {
        steps: whole(rng, 2, pick(rng, 10, 100)),
        sigmaMin,
        sigmaMax: sigmaMin * (1 + order(rng, -6, 3)),
        rho: pick(rng, 7, order(rng, -2, 4), Infinity),
      };
    },
    fixed: ["steps"],
    float64: ({ steps, ...rest }) => karrasSchedule(steps, rest),
    exact: ({ sigmaMin, sigmaMax, rho }, { steps }) => exact.karrasSchedule(steps, { sigmaMin, sigmaMax, rho }),
    cases: 100,
  }),
  subject({
    name: "guidedTarget(negative).mass",
    domain: "two classes on 1 to 8 atoms, weights over 12 orders; strengths from -10 to 100",
    draw: (rng) => {
      const size = whole(rng, 1, 8);
      const weights = () => times(size, () => order(rng, -12, 0));
      return { own: weights(), other: weights(), w: pick(rng, 1, between(rng, -10, 100)) };
    },
    float64: ({ own, other, w }) => {
      const shares = (mass: readonly number[]) => Array.from(mass, (m) => m / mass.reduce((a, b) => a + b));
      const atoms = own.map((_, i) => [i]);
      const data = atomicData({ atoms, classes: { own: shares(own), all: shares(own) } });
      return guidedTarget(data, "own", w, { negative: measure(data.marginal.support, other) }).mass;
    },
    exact: ({ own, other, w }) => {
      const answers = own.map((_, i) => i);
      const [p, q] = [own, other].map((mass: readonly Num[]) => exact.measure(answers, mass));
      const data = { atoms: answers, classes: { own: p }, prior: { own: 1 } };
      return exact.guidedTarget(data, "own", w, { negative: q }).mass;
    },
  }),
  subject({
    name: "maskedGuidanceLaw().mass",
    domain: "2 to 16 sequences of 1 to 4 tokens; masses from 0.1 to 1 and over 12 and 300 orders; w from -2 to 10",
    draw: (rng) => {
      const [low, high] = pick(rng, [-1, 0], [-12, 0], [-150, 150]);
      return drawMasked(rng, (r) => order(r, low, high));
    },
    fixed: ["tokens", "length", "normalized"],
    float64: (x) => masked((support, mass) => measure(support, mass))(x).mass,
    exact: ({ p, q, w }, { tokens, length, normalized }) => {
      const [a, b] = [p, q].map((mass: readonly Num[]) => exact.measure(sequences(tokens, length), mass));
      return exact.maskedGuidanceLaw(a, b, w, { normalized: normalized === 1 }).mass;
    },
  }),
  subject({
    name: "maskedGuidanceLaw().logMass",
    domain: "the same with log-masses down to −1,000",
    draw: (rng) => {
      const low = pick(rng, -10, -1000);
      return drawMasked(rng, (r) => between(r, low, 0));
    },
    fixed: ["tokens", "length", "normalized"],
    float64: (x) => masked((support, logMass) => fromLogMass(support, logMass))(x).logMass,
    exact: ({ p, q, w }, { tokens, length, normalized }) => {
      const [a, b] = [p, q].map((mass: readonly Num[]) => exact.fromLogMass(sequences(tokens, length), mass));
      return exact.maskedGuidanceLaw(a, b, w, { normalized: normalized === 1 }).logMass;
    },
  }),
];
