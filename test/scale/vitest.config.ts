import { defineConfig } from "vitest/config";

/** `npm run test:scale`: the recipes for many machines on a real Slurm, GNU parallel and Open MPI. */
export default defineConfig({
  test: {
    include: ["test/scale/**/*.scale.ts"],
    globalSetup: ["test/support/build.ts"],
    testTimeout: 600_000,
    hookTimeout: 300_000,
    // What Slurm did is part of the record of a run.
    disableConsoleIntercept: true,
  },
});
