import { requireListable, requireSequenceSpace, walk } from "../../alignment/sequences.js";
import { knownSupport } from "../../measure/support.js";
import { outOfRange, requireInteger, wrongType } from "../../numeric/check.js";
import { linearLogits, tableLogits } from "./logits.js";
import { featureRow } from "./logLinear.js";
import type { Policy } from "./policy.js";
import { type ContextTree, type Logits, SoftmaxTree } from "./softmaxTree.js";

/** Sequences and prefixes of more tokens in all than this are not listed: they take about a gigabyte. */
const MAX_TOKENS = 2 ** 23;

/** More features than this are not stored, a gigabyte of them. */
const MAX_FEATURES = 2 ** 27;

/**
 * The sequences that an autoregressive policy chooses among.
 *
 * @typeParam T the type of a token
 */
export interface SequenceModel<T> {
  /** The tokens. */
  readonly vocabulary: readonly T[];
  /** The number of tokens of every sequence, or the largest where `end` may cut it short. */
  readonly length: number;
  /** The token that ends a sequence, as its last; sequences have one fixed length when it is left out. */
  readonly end?: T;
}

/**
 * A sequence model with features of each next token.
 *
 * @typeParam T the type of a token
 */
export interface PrefixFeatureModel<T> extends SequenceModel<T> {
  /** The number of features. */
  readonly size: number;
  /**
   * φ(prefix, token), finite numbers.
   *
   * @param prefix the tokens so far, none at first
   * @param token the next token
   * @returns an array of `size` numbers
   */
  features(prefix: readonly T[], token: T): ArrayLike<number>;
}

/** The tree of prefixes, with its sequences in the order of the vocabulary, the last token changing fastest. */
function prefixTree<T>(caller: string, model: SequenceModel<T>) {
  const space = requireSequenceSpace(caller, "model", model);
  requireListable(caller, "model", space);
  const { vocabulary, length } = space;
  let tokens = 0;
  for (let l = 1, n = 1; l <= length && tokens <= MAX_TOKENS; l++) {
    n *= vocabulary.length;
    tokens += l * n;
  }
  if (!(tokens <= MAX_TOKENS)) {
    throw outOfRange(caller, "model", `have at most ${MAX_TOKENS} tokens in all its prefixes and sequences`, tokens);
  }
  const prefixes: (readonly T[])[] = [];
  const next: number[] = [];
  const sequences: (readonly T[])[] = [];
  // The state of a prefix is the row of `next` that leads to it.
  walk(
    space,
    -1,
    (prefix, row) => {
      const context = prefixes.push(prefix) - 1;
      if (row >= 0) next[row] = context;
      return context;
    },
    (context, v) => context * vocabulary.length + v,
    (sequence, row) => {
      next[row] = ~(sequences.push(sequence) - 1);
    },
  );
  const tree: ContextTree = {
    outcomes: vocabulary.length,
    contexts: prefixes.length,
    next: Int32Array.from(next),
  };
  return { tree, prefixes, vocabulary, support: knownSupport(sequences) };
}

function treePolicy<T>(support: readonly (readonly T[])[], tree: ContextTree, logits: Logits) {
  const conditional = new SoftmaxTree(support, tree, logits);
  return { size: logits.size, on: () => conditional };
}

/**
 * The autoregressive tabular policy: a softmax with its own logits for the next token after every prefix, any law on the
 * sequences.
 *
 * $$\pi_\theta(o) = \prod_i \frac{e^{\theta_{o_{<i}, o_i}}}{\sum_v e^{\theta_{o_{<i}, v}}}$$
 *
 * Every tilt of a law on sequences is one: its next-token laws depend on the whole prefix even where those of ref do not.
 * Weighted maximum likelihood has a closed form, the conditional frequencies of the target. Parameters are in the order
 * of the prefixes (a prefix before its extensions) and of the vocabulary within each. Sequences have the order of
 * `sequenceDistribution`. Memory grows as the number of tokens in all prefixes and sequences, at most 2²³.
 *
 * @param model the vocabulary, the length, and the token that ends a sequence where there is one
 * @returns the policy, the same on every query
 * @throws TypeError when the vocabulary is no array
 * @throws RangeError when the vocabulary is empty or repeats a token, the length is no whole number ≥ 1, `end` is not in the
 * vocabulary, or prefixes and sequences have more than 2²³ tokens in all
 * @example
 * ```ts
 * import { autoregressiveTabularPolicy, policyDistribution } from "exptilt/training";
 * const policy = autoregressiveTabularPolicy({ vocabulary: ["a", "b"], length: 2 });
 * policy.size // => 6
 * const sticky = [0, 0, Math.log(3), 0, 0, Math.log(3)];
 * policyDistribution(policy, sticky).mass // => [0.375, 0.125, 0.125, 0.375]
 * ```
 */
export function autoregressiveTabularPolicy<T>(model: SequenceModel<T>): Policy<unknown, readonly T[]> {
  const { tree, support } = prefixTree("autoregressiveTabularPolicy", model);
  return treePolicy(support, tree, tableLogits(tree.next.length));
}

/**
 * The autoregressive log-linear policy: a softmax of linear scores of features of prefix and next token, one parameter
 * vector for all prefixes.
 *
 * $$\pi_\theta(o) = \prod_i \frac{e^{\theta \cdot \varphi(o_{<i}, o_i)}}{\sum_v e^{\theta \cdot \varphi(o_{<i}, v)}}$$
 *
 * Weighted maximum likelihood is convex. Features are read once, when the policy is made.
 *
 * @param model the vocabulary, the length, `end` where there is one, and the features of each next token
 * @returns the policy, the same on every query
 * @throws TypeError when the model has the wrong shape, or features have the wrong length
 * @throws RangeError when a feature is not finite, or see `autoregressiveTabularPolicy`
 * @example
 * ```ts
 * import { autoregressiveLogLinearPolicy, policyDistribution } from "exptilt/training";
 * const policy = autoregressiveLogLinearPolicy({
 *   vocabulary: ["a", "b"],
 *   length: 2,
 *   size: 1,
 *   features: (prefix, token) => [token === prefix.at(-1) ? 1 : 0],
 * });
 * policyDistribution(policy, [Math.log(3)]).mass // => [0.375, 0.125, 0.125, 0.375]
 * ```
 */
export function autoregressiveLogLinearPolicy<T>(model: PrefixFeatureModel<T>): Policy<unknown, readonly T[]> {
  const caller = "autoregressiveLogLinearPolicy";
  const { tree, prefixes, vocabulary, support } = prefixTree(caller, model);
  const size = requireInteger(caller, "size", model.size, 1);
  if (typeof model.features !== "function") throw wrongType(caller, "features", "be a function", model.features);
  const count = tree.next.length * size;
  if (!(count <= MAX_FEATURES)) throw outOfRange(caller, "size", `make at most ${MAX_FEATURES} features in all`, count);
  const rows = new Float64Array(tree.next.length * size);
  for (const [c, prefix] of prefixes.entries()) {
    for (const [v, token] of vocabulary.entries()) {
      const place = `features of token ${v} after prefix ${c}`;
      rows.set(featureRow(caller, size, place, model.features(prefix, token)), (c * vocabulary.length + v) * size);
    }
  }
  return treePolicy(support, tree, linearLogits(size, rows, vocabulary.length));
}
