import { logPreferenceProbability, logSoftmax, logSumExp, preferenceProbability, softmax } from "exptilt";
import { between, order, pick, sizeOf, times, whole } from "../instances.js";
import { math } from "../mathjs.js";
import { big, exact, log1p, logMeasureOf, type Num } from "../oracle.js";
import { type Subject, subject } from "../subject.js";

const LOGITS = "logits near, far, tied, offset by ±1e6, of 1e300, −∞, cancelling to 0";

/** Logits of every hostile kind. */
function logits(rng: () => number, index: number): { x: number[] } {
  const size = sizeOf(rng, index);
  const x = pick<() => number[]>(
    rng,
    () => times(size, () => between(rng, -5, 5)),
    () => times(size, () => between(rng, -800, 800)),
    () => times(size, (i) => (i === 0 ? 0 : between(rng, -760, -30))),
    () => times(size, () => pick(rng, -1e6, 1e6) + between(rng, -1, 1)),
    () => times(size, () => order(rng, -20, 300) * pick(rng, -1, 1)),
    () => times(size, () => whole(rng, 0, 2)),
    () => times(size, (i) => (i > 0 && rng() < 0.4 ? -Infinity : between(rng, -3, 3))),
    // Σ e^x near 1, where its logarithm cancels.
    () => times(size, () => -Math.log(size) * (1 + 1e-9 * between(rng, -1, 1))),
  )();
  return { x };
}

const lawOf = (x: readonly Num[]) => exact.normalize(logMeasureOf(x));

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

export const numeric: readonly Subject[] = [
  subject({
    name: "logSumExp",
    domain: LOGITS,
    draw: logits,
    float64: ({ x }) => logSumExp(x),
    exact: ({ x }) => lawOf(x).logNormalizer,
    peers: { mathjs: ({ x }) => math.log(math.sum(math.exp(x) as unknown as number[])) },
  }),
  subject({
    name: "softmax",
    domain: LOGITS,
    draw: logits,
    float64: ({ x }) => softmax(x),
    exact: ({ x }) => lawOf(x).mass,
    peers: {
      mathjs: ({ x }) => {
        const e = math.exp(math.subtract(x, math.max(x)) as number[]) as unknown as number[];
        return math.divide(e, math.sum(e)) as unknown as number[];
      },
    },
  }),
  subject({
    name: "logSoftmax",
    domain: LOGITS,
    draw: logits,
    float64: ({ x }) => logSoftmax(x),
    exact: ({ x }) => lawOf(x).logMass,
    peers: {
      mathjs: ({ x }) => {
        const d = math.subtract(x, math.max(x)) as number[];
        return math.subtract(d, math.log(math.sum(math.exp(d) as unknown as number[]))) as unknown as number[];
      },
    },
  }),
  subject({
    name: "preferenceProbability",
    domain: PAIR,
    draw: pair,
    float64: ({ reward, other }) => preferenceProbability(reward, other),
    exact: ({ reward, other }) => exact.preferenceProbability(reward, other),
    peers: { mathjs: ({ reward, other }) => math.divide(1, math.add(1, math.exp(other - reward))) as number },
    cases: 1000,
  }),
  subject({
    name: "logPreferenceProbability",
    domain: PAIR,
    draw: pair,
    float64: ({ reward, other }) => logPreferenceProbability(reward, other),
    exact: ({ reward, other }) => {
      const d = gapOf(reward, other);
      return d.isNegative() ? d.minus(log1p(exact.exp(d))) : log1p(exact.exp(d.neg())).neg();
    },
    peers: { mathjs: ({ reward, other }) => math.log(math.divide(1, math.add(1, math.exp(other - reward))) as number) },
    cases: 1000,
  }),
];
