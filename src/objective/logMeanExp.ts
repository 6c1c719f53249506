import type { TiltProblem } from "../alignment/rlhf.js";
import { expectationUnder } from "../measure/expectation.js";
import { type Levels, levelsOf } from "../measure/levels.js";
import { requireMeasure } from "../measure/measure.js";
import { resolveScore, scaledDifference } from "../measure/score.js";
import { tiltLaw } from "../measure/tilt.js";
import { POSITIVE_OR_INFINITE, requireInteger, requireNumber, requireObject } from "../numeric/check.js";
import { expm1MinusX } from "../numeric/deviance.js";
import { exp, expm1, log, log1p } from "../numeric/elementary.js";
import { sum } from "../numeric/sum.js";

/** What N draws say of the log-partition, on average. */
export interface LogMeanExp {
  /** E log((1/N) Σ e^{r/β}), in nats: times β, the mean of the soft value that N draws give. */
  readonly mean: number;
  /** log E_ref[e^{r/β}] less the mean: how far N draws fall short on average, at least 0, in nats. */
  readonly bias: number;
}

/** The trapezoid rule in log t has a relative error below 1e−14 at this step, whatever the rewards and N. */
const STEP = 1 / 4;

/** What lies before the first node is summed by its power of t. */
const LEAD_NATS = 22;

/** Up to here e^{−Nt} may count beside φ^N. */
const MAX_NEAR = 40;

/** So far e^t is a double. */
const MAX_GROWN = 709;

/** So long before log t = −log v, and log N more, e^{−tv} is 1. */
const WAITING_NATS = 45;

/** log 750: from here e^{−t} is 0 as a double. */
const GONE_NATS = 6.6201;

/**
 * The mean of the log-mean-exp of N draws from ref, and how far it falls short of the log-partition: the bias of the soft
 * value β log E_ref[e^{r/β}] where N draws stand for ref. With w = e^{r/β} and φ(t) = E_ref[e^{−tw}],
 *
 * $$\mathbb{E} \log \frac1N \sum_{i=1}^N e^{r_i/\beta} = \int_0^\infty \frac{e^{-t} - \varphi(t)^N}{t}\, dt - \log N$$
 *
 * The mean rises with N, from E_ref[r]/β at N = 1 to the log-partition (`logNormalizer` of `rlhfOptimum`): the bound of
 * importance-weighted autoencoders (arXiv:1509.00519), and N-sample estimates of a normaliser. The bias has its own digits:
 * near Var(w)/(2Nμ²) where N is large. A forbidden answer (reward −∞) that ref may draw makes the mean −∞ and the bias ∞.
 * β = ∞ gives 0 and 0. Time grows as K², or as K where the rewards are within a few β.
 *
 * @param problem the reference policy, the reward and β
 * @param n the number of draws N, a whole number of at least 1
 * @returns the mean and the bias, in nats
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when a reward is NaN or +∞ or forbids the whole support, β is not positive, or n is no whole number from 1
 * @example
 * ```ts
 * import { expectedLogMeanExp, rlhfOptimum, uniform } from "exptilt";
 * const problem = { ref: uniform(["a", "b"]), reward: [0, 1], beta: 0.5 };
 * expectedLogMeanExp(problem, 4) // => { mean: 1.340392898541, bias: 0.093387931942 }
 * rlhfOptimum(problem).logNormalizer // => 1.4337808304830
 * ```
 */
export function expectedLogMeanExp<A>(problem: TiltProblem<A>, n: number): LogMeanExp {
  const caller = "expectedLogMeanExp";
  const { support, law } = requireMeasure(caller, "ref", requireObject(caller, "problem", problem).ref);
  const reward = resolveScore(caller, "reward", support, problem.reward);
  const beta = requireNumber(caller, "beta", problem.beta, POSITIVE_OR_INFINITE);
  const draws = requireInteger(caller, "n", n, 1);
  const levels = levelsOf(caller, law, reward);
  if (levels.logForbidden > -Infinity) return { mean: -Infinity, bias: Infinity };
  const { anchor, excess } = tiltLaw(caller, law, reward, beta).logPartition();
  const about = (r: number, less: number) => levels.reward.map((s) => scaledDifference(s, r, beta) - less);
  const typical = typicalReward(levels, draws);
  const over = draws === 1 ? undefined : integral(levels, about(typical, 0), draws, "first order");
  const mean = over === undefined ? expectationUnder(law, reward) / beta : typical / beta - over;
  return { mean, bias: Math.max(0, integral(levels, about(reward[anchor], excess), draws, "second order")) };
}

/** The best reward that N draws likely have: near the logarithm of their mean no digits are lost. */
function typicalReward({ reward, mass }: Levels, n: number): number {
  let [first, drawn] = [0, mass[0]];
  while (first + 1 < mass.length && n * drawn < 0.5) drawn += mass[++first];
  return reward[first];
}

/**
 * ∫₀^∞ (φ(t)^N − e^{−Nt})/t dt for φ(t) = Σ p e^{−tv}, given log v. Near t = 0, φ(t) e^t = 1 + Σ p (e^{−t(v − 1)} − 1); of
 * weights with mean 1, the parts of first order are left out.
 */
function integral(
  { mass, logMass }: Levels,
  logV: Float64Array,
  n: number,
  from: "first order" | "second order",
): number {
  const second = from === "second order";
  const y = logV.map(expm1);
  const grown = (j: number, t: number, u: number) => {
    const z = u + logV[j];
    // v may overflow where t v, or p v, does not.
    const fall = y[j] < Infinity ? -t * y[j] : t - exp(z);
    if (!second) return mass[j] * expm1(fall);
    return z > 600 ? exp(logMass[j] + z) : mass[j] * expm1MinusX(fall);
  };
  const terms: number[] = [];
  const [bottom, top] = [logV[logV.length - 1], logV[0]];
  const end = GONE_NATS - Math.min(bottom, 0);
  const wait = WAITING_NATS + log(n);
  let total = 0;
  for (let u = -log(n) - Math.max(top, 0) - LEAD_NATS; u < end; u += STEP) {
    const t = exp(u);
    let more = 0;
    if (t < MAX_GROWN) for (let j = 0; j < y.length; j++) more += grown(j, t, u);
    // log(φ e^t)·N: where it is small, or N t is, φ^N and e^{−Nt} are not subtracted.
    const growth = t < MAX_GROWN ? n * log1p(more) : Infinity;
    let term: number;
    if (n * t <= MAX_NEAR || growth < 1) term = exp(-n * t) * expm1(growth);
    else {
      let [left, lost] = [0, 0];
      for (let j = 0; j < y.length; j++) {
        const z = exp(u + logV[j]);
        left += mass[j] * exp(-z);
        lost += mass[j] * expm1(-z);
      }
      term = exp(n * (lost < -0.5 ? log(left) : log1p(lost))) - exp(-n * t);
    }
    if (n * t > MAX_NEAR && Math.abs(term) * (end - u) < 1e-19 * Math.abs(total)) break;
    // All nodes before the first are a geometric series.
    if (terms.length === 0) term += term / expm1((second ? 2 : 1) * STEP);
    const nodes = 1 + flatNodes(u, logV, wait);
    terms.push(nodes * term);
    total += nodes * term;
    u += (nodes - 1) * STEP;
  }
  const { hi, lo } = sum(Float64Array.from(terms));
  return STEP * (hi + lo);
}

/** How many nodes from u on have the integrand of this one: those where every level, and e^{−t}, is gone or still waits. */
function flatNodes(u: number, logV: Float64Array, wait: number): number {
  let left = u < GONE_NATS ? -u : Infinity;
  for (const x of logV) if (u + x < GONE_NATS) left = Math.min(left, -(u + x));
  return left < Infinity ? Math.max(0, Math.floor((left - wait) / STEP)) : 0;
}
