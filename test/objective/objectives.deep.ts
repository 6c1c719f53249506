/** The theorems of the objectives on many generated problems each: 1,000, or as DEEP_PROBLEMS says. */
import "./calibrated.test.js";
import "./dpoOptimum.test.js";
import "./grpo.test.js";
import "./nashOptimum.test.js";
import "./regularized.test.js";
import "./softValues.test.js";
import "./utility.test.js";
