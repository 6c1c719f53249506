import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { fromBuilt } from "../build/fromBuilt.mjs";
import { pageHtml } from "../build/page.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Writes the explorer below a folder: index.html, explorer.js, explorer.css. The stylesheet of the site is expected one
 * folder up, as `style.css`.
 *
 * @param {string} outDir
 * @returns {Promise<string[]>} the files that the script was made of, from the top of the repository
 */
export async function buildExplorer(outDir) {
  mkdirSync(outDir, { recursive: true });
  const { metafile } = await build({
    entryPoints: [here("explorer.ts")],
    outfile: resolve(outDir, "explorer.js"),
    bundle: true,
    metafile: true,
    absWorkingDir: here("../.."),
    minify: true,
    charset: "utf8",
    // A plain script, so that the page also works from a file.
    format: "iife",
    target: "es2023",
    loader: { ".jsonl": "text" },
    tsconfigRaw: {},
    plugins: [fromBuilt],
    logLevel: "warning",
  });
  copyFileSync(here("explorer.css"), join(outDir, "explorer.css"));
  const html = pageHtml({
    title: "Explorer · exptilt",
    description:
      "Edit an answer set, move β, N and L, and see the exact laws of RLHF, RLIF and best-of-N, their price, and when they are one.",
    root: "../",
    part: "Explorer",
    head: '<link rel="stylesheet" href="explorer.css">\n<script src="explorer.js" defer></script>\n',
    body: readFileSync(here("index.html"), "utf8"),
  });
  writeFileSync(join(outDir, "index.html"), html);
  return Object.keys(metafile.inputs);
}
