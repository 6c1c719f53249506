/** Laws given by log-masses, down to where no double holds a mass: what sequence models give, hundreds of nats apart. */
import {
  chiSquaredDivergence,
  entropy,
  escort,
  expectation,
  fromLogMass,
  generalizedKlDivergence,
  klDivergence,
  normalize,
  power,
  product,
  renyiEntropy,
  rlhfObjective,
  rlhfOptimalValue,
  rlhfOptimum,
  rlhfRegret,
  rlifOptimalValue,
  rlifOptimum,
  tilt,
  totalVariation,
  unifiedObjective,
} from "exptilt";
import { between, order, pick, REWARDS, rewards, sizeOf, temperature, times, whole } from "../instances.js";
import { answers, exact, logMeasureOf, type Num } from "../oracle.js";
import { type Inputs, type Moved, type Subject, subject } from "../subject.js";

type Rng = () => number;

/** Log-masses: near −10 to −6,000, up to 5,000 nats apart, tied, one far above or below the others, some −∞. */
export function logMasses(rng: Rng, size: number): number[] {
  const level = -order(rng, 1, Math.log10(6000));
  const kinds: (() => number[])[] = [
    () => times(size, () => level - 5 * rng()),
    () => times(size, () => level - 760 * rng()),
    () => times(size, () => Math.max(-6000, level - 5000 * rng())),
    () => times(size, (i) => (i === 0 ? 0 : -between(rng, 700, 6000))),
    () => times(size, (i) => (i === 0 ? -between(rng, 700, 6000) : -5 * rng())),
    () => times(size, () => level - whole(rng, 0, 2) * 400),
    () => times(size, () => (rng() < 0.3 ? -Infinity : level - 1000 * rng())),
  ];
  const log = pick(rng, ...kinds)();
  if (!log.some(Number.isFinite)) log[0] = level;
  return log;
}
export const LOGS = "log-masses to −6,000, up to 6,000 nats apart, tied, or −∞";

const given = (log: readonly number[]) => fromLogMass(answers(log), log);
type Law = ReturnType<typeof given>;
type ExactLaw = ReturnType<typeof logMeasureOf>;
const draw = (rng: Rng, index: number) => ({ log: logMasses(rng, sizeOf(rng, index)) });

/** Two laws: apart, or near-equal in logarithms; some answer has mass in both. */
function twoLaws(rng: Rng, index: number): { p: number[]; q: number[] } {
  const p = logMasses(rng, sizeOf(rng, index));
  const q = pick<() => number[]>(
    rng,
    () => logMasses(rng, p.length),
    () => p.map((l) => l - 3 * rng()),
    () => p.map((l) => l * (1 + order(rng, -14, -3) * between(rng, -1, 1))),
  )();
  if (!p.some((l, i) => l > -Infinity && q[i] > -Infinity)) p[0] = q[0] = -700;
  return { p, q };
}
const TWO = `${LOGS}; the second law apart, near, or next to the first`;

type Tilt = { log: number[]; reward: number[]; beta: number };
function tilts(rng: Rng, index: number): Tilt {
  const log = logMasses(rng, sizeOf(rng, index));
  return { log, reward: rewards(rng, log.length, false), beta: temperature(rng) };
}
const TILTS = `${LOGS}; ${REWARDS}`;
const problem = ({ log, reward, beta }: Tilt) => ({ ref: given(log), reward, beta });
type Problem = ReturnType<typeof problem>;
type ExactProblem = ReturnType<typeof exactProblem>;
const exactProblem = ({ log, reward, beta }: Moved<Tilt>) => ({ ref: logMeasureOf(log), reward, beta });

/** A policy that has mass only where the reference has. */
function withPolicy(rng: Rng, index: number): Tilt & { policy: number[] } {
  const problem = tilts(rng, index);
  const { log } = problem;
  const policy = pick<() => number[]>(
    rng,
    () => logMasses(rng, log.length),
    () => log.map((l) => l - 3 * rng()),
  )().map((l, i) => (log[i] > -Infinity ? l : -Infinity));
  if (!policy.some(Number.isFinite)) policy[log.findIndex(Number.isFinite)] = 0;
  return { ...problem, policy };
}

type Internal = { log: number[]; length: number; beta: number; vocabularySize: number };
function internal(rng: Rng, index: number): Internal {
  const length = whole(rng, 1, 64);
  const a = pick(rng, 1 + order(rng, -15, 0), 1 + order(rng, 0, 6), 1 + order(rng, -3, 1), rng());
  return { log: draw(rng, index).log, length, beta: a / length, vocabularySize: whole(rng, 2, 50000) };
}
const INTERNAL = `${LOGS}; Lβ − 1 from 1e-15 to 1e6, and the regime of modes`;
const self = ({ log, ...rest }: Internal) => ({ ref: given(log), ...rest });
const exactSelf = ({ log, beta }: Moved<Internal>, { length, vocabularySize }: Internal) => ({
  ref: logMeasureOf(log),
  length,
  beta,
  vocabularySize,
});

const powers = (rng: Rng, index: number) => ({
  ...draw(rng, index),
  exponent: pick(rng, order(rng, -17, 0), 1 + order(rng, -16, -1), 1 - order(rng, -16, -1), order(rng, 0, 3), 2, 0.5),
});
const POWERS = `${LOGS}; exponents from 1e-17 to 1e3, near 1`;

/** Subjects that read the same cases. */
type Values = number | ArrayLike<number>;
type ExactValues = ReturnType<Subject["exact"]>;
type Readings<F extends readonly unknown[], E extends readonly unknown[]> = Readonly<
  Record<string, readonly [float64: (...x: F) => Values, exact: (...x: E) => ExactValues]>
>;
function subjects<I extends Inputs, F extends readonly unknown[], E extends readonly unknown[]>(
  of: Pick<Subject<I>, "domain" | "draw" | "fixed">,
  float64: (x: I) => readonly [...F],
  exactly: (x: Moved<I>, at: I) => readonly [...E],
  readings: Readings<F, E>,
): Subject[] {
  return Object.entries(readings).map(([name, [fast, slow]]) =>
    subject<I>({
      ...of,
      name: `${name} from logarithms`,
      float64: (x) => fast(...float64(x)),
      exact: (x, at) => slow(...exactly(x, at)),
    }),
  );
}

const ofLaw = (readings: Readings<[Law], [ExactLaw]>) =>
  subjects(
    { domain: LOGS, draw },
    ({ log }) => [given(log)],
    ({ log }) => [logMeasureOf(log)],
    readings,
  );
const ofTwo = (readings: Readings<[Law, Law], [ExactLaw, ExactLaw]>) =>
  subjects(
    { domain: TWO, draw: twoLaws },
    ({ p, q }) => [given(p), given(q)],
    ({ p, q }) => [logMeasureOf(p), logMeasureOf(q)],
    readings,
  );
const ofPower = (readings: Readings<[Law, number], [ExactLaw, Num]>) =>
  subjects(
    { domain: POWERS, draw: powers },
    ({ log, exponent }) => [given(log), exponent],
    ({ log, exponent }) => [logMeasureOf(log), exponent],
    readings,
  );
const ofTilt = (readings: Readings<[Problem], [ExactProblem]>) =>
  subjects(
    { domain: TILTS, draw: tilts },
    (x) => [problem(x)],
    (x) => [exactProblem(x)],
    readings,
  );
const ofPolicy = (readings: Readings<[Problem, Law], [ExactProblem, ExactLaw]>) =>
  subjects(
    { domain: `${TILTS}; policies within the support`, draw: withPolicy },
    (x) => [problem(x), given(x.policy)],
    (x) => [exactProblem(x), logMeasureOf(x.policy)],
    readings,
  );
const ofSelf = (readings: Readings<[ReturnType<typeof self>], [ReturnType<typeof exactSelf>]>) =>
  subjects(
    { domain: INTERNAL, draw: internal, fixed: ["length", "vocabularySize"] },
    (x) => [self(x)],
    (x, at) => [exactSelf(x, at)],
    readings,
  );

export const measuresFromLogs: readonly Subject[] = [
  ...ofLaw({
    "normalize().mass": [(p) => normalize(p).mass, (p) => exact.normalize(p).mass],
    "normalize().logMass": [(p) => normalize(p).logMass, (p) => exact.normalize(p).logMass],
    "normalize().logNormalizer": [(p) => normalize(p).logNormalizer, (p) => exact.normalize(p).logNormalizer],
  }),
  ...ofTwo({ "product().logMass": [(p, q) => product(p, q).logMass, (p, q) => exact.product(p, q).logMass] }),
  ...ofPower({
    "power().logMass": [(p, a) => power(p, a).logMass, (p, a) => exact.power(p, a).logMass],
    "escort().mass": [(p, a) => escort(p, a).mass, (p, a) => exact.escort(p, a).mass],
    "escort().logMass": [(p, a) => escort(p, a).logMass, (p, a) => exact.escort(p, a).logMass],
    "escort().logNormalizer": [(p, a) => escort(p, a).logNormalizer, (p, a) => exact.escort(p, a).logNormalizer],
  }),
  ...ofTilt({
    "tilt().mass": [
      ({ ref, reward, beta }) => tilt(ref, reward, beta).mass,
      ({ ref, reward, beta }) => exact.tilt(ref, reward, beta).mass,
    ],
    "tilt().logMass": [
      ({ ref, reward, beta }) => tilt(ref, reward, beta).logMass,
      ({ ref, reward, beta }) => exact.tilt(ref, reward, beta).logMass,
    ],
    "tilt().logNormalizer": [
      ({ ref, reward, beta }) => tilt(ref, reward, beta).logNormalizer,
      ({ ref, reward, beta }) => exact.tilt(ref, reward, beta).logNormalizer,
    ],
    expectation: [({ ref, reward }) => expectation(ref, reward), ({ ref, reward }) => exact.expectation(ref, reward)],
  }),
];

export const informationFromLogs: readonly Subject[] = [
  ...ofLaw({ entropy: [entropy, exact.entropy] }),
  ...ofPower({ renyiEntropy: [renyiEntropy, exact.renyiEntropy] }),
  ...ofTwo({
    klDivergence: [klDivergence, exact.klDivergence],
    generalizedKlDivergence: [generalizedKlDivergence, exact.generalizedKlDivergence],
    totalVariation: [totalVariation, exact.totalVariation],
    chiSquaredDivergence: [chiSquaredDivergence, exact.chiSquaredDivergence],
  }),
];

export const alignmentFromLogs: readonly Subject[] = [
  ...ofTilt({
    "rlhfOptimum().mass": [(x) => rlhfOptimum(x).mass, (x) => exact.rlhfOptimum(x).mass],
    "rlhfOptimum().logMass": [(x) => rlhfOptimum(x).logMass, (x) => exact.rlhfOptimum(x).logMass],
    rlhfOptimalValue: [rlhfOptimalValue, exact.rlhfOptimalValue],
    "totalVariation(rlhfOptimum, ref)": [
      (x) => totalVariation(rlhfOptimum(x), x.ref),
      (x) => exact.totalVariation(exact.rlhfOptimum(x), x.ref),
    ],
  }),
  ...ofTilt({
    "klDivergence(rlhfOptimum, ref)": [
      (x) => klDivergence(rlhfOptimum(x), x.ref),
      (x) => exact.klDivergence(exact.rlhfOptimum(x), x.ref),
    ],
  }).map((s) => ({
    ...s,
    exception: {
      ulp: 8,
      reason: "next to a point mass it is a sum of numbers below the normal doubles, each rounded there",
    },
  })),
  ...ofPolicy({
    rlhfObjective: [rlhfObjective, exact.rlhfObjective],
    rlhfRegret: [rlhfRegret, exact.rlhfRegret],
  }),
  ...ofPolicy({ unifiedObjective: [unifiedObjective, exact.unifiedObjective] }).map((s) => ({
    ...s,
    exception: {
      ulp: 3000,
      reason:
        "next to a point mass the divergence is below the normal doubles, which have fewer digits the smaller they are, and β + 1 multiplies what it lost",
    },
  })),
  ...ofSelf({
    "rlifOptimum().mass": [(x) => rlifOptimum(x).mass, (x) => exact.rlifOptimum(x).mass],
    "rlifOptimum().logMass": [(x) => rlifOptimum(x).logMass, (x) => exact.rlifOptimum(x).logMass],
    rlifOptimalValue: [rlifOptimalValue, exact.rlifOptimalValue],
  }),
];
