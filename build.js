/** What follows the compiler in `npm run build`: `dist` without bare imports, and the doors for Node in few files. */
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename } from "node:path";
import { build } from "rolldown";

const require = createRequire(import.meta.url);
const read = (path) => readFileSync(new URL(path, import.meta.url), "utf8");

// The generator of seedrandom comes in the form of Node's older modules: as a module of its own it runs from any address,
// and costs a bundle 300 bytes less.
const generator = readFileSync(require.resolve("seedrandom/lib/tychei.js"), "utf8");
const parts = /^\(function\(global, module, define\) \{$([\s\S]*)^if \(module && module\.exports\)/m.exec(generator);
const { version, license, author } = require("seedrandom/package.json");
const origin = `// From seedrandom ${version} of ${author.name ?? author}, licence ${license}.\n`;
writeFileSync("dist/numeric/tychei.js", `${origin}${parts[1]}export default impl;\n`);
const random = read("dist/numeric/random.js");
const replaced = random.replace('"seedrandom/lib/tychei.js"', '"./tychei.js"');
if (replaced === random) throw new Error("dist/numeric/random.js does not import the generator of seedrandom");
writeFileSync("dist/numeric/random.js", replaced);

// For Node every door is one file that needs few others: a start reads ten files in place of a hundred.
const doors = Object.values(JSON.parse(read("package.json")).exports).filter((door) => door.node !== undefined);
await build({
  input: Object.fromEntries(doors.map((door) => [basename(door.node, ".js"), door.default])),
  platform: "node",
  external: ["mathjs"],
  output: {
    dir: "dist/node",
    chunkFileNames: "shared-[name].js",
    sourcemap: true,
    // The lines stay, so that an uncaught error prints one of them and not the file.
    minify: { mangle: false, codegen: { removeWhitespace: false } },
  },
});

chmodSync("dist/cli/main.js", 0o755);
