import { workerData } from "node:worker_threads";
import { type Columns, type Piece, queryOf } from "../input/dataset.js";
import { serve } from "../run/pool.js";
import { nativeLine } from "./nativeLine.js";

const { columns, rewarded } = workerData as { readonly columns: Columns; readonly rewarded: boolean };

serve((piece: Piece) => nativeLine(queryOf(piece, columns), rewarded));
