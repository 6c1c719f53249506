import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { fromBuilt } from "../build/fromBuilt.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** How esbuild makes a script of a page: a plain one, so that the page also works from a file. */
export const PLAIN_SCRIPT = {
  bundle: true,
  metafile: true,
  absWorkingDir: here("../.."),
  minify: true,
  charset: "utf8",
  format: "iife",
  target: "es2023",
  loader: { ".jsonl": "text" },
  tsconfigRaw: {},
  plugins: [fromBuilt],
  logLevel: "warning",
};

/**
 * Makes one script of a page's sources, of the built package and of the embedded data.
 *
 * @param {string} entry
 * @param {string} outfile
 * @returns {Promise<string[]>} the files that the script was made of, from the top of the repository
 */
export async function bundle(entry, outfile) {
  const { metafile } = await build({ ...PLAIN_SCRIPT, entryPoints: [entry], outfile });
  return Object.keys(metafile.inputs);
}
