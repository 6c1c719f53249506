import { mergeConfig } from "vitest/config";
import base from "../../vitest.config.js";

/** `npm run accuracy`: not a test, but a run of minutes that writes a page. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [], globalSetup: [], typecheck: undefined } },
  { test: { include: ["test/accuracy/page.run.ts"], testTimeout: 3_600_000, root: "." } },
);
