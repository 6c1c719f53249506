/** Bits of a digit: for few values, going through the buckets would take longer than through the values. */
const DIGIT_BITS = 11;
const DIGIT_BITS_OF_FEW = 8;
const MAX_FEW = 1024;
/** Runs of up to so many entries that agree in their leading bits are sorted by insertion. */
const INSERTION_SORT_LIMIT = 24;

/** Which of the two words of a double holds its sign, exponent and leading bits. */
const HIGH = new Uint8Array(Float64Array.of(1).buffer)[7] === 0x3f ? 1 : 0;

/**
 * Sorts places in an array of values so that the values decrease, by their bits: first by the leading 32 bits, then,
 * among values that agree there, by the others. The values are no NaN and no −0. Equal values keep the order of their
 * places.
 */
export function sortDecreasing(places: Int32Array, values: Float64Array): void {
  const size = places.length;
  const words = new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
  // Positive doubles rise with their bits, negative ones fall: with its bits turned a positive one falls, too.
  const keysOf = (word: number, from: number, to: number) => {
    const keys = new Int32Array(to - from);
    for (let j = from; j < to; j++) {
      const at = 2 * places[j];
      // The sign bit of a positive double stays 0.
      keys[j - from] = words[at + HIGH] < 0 ? words[at + word] : words[at + word] ^ (word === HIGH ? 0x7fffffff : -1);
    }
    return keys;
  };
  const keys = keysOf(HIGH, 0, size);
  sortByKeys(places, keys);
  for (let from = 0, to = 1; from < size; from = to++) {
    const key = keys[from];
    while (to < size && keys[to] === key) to++;
    if (to - from <= INSERTION_SORT_LIMIT) sortByInsertion(places, values, from, to);
    else sortByKeys(places.subarray(from, to), keysOf(1 - HIGH, from, to));
  }
}

/** Sorts places and their keys, as whole numbers without sign, the lowest digit first. */
function sortByKeys(places: Int32Array, keys: Int32Array): void {
  const size = places.length;
  const bits = size > MAX_FEW ? DIGIT_BITS : DIGIT_BITS_OF_FEW;
  const next = new Int32Array(2 ** bits);
  const mask = next.length - 1;
  const otherPlaces = new Int32Array(size);
  const otherKeys = new Int32Array(size);
  for (let shift = 0; shift < 32; shift += bits) {
    next.fill(0);
    for (let j = 0; j < size; j++) next[(keys[j] >>> shift) & mask]++;
    for (let b = 0, begin = 0; b < next.length; b++) {
      const count = next[b];
      next[b] = begin;
      begin += count;
    }
    for (let j = 0; j < size; j++) {
      const key = keys[j];
      const to = next[(key >>> shift) & mask]++;
      otherKeys[to] = key;
      otherPlaces[to] = places[j];
    }
    keys.set(otherKeys);
    places.set(otherPlaces);
  }
}

function sortByInsertion(places: Int32Array, values: Float64Array, from: number, to: number): void {
  for (let i = from + 1; i < to; i++) {
    const place = places[i];
    let j = i;
    for (; j > from && values[places[j - 1]] < values[place]; j--) places[j] = places[j - 1];
    places[j] = place;
  }
}
