import { mergeConfig } from "vitest/config";
import base from "../../vitest.config.js";

/** `npm run test:deep`: long sweeps and large instances, each in a file `*.deep.ts` beside the tests of its subject. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [], typecheck: undefined } },
  {
    test: {
      include: ["test/**/*.deep.ts"],
      testTimeout: 600_000,
      env: { DEEP_PROBLEMS: process.env.DEEP_PROBLEMS ?? "1000" },
      root: ".",
      passWithNoTests: true,
    },
  },
);
