import katex from "@vscode/markdown-it-katex";
import { escapeHtml } from "./page.mjs";

/**
 * Teaches a Markdown parser formulas. They become MathML while the pages are written: a browser needs no script, no style and
 * no font for them.
 */
export function useFormulas(parser) {
  parser.use(katex.default ?? katex, { output: "mathml", throwOnError: true, enableFencedBlocks: true });
  // The plugin shows a formula that KaTeX refuses as red text and goes on; here it ends the build. The TeX that comes along
  // with the formula, unseen, is left out.
  const { rules } = parser.renderer;
  for (const name of ["math_inline", "math_inline_block", "math_inline_bare_block", "math_block", "fence"]) {
    const render = rules[name];
    rules[name] = (tokens, index, ...rest) => {
      const html = render(tokens, index, ...rest);
      if (html.includes("katex-error")) throw new Error(`not a formula: ${tokens[index].content}`);
      return html.replace(/<annotation.*?<\/annotation>/gs, "");
    };
  }
  parser.core.ruler.push("powers", powers);
}

/** In prose, where a formula of one sign is written as text: `e^{r/β}` has a raised exponent, `x_{t}` a lowered index. */
function powers({ tokens, Token }) {
  for (const token of tokens) {
    token.children = token.children?.flatMap((child) => {
      if (child.type !== "text") return [child];
      return child.content.split(/([\^_]\{[^{}]*\})/).map((part, i) => {
        const isRaised = i % 2 === 1;
        const piece = new Token(isRaised ? "html_inline" : "text", "", 0);
        const tag = part[0] === "^" ? "sup" : "sub";
        piece.content = isRaised ? `<${tag}>${escapeHtml(part.slice(2, -1))}</${tag}>` : part;
        return piece;
      });
    });
  }
}
