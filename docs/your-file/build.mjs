import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { pageHtml } from "../build/page.mjs";
import { PLAIN_SCRIPT } from "../explorer/bundle.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** What the command line has of Node, as a browser has it: by its file, in place of that of the built package. */
const IN_A_BROWSER = {
  "dist/cli/input/containers/gunzip.js": "node/gunzip.ts",
  "dist/cli/input/sha256.js": "node/sha256.ts",
  "dist/cli/version.js": "node/version.ts",
};

const forBrowsers = {
  name: "Node's parts for browsers",
  setup(esbuild) {
    esbuild.onLoad({ filter: /\.js$/ }, ({ path }) => {
      const [, file] = Object.entries(IN_A_BROWSER).find(([built]) => path.endsWith(`/${built}`)) ?? [];
      if (file === undefined) return undefined;
      return { contents: readFileSync(here(file), "utf8"), loader: "ts", resolveDir: here("node") };
    });
  },
};

const shared = { ...PLAIN_SCRIPT, write: false };

/**
 * Writes the page below a folder: index.html, your-file.js, your-file.css. The stylesheet of the site is expected one folder
 * up, as `style.css`.
 *
 * @param {string} outDir
 * @returns {Promise<string[]>} the files that the scripts were made of, from the top of the repository
 */
export async function buildYourFile(outDir) {
  mkdirSync(outDir, { recursive: true });
  const worker = await build({
    ...shared,
    entryPoints: [here("worker.ts")],
    alias: {
      "node:buffer": here("node/buffer.ts"),
      "node:worker_threads": here("node/worker_threads.ts"),
      "csv-parse/sync": "csv-parse/browser/esm/sync",
    },
    inject: [here("node/buffer.ts")],
    // Threads share memory only in a page that is kept apart from all others.
    define: { SharedArrayBuffer: "ArrayBuffer" },
    plugins: [...PLAIN_SCRIPT.plugins, forBrowsers],
  });
  const page = await build({
    ...shared,
    entryPoints: [here("your-file.ts")],
    // From a file no other script may be loaded by a page: it has the worker's as a text.
    define: { WORKER_SCRIPT: JSON.stringify(worker.outputFiles[0].text) },
  });
  writeFileSync(join(outDir, "your-file.js"), page.outputFiles[0].contents);
  copyFileSync(here("your-file.css"), join(outDir, "your-file.css"));
  const html = pageHtml({
    title: "Your file · exptilt",
    description: "Drop a file of answers and rewards, and see what best-of-N gives on it. Nothing leaves the page.",
    root: "../",
    part: "Your file",
    head: '<link rel="stylesheet" href="your-file.css">\n<script src="your-file.js" defer></script>\n',
    // The worker comes from the page itself, and decodes Snappy with WebAssembly. Nothing is sent anywhere.
    policy: { "script-src": "'self' 'wasm-unsafe-eval'", "worker-src": "blob:", "connect-src": "'none'" },
    body: readFileSync(here("index.html"), "utf8"),
  });
  writeFileSync(join(outDir, "index.html"), html);
  return [worker, page].flatMap(({ metafile }) => Object.keys(metafile.inputs));
}
