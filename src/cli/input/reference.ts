import { fromLogMass, type Measure, measure } from "../../measure/measure.js";
import type { Query } from "./query.js";

/** The reference policy of a query, on the places of its answers. */
export function refOf({ ref, reward }: Query): Measure<number> {
  const support = [...reward.keys()];
  return "mass" in ref ? measure(support, ref.mass) : fromLogMass(support, ref.logMass);
}
