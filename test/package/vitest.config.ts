import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** The tests of the packed tarball: `npm run test:package`. */
export default defineConfig({
  root: fileURLToPath(new URL("../../", import.meta.url)),
  test: { include: ["test/package/*.package.ts"], testTimeout: 120_000, hookTimeout: 240_000 },
});
