import { readFileSync } from "node:fs";
import {
  atomicData,
  classify,
  cosineSchedule,
  denoise,
  densityRatioWeights,
  guidedNoisePrediction,
  guidedTarget,
  linearSchedule,
  logClassProbability,
  logDensityRatio,
  logSnrSchedule,
  noisePrediction,
  score,
} from "exptilt/diffusion";
import { between, order, pick, times, whole } from "../instances.js";
import { answers, type BigNumber, big, exact, logOnePlus, type Num, one, total, zero } from "../oracle.js";
import { type FixtureCase, type Moved, type Subject, subject } from "../subject.js";

type Rng = () => number;
type Noised = { atoms: number[][]; law: number[]; x: number[]; sigma: number };
type Guided = {
  atoms: number[][];
  own: number[];
  other: number[];
  prior: number[];
  x: number[];
  sigma: number;
  w: number;
};
type Classes = { own: number[]; other: number[]; prior: number[] };

const normal = (rng: Rng) => Math.sqrt(-2 * Math.log(rng())) * Math.cos(2 * Math.PI * rng());

/** Probabilities of total 1, as far as doubles go. */
function shares(rng: Rng, size: number): number[] {
  const weight = pick<() => number[]>(
    rng,
    () => times(size, () => 1),
    () => times(size, rng),
    () => times(size, () => order(rng, -12, 0)),
    () => times(size, (i) => (i > 0 && rng() < 0.3 ? 0 : rng())),
  )();
  const sum = weight.reduce((s, v) => s + v, 0);
  return weight.map((v) => v / sum);
}

function noised(rng: Rng): Omit<Noised, "law"> & { size: number } {
  const [size, dimension] = [pick(rng, 1, 2, 3, 5, 8), pick(rng, 1, 1, 2)];
  const spread = pick(rng, 1, 10, 1e-6);
  const center = pick(rng, 0, 0, 1000);
  const atoms = Array.from({ length: size }, () => times(dimension, () => center + spread * normal(rng)));
  const sigma = pick(rng, rng(), order(rng, -8, -1), 1 - order(rng, -12, -1));
  const alpha = Math.sqrt((1 - sigma) * (1 + sigma));
  const near = atoms[whole(rng, 0, size - 1)];
  const noise = pick(rng, 1, 1, 5);
  return { size, atoms, x: near.map((a) => alpha * a + noise * sigma * normal(rng)), sigma };
}
const NOISED =
  "1 to 8 atoms in one or two dimensions, apart or 1e-6 from each other, about 0 or 1000; σ from 1e-8 to 1 − 1e-12; points within noise of an atom";

const dataOf = ({ atoms, law }: Noised) => atomicData({ atoms, classes: { data: law } });
const classesOf = ({ own, other, prior: [a, b] }: Classes, atoms: number[][]) =>
  atomicData({ atoms, classes: { own, other }, prior: { own: a, other: b } });

const drawNoised = (rng: Rng): Noised => {
  const { size, ...rest } = noised(rng);
  return { ...rest, law: shares(rng, size) };
};

const alphaOf = (sigma: Num) => one.minus(big(sigma).pow(2)).sqrt();

/** Σ q a with q ∝ p exp(−|x − αa|²/2σ²). */
function meanOf(atoms: Num[][], law: readonly BigNumber[], x: readonly Num[], sigma: Num): BigNumber[] {
  const alpha = alphaOf(sigma);
  const exponents = atoms.map((a) =>
    total(a.map((v, k) => big(x[k]).minus(alpha.times(v)).pow(2))).div(big(sigma).pow(2).times(-2)),
  );
  const top = exponents.reduce((t, e, i) => (law[i].gt(0) && e.gt(t) ? e : t), big(-Infinity));
  const q = exponents.map((e, i) => (law[i].isZero() ? zero : law[i].times(exact.exp(e.minus(top)))));
  return x.map((_, k) => total(q.map((w, i) => w.times(atoms[i][k]))).div(total(q)));
}
const lawOf = (mass: readonly Num[]) => Array.from(exact.distribution(answers(mass), mass).mass);
const noiseOf = (x: readonly Num[], sigma: Num, mean: readonly BigNumber[]) =>
  mean.map((m, k) => big(x[k]).minus(alphaOf(sigma).times(m)).div(big(sigma)));
const exactMean = ({ atoms, law, x, sigma }: Moved<Noised>) => meanOf(atoms, lawOf(law), x, sigma);

/** p(c) p(x|c) and its sum over the classes. */
function joint({ own, other, prior }: Moved<Classes>): { own: BigNumber[]; other: BigNumber[]; all: BigNumber[] } {
  const [a, b] = lawOf(prior);
  const [mine, theirs] = [lawOf(own).map((p) => p.times(a)), lawOf(other).map((p) => p.times(b))];
  return { own: mine, other: theirs, all: mine.map((p, i) => p.plus(theirs[i])) };
}
const drawClasses = (rng: Rng, size: number): Classes => {
  const a = pick(rng, 0.5, rng(), order(rng, -9, -1));
  return { own: shares(rng, size), other: shares(rng, size), prior: [a, 1 - a] };
};
const line = (size: number) => times(size, (i) => i).map((i) => [i]);
const CLASSES = "two classes on 1 to 8 atoms, of priors from 1e-9 to 1; weights over 12 orders, zeros";
/** log(1 + other/own), where own is not 0. */
const logOf = (own: BigNumber, other: BigNumber) => (own.isZero() ? big(-Infinity) : logOnePlus(other.div(own)).neg());

const { cases } = JSON.parse(readFileSync(new URL("../../reference/noise.json", import.meta.url), "utf8")) as {
  cases: { name: string; atoms: number[][]; weights: number[]; x: number[]; sigma: number }[];
};
const fixtures: FixtureCase<Noised>[] = cases.map(({ name, atoms, weights, x, sigma }) => ({
  id: `noise.json, ${name}`,
  inputs: { atoms, law: weights, x, sigma },
}));

export const diffusion: readonly Subject[] = [
  subject({
    name: "noisePrediction",
    domain: NOISED,
    draw: drawNoised,
    float64: (i) => noisePrediction(dataOf(i), i.x, i.sigma),
    exact: (i) => noiseOf(i.x, i.sigma, exactMean(i)),
    fixtures,
  }),
  subject({
    name: "score",
    domain: NOISED,
    draw: drawNoised,
    float64: (i) => score(dataOf(i), i.x, i.sigma),
    exact: (i) => noiseOf(i.x, i.sigma, exactMean(i)).map((e) => e.neg().div(big(i.sigma))),
  }),
  subject({
    name: "denoise",
    domain: NOISED,
    draw: drawNoised,
    float64: (i) => denoise(dataOf(i), i.x, i.sigma),
    exact: exactMean,
    fixtures,
  }),
  subject({
    name: "guidedNoisePrediction",
    domain: `${NOISED}; two classes of priors from 1e-9 to 1; strengths from -10 to 100`,
    draw: (rng): Guided => {
      const { size, ...rest } = noised(rng);
      return { ...rest, ...drawClasses(rng, size), w: pick(rng, 0, 1, between(rng, -10, 100)) };
    },
    float64: (i) => guidedNoisePrediction(classesOf(i, i.atoms), i.x, i.sigma, "own", i.w),
    exact: (i) => {
      const own = meanOf(i.atoms, lawOf(i.own), i.x, i.sigma);
      const all = meanOf(i.atoms, joint(i).all, i.x, i.sigma);
      return noiseOf(
        i.x,
        i.sigma,
        own.map((m, k) => m.plus(m.minus(all[k]).times(big(i.w)))),
      );
    },
  }),
  subject({
    name: "logClassProbability",
    domain: CLASSES,
    draw: (rng) => drawClasses(rng, whole(rng, 1, 8)),
    float64: (c) => logClassProbability(classesOf(c, line(c.own.length)), "own"),
    exact: (c) => {
      const { own, other } = joint(c);
      return own.map((p, i) => logOf(p, other[i]));
    },
  }),
  subject({
    name: "logDensityRatio",
    exception: {
      ulp: 150,
      reason:
        "`atomicData` keeps the probabilities of each class as doubles: one near 1 has lost digits of its distance from 1, which is what is left where two classes have nearly all their weight on the same atom.",
    },
    domain: CLASSES,
    draw: (rng) => drawClasses(rng, whole(rng, 1, 8)),
    float64: (c) => {
      const data = classesOf(c, line(c.own.length));
      return c.own.map((p, i) => (p > 0 || c.other[i] > 0 ? logDensityRatio(data, [i], "own") : 0));
    },
    exact: (c) => {
      const { all } = joint(c);
      // log p/(ap + bq) for a + b = 1: −log(1 + b(q − p)/p), whose quotient is small where the classes agree.
      const [own, other, [, b]] = [lawOf(c.own), lawOf(c.other), lawOf(c.prior)];
      return all.map((p, i) => {
        if (p.isZero()) return zero;
        return own[i].isZero() ? big(-Infinity) : logOnePlus(b.times(other[i].minus(own[i])).div(own[i])).neg();
      });
    },
  }),
  subject({
    name: "guidedTarget().mass",
    exception: {
      ulp: 150,
      reason:
        "the strength multiplies the rounding of each log p(x|c)/p(x), and that of the classes' probabilities, which `atomicData` keeps as doubles.",
    },
    domain: `${CLASSES}; strengths from -10 to 100`,
    draw: (rng) => ({ ...drawClasses(rng, whole(rng, 1, 8)), w: pick(rng, 0, 1, between(rng, -10, 100)) }),
    float64: (c) => guidedTarget(classesOf(c, line(c.own.length)), "own", c.w).mass,
    exact: (c) => {
      const { own, other } = joint(c);
      const law = lawOf(c.own);
      const reward = own.map((p, i) => (p.isZero() ? big(-Infinity) : logOf(p, other[i]).times(big(c.w))));
      return exact.tilt(exact.measure(answers(law), law), reward, 1).mass;
    },
  }),
  subject({
    name: "classify().mass",
    domain: "two classes of priors from 1e-9 to 1; losses from -800 to 800",
    draw: (rng) => {
      const { prior } = drawClasses(rng, 1);
      return { prior, loss: times(2, () => pick(rng, between(rng, -5, 5), between(rng, -800, 800))) };
    },
    float64: ({ prior, loss: [own, other] }) =>
      classify(classesOf({ own: [1], other: [1], prior }, [[0]]), { own, other }).mass,
    exact: ({ prior, loss }) =>
      exact.tilt(
        exact.measure([0, 1], prior),
        loss.map((l) => big(l).neg()),
        1,
      ).mass,
  }),
  subject({
    name: "densityRatioWeights",
    domain: "2 to 10 levels from 1e-8 to 1 − 1e-12, apart or 1e-9 from each other",
    draw: (rng) => {
      const levels = pick<() => number[]>(
        rng,
        () => times(whole(rng, 2, 10), rng),
        () => times(whole(rng, 2, 10), () => order(rng, -8, -1)),
        () => times(whole(rng, 2, 10), () => 1 - order(rng, -12, -1)),
        () => times(whole(rng, 2, 10), (i) => 0.5 + 1e-9 * (i + rng())),
      )();
      return { grid: [...new Set(levels)].sort((a, b) => a - b) };
    },
    float64: ({ grid }) => densityRatioWeights(grid),
    exact: ({ grid }) => {
      const square = grid.map((s) => big(s).pow(2));
      return square
        .slice(1)
        .map((next, t) => next.minus(square[t]).div(square[t].times(2).times(one.minus(square[t]))));
    },
  }),
  subject({
    name: "logSnrSchedule",
    domain: "2 to 1000 levels, λ within ±30",
    draw: (rng) => {
      const most = between(rng, -29, 30);
      return { steps: whole(rng, 2, pick(rng, 10, 1000)), most, least: between(rng, -30, most) };
    },
    fixed: ["steps"],
    float64: ({ steps, most, least }) => logSnrSchedule(steps, most, least),
    exact: ({ most, least }, { steps }) =>
      times(steps, (i) => i).map((i) => {
        const lambda = big(most).plus(
          big(least)
            .minus(most)
            .times(i)
            .div(steps - 1),
        );
        return one.div(exact.exp(lambda).plus(1)).sqrt();
      }),
    cases: 60,
  }),
  subject({
    name: "linearSchedule",
    domain: "21 to 1000 levels",
    draw: (rng) => ({ steps: whole(rng, 21, 1000) }),
    fixed: ["steps"],
    float64: ({ steps }) => linearSchedule(steps),
    exact: (_, { steps }) => {
      let kept = one;
      return times(steps, (i) => i).map((i) => {
        const beta = zero
          .plus("0.0199")
          .times(i)
          .div(steps - 1)
          .plus("0.0001")
          .times(1000)
          .div(steps);
        kept = kept.times(one.minus(beta));
        return one.minus(kept).sqrt();
      });
    },
    cases: 40,
    probes: 0,
  }),
  subject({
    name: "cosineSchedule",
    domain: "2 to 1000 levels",
    draw: (rng) => ({ steps: whole(rng, 2, 1000) }),
    fixed: ["steps"],
    float64: ({ steps }) => cosineSchedule(steps),
    exact: (_, { steps }) => times(steps, (i) => i).map((i) => sine(big(2 * i + 1).div(4 * steps))),
    cases: 40,
    probes: 0,
  }),
];

/** sin(πx) for x from 0 to 1/2, by its series. */
function sine(x: BigNumber): BigNumber {
  const pi = big(0).plus("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803");
  const angle = pi.times(x);
  const square = angle.pow(2).neg();
  let sum = angle;
  for (let term = angle, k = 2; term.abs().gt("1e-75"); k += 2) {
    term = term.times(square).div(k * (k + 1));
    sum = sum.plus(term);
  }
  return sum;
}
