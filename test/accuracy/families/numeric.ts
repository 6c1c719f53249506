import { logSoftmax, logSumExp, softmax } from "exptilt";
import { adversarial } from "../fixtures.js";
import { between, order, pick, sizeOf, times, whole } from "../instances.js";
import { exps, math } from "../mathjs.js";
import { exact, logMeasureOf, type Num } from "../oracle.js";
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

export const numeric: readonly Subject[] = [
  subject({
    name: "logSumExp",
    fixtures: adversarial("logsumexp", { x: "x" }, {}, ({ x }) => Math.abs(Math.max(...x)) < Infinity),
    domain: LOGITS,
    draw: logits,
    float64: ({ x }) => logSumExp(x),
    exact: ({ x }) => lawOf(x).logNormalizer,
    peers: { mathjs: ({ x }) => math.log(math.sum(exps(x))) },
  }),
  subject({
    name: "softmax",
    fixtures: adversarial("softmax", { x: "x" }),
    domain: LOGITS,
    draw: logits,
    float64: ({ x }) => softmax(x),
    exact: ({ x }) => lawOf(x).mass,
    peers: {
      mathjs: ({ x }) => {
        const e = exps(math.subtract(x, math.max(x)));
        return math.divide(e, math.sum(e));
      },
    },
  }),
  subject({
    name: "logSoftmax",
    fixtures: adversarial("log_softmax", { x: "x" }),
    domain: LOGITS,
    draw: logits,
    float64: ({ x }) => logSoftmax(x),
    exact: ({ x }) => lawOf(x).logMass,
    peers: {
      mathjs: ({ x }) => {
        const d = math.subtract(x, math.max(x));
        return math.subtract(d, math.log(math.sum(exps(d))));
      },
    },
  }),
];
