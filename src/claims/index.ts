import type { Claim } from "./claim.js";
import { errata } from "./errata.js";
import { preliminaries } from "./preliminaries.js";
import { reinforcement } from "./reinforcement.js";
import { training } from "./training.js";

/** The anthology as data: every equation with its statement, its hypotheses and its two sides, then its errata. */
export const claims: readonly Claim[] = [...preliminaries, ...reinforcement, ...training, ...errata];
