import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const top = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** The tests that need a browser: `npm run test:browser`. */
export default defineConfig({
  root: top(""),
  // The pages run the built package, and are held against it.
  resolve: {
    alias: [
      { find: /^exptilt$/, replacement: top("dist/index.js") },
      { find: /^exptilt\/(\w+)$/, replacement: top("dist/$1/index.js") },
    ],
  },
  test: {
    include: ["test/browser/*.browser.ts"],
    globalSetup: ["test/browser/build.ts"],
    // Where times are asked for, one browser at a time, so that they are those of a page alone.
    fileParallelism: process.env.MOVES === undefined,
    maxWorkers: 2,
    // Slower machines have the time they need.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
