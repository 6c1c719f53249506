import { workerData } from "node:worker_threads";
import { readClaimsOf, type Settings } from "./check.js";
import type { QueryText } from "./dataset.js";
import { serve } from "./pool.js";

serve((text: QueryText) => readClaimsOf(text, workerData as Settings));
