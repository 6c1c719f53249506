import { readFileSync } from "node:fs";
import { useFormulas } from "./docs/build/formulas.mjs";

const { exports } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"));
// The file for browsers has what the others have.
const { "./browser": _, ...doors } = exports;
const types = Object.values(doors).flatMap((door) => door.types ?? []);

/** @type {Partial<import("typedoc").TypeDocOptions>} */
export default {
  name: "exptilt",
  entryPoints: types.map((file) => file.replace("./dist/", "src/").replace(".d.ts", ".ts")),
  tsconfig: "tsconfig.build.json",
  // The home page and the guides are pages of their own, of which the reference is one part.
  readme: "none",
  out: "docs/site/api",
  plugin: ["./docs/build/reference.mjs"],
  customCss: "docs/build/reference.css",
  // A link to a source line needs the address of a repository, and the same sources must give the same pages anywhere.
  disableSources: true,
  hideGenerator: true,
  excludeInternal: true,
  excludePrivate: true,
  // What the claims on diffusion are made of: a part of a world, of use to no one else.
  intentionallyNotExported: ["Atoms"],

  treatWarningsAsErrors: true,
  treatValidationWarningsAsErrors: true,
  validation: {
    notExported: true,
    invalidLink: true,
    invalidPath: true,
    rewrittenLink: true,
    notDocumented: true,
    unusedMergeModuleWith: true,
  },
  requiredToBeDocumented: [
    "Module",
    "Enum",
    "EnumMember",
    "Variable",
    "Function",
    "Class",
    "Interface",
    "Property",
    "Method",
    "Accessor",
    "TypeAlias",
    "Parameter",
  ],

  markdownItLoader: useFormulas,
};
