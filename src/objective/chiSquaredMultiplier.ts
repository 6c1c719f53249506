import type { Law } from "../measure/law.js";
import { floats } from "../numeric/floats.js";
import { Multiplier } from "./multiplier.js";
import type { FDivergence } from "./regularizers.js";

/**
 * The multiplier for ½χ², where the density is (s − d)₊ and the threshold s = x + 1 solves Σ p (s − d)₊ = 1: on the answers
 * that keep mass s = (1 + Σ p d)/Σ p. It starts with all of them, and drops those at or above s until none is left to drop:
 * s only falls, and some passes over ever fewer answers do, where sorting would take K log K steps. Michelot (1986).
 */
export function chiSquaredMultiplier(law: Law, distance: Float64Array, f: FDivergence): Multiplier {
  const total = law.total.hi;
  const weights = floats(distance.length);
  const distances = floats(distance.length);
  let kept = 0;
  for (let i = 0; i < distance.length; i++) {
    if (distance[i] === Infinity || law.weight[i] === 0) continue;
    weights[kept] = law.weight[i];
    distances[kept++] = distance[i];
  }
  let threshold = Infinity;
  // The first pass drops none.
  for (let pass = 0, before = 0; pass < 2 || kept < before; pass++) {
    before = kept;
    kept = 0;
    let [mass, massLow, moved, movedLow] = [0, 0, total, 0];
    for (let j = 0; j < before; j++) {
      const d = distances[j];
      if (!(d < threshold)) continue;
      const w = weights[j];
      weights[kept] = w;
      distances[kept++] = d;
      const s = mass + w;
      massLow += mass > w ? mass - s + w : w - s + mass;
      mass = s;
      const product = w * d;
      const t = moved + product;
      movedLow += moved > product ? moved - t + product : product - t + moved;
      moved = t;
    }
    threshold = (moved + movedLow) / (mass + massLow);
  }
  return new Multiplier(f, { x: threshold - 1 });
}
