/**
 * `npm run build`: `dist` by the compiler, without bare imports, and the doors for Node in few files. Where `dist` is newer
 * than all it is made of, and has nothing else in it, it stays: the steps that need it ask for it one after the other.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename } from "node:path";
import { build } from "rolldown";
import { modified } from "./test/support/modified.js";

const INPUTS = ["src", "build.js", "package.json", "package-lock.json", "tsconfig.json", "tsconfig.build.json"];
// What is written last.
const WORKERS = {
  convertWorker: "convert/worker",
  curveWorker: "curve/worker",
  digestWorker: "curve/digestWorker",
  temperaturesWorker: "curve/temperaturesWorker",
  trainWorker: "train/worker",
  verifyWorker: "verify/worker",
};
const BUILT = ["dist/cli/main.js", "dist/node/index.js", ...Object.keys(WORKERS).map((name) => `dist/node/${name}.js`)];

const stem = (name) => name.split(".")[0];
const folders = new Set(["node", ...readdirSync("src").map(stem)]);
const isBuilt =
  Math.min(...BUILT.map(modified)) > Math.max(...INPUTS.map(modified)) &&
  readdirSync("dist").every((name) => folders.has(stem(name)));
if (isBuilt) process.exit();

const require = createRequire(import.meta.url);
rmSync("dist", { recursive: true, force: true });
const compiler = [require.resolve("typescript/bin/tsc"), "-p", "tsconfig.build.json"];
const { status } = spawnSync(process.execPath, compiler, { stdio: "inherit" });
if (status !== 0) process.exit(status ?? 1);

const read = (path) => readFileSync(new URL(path, import.meta.url), "utf8");

// The generator of seedrandom comes in the form of Node's older modules: as a module of its own it runs from any address,
// and costs a bundle 300 bytes less.
const generator = readFileSync(require.resolve("seedrandom/lib/tychei.js"), "utf8");
const parts = /^\(function\(global, module, define\) \{$([\s\S]*)^if \(module && module\.exports\)/m.exec(generator);
const { version, license, author } = require("seedrandom/package.json");
const own = JSON.parse(read("package.json"));
const packageLine = `// ${own.name} ${own.version}, licence ${own.license}.\n`;
const origin = `// From seedrandom ${version} of ${author.name ?? author}, licence ${license}.\n`;
writeFileSync("dist/numeric/tychei.js", `${origin}${parts[1]}export default impl;\n`);
const random = read("dist/numeric/random.js");
const replaced = random.replace('"seedrandom/lib/tychei.js"', '"./tychei.js"');
if (replaced === random) throw new Error("dist/numeric/random.js does not import the generator of seedrandom");
writeFileSync("dist/numeric/random.js", replaced);

// For Node every door is one file that needs few others: a start reads ten files in place of a hundred.
const doors = Object.values(own.exports).filter((door) => door.node !== undefined);
// The lines stay, so that an uncaught error prints one of them and not the file.
const minify = { mangle: false, codegen: { removeWhitespace: false } };
await build({
  input: Object.fromEntries(doors.map((door) => [basename(door.node, ".js"), door.default])),
  platform: "node",
  external: ["mathjs"],
  output: {
    dir: "dist/node",
    chunkFileNames: "shared-[name].js",
    sourcemap: true,
    minify,
  },
});

// One file that imports nothing, for pages without a bundler and for other runtimes.
await build({
  input: "dist/browser/index.js",
  output: { file: "dist/browser/exptilt.js", banner: `${packageLine}${origin}`, comments: false, minify },
});

// Every worker thread loads one file: each reads it anew, and many that start together would read hundreds. With it comes the
// part of mathjs that `verify` calls, since all of mathjs takes a second.
for (const [name, input] of Object.entries(WORKERS))
  await build({
    input: `dist/cli/${input}.js`,
    platform: "node",
    output: {
      file: `dist/node/${name}.js`,
      ...(name === "verifyWorker" && {
        banner: "// Holds the part of mathjs (Apache-2.0) that it calls, with decimal.js (MIT): see their packages.",
      }),
      minify,
    },
  });

// The command line in few files too.
await build({
  input: "dist/cli/main.js",
  platform: "node",
  external: /^(mathjs|csv-parse|hyparquet|fzstd)/,
  output: { dir: "dist/cli", chunkFileNames: "part-[name].js", minify },
});

rmSync("dist/cli/main.js.map");
chmodSync("dist/cli/main.js", 0o755);
