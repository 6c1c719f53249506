import katex from "@vscode/markdown-it-katex";

/**
 * Teaches a Markdown parser formulas. They become MathML while the pages are written: a browser needs no script and no
 * font for them.
 */
export function useFormulas(parser) {
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
}
