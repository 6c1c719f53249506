import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string): string => fileURLToPath(new URL(`src/${path}`, import.meta.url));

/**
 * The module runner reads every imported name through a getter at each use, which costs more than an exponential and keeps
 * the engine from inlining it. What comes from the lowest floor, which imports nothing above it, is read once instead.
 */
export const importedOnce = {
  name: "imported-once",
  enforce: "post" as const,
  transform(code: string, id: string) {
    if (!/\/src\/.*\.ts$/.test(id)) return;
    let n = 0;
    return code.replaceAll(/^import \{ ([^}]+) \} from ("[^"]+");$/gm, (whole, names: string, from: string) => {
      if (!/numeric\/\w+\.js"$/.test(from) && !(/\/src\/numeric\//.test(id) && from.startsWith('"./'))) return whole;
      const alias = `numeric${n++}`;
      return `import * as ${alias} from ${from}; const { ${names.replaceAll(" as ", ": ")} } = ${alias};`;
    });
  },
};

export default defineConfig({
  plugins: [importedOnce],
  resolve: {
    // The package by its name is the sources, so that no test needs a build.
    alias: [
      { find: /^exptilt$/, replacement: source("index.ts") },
      { find: /^exptilt\/(\w+)$/, replacement: `${source("")}$1/index.ts` },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    typecheck: { enabled: true, include: ["test/**/*.test-d.ts"] },
    setupFiles: ["test/support/setup.ts"],
    globalSetup: ["test/support/build.ts"],
    // No test changes what is shared, so a worker keeps its modules from file to file: to import them costs more than most tests.
    isolate: false,
    maxWorkers: 2,
    // No test is to fail by the clock: the longest takes some 10 s where two cores have nothing else to do.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      exclude: ["src/data/**"],
      reporter: ["text", "html"],
    },
  },
});
