import { workerData } from "node:worker_threads";
import type { Columns, Piece } from "../input/dataset.js";
import { serve } from "../run/pool.js";
import { readCurveOf } from "./readCurve.js";
import type { CurveSettings } from "./settings.js";

const { columns, settings } = workerData as { readonly columns: Columns; readonly settings: CurveSettings };
serve((piece: Piece) => readCurveOf(piece, columns, settings));
