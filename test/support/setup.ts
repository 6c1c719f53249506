/**
 * Runs before every test file: one seed and one number of runs for all properties, so that a run repeats the last one
 * and the names of the tests, which carry the seed, stay the same. `FC_SEED` and `FC_RUNS` look elsewhere on purpose.
 */
import fc from "fast-check";

fc.configureGlobal({
  seed: Number(process.env.FC_SEED ?? 20_260_101),
  numRuns: Number(process.env.FC_RUNS ?? 200),
});
