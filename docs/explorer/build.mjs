import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { pageHtml } from "../build/page.mjs";
import { bundle } from "./bundle.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Writes the explorer below a folder: index.html, explorer.js, explorer.css. The stylesheet of the site is expected one
 * folder up, as `style.css`, and that of the explorable beside its folder.
 *
 * @param {string} outDir
 * @returns {Promise<string[]>} the files that the script was made of, from the top of the repository
 */
export async function buildExplorer(outDir) {
  mkdirSync(outDir, { recursive: true });
  const sources = await bundle(here("explorer.ts"), resolve(outDir, "explorer.js"));
  copyFileSync(here("explorer.css"), join(outDir, "explorer.css"));
  const html = pageHtml({
    title: "Explorer · exptilt",
    description:
      "Edit an answer set, move β, N and L, and see the exact laws of RLHF, RLIF and best-of-N, their price, and when they are one.",
    root: "../",
    part: "Explorer",
    head: '<link rel="stylesheet" href="explorer.css">\n<link rel="stylesheet" href="../explorable/explorable.css">\n<script src="explorer.js" defer></script>\n',
    body: readFileSync(here("index.html"), "utf8"),
  });
  writeFileSync(join(outDir, "index.html"), html);
  return sources;
}
