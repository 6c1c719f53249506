import { workerData } from "node:worker_threads";
import type { QueryText } from "../input/dataset.js";
import { serve } from "../run/pool.js";
import { type CurveSettings, readCurveOf } from "./readCurve.js";

serve((text: QueryText) => readCurveOf(text, workerData as CurveSettings));
