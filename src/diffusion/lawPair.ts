import type { Law } from "../measure/law.js";
import { lawOf } from "../measure/measure.js";
import { type AtomicData, type AtomLaw, requireAtomLaw, requireLine } from "./atoms.js";
import type { WeightedPoints } from "./lineQuadrature.js";
import { NoisedPoint } from "./noisedPoint.js";

/** Two laws of the atoms, checked. */
export function requireLaws(caller: string, data: AtomicData, p: AtomLaw, q: AtomLaw): readonly Law[] {
  return [
    lawOf(caller, "p", requireAtomLaw(caller, "p", data, p)),
    lawOf(caller, "q", requireAtomLaw(caller, "q", data, q)),
  ];
}

/** The atoms of the first law on a line, each with its mass there, as points under noise that all the laws may explain. */
export function pointsOf(caller: string, data: AtomicData, laws: readonly Law[]): WeightedPoints {
  requireLine(caller, data);
  const mass = laws[0].probabilities();
  return Array.from(mass, (m, i) => ({ i, m }))
    .filter(({ m }) => m > 0)
    .map(({ i, m }) => ({ point: new NoisedPoint(data, laws, data.points.slice(i, i + 1)), mass: m }));
}

/** Whether q has mass at every point where p has: coincident atoms are one point. */
export function covers({ size, dimension: d, points }: AtomicData, p: Law, q: Law): boolean {
  const place = (i: number) => Array.from(points.subarray(i * d, (i + 1) * d), (v) => v + 0).join();
  const held = new Set<string>();
  for (let i = 0; i < size; i++) if (q.supports(i)) held.add(place(i));
  for (let i = 0; i < size; i++) if (p.supports(i) && !held.has(place(i))) return false;
  return true;
}
