import { requireEnumerable, type SequenceSpace, walk } from "../alignment/sequences.js";
import { knownSupport, placesOf } from "../measure/support.js";
import { outOfRange, wrongType } from "../numeric/check.js";

/** A prefix in the tree of all: what it is worth, and the prefixes that are one token longer, none of a complete sequence. */
export interface Prefix<W> {
  worth: W;
  readonly longer: Prefix<W>[];
}

/** A prefix that is not complete, with the law of the next token. */
interface Inner<L, W> extends Prefix<W> {
  readonly law: L;
}

/** Finds a prefix of tokens, for a function that names its errors. */
export type FindPrefix<T, W> = (caller: string, tokens: readonly T[]) => Prefix<W>;

/**
 * What all prefixes of a policy's sequences are worth, from the complete ones to the empty one: `ends` tells it of all complete
 * sequences, and `inner` of a prefix with the law of its next token, from what the longer ones are worth.
 */
export function valueTree<T, L, W>(
  caller: string,
  policy: SequenceSpace<T> & { conditional(prefix: readonly T[]): L },
  ends: (sequences: readonly (readonly T[])[]) => readonly W[],
  inner: (law: L, longer: readonly W[]) => W,
): FindPrefix<T, W> {
  const nothing = undefined as W;
  const [nodes, leaves]: [Inner<L, W>[], Prefix<W>[]] = [[], []];
  const sequences: (readonly T[])[] = [];
  const add = <P extends Prefix<W>>(list: P[], siblings: Prefix<W>[], prefix: P): P => {
    siblings.push(prefix);
    list.push(prefix);
    return prefix;
  };
  walk(
    requireEnumerable(caller, policy),
    [] as Prefix<W>[],
    (prefix, siblings) => add(nodes, siblings, { law: policy.conditional(prefix), worth: nothing, longer: [] }),
    ({ longer }) => longer,
    (sequence, siblings) => {
      sequences.push(sequence);
      add(leaves, siblings, { worth: nothing, longer: [] });
    },
  );
  const worths = ends(knownSupport(sequences));
  for (const [k, leaf] of leaves.entries()) leaf.worth = worths[k];
  // Longer prefixes come after those that they begin with.
  for (let k = nodes.length - 1; k >= 0; k--) {
    const { law, longer } = nodes[k];
    nodes[k].worth = inner(
      law,
      longer.map(({ worth }) => worth),
    );
  }
  const placeOf = placesOf(policy.vocabulary);
  return (reader, tokens) => {
    if (!Array.isArray(tokens)) throw wrongType(reader, "prefix", "be an array of tokens", tokens);
    let at: Prefix<W> = nodes[0];
    for (const [i, token] of tokens.entries()) {
      if (at.longer.length === 0) throw outOfRange(reader, "prefix", `end after ${i} tokens`, tokens);
      const place = placeOf(token);
      if (place === undefined) throw outOfRange(reader, `prefix[${i}]`, "be a token of the vocabulary", token);
      at = at.longer[place];
    }
    return at;
  };
}

/** Refuses a complete sequence where a prefix is asked for that has a next token. */
export function requireIncomplete<W>(caller: string, { longer }: Prefix<W>, tokens: readonly unknown[]): void {
  if (longer.length === 0) throw outOfRange(caller, "prefix", "be shorter than a complete sequence", tokens);
}
