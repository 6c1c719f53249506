import { type AutoregressivePolicy, requirePolicyOf } from "../alignment/autoregressive.js";
import { expectationUnder } from "../measure/expectation.js";
import type { Law } from "../measure/law.js";
import { distributionOf, requireMeasure } from "../measure/measure.js";
import { resolveScore, type Score, scaledDifference } from "../measure/score.js";
import { requireSameSupport } from "../measure/support.js";
import { tiltLaw } from "../measure/tilt.js";
import { outOfRange, POSITIVE_OR_INFINITE, requireNumber } from "../numeric/check.js";
import { requireIncomplete, valueTree } from "./valueTree.js";

/**
 * What each prefix of a sequence is worth, and the token-level policy of these values.
 *
 * @typeParam T the type of a token
 */
export interface SoftValues<T = unknown> {
  /**
   * V of a prefix, in the units of the reward; of a complete sequence its reward.
   *
   * @param prefix the tokens so far: none, some, or a complete sequence
   * @returns the value; −∞ where all complete sequences that the prefix may become are forbidden
   * @throws TypeError when the prefix is no array
   * @throws RangeError when it is longer than a sequence, or a token is not in the vocabulary
   */
  value(prefix: readonly T[]): number;
  /** The policy that draws a next token with probability ref(a|s)·e^{(V(sa) − V(s))/β}. */
  readonly policy: AutoregressivePolicy<T>;
}

/**
 * The RLHF optimum over sequences, token by token: the soft values of all prefixes s, and the policy of next tokens a
 *
 * $$V(s) = \beta \log \sum_a \mathrm{ref}(a \mid s)\, e^{V(sa)/\beta}, \qquad \pi^*(a \mid s) = \mathrm{ref}(a \mid s)\, e^{(V(sa) - V(s))/\beta}$$
 *
 * with V(o) = r(o) for a complete sequence o. Its law of sequences is `rlhfOptimum` of ref's law of sequences, and V of the
 * empty prefix is the optimal value. V is the optimal twist of sequential Monte Carlo and the prefix scorer of controlled
 * decoding (Mudgal et al. 2023, arXiv:2310.17022).
 *
 * With r = (α − 1) log ref and β = 1 the law is ref^α, which is called power sampling (arXiv:2510.14901). Temperature 1/α at
 * each token is another law: it weighs a token by ref(a|s)^α alone, whatever may come after it, where the value also counts
 * how sure ref is of what follows. The two are one law where the tokens are independent. On a chain of three tokens and length
 * 4, sure of what follows one token and unsure after another, they are 0.065 nats apart at α = 2 and 0.66 at α = 4.
 *
 * A reward −∞ forbids its sequence. Where a prefix only leads to forbidden sequences, V = −∞, and the policy, which never
 * comes there, has ref's own next tokens. β = ∞ makes V the mean reward under ref, and the policy ref given that the sequence is
 * allowed. β = 0 is refused: values would be the largest rewards, which don't tell the limit of the law.
 *
 * The reward of each sequence is taken relative to that of the likeliest one before it is divided by β. Time and memory grow as
 * the number of prefixes; |V|^L may be 2²⁴ at most.
 *
 * @param policy the reference policy
 * @param reward r of each complete sequence: a function, or an array in the order of `sequenceDistribution(policy).support`
 * @param beta the temperature β > 0, in the units of the reward: the price of one nat of KL to ref
 * @returns the values and the policy
 * @throws TypeError when an argument has the wrong type, or the rewards the wrong length
 * @throws RangeError when |V|^L is above 2²⁴, a conditional table is no measure, a reward is NaN or +∞ or forbids all that ref
 * draws, or β is not positive
 * @example
 * ```ts
 * import { autoregressivePolicy, sequenceDistribution, softValues } from "exptilt";
 * const ref = autoregressivePolicy({ vocabulary: ["a", "b"], length: 2, conditional: () => [3, 1] });
 * const { value, policy } = softValues(ref, (tokens) => tokens.filter((token) => token === "b").length, 0.5);
 * value([]) // => 0.954458592793
 * value(["b"]) // => 1.477229296397
 * policy.conditional([]).mass // => [0.288765405772, 0.711234594228]
 * sequenceDistribution(policy).mass // => [0.083385459571, 0.205379946202, 0.205379946202, 0.505854648026]
 * ```
 */
export function softValues<T>(
  policy: AutoregressivePolicy<T>,
  reward: Score<readonly T[]>,
  beta: number,
): SoftValues<T> {
  const caller = "softValues";
  const own = requirePolicyOf(caller, policy, (argument, vocabulary, given) => {
    const { law, support } = requireMeasure(caller, argument, given);
    requireSameSupport(caller, vocabulary, support);
    return law;
  });
  const temperature = requireNumber(caller, "beta", beta, POSITIVE_OR_INFINITE);
  const find = valueTree<T, Law, Worth>(
    caller,
    own,
    (sequences) =>
      Array.from(resolveScore(caller, "reward", sequences, reward), (r) => ({ value: r, reward: r, excess: 0 })),
    (law, longer) => worthOf(caller, law, longer, temperature),
  );
  if (find(caller, []).worth.reward === -Infinity) {
    throw outOfRange(caller, "reward", "be above -Infinity for some sequence that the policy draws", -Infinity);
  }
  const { vocabulary, length, end } = own;
  return {
    value: (prefix) => find("value", prefix).worth.value,
    policy: {
      vocabulary,
      length,
      end,
      conditional(prefix) {
        const found = find("conditional", prefix);
        requireIncomplete("conditional", found, prefix);
        return distributionOf(vocabulary, found.worth.law as Law, 0);
      },
    },
  };
}

/** V of a prefix as reward + β·excess, with the reward of the sequence that the optimum takes most often from there. */
interface Worth {
  readonly value: number;
  readonly reward: number;
  /** In nats. */
  readonly excess: number;
  /** The law of the next token under the optimum; of a complete sequence none. */
  readonly law?: Law;
}

function worthOf(caller: string, ref: Law, longer: readonly Worth[], beta: number): Worth {
  const reward = longer.map((worth, a) => (ref.supports(a) ? worth.reward : -Infinity));
  const top = reward.reduce((a, b) => Math.max(a, b));
  if (top === -Infinity) return { value: top, reward: top, excess: 0, law: ref };
  const exponents = Float64Array.from(reward, (r, a) => scaledDifference(r, top, beta) + longer[a].excess);
  const { law, logPartition } = tiltLaw(caller, ref, exponents, 1);
  const { anchor, excess: beside } = logPartition();
  const excess = longer[anchor].excess + beside;
  const values = Float64Array.from(longer, ({ value }) => value);
  const value = beta === Infinity ? expectationUnder(ref, values) : reward[anchor] + beta * excess;
  return { value, reward: reward[anchor], excess, law };
}
