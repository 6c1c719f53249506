import type { LimitDistance } from "./ratio/limitDistanceOf.js";
import type { PolicyReading } from "./reading.js";

/** What N draws give. */
export interface ReadingAtN extends PolicyReading {
  readonly n: number;
}

/** Reads a method's laws on one problem. */
export interface MethodReader {
  /** Makes a point of each N, Infinity for the limit, from its readings and, when asked, its distances to the limit. */
  readAt<Point>(ns: readonly number[], make: (reading: ReadingAtN, distance: () => LimitDistance) => Point): Point[];
}

/** The distances of the limit from itself. */
export const AT_LIMIT: LimitDistance = { totalVariation: 0, kl: 0, reverseKl: 0 };
