import {
  distribution,
  escort,
  expectation,
  fromLogMass,
  measure,
  normalize,
  power,
  product,
  samplingProbabilities,
  tilt,
  tiltedMass,
  uniform,
} from "exptilt";
import { adversarial } from "../fixtures.js";
import { MASSES, masses, order, pairs, pick, REWARDS, rewards, sizeOf, tilts, times, whole } from "../instances.js";
import { exps, logs, math } from "../mathjs.js";
import { answers, exact, logMeasureOf, measureOf } from "../oracle.js";
import { type Subject, subject } from "../subject.js";

const mass = (rng: () => number, index: number) => ({ mass: masses(rng, sizeOf(rng, index)) });
const given = (m: readonly number[]) => measure(answers(m), m);
const normalized = (m: readonly number[]) => math.divide(m, math.sum(m));

/** Exponents near 0 and 1, of either sign, and huge; what a negative one needs is a positive mass everywhere. */
function powers(rng: () => number, index: number): { mass: number[]; exponent: number } {
  const m = masses(rng, sizeOf(rng, index));
  const size = pick(rng, order(rng, -17, 0), 1 + order(rng, -16, -1), order(rng, 0, 3), order(rng, 3, 16), 2, 0.5);
  const negative = rng() < 0.3 && m.every((x) => x > 0);
  return { mass: m, exponent: negative ? -size : size };
}
const POWERS = `${MASSES}; exponents from ±1e-17 to ±1e16, near 1`;

const problem = (rng: () => number, index: number) => tilts(rng, sizeOf(rng, index));
const TILTS = `${MASSES}; ${REWARDS}`;

const mathTilt = ({ mass: m, reward, beta }: { mass: readonly number[]; reward: readonly number[]; beta: number }) =>
  normalized(math.dotMultiply(m, exps(math.divide(reward, beta))));

export const measures: readonly Subject[] = [
  subject({
    name: "distribution().mass",
    domain: MASSES,
    draw: mass,
    float64: ({ mass: m }) => distribution(answers(m), m).mass,
    exact: ({ mass: m }) => exact.distribution(answers(m), m).mass,
    peers: { mathjs: ({ mass: m }) => normalized(m) },
  }),
  subject({
    name: "distribution().logMass",
    domain: MASSES,
    draw: mass,
    float64: ({ mass: m }) => distribution(answers(m), m).logMass,
    exact: ({ mass: m }) => exact.distribution(answers(m), m).logMass,
    peers: { mathjs: ({ mass: m }) => logs(normalized(m)) },
  }),
  subject({
    name: "normalize().logNormalizer",
    domain: MASSES,
    draw: mass,
    float64: ({ mass: m }) => normalize(given(m)).logNormalizer,
    exact: ({ mass: m }) => exact.normalize(measureOf(m)).logNormalizer,
    peers: { mathjs: ({ mass: m }) => math.log(math.sum(m)) },
  }),
  subject({
    name: "measure().logMass",
    domain: MASSES,
    draw: mass,
    float64: ({ mass: m }) => given(m).logMass,
    exact: ({ mass: m }) => measureOf(m).logMass,
  }),
  subject({
    name: "fromLogMass().mass",
    domain: "log-masses from -750 to 700",
    draw: (rng, index) => ({ log: times(sizeOf(rng, index), () => -750 + 1450 * rng()) }),
    float64: ({ log }) => fromLogMass(answers(log), log).mass,
    exact: ({ log }) => logMeasureOf(log).mass,
  }),
  subject({
    name: "uniform().logMass",
    domain: "1 to 1000 answers",
    draw: (rng) => ({ size: whole(rng, 1, 1000) }),
    fixed: ["size"],
    float64: ({ size }) => uniform(times(size, (i) => i)).logMass,
    exact: (_, { size }) => exact.uniform(times(size, (i) => i)).logMass,
    cases: 50,
  }),
  subject({
    name: "power().mass",
    domain: POWERS,
    draw: powers,
    float64: ({ mass: m, exponent }) => power(given(m), exponent).mass,
    exact: ({ mass: m, exponent }) => exact.power(measureOf(m), exponent).mass,
    peers: { mathjs: ({ mass: m, exponent }) => math.dotPow(m, exponent) },
  }),
  subject({
    name: "power().logMass",
    domain: POWERS,
    draw: powers,
    float64: ({ mass: m, exponent }) => power(given(m), exponent).logMass,
    exact: ({ mass: m, exponent }) => exact.power(measureOf(m), exponent).logMass,
  }),
  subject({
    name: "product().mass",
    domain: MASSES,
    draw: (rng, index) => {
      const { p, q } = pairs(rng, sizeOf(rng, index));
      if (!p.some((x, i) => x > 0 && q[i] > 0)) p[0] = q[0] = 1;
      return { p, q };
    },
    float64: ({ p, q }) => product(given(p), given(q)).mass,
    exact: ({ p, q }) => exact.product(measureOf(p), measureOf(q)).mass,
    peers: { mathjs: ({ p, q }) => math.dotMultiply(p, q) },
  }),
  subject({
    name: "tilt().mass",
    fixtures: adversarial("exp_tilt", { mass: "ref", reward: "r" }, { beta: "beta" }),
    domain: TILTS,
    draw: problem,
    float64: ({ mass: m, reward, beta }) => tilt(given(m), reward, beta).mass,
    exact: ({ mass: m, reward, beta }) => exact.tilt(measureOf(m), reward, beta).mass,
    peers: { mathjs: mathTilt },
  }),
  subject({
    name: "tiltedMass",
    domain: TILTS,
    draw: problem,
    float64: ({ mass: m, reward, beta }) => tiltedMass(given(m), reward, beta, new Float64Array(m.length)),
    exact: ({ mass: m, reward, beta }) => exact.tilt(measureOf(m), reward, beta).mass,
    cases: 100,
  }),
  subject({
    name: "tilt().logMass",
    domain: TILTS,
    draw: problem,
    float64: ({ mass: m, reward, beta }) => tilt(given(m), reward, beta).logMass,
    exact: ({ mass: m, reward, beta }) => exact.tilt(measureOf(m), reward, beta).logMass,
  }),
  subject({
    name: "tilt().logNormalizer",
    domain: TILTS,
    draw: problem,
    float64: ({ mass: m, reward, beta }) => tilt(given(m), reward, beta).logNormalizer,
    exact: ({ mass: m, reward, beta }) => exact.tilt(measureOf(m), reward, beta).logNormalizer,
    peers: {
      mathjs: ({ mass: m, reward, beta }) =>
        math.log(math.sum(math.dotMultiply(normalized(m), exps(math.divide(reward, beta))))),
    },
  }),
  subject({
    name: "escort().mass",
    fixtures: adversarial("power_tilt", { mass: "ref" }, { exponent: "a" }),
    domain: POWERS,
    draw: powers,
    float64: ({ mass: m, exponent }) => escort(given(m), exponent).mass,
    exact: ({ mass: m, exponent }) => exact.escort(measureOf(m), exponent).mass,
    peers: { mathjs: ({ mass: m, exponent }) => normalized(math.dotPow(m, exponent)) },
  }),
  subject({
    name: "escort().logMass",
    domain: POWERS,
    draw: powers,
    float64: ({ mass: m, exponent }) => escort(given(m), exponent).logMass,
    exact: ({ mass: m, exponent }) => exact.escort(measureOf(m), exponent).logMass,
  }),
  subject({
    name: "escort().logNormalizer",
    domain: POWERS,
    draw: powers,
    float64: ({ mass: m, exponent }) => escort(given(m), exponent).logNormalizer,
    exact: ({ mass: m, exponent }) => exact.escort(measureOf(m), exponent).logNormalizer,
  }),
  subject({
    name: "expectation",
    domain: `${MASSES}; values of either sign from 1e-20 to 1e10, offset by 1e6`,
    draw: (rng, index) => {
      const size = sizeOf(rng, index);
      return { mass: masses(rng, size), f: rewards(rng, size, false) };
    },
    float64: ({ mass: m, f }) => expectation(given(m), f),
    exact: ({ mass: m, f }) => exact.expectation(measureOf(m), f),
    peers: { mathjs: ({ mass: m, f }) => math.dot(normalized(m), [...f]) },
  }),
  subject({
    name: "samplingProbabilities",
    fixtures: adversarial("alias_table", { mass: "weights" }),
    domain: MASSES,
    draw: mass,
    float64: ({ mass: m }) => samplingProbabilities(given(m)),
    exact: ({ mass: m }) => exact.distribution(answers(m), m).mass,
  }),
];
