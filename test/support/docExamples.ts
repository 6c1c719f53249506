/** Finds the examples of the documentation: every `ts` block in the doc comments of the sources and in the guides. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import ts from "typescript";

export interface DocExample {
  /** Path of the file from the top level. */
  readonly file: string;
  /** What the example documents: a symbol of the source, or the heading of the guide it stands under. */
  readonly subject: string;
  /** Line of the file that holds the first line of code, counted from 1. */
  readonly line: number;
  readonly code: string;
}

/** All examples of the repository, in the order of their files and lines. */
export function docExamples(): DocExample[] {
  const sources = filesBelow("src", ".ts");
  const guides = filesBelow("docs", ".md").filter((path) => !path.startsWith("docs/site/"));
  const pages = ["README.md", ...guides].filter((path) => existsSync(path));
  return [
    ...sources.flatMap((file) => sourceExamples(file, readFileSync(file, "utf8"))),
    ...pages.flatMap((file) => pageExamples(file, readFileSync(file, "utf8"))),
  ];
}

function filesBelow(folder: string, ending: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { encoding: "utf8", recursive: true }).filter((name) => name.endsWith(ending));
  return names.map((name) => join(folder, name).split(sep).join("/")).sort();
}

/** The examples in the doc comments of one source. */
export function sourceExamples(file: string, text: string): DocExample[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
  const subjects = new Map<number, string>();
  const comments: ts.CommentRange[] = [];
  const visit = (node: ts.Node): void => {
    const ranges = ts.getLeadingCommentRanges(text, node.pos) ?? [];
    for (const [index, range] of ranges.entries()) {
      if (subjects.has(range.pos) || !text.startsWith("/**", range.pos)) continue;
      // A declaration owns the comment right above it; a comment further up speaks of the whole file.
      subjects.set(range.pos, (index === ranges.length - 1 && qualifiedName(node)) || "module");
      comments.push(range);
    }
    ts.forEachChild(node, visit);
  };
  // A node and its first child begin at the same comment: the outer one, visited first, names it.
  ts.forEachChild(source, visit);
  return comments.flatMap((range) => {
    const firstLine = source.getLineAndCharacterOfPosition(range.pos).line + 1;
    const lines = text.slice(range.pos, range.end).split("\n");
    const bare = lines.map((line) => line.replace(/^\s*(?:\/\*\*|\*(?!\/)) ?/, "").replace(/\*\/$/, ""));
    const subject = subjects.get(range.pos) ?? "module";
    return tsBlocks(bare).map(({ index, code }) => ({ file, subject, line: firstLine + index, code }));
  });
}

/** The examples of one Markdown page. */
export function pageExamples(file: string, text: string): DocExample[] {
  const lines = text.split("\n");
  return tsBlocks(lines).map(({ index, code }) => {
    const heading = lines.slice(0, index).findLast((line) => /^#+ /.test(line));
    return { file, subject: heading?.replace(/^#+ /, "") ?? "top", line: index + 1, code };
  });
}

/** The fenced blocks marked `ts` or `typescript`; `index` is the line their code begins on, counted from 0. */
function tsBlocks(lines: readonly string[]): { index: number; code: string }[] {
  const blocks: { index: number; code: string }[] = [];
  for (let start = 0; start < lines.length; start++) {
    const open = /^(\s*)(`{3,}|~{3,})\s*(\w*)/.exec(lines[start] ?? "");
    if (open === null) continue;
    const [, indent = "", fence = "", language = ""] = open;
    let end = start + 1;
    while (end < lines.length && !(lines[end] ?? "").trimStart().startsWith(fence)) end++;
    if (language === "ts" || language === "typescript") {
      const body = lines.slice(start + 1, end);
      const code = body.map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line)).join("\n");
      blocks.push({ index: start + 1, code });
    }
    start = end;
  }
  return blocks;
}

/** `Policy.logMass` for a member of a declaration, `entropy` for a declaration, nothing for any other node. */
function qualifiedName(node: ts.Node): string | undefined {
  if (ts.isVariableStatement(node)) return node.declarationList.declarations[0]?.name.getText();
  const name = ts.isConstructorDeclaration(node)
    ? "constructor"
    : ts.getNameOfDeclaration(node as ts.Declaration)?.getText();
  if (name === undefined) return undefined;
  const owner = node.parent;
  const outer = ts.isClassDeclaration(owner) || ts.isInterfaceDeclaration(owner) ? owner.name?.text : undefined;
  return outer === undefined ? name : `${outer}.${name}`;
}
