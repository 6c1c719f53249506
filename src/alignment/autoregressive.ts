import { klOf } from "../information/divergence.js";
import { Law } from "../measure/law.js";
import {
  type Distribution,
  distributionFrom,
  distributionOf,
  type LawfulMeasure,
  lawOf,
  type Measure,
  normalized,
  requireMeasure,
} from "../measure/measure.js";
import { knownSupport, requireSameSupport, requireSupport } from "../measure/support.js";
import { outOfRange, requireInteger, requireObject, show, wrongType } from "../numeric/check.js";
import { isNormal } from "../numeric/float64.js";
import { sum } from "../numeric/sum.js";

/** More sequences than this are not enumerated: an array of answers could not hold them. */
const MOST_SEQUENCES = 2 ** 24;

/** Sequences are walked token within token: so many are far from the limit of nested calls. */
const MOST_TOKENS = 1000;

/**
 * A policy that draws a sequence token by token: π(o) = Π_i π(o_i | o_<i).
 *
 * @typeParam T the type of a token
 */
export interface AutoregressivePolicy<T = unknown> {
  /** The tokens V. */
  readonly vocabulary: readonly T[];
  /** The number of tokens L of every sequence, or the largest where `end` may cut it short. */
  readonly length: number;
  /** The token that ends a sequence, where there is one; it is the sequence's last token. */
  readonly end: T | undefined;
  /**
   * The law π(·|prefix) of the next token.
   *
   * @param prefix the tokens so far, none at first
   */
  conditional(prefix: readonly T[]): Distribution<T>;
}

/**
 * The autoregressive policy with given conditional tables.
 *
 * $$\pi(o) = \prod_{i=1}^{L} \pi(o_i \mid o_{<i})$$
 *
 * @param tables the `vocabulary`, the `length` L, and `conditional`, which gives for each prefix the masses of the next
 *   token: an array aligned with the vocabulary, or a measure on it. With `end`, sequences stop after that token, and L
 *   is the largest length.
 * @param tables.vocabulary distinct tokens of any type
 * @param tables.length L, a whole number of at least 1
 * @param tables.conditional a pure function of the prefix (a frozen array of tokens, empty at first)
 * @param tables.end the token that ends a sequence; sequences have one fixed length when it is left out
 * @returns the policy
 * @throws TypeError when the vocabulary is no array or `conditional` no function
 * @throws RangeError when the vocabulary is empty or repeats a token, L is no whole number ≥ 1, or `end` is not in the vocabulary
 * @example
 * ```ts
 * import { autoregressivePolicy, sequenceDistribution } from "exptilt";
 * const sticky = autoregressivePolicy({
 *   vocabulary: ["a", "b"],
 *   length: 2,
 *   conditional: (prefix) => (prefix.at(-1) === "b" ? [1, 3] : [1, 1]),
 * });
 * sequenceDistribution(sticky).mass // => [0.25, 0.25, 0.125, 0.375]
 * ```
 */
export function autoregressivePolicy<T>(tables: {
  readonly vocabulary: readonly T[];
  readonly length: number;
  readonly conditional: (prefix: readonly T[]) => ArrayLike<number> | Measure<T>;
  readonly end?: T;
}): AutoregressivePolicy<T> {
  const caller = "autoregressivePolicy";
  const vocabulary = requireSupport(caller, requireObject(caller, "tables", tables).vocabulary, "vocabulary");
  const length = requireInteger(caller, "length", tables.length, 1);
  const { conditional, end } = tables;
  if (typeof conditional !== "function") throw wrongType(caller, "conditional", "be a function", conditional);
  if (end !== undefined && !vocabulary.includes(end)) throw outOfRange(caller, "end", "be in the vocabulary", end);
  return {
    vocabulary,
    length,
    end,
    conditional(prefix) {
      if (!Array.isArray(prefix)) throw wrongType(caller, "prefix", "be an array of tokens", prefix);
      const argument = `conditional of ${show(prefix)}`;
      const masses = conditional(prefix);
      if (!(typeof masses === "object" && masses !== null && "support" in masses)) {
        return distributionFrom(caller, vocabulary, argument, masses);
      }
      return normalized(requireTokens(caller, argument, vocabulary, masses));
    },
  };
}

/** A measure on the tokens of a vocabulary. */
function requireTokens<T>(
  caller: string,
  argument: string,
  vocabulary: readonly T[],
  law: Measure<T>,
): LawfulMeasure<T> {
  const own = requireMeasure(caller, argument, law);
  requireSameSupport(caller, vocabulary, own.support);
  return own;
}

/** What a policy is made of, whatever its laws are. */
interface PolicyParts<T, L> extends SequenceSpace<T> {
  conditional(prefix: readonly T[]): L;
}

/** A policy of another make, with its parts checked: its laws are read by `read` when they are asked for. */
export function requirePolicyOf<T, L, Own>(
  caller: string,
  policy: PolicyParts<T, L>,
  read: (argument: string, vocabulary: readonly T[], law: L) => Own,
): PolicyParts<T, Own> {
  requireObject(caller, "policy", policy);
  const vocabulary = requireSupport(caller, policy.vocabulary, "policy.vocabulary");
  const length = requireInteger(caller, "policy.length", policy.length, 1);
  if (typeof policy.conditional !== "function") {
    throw wrongType(caller, "policy.conditional", "be a function", policy.conditional);
  }
  const conditional = (prefix: readonly T[]): Own =>
    read(`policy.conditional of ${show(prefix)}`, vocabulary, policy.conditional(prefix));
  return { vocabulary, length, end: policy.end, conditional };
}

function requirePolicy<T>(caller: string, policy: AutoregressivePolicy<T>) {
  return requirePolicyOf(caller, policy, (argument, vocabulary, law) =>
    normalized(requireTokens(caller, argument, vocabulary, law)),
  );
}

/** Every complete sequence in the order of the vocabulary, first token slowest, with what was gathered on its way. */
export function walk<T, L, S>(
  policy: PolicyParts<T, L>,
  state: S,
  step: (state: S, law: L, token: number) => S,
  leaf: (sequence: readonly T[], state: S) => unknown,
  prefix: readonly T[] = Object.freeze([]),
): void {
  const law = policy.conditional(prefix);
  for (const [i, token] of policy.vocabulary.entries()) {
    const sequence = Object.freeze([...prefix, token]);
    const next = step(state, law, i);
    if (sequence.length === policy.length || Object.is(token, policy.end)) leaf(sequence, next);
    else walk(policy, next, step, leaf, sequence);
  }
}

/** What the sequences of a policy are made of. */
export type SequenceSpace<T> = Pick<AutoregressivePolicy<T>, "vocabulary" | "length" | "end">;

/** Refuses a policy with too many sequences to go through them. */
export function requireEnumerable<P extends SequenceSpace<unknown>>(caller: string, policy: P): P {
  const { vocabulary, length } = policy;
  const count = vocabulary.length ** length;
  if (!(count <= MOST_SEQUENCES)) {
    throw outOfRange(caller, "policy", `have at most ${MOST_SEQUENCES} sequences, |V|^L`, count);
  }
  if (length > MOST_TOKENS) throw outOfRange(caller, "policy.length", `be at most ${MOST_TOKENS}`, length);
  return policy;
}

/**
 * The law of the whole sequence, π(o) = Π_i π(o_i | o_<i), on all |V|^L sequences (fewer where `end` cuts them short).
 *
 * $$\pi(o) = \prod_{i=1}^{L} \pi(o_i \mid o_{<i}), \quad o \in V^L$$
 *
 * Sequences come in the order of the vocabulary, the last token changing fastest. Probabilities below the smallest
 * double live on in `logMass`. Time and memory grow as |V|^L, which may be 2²⁴ at most.
 *
 * @param policy an autoregressive policy
 * @returns the distribution over sequences, each a frozen array of tokens
 * @throws RangeError when |V|^L is above 2²⁴, or a conditional table is no measure (see `distribution`)
 * @example
 * ```ts
 * import { autoregressivePolicy, entropy, sequenceDistribution } from "exptilt";
 * const coin = autoregressivePolicy({ vocabulary: ["h", "t"], length: 3, conditional: () => [1, 1] });
 * sequenceDistribution(coin).support.length // => 8
 * entropy(sequenceDistribution(coin)) // => 2.0794415416798
 * ```
 */
export function sequenceDistribution<T>(policy: AutoregressivePolicy<T>): Distribution<readonly T[]> {
  const own = requireEnumerable("sequenceDistribution", requirePolicy("sequenceDistribution", policy));
  const sequences: (readonly T[])[] = [];
  const logs: number[] = [];
  const masses: number[] = [];
  let ordinary = true;
  walk(
    own,
    { mass: 1, log: 0 },
    ({ mass, log }, { mass: p, logMass }, i) => ({ mass: mass * p[i], log: log + logMass[i] }),
    (sequence, { mass, log }) => {
      sequences.push(sequence);
      masses.push(mass);
      logs.push(log);
      ordinary &&= isNormal(mass) || log === -Infinity;
    },
  );
  const mass = Float64Array.from(masses);
  const law = ordinary ? Law.fromMass(mass) : Law.fromMass(mass, Float64Array.from(logs));
  return distributionOf(knownSupport(sequences), law, 0);
}

/** Which way the divergence from uniform is taken: the note's KL(π‖Unif), or the original KL(Unif‖π). */
export type SelfCertaintyForm = "variant" | "original";

const FORMS: readonly unknown[] = ["variant", "original"] satisfies SelfCertaintyForm[];

/** A form of self-certainty, by its name. */
export function requireForm(caller: string, form: unknown): SelfCertaintyForm {
  if (!FORMS.includes(form)) throw outOfRange(caller, "form", 'be "variant" or "original"', form);
  return form as SelfCertaintyForm;
}

/** The length of a complete sequence of a policy. */
export function requireSequence<T>(caller: string, policy: SequenceSpace<T>, sequence: readonly T[]): number {
  if (!Array.isArray(sequence)) throw wrongType(caller, "sequence", "be an array of tokens", sequence);
  const ends = sequence.findIndex((token) => Object.is(token, policy.end)) + 1;
  const length = policy.end !== undefined && ends > 0 ? ends : policy.length;
  if (sequence.length !== length) throw outOfRange(caller, "sequence", `have ${length} tokens`, sequence);
  for (let i = 0; i < length; i++) {
    if (policy.vocabulary.includes(sequence[i])) continue;
    throw outOfRange(caller, `sequence[${i}]`, "be a token of the vocabulary", sequence[i]);
  }
  return length;
}

/** The divergence of one conditional law from uniform. */
function certainty(law: Distribution, form: SelfCertaintyForm): number {
  const p = lawOf("certainty", "law", law);
  const uniform = Law.fromMass(new Float64Array(p.weight.length).fill(1));
  return form === "variant" ? klOf(p, uniform) : klOf(uniform, p);
}

/**
 * The self-certainty of one sequence, in nats per token. Equation (6): the note's variant
 * u(o) = (1/L) Σ_i KL(π(·|o_<i)‖Unif(V)), or the original (1/L) Σ_i KL(Unif(V)‖π(·|o_<i)) of Kang et al. (2025).
 *
 * $$u(o) = \frac1L \sum_{i=1}^{L} \mathrm{KL}\bigl(\pi(\cdot \mid o_{<i}) \,\|\, \mathrm{Unif}(V)\bigr), \quad u^{\mathrm{orig}}(o) = \frac1L \sum_{i=1}^{L} \mathrm{KL}\bigl(\mathrm{Unif}(V) \,\|\, \pi(\cdot \mid o_{<i})\bigr)$$
 *
 * The variant lies in [0, log|V|]; the original is +∞ where a token has probability 0. L is the sequence's own length.
 *
 * @param policy an autoregressive policy
 * @param sequence a complete sequence of the policy: L tokens, or fewer that end with the policy's `end`
 * @param form `"variant"` (when left out) or `"original"`
 * @returns the self-certainty in nats per token
 * @throws TypeError when the sequence is no array
 * @throws RangeError when the sequence is not complete, a token is not in the vocabulary, or the form is unknown
 * @example
 * ```ts
 * import { autoregressivePolicy, selfCertainty } from "exptilt";
 * const policy = autoregressivePolicy({ vocabulary: ["a", "b"], length: 2, conditional: () => [1, 3] });
 * selfCertainty(policy, ["a", "b"]) // => 0.130812035941137
 * selfCertainty(policy, ["a", "b"], "original") // => 0.14384103622589
 * ```
 */
export function selfCertainty<T>(
  policy: AutoregressivePolicy<T>,
  sequence: readonly T[],
  form: SelfCertaintyForm = "variant",
): number {
  const caller = "selfCertainty";
  requireForm(caller, form);
  const own = requirePolicy(caller, policy);
  const length = requireSequence(caller, own, sequence);
  const terms = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    terms[i] = certainty(own.conditional(Object.freeze(sequence.slice(0, i))), form);
  }
  return terms.includes(Infinity) ? Infinity : sum(terms).hi / length;
}

/**
 * The expected self-certainty E_π[u], in nats per token, by enumeration of all sequences. Equation (6).
 *
 * $$\mathbb{E}_\pi[u] = \sum_o \pi(o)\, u(o) = \log |V| - \frac{H(\pi)}{L} \quad \text{(the variant, } L \text{ fixed)}$$
 *
 * For the variant and sequences of one fixed length it is log|V| − H(π)/L, by the chain rule of entropy; with an `end`
 * token, or for the original form, there is no such closed form.
 *
 * @param policy an autoregressive policy
 * @param form `"variant"` (when left out) or `"original"`
 * @returns E_π[u] in nats per token; +∞ for the original form where a reachable prefix has a token of probability 0
 * @throws RangeError when |V|^L is above 2²⁴, or the form is unknown
 * @example
 * ```ts
 * import { autoregressivePolicy, entropy, expectedSelfCertainty, sequenceDistribution } from "exptilt";
 * const policy = autoregressivePolicy({
 *   vocabulary: ["a", "b"],
 *   length: 2,
 *   conditional: (prefix) => (prefix.at(-1) === "b" ? [1, 3] : [1, 1]),
 * });
 * expectedSelfCertainty(policy) // => 0.032703008985
 * Math.log(2) - entropy(sequenceDistribution(policy)) / 2 // => 0.032703008985
 * ```
 */
export function expectedSelfCertainty<T>(policy: AutoregressivePolicy<T>, form: SelfCertaintyForm = "variant"): number {
  requireForm("expectedSelfCertainty", form);
  const own = requireEnumerable("expectedSelfCertainty", requirePolicy("expectedSelfCertainty", policy));
  const terms: number[] = [];
  const certainties = new WeakMap<Distribution<T>, number>();
  walk(
    own,
    { mass: 1, certainty: 0 },
    ({ mass, certainty: before }, law, i) => {
      const here = certainties.get(law) ?? certainty(law, form);
      certainties.set(law, here);
      return { mass: mass * law.mass[i], certainty: before + here };
    },
    (sequence, { mass, certainty: total }) => terms.push((mass * total) / sequence.length),
  );
  // An unreachable sequence may leave a NaN, but then an infinite one is reachable: from where its first token of mass 0 is.
  return terms.includes(Infinity) ? Infinity : sum(Float64Array.from(terms)).hi;
}
