import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pageHtml } from "../build/page.mjs";
import { bundle } from "../explorer/bundle.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Writes the explorable below a folder: explorable.js, explorable.css, and index.html, a page with nothing else. Any page of
 * the site that has `<section id="explorable" data-root="…">` and loads script and style shows it.
 *
 * @param {string} outDir
 * @returns {Promise<string[]>} the files that the script was made of, from the top of the repository
 */
export async function buildExplorable(outDir) {
  mkdirSync(outDir, { recursive: true });
  const sources = await bundle(here("main.ts"), join(outDir, "explorable.js"));
  copyFileSync(here("explorable.css"), join(outDir, "explorable.css"));
  const html = pageHtml({
    title: "Over-optimisation in your hands · exptilt",
    description: "Drag N and β and see, exactly, how best-of-N over-optimises a proxy reward.",
    root: "../",
    head: '<link rel="stylesheet" href="explorable.css">\n<script src="explorable.js" defer></script>\n',
    body: `<main id="content" class="explorable-page"><h1>What a proxy reward does</h1><section id="explorable" data-root="../"></section></main>`,
  });
  writeFileSync(join(outDir, "index.html"), html);
  return sources;
}
