import { budget } from "./budget.js";
import type { Claim } from "./claim.js";
import { diffusion } from "./diffusion.js";
import { diffusionWords } from "./diffusionWords.js";
import { alignmentErrata } from "./errata/alignment.js";
import { diffusionErrata } from "./errata/diffusion.js";
import { selectionErrata } from "./errata/selection.js";
import { games } from "./games.js";
import { preliminaries } from "./preliminaries.js";
import { regularized } from "./regularized.js";
import { reinforcement } from "./reinforcement.js";
import { selection } from "./selection.js";
import { training } from "./training.js";
import { utilities } from "./utilities.js";

const numberOf = (claim: Claim): number => Number(claim.equation.replace(/[^\d.]/g, ""));
const inOrder = <C extends Claim>(list: readonly C[]): C[] => [...list].sort((a, b) => numberOf(a) - numberOf(b));

/** The anthology as data: every equation with its statement, its hypotheses and its two sides, then its errata. */
export const claims: readonly Claim[] = [
  ...inOrder([
    ...preliminaries,
    ...reinforcement,
    ...selection,
    ...training,
    ...diffusion,
    ...budget,
    ...regularized,
    ...utilities,
    ...games,
    ...diffusionWords,
  ]),
  ...inOrder([...alignmentErrata, ...selectionErrata, ...diffusionErrata]),
];
