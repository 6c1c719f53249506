/** Two whole numbers mixed to 32 bits, as the finaliser of MurmurHash3 does. */
function mix(a: number, b: number): number {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 0x7f4a7c15, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** The items in the order of a seed and a pass. A pure function: a resumed run needs no state of a generator. */
export function shuffled<T>(items: readonly T[], seed: number, pass: number): T[] {
  const out = items.slice();
  for (let i = out.length - 1; i > 0; i--) {
    const j = mix(mix(seed, pass), i) % (i + 1);
    [out[i], out[j]] = [out[j], out[i]];
  }
  return out;
}
