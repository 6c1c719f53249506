import { workerData } from "node:worker_threads";
import { type Columns, type Piece, queryOf } from "../input/dataset.js";
import { InputError } from "../input/inputError.js";
import { serve } from "../run/pool.js";
import { DefaultTemperatures } from "./temperatures.js";
import { END, type FoundTemperatures } from "./temperaturesOf.js";

const { columns, rewards } = workerData as { readonly columns: Columns; readonly rewards: number };

const all = new DefaultTemperatures();
let refused = false;

serve((piece: Piece | typeof END): FoundTemperatures | undefined => {
  if (piece === END) return { betas: Array.from({ length: rewards }, (_, r) => all.of(r)), every: all.every };
  try {
    if (!refused) all.add(queryOf(piece, columns));
  } catch (error) {
    // Of what is refused, and what comes after it, no figure is made.
    if (!(error instanceof InputError)) throw error;
    refused = true;
  }
  return undefined;
});
