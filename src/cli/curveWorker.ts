import { workerData } from "node:worker_threads";
import type { QueryText } from "./dataset.js";
import { serve } from "./pool.js";
import { type CurveSettings, readCurveOf } from "./readCurve.js";

serve((text: QueryText) => readCurveOf(text, workerData as CurveSettings));
