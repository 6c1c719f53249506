import { workerData } from "node:worker_threads";
import type { Columns, Piece } from "../input/dataset.js";
import { serve } from "../run/pool.js";
import { readClaimsOf, type Settings } from "./check.js";

const { columns, settings } = workerData as { columns: Columns; settings: Settings };

serve((piece: Piece) => readClaimsOf(piece, columns, settings));
