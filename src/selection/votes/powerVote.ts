import type { Distribution } from "../../measure/measure.js";
import { scaledDifference } from "../../measure/score.js";
import { NON_NEGATIVE_OR_INFINITE, requireNumber } from "../../numeric/check.js";
import { exp, log } from "../../numeric/elementary.js";
import { floats } from "../../numeric/floats.js";
import { prepare, type SelectionProblem } from "../problem.js";
import { keptOf } from "../ratio/kept.js";
import { lawOfRatios, onAnswers } from "../ratio/law.js";
import type { RatioToRef } from "../ratio/levelRatios.js";
import { MAX_COUNTED, poissonTerms } from "./countedRatios.js";
import { type Election, electionOf } from "./election.js";
import { lawOfVotes, requireVotes } from "./lawOfVotes.js";
import { multiply, ProductTree, powerOf } from "./productTree.js";

/** A step between levels of the logarithm of (count·w)^α past which the lower one does not count beside the upper. */
const MAX_STEP = 64;

/** The step of the trapezoid rule in log t: its error is about e^(−π²/h). */
const STEP = 0.25;

/** The integrand is nothing outside e^−LOW to e^HIGH times the scale of t. */
const LOW = 45;
const HIGH = 5;

/** From here on e^−x is 0 as a double. */
const GONE = 746;

/**
 * The exact law of a power vote: draw N answers from ref, and pick one with probability ∝ (n w)^α among those drawn,
 * where n is the number of times it was drawn and w = e^{r/β}. α = 1 is `softBestOfNLaw`, α = ∞ `weightedVoteLaw`, and α
 * = 0 picks uniformly among the answers drawn. With s_m = (m w)^α and T_m = p^m z^m/m! e^{−t s_m},
 *
 * $$P_N(a) = N! \int_0^\infty [z^N] \sum_{m=1}^{N} s_m(a) T_m(a) \prod_{j \ne a} \Big( 1 + \sum_{i \ge 1} T_i(j) \Big) dt .$$
 *
 * N → ∞ gives the escort of order α of `rlhfOptimum`; at β = ∞, where all weights are 1, that is ref^α, the optimum of
 * RLIF (`rlifOptimum` at Lβ_if − 1 = 1/(α − 1)) from votes alone, without log-probabilities.
 *
 * At β = 0 the best reward among the draws decides, and within it the votes. The votes of a forbidden answer count
 * nothing: N forbidden draws are drawn again. Each probability has its own relative accuracy down to 1e−300 of ref's, and
 * is 0 below. Time grows as K N² and with the range of α r/β: 0.1 s for 20 answers and N = 64.
 *
 * @param problem the reference policy, the reward and β from 0 to ∞
 * @param n the number of draws N, a whole number from 1 to 500 (2¹⁹ where α = ∞)
 * @param alpha the exponent α from 0 to ∞
 * @returns the law of the answer picked
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when n is not such a whole number, alpha or β is negative or NaN, or a reward is NaN, +∞ or −∞
 *   throughout
 * @example
 * ```ts
 * import { distribution, powerVoteLaw, softBestOfNLaw } from "exptilt";
 * const ref = distribution(["a", "b", "c"], [5, 3, 2]);
 * powerVoteLaw({ ref, reward: [0, 0, 0], beta: Infinity }, 3, 2).mass // => [0.524, 0.2904, 0.1856]
 * const problem = { ref, reward: [0, 1, 2], beta: 1 };
 * powerVoteLaw(problem, 3, 1).mass // => [0.293307958546, 0.343186234139, 0.363505807315]
 * softBestOfNLaw(problem, 3).mass // => [0.293307958546, 0.343186234139, 0.363505807315]
 * ```
 */
export function powerVoteLaw<A>(problem: SelectionProblem<A>, n: number, alpha: number): Distribution<A> {
  const caller = "powerVoteLaw";
  const prepared = prepare(caller, problem, problem?.beta);
  alpha = requireNumber(caller, "alpha", alpha, NON_NEGATIVE_OR_INFINITE);
  n = requireVotes(caller, "n", n, alpha === Infinity ? undefined : MAX_COUNTED);
  if (alpha === Infinity) return onAnswers(prepared, lawOfVotes(prepared, n));
  return onAnswers(
    prepared,
    lawOfRatios(electionOf(prepared), (election) => powerRatios(election, n, alpha)),
  );
}

/** P/ref of an answer of each contender. */
function powerRatios(election: Election, n: number, alpha: number): RatioToRef {
  const { contenders, share, rewards, beta } = election;
  const answers = contenders.map((c) => c.answers);
  const logWeight = logPowers(rewards.reward, beta, alpha, n);
  // log s_m, from log s_1 of the least weight to log s_n of the largest, which is 0.
  const logVotes = Float64Array.from({ length: n + 1 }, (_, m) => alpha * log(m / n));
  const logPower = (c: number, m: number) => logWeight[contenders[c].level] + logVotes[m];
  const terms = Array.from(share, (p) => poissonTerms(n * p, n));
  // The same over ref.
  const own = terms.map((t) => t.map((_, m) => (m === 0 ? 0 : (n * t[m - 1]) / m)));
  const least = logWeight[logWeight.length - 1] + logVotes[1];
  const sums = floats(contenders.length);
  const steps = Math.ceil((HIGH - least + LOW) / STEP);
  for (let k = 0; k <= steps; k++) {
    const logT = k * STEP - LOW;
    // t s and e^{−t s}.
    const scaled = contenders.map(({ level }, c) =>
      terms[c].map((_, m) => (level < 0 || m === 0 ? 0 : exp(logT + logPower(c, m)))),
    );
    const felt = terms.map((t, c) => t.map((x, m) => x * exp(-scaled[c][m])));
    const tree = new ProductTree(
      felt.map((t, c) => powerOf(t, answers[c], n)),
      n,
    );
    tree.without([...contenders.keys()], (c, a, b) => {
      if (contenders[c].level < 0) return;
      const rest = answers[c] === 1 ? b : multiply(b, powerOf(felt[c], answers[c] - 1, n), n);
      const others = multiply(a, rest, n);
      for (let m = Math.max(1, n - others.length + 1); m <= n && scaled[c][m] < GONE; m++)
        sums[c] += scaled[c][m] * exp(-scaled[c][m]) * own[c][m] * others[n - m];
    });
  }
  const all = poissonTerms(n, n)[n];
  const { kept } = keptOf(rewards, n);
  const ratio = sums.map((s) => (s * STEP) / all / kept);
  return { ratio, logRatio: ratio.map(log) };
}

/** α log w of each level over that of the best. No power of a number of votes makes up for a long step. */
function logPowers(reward: Float64Array, beta: number, alpha: number, n: number): Float64Array {
  const longest = MAX_STEP + alpha * log(n);
  const out = floats(reward.length);
  for (let i = 1; i < out.length; i++) {
    const step = alpha === 0 ? 0 : alpha * scaledDifference(reward[i - 1], reward[i], beta);
    out[i] = out[i - 1] - Math.min(step, longest);
  }
  return out;
}
