import { workerData } from "node:worker_threads";
import type { QueryText } from "../input/dataset.js";
import { serve } from "../run/pool.js";
import { readClaimsOf, type Settings } from "./check.js";

serve((text: QueryText) => readClaimsOf(text, workerData as Settings));
