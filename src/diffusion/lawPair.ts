import type { Law } from "../measure/law.js";
import { lawOf } from "../measure/measure.js";
import { type AtomicData, type AtomLaw, requireAtomLaw } from "./atoms.js";

/** Two laws of the atoms, checked. */
export function requireLaws(caller: string, data: AtomicData, p: AtomLaw, q: AtomLaw): readonly Law[] {
  return [
    lawOf(caller, "p", requireAtomLaw(caller, "p", data, p)),
    lawOf(caller, "q", requireAtomLaw(caller, "q", data, q)),
  ];
}

/** Whether q has mass at every point where p has some. Coincident atoms are one point. */
export function covers({ size, dimension: d, points }: AtomicData, p: Law, q: Law): boolean {
  const place = (i: number) => Array.from(points.subarray(i * d, (i + 1) * d), (v) => v + 0).join();
  const held = new Set<string>();
  for (let i = 0; i < size; i++) if (q.supports(i)) held.add(place(i));
  for (let i = 0; i < size; i++) if (p.supports(i) && !held.has(place(i))) return false;
  return true;
}
