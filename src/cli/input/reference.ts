import { fromLogMass, type Measure, measure } from "../../measure/measure.js";
import { knownSupport } from "../../measure/support.js";
import type { Query } from "./query.js";

/** Queries of few answers share the places of these. */
const MAX_SHARED = 1024;

const places: (readonly number[])[] = [];

function placesTo(size: number): readonly number[] {
  const own = () => knownSupport(Array.from({ length: size }, (_, i) => i));
  if (size > MAX_SHARED) return own();
  places[size] ??= own();
  return places[size];
}

/** The reference policy of a query, on the places of its answers. */
export function refOf({ ref, reward }: Query): Measure<number> {
  const support = placesTo(reward.length);
  return "mass" in ref ? measure(support, ref.mass) : fromLogMass(support, ref.logMass);
}
