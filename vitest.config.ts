import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string): string => fileURLToPath(new URL(`src/${path}`, import.meta.url));

export default defineConfig({
  resolve: {
    // The package by its name is the sources, so that no test needs a build.
    alias: [
      { find: /^exptilt$/, replacement: source("index.ts") },
      { find: /^exptilt\/exact$/, replacement: source("exact/index.ts") },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    typecheck: { enabled: true, include: ["test/**/*.test-d.ts"] },
    setupFiles: ["test/support/setup.ts"],
    globalSetup: ["test/support/build.ts"],
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      exclude: ["src/data/**"],
      reporter: ["text", "html"],
    },
  },
});
