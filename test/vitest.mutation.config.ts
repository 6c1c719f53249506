import { defineConfig } from "vitest/config";
import base from "../vitest.config.js";

/** The tests that hold the mathematics to account: no built command, no documentation, no type checks, no fuzzing. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: [
      "test/{numeric,measure,information,alignment,selection,preference,reference,laws,contracts}/**/*.test.ts",
    ],
    typecheck: { enabled: false },
    globalSetup: [],
  },
});
