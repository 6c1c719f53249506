/** Places that are alike, by kind: kinds are numbered in the order of their first places. */
export interface Kinds {
  /** The kind of each place; −1 where it has none. */
  readonly kindOf: Int32Array;
  /** The first place of each kind. */
  readonly first: readonly number[];
  /** How many places are of each kind. */
  readonly size: readonly number[];
}

/** Groups places by a key; those without one are of no kind. */
export function kindsOf(places: number, keyOf: (place: number) => string | undefined): Kinds {
  const kindOf = new Int32Array(places).fill(-1);
  const known = new Map<string, number>();
  const first: number[] = [];
  const size: number[] = [];
  for (let i = 0; i < places; i++) {
    const key = keyOf(i);
    if (key === undefined) continue;
    let kind = known.get(key);
    if (kind === undefined) {
      kind = first.push(i) - 1;
      size.push(0);
      known.set(key, kind);
    }
    size[kind]++;
    kindOf[i] = kind;
  }
  return { kindOf, first, size };
}
