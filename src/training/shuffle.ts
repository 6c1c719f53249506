/** A 32-bit mixing of two whole numbers (the finaliser of MurmurHash3). */
function mix(a: number, b: number): number {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 0x7f4a7c15, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** The items in the order that a seed and a pass number give: a pure function, so that a resumed run needs no generator. */
export function shuffled<T>(items: readonly T[], seed: number, pass: number): T[] {
  const out = items.slice();
  for (let i = out.length - 1; i > 0; i--) {
    const j = mix(mix(seed, pass), i) % (i + 1);
    [out[i], out[j]] = [out[j], out[i]];
  }
  return out;
}
