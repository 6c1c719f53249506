import { readFileSync } from "node:fs";
import { basename } from "node:path";

const { exports } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"));
const doors = Object.values(exports).filter((door) => door.node !== undefined);

/** For Node every door is one file that needs few others: a start reads ten files in place of a hundred. */
export default {
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
};
