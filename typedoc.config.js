import { readFileSync } from "node:fs";

const { exports } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"));
// The file for browsers has what the others have.
const { "./browser": _, ...doors } = exports;
const types = Object.values(doors).flatMap((door) => door.types ?? []);

/**
 * What the reference is made of. docs/build/reference.mjs runs it, in the frame of the site.
 *
 * @type {Partial<import("typedoc").TypeDocOptions>}
 */
export default {
  name: "exptilt",
  entryPoints: types.map((file) => file.replace("./dist/", "src/").replace(".d.ts", ".ts")),
  tsconfig: "tsconfig.build.json",
  logLevel: "Warn",
  // The home page and the guides are pages of their own, of which the reference is one part.
  readme: "none",
  // A link to a source line needs the address of a repository, and the same sources must give the same pages anywhere.
  disableSources: true,
  includeHierarchySummary: false,
  useFirstParagraphOfCommentAsSummary: true,
  excludeInternal: true,
  excludePrivate: true,
  // The site highlights code itself.
  highlightLanguages: [],
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
};
