import type { Law } from "../measure/law.js";
import { tiltLaw } from "../measure/tilt.js";

/** What a root found in doubles may miss, in units of its size. */
const REACH = 2 ** -40;

/**
 * A law ∝ ref·e^{steepness·score}, tilted by what its steepness misses. Where masses are far apart an exponent has hundreds
 * of nats, and its last digit is many of a mass, while the equation that the law solves may hold it to the last digit. So one
 * step of false position goes on from the masses as they are: `excess` is the equation at a steepness, of which the second
 * argument is the part to add. The law itself is returned where that does not change sign.
 */
export function settledTilt(
  caller: string,
  law: Law,
  score: Float64Array,
  steepness: number,
  excess: (law: Law, more: number) => number,
): Law {
  const moved = (more: number) =>
    tiltLaw(
      caller,
      law,
      score.map((s) => (s === -Infinity ? s : more * s)),
      1,
    ).law;
  const reach = REACH * steepness;
  const [below, above] = [-reach, reach].map((more) => excess(moved(more), more));
  const rest = reach * ((below + above) / (below - above));
  return Math.abs(rest) < reach ? moved(rest) : law;
}
