import { fileURLToPath } from "node:url";

const dist = (path) => fileURLToPath(new URL(`../../dist/${path}`, import.meta.url));

/** For esbuild: a page asks for sources of the package by their place in src, and gets what was built from them. */
export const fromBuilt = {
  name: "from the built package",
  setup(esbuild) {
    esbuild.onResolve({ filter: /^(\.\.\/)+src\/.*\.js$/ }, ({ path }) => ({
      path: dist(path.replace(/^(\.\.\/)+src\//, "")),
    }));
    esbuild.onResolve({ filter: /^exptilt(\/\w+)?$/ }, ({ path }) => ({
      path: dist(`${path.slice("exptilt/".length)}/index.js`),
      sideEffects: false,
    }));
  },
};
