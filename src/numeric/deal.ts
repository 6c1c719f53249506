/** A part for each unit, of sizes that differ by one at most: shuffled (Fisher and Yates), then dealt round. */
export function deal(units: number, parts: number, rng: () => number): Uint32Array {
  const order = Uint32Array.from({ length: units }, (_, i) => i);
  for (let i = units - 1; i > 0; i--) {
    const j = Math.floor(rng() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  const part = new Uint32Array(units);
  for (let i = 0; i < units; i++) part[order[i]] = i % parts;
  return part;
}
