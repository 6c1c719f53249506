/**
 * Mutation testing: `npm run mutation` changes the sources one place at a time and runs the tests that reach it; a change
 * that no test notices is a survivor. docs/mutation.md has the scores and the survivors that no test can tell apart.
 */
import { BREAK, FOLDERS, fileName } from "./page.js";

const folders = process.env.MUTATE?.split(",") ?? FOLDERS;
const NAME = fileName(folders.join("+"));
/** Draws are counted for the whole of their own folder only. */
const hasSamplers = folders.some((name) => /^selection(\/[^/]*)?$/.test(name));

export default {
  plugins: ["./test/mutation/runner.js"],
  testRunner: "in-process",
  inProcess: {
    patience: 3,
    // The tests that hold the mathematics to account: no built command, no documentation, no types, no fuzzing.
    tests: (
      process.env.TESTS?.split(",") ?? [
        ...[...FOLDERS, "preference", "reference", "laws"],
        ...["contracts/badInput.test.ts", "contracts/names.test.ts", "contracts/purity.test.ts"],
        "accuracy/regimes.test.ts",
        // The minimisers are reached by the fits alone, which take too long for the other folders.
        ...(folders.some((name) => name.startsWith("optimize")) ? ["training"] : []),
      ]
    ).map((path) => `test/${path}`),
    // What shows scale or counts draws takes the time of a hundred mutants: draws are counted for their own folder only.
    without: [
      // These load the built package.
      ...["a worker", "another copy of the library"],
      ...(hasSamplers
        ? []
        : ["both samplers of soft best-of-N", "the embedded samples", "many samples", "by index and in bulk"]),
      ...(hasSamplers ? [] : ["holds an answer of the exact law"]),
      "a million answers",
      ...["n = 1 and β = ∞ give the mean", "tends to the hard estimate", "the curves of their own law"],
      ...["the mean over all pairs", "increases with n, and lies above"],
      ...[
        "binomial law, however rare",
        "are a total of 1, also by the integral",
        "tend to the mode of ref, to that of",
      ],
      ...[
        "more than the recurrence takes in one place",
        "in cells of log-weight > is the law",
        "within 1e-60 at 60 digits",
      ],
      "K=1e5",
      "K=2^20",
      "entropy-016",
      "1e6",
    ],
  },
  mutate: folders
    .map((name) => (name.endsWith(".ts") ? `src/${name}` : `src/${name}/**/*.ts`))
    .concat("!src/**/*.d.ts"),
  coverageAnalysis: "perTest",
  concurrency: Number(process.env.MUTATION_JOBS ?? 1),
  dryRunTimeoutMinutes: 20,
  // A change ends by its patience and the test that it is at then; what takes this long has left all loops that count hits.
  timeoutMS: 30_000,
  timeoutFactor: 0,
  ignorePatterns: ["coverage", "dist", "docs"],
  reporters: ["progress-append-only", "survivors", "json"],
  jsonReporter: { fileName: `coverage/mutation/${NAME}.json` },
  // A second run takes over what neither the sources nor the tests have changed; `--force` runs all.
  incremental: true,
  incrementalFile: `coverage/mutation/${NAME}.incremental.json`,
  tempDirName: `coverage/stryker-${NAME}`,
  thresholds: { high: 95, low: 90, break: BREAK },
};
