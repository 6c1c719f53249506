import { type Distribution, distributionOf, type Measure, requireMeasure } from "../measure/measure.js";
import { tiltLaw } from "../measure/tilt.js";
import { outOfRange, POSITIVE_OR_INFINITE, requireNumber, requireObject } from "../numeric/check.js";
import { sum } from "../numeric/sum.js";
import { type PairwiseComparison, readTournament, type Tournament } from "../preference/comparisons.js";
import { islands, requireMaximum } from "../preference/existence.js";
import { maximum } from "../preference/fit.js";

/**
 * What direct preference optimisation starts from.
 *
 * @typeParam A the type of an answer
 */
export interface DpoProblem<A = unknown> {
  /** The reference policy, at which training starts: any measure, read as the law proportional to it. */
  readonly ref: Measure<A>;
  /** The temperature β > 0 of the loss: log-odds of a comparison per nat of log π/ref. */
  readonly beta: number;
}

/**
 * Where direct preference optimisation (DPO) of a tabular policy ends on the comparisons there are, trained from ref. The loss is
 *
 * $$-\sum_{i \succ j} \log \sigma\Bigl(\beta \log \frac{\pi(i)}{\mathrm{ref}(i)} - \beta \log \frac{\pi(j)}{\mathrm{ref}(j)}\Bigr)$$
 *
 * It sees π only through ratios within a component of the compared answers, and gradient descent in the logits keeps the sum
 * of the logits of each component. So training ends at
 *
 * $$\pi(i) \propto \mathrm{ref}(i)\, e^{(a_i - \bar a_C)/\beta}$$
 *
 * where a are the Bradley–Terry abilities of greatest likelihood (`fitBradleyTerry`) of i's component C, and ā_C is their plain
 * mean over its answers. Answers that were never compared keep their weights relative to one another. The law is
 * `rlhfOptimum` with the reward a where all answers with mass are one component, and in general only then: what no comparison
 * links, DPO leaves to ref.
 *
 * Comparisons with count 0 compare nothing, and without any the law is ref. β = ∞ gives ref. Where the answers of a component
 * are not linked by wins in both directions, training has no end and is refused. Rafailov et al. (2023), arXiv:2305.18290.
 *
 * @param problem the reference policy and β
 * @param comparisons counted wins and ties of answers of ref, in any order; see `comparisonsFromWins` for a matrix
 * @returns the policy that training ends at
 * @throws TypeError when an argument has the wrong type or shape
 * @throws RangeError when β is not positive, a count is negative, NaN or infinite, an answer is not in the support of ref or
 * was compared and has no mass there, or the likelihood of a component has no maximum: the error names the groups of answers
 * @example
 * ```ts
 * import { dpoOptimum, measure } from "exptilt";
 * const ref = measure(["right", "hacked", "wrong"], [60, 1, 39]);
 * const comparisons = [{ winner: "right", loser: "wrong", count: 3 }, { winner: "wrong", loser: "right", count: 1 }];
 * dpoOptimum({ ref, beta: 0.5 }, comparisons).mass // => [0.927835051546, 0.005154639175, 0.067010309278]
 * dpoOptimum({ ref, beta: 0.1 }, comparisons).mass // => [0.999920411422, 0.000068581647, 0.000011006931]
 * ```
 */
export function dpoOptimum<A>(problem: DpoProblem<A>, comparisons: Iterable<PairwiseComparison<A>>): Distribution<A> {
  const caller = "dpoOptimum";
  const { ref, beta } = requireObject(caller, "problem", problem);
  const { support, law } = requireMeasure(caller, "ref", ref);
  const temperature = requireNumber(caller, "beta", beta, POSITIVE_OR_INFINITE);
  const tournament = readTournament(caller, comparisons, support, 0, "ref.support");
  const score = new Float64Array(support.length);
  for (const { part, answers } of components(tournament)) {
    const without = answers.find((i) => !law.supports(i));
    if (without !== undefined) {
      throw outOfRange(caller, `ref.mass[${without}]`, "be positive, as the answer was compared", 0);
    }
    requireMaximum(caller, part);
    const { potential } = maximum(part, 0, -1);
    const mean = sum(potential).hi / answers.length;
    for (const [k, i] of answers.entries()) score[i] = potential[k] - mean;
  }
  const { law: tilted, logPartition } = tiltLaw(caller, law, score, temperature);
  return distributionOf(support, tilted, () => {
    const { anchor, excess } = logPartition();
    return score[anchor] / temperature + excess;
  });
}

/** Answers that comparisons link, as a tournament of their own. */
interface Component {
  readonly part: Tournament<unknown>;
  /** The answers' places in the support. */
  readonly answers: readonly number[];
}

/** The components of two answers or more. */
export function components(tournament: Tournament<unknown>): Component[] {
  const { items, first, second, firstWins, secondWins, exponent } = tournament;
  const { count, of } = islands(items.length, first, second);
  const answers = Array.from({ length: count }, (): number[] => []);
  const place = Int32Array.from(of, (c, i) => answers[c].push(i) - 1);
  const pairs = Array.from({ length: count }, (): number[] => []);
  for (const [p, i] of first.entries()) pairs[of[i]].push(p);
  return answers.flatMap((own, c) => {
    if (pairs[c].length === 0) return [];
    const part = {
      items: own.map((i) => items[i]),
      indexOf: () => -1,
      first: Int32Array.from(pairs[c], (p) => place[first[p]]),
      second: Int32Array.from(pairs[c], (p) => place[second[p]]),
      firstWins: Float64Array.from(pairs[c], (p) => firstWins[p]),
      secondWins: Float64Array.from(pairs[c], (p) => secondWins[p]),
      exponent,
    };
    return [{ part, answers: own }];
  });
}
