import { existsSync, readdirSync } from "node:fs";
import katex from "@vscode/markdown-it-katex";

const guides = existsSync("docs") ? readdirSync("docs").filter((name) => name.endsWith(".md")) : [];

/** @type {Partial<import("typedoc").TypeDocOptions>} */
export default {
  name: "exptilt",
  entryPoints: ["src/index.ts", "src/exact/index.ts"],
  tsconfig: "tsconfig.build.json",
  readme: "README.md",
  projectDocuments: guides.length > 0 ? ["docs/*.md"] : [],
  out: "docs/api",
  // A link to a source line needs the address of a repository, and the same sources must give the same pages anywhere.
  disableSources: true,
  hideGenerator: true,
  excludeInternal: true,
  excludePrivate: true,

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

  // Formulas become MathML while the pages are written: a browser needs no script and no font for them.
  markdownItLoader(parser) {
    parser.use(katex.default ?? katex, { output: "mathml", throwOnError: true, enableFencedBlocks: true });
    // The plugin shows a formula that KaTeX refuses as red text and goes on; here it ends the build.
    const { rules } = parser.renderer;
    for (const name of ["math_inline", "math_inline_block", "math_inline_bare_block", "math_block", "fence"]) {
      const render = rules[name];
      rules[name] = (tokens, index, ...rest) => {
        const html = render(tokens, index, ...rest);
        if (html.includes("katex-error")) throw new Error(`not a formula: ${tokens[index].content}`);
        return html;
      };
    }
  },
};
