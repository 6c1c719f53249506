import katex from "@vscode/markdown-it-katex";

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

// e^{r/β}, e^((V − v)/β), p^α, p^−1: the brackets around a whole exponent are not written, and may hold others.
const inBrackets = (depth) => String.raw`\((?:[^()]${depth > 0 ? `|${inBrackets(depth - 1)}` : ""})*\)`;
const RAISED = String.raw`\^(?:\{[^{}]*\}|${inBrackets(2)}|[−-]?[\p{L}\p{N}]+)`;
// σ_t, σ²_t, β_hf, Var_ref: below one letter or an operator; x_{t+1}: below anything.
const BASE = String.raw`(?:(?<![A-Za-z0-9_])(?:[A-Za-z]|Var)|\p{Script=Greek}\p{M}?)[²³]?`;
const LOWERED = String.raw`_\{[^{}]*\}|(?<=${BASE})_(?:[A-Za-z0-9]+|\p{L})`;
const PLACED = new RegExp(`(${RAISED}|${LOWERED})`, "u");

/** In prose, where a formula of one sign is written as text, exponents are raised and indices lowered. */
function powers({ tokens, Token }) {
  const token = (type, content) => Object.assign(new Token(type, "", 0), { content });
  const placed = (text) =>
    text.split(PLACED).flatMap((part, i) => {
      if (i % 2 === 0) return [token("text", part)];
      const tag = part[0] === "^" ? "sup" : "sub";
      const inner = /^.[{(](.*)[})]$/u.exec(part)?.[1] ?? part.slice(1);
      return [token("html_inline", `<${tag}>`), ...placed(inner), token("html_inline", `</${tag}>`)];
    });
  for (const block of tokens) {
    block.children = block.children?.flatMap((child) => (child.type === "text" ? placed(child.content) : [child]));
  }
}
