/**
 * Mutation testing: `npm run mutation` changes the sources one place at a time and runs the tests that reach it; a change
 * that no test notices is a survivor. docs/mutation.md has the scores and the survivors that no test can tell apart.
 */
const folders = (process.env.MUTATE ?? "numeric,measure,information,alignment,selection").split(",");

export default {
  testRunner: "vitest",
  plugins: ["@stryker-mutator/vitest-runner"],
  vitest: { configFile: "test/vitest.mutation.config.ts", related: false },
  mutate: folders.map((name) => (name.endsWith(".ts") ? name : `src/${name}/**/*.ts`)).concat("!src/**/*.d.ts"),
  coverageAnalysis: "perTest",
  concurrency: Number(process.env.MUTATION_JOBS ?? 1),
  ignoreStatic: true,
  timeoutMS: 20_000,
  reporters: ["clear-text", "json"],
  clearTextReporter: { logTests: false, reportTests: false, allowColor: false },
  jsonReporter: { fileName: `coverage/mutation/${folders.join("+").replaceAll("/", "-")}.json` },
  tempDirName: "coverage/stryker",
  thresholds: { high: 95, low: 90, break: 85 },
};
