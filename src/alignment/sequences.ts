import { requireSupport } from "../measure/support.js";
import { outOfRange, requireInteger, requireObject, wrongType } from "../numeric/check.js";

/** More sequences than this are not enumerated: an array of answers could not hold them. */
const MAX_SEQUENCES = 2 ** 24;

/** More tokens of one sequence than this are not enumerated: prefixes are copied, in time that grows as the square. */
const MAX_LENGTH = 1000;

/** The sequences of L tokens of a vocabulary, or of fewer tokens of which the last is `end`. */
export interface SequenceSpace<T> {
  readonly vocabulary: readonly T[];
  readonly length: number;
  readonly end: T | undefined;
}

/** The vocabulary, the length and the end of an argument, checked. Errors name the fields with `prefix` before them. */
export function requireSequenceSpace<T>(
  caller: string,
  argument: string,
  space: { readonly vocabulary: readonly T[]; readonly length: number; readonly end?: T | undefined },
  prefix = "",
): SequenceSpace<T> {
  const vocabulary = requireSupport(caller, requireObject(caller, argument, space).vocabulary, `${prefix}vocabulary`);
  const length = requireInteger(caller, `${prefix}length`, space.length, 1);
  const { end } = space;
  if (end !== undefined && !vocabulary.includes(end)) {
    throw outOfRange(caller, `${prefix}end`, "be in the vocabulary", end);
  }
  return { vocabulary, length, end };
}

/** Refuses more sequences than can be listed. */
export function requireListable(
  caller: string,
  argument: string,
  { vocabulary, length }: SequenceSpace<unknown>,
): void {
  const count = vocabulary.length ** length;
  if (!(count <= MAX_SEQUENCES)) {
    throw outOfRange(caller, argument, `have at most ${MAX_SEQUENCES} sequences, |V|^L`, count);
  }
}

/** Refuses a policy with too many sequences to go through them. */
export function requireEnumerable<P extends SequenceSpace<unknown>>(caller: string, policy: P): P {
  requireListable(caller, "policy", policy);
  if (policy.length > MAX_LENGTH) throw outOfRange(caller, "policy.length", `be at most ${MAX_LENGTH}`, policy.length);
  return policy;
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

/**
 * Walks the tree of prefixes in the order of the vocabulary, the last token changing fastest. `open` makes a node of an
 * incomplete prefix and its state, `step` a state of a node and the next token's place, and `close` takes a complete
 * sequence with its state. The first state is that of the empty prefix.
 */
export function walk<T, S, N>(
  { vocabulary, length, end }: SequenceSpace<T>,
  first: S,
  open: (prefix: readonly T[], state: S) => N,
  step: (node: N, token: number) => S,
  close: (sequence: readonly T[], state: S) => void,
): void {
  const opened = (prefix: readonly T[], state: S) => ({ prefix, node: open(prefix, state), next: 0 });
  // A stack of its own: sequences may be longer than calls can nest.
  const path = [opened(Object.freeze([]), first)];
  for (let at = path.at(-1); at !== undefined; at = path.at(-1)) {
    if (at.next === vocabulary.length) {
      path.pop();
      continue;
    }
    const v = at.next++;
    const longer = Object.freeze([...at.prefix, vocabulary[v]]);
    const state = step(at.node, v);
    if (longer.length === length || (end !== undefined && Object.is(vocabulary[v], end))) close(longer, state);
    else path.push(opened(longer, state));
  }
}
