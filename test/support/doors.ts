import { join } from "node:path";
import * as main from "exptilt";
import * as claims from "exptilt/claims";
import * as diffusion from "exptilt/diffusion";
import * as exact from "exptilt/exact";
import * as training from "exptilt/training";

/** The doors of the package, by what a user writes to import them. */
export const doors = {
  exptilt: main,
  "exptilt/training": training,
  "exptilt/diffusion": diffusion,
  "exptilt/claims": claims,
  "exptilt/exact": exact,
} as const;

/** The built file of each door, in a folder that has `dist`. */
export const builtDoors = (folder: string): Record<string, string> =>
  Object.fromEntries(
    Object.keys(doors).map((door) => [door, join(folder, "dist", door.slice("exptilt".length), "index.js")]),
  );

/** What the doors of float64 export, together. */
export const library = { ...main, ...training, ...diffusion, ...claims };
