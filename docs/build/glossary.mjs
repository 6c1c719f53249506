/** The terms of the glossary, and their links: each is linked where a page uses it first. */

/**
 * @param {string} text the source of the glossary: a paragraph a term, `**term** — what it is`
 * @returns {{ term: string, pattern: string }[]} the terms, and how they stand in a sentence
 */
export function glossaryTerms(text) {
  return [...text.matchAll(/^\*\*(.+?)\*\* —/gm)].map(([, term]) => {
    // "β (beta)" is written β.
    const written = term.replace(/ \(.*\)$/, "");
    const first = /^\p{Ll}/u.test(written) ? `[${written[0]}${written[0].toUpperCase()}]${written.slice(1)}` : written;
    return { term, pattern: `${first}s?` };
  });
}

/**
 * Links the first use of each term in running text: not in headings, code, links, emphasised words and table heads.
 *
 * @param {MarkdownIt} parser
 * @param {readonly { term: string, pattern: string }[]} terms
 * @param {(term: string) => string} address
 */
export function useTerms(parser, terms, address) {
  parser.core.ruler.push("glossary", ({ tokens, Token }) => {
    const open = new Map(
      terms.map(({ term, pattern }) => [term, new RegExp(`(?<![\\p{L}\\p{N}_-])${pattern}(?![\\p{L}\\p{N}_-])`, "u")]),
    );
    const linked = (child) => {
      const found = [...open]
        .map(([term, pattern]) => ({ term, match: pattern.exec(child.content) }))
        .filter(({ match }) => match !== null)
        .sort((a, b) => a.match.index - b.match.index || b.match[0].length - a.match[0].length)[0];
      if (found === undefined) return [child];
      const { term, match } = found;
      open.delete(term);
      const part = (content) => Object.assign(new Token("text", "", 0), { content });
      const link = new Token("link_open", "a", 1);
      link.attrSet("href", address(term));
      link.attrSet("class", "term");
      return [
        part(child.content.slice(0, match.index)),
        link,
        part(match[0]),
        new Token("link_close", "a", -1),
        ...linked(part(child.content.slice(match.index + match[0].length))),
      ];
    };
    let passed = "";
    for (const token of tokens) {
      if (token.type === "heading_open" || token.type === "th_open") passed = token.type;
      else if (token.type === "heading_close" || token.type === "th_close") passed = "";
      if (token.type !== "inline" || passed !== "") continue;
      let depth = 0;
      token.children = token.children.flatMap((child) => {
        if (["link_open", "strong_open", "em_open"].includes(child.type)) depth++;
        if (["link_close", "strong_close", "em_close"].includes(child.type)) depth--;
        return child.type === "text" && depth === 0 ? linked(child) : [child];
      });
    }
  });
}
