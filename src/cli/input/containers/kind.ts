import type { Line } from "../lines.js";
import type { Container } from "./container.js";

const NEWLINE = 0x0a;
const QUOTE = 0x22;

/** Bytes that tell the format, where it is not one of text. */
const ENOUGH = 512;
/** A first line longer than the reader of lines takes is not looked for. */
const MAX_HEAD = 2 ** 26;

/** Whether so much of a file tells what it is: all of its first line, or of the first record of CSV. */
export function tellsKind(head: Buffer): boolean {
  if (head.length < ENOUGH) return false;
  const start = beginning(head);
  return head[start] === 0x5b || head.length > MAX_HEAD || endOfFirst(head, start) < head.length;
}

/** The format of a file from its first bytes, and its first line or record. */
export function kindOf(head: Buffer): { kind: Container["kind"]; first: Line } {
  const start = beginning(head);
  const text = head.toString("utf8", start, endOfFirst(head, start));
  const number = head.toString("latin1", 0, start).split("\n").length;
  return { kind: named(text), first: { text, number } };
}

function named(first: string): Container["kind"] {
  if (isBinary(first, "PAR1")) return "Parquet";
  const text = first.trimStart();
  if (text.startsWith("[")) return "JSON";
  if (text.startsWith("{")) return isOpen(text) ? "JSON" : "JSON Lines";
  const bare = first.replace(/"[^"]*"/g, "");
  if (bare.includes("\t")) return "TSV";
  return bare.includes(",") ? "CSV" : "JSON Lines";
}

/** Whether a file begins with the letters of a binary format, and is not a text that happens to. */
export function isBinary(beginning: string, letters: string): boolean {
  if (!beginning.startsWith(letters)) return false;
  const rest = beginning.slice(letters.length, 100);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a text has no control characters but tab, line feed, form feed and carriage return.
  return rest === "" || /[\0-\x08\x0b\x0e-\x1f]/.test(rest);
}

/** Where the first line that is not blank begins, after a byte order mark. */
function beginning(head: Buffer): number {
  let start = head.toString("latin1", 0, 3) === "\xef\xbb\xbf" ? 3 : 0;
  while (head[start] === 0x20 || head[start] === 0x0d || head[start] === NEWLINE) start++;
  return start;
}

/** Where the first line ends; that of CSV may go on after a line end in quotes. */
function endOfFirst(head: Buffer, start: number): number {
  const isJson = head[start] === 0x7b || head[start] === 0x5b;
  let quoted = false;
  for (let i = start; i < head.length; i++) {
    if (head[i] === QUOTE) quoted = !quoted && !isJson;
    else if (head[i] === NEWLINE && !quoted) return i;
  }
  return head.length;
}

/** Whether a line of JSON ends before its brackets close, but not in a string, which a line end cannot be in. */
function isOpen(line: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const c = line[i];
    if (c === '"') quoted = !quoted;
    else if (quoted) i += Number(c === "\\");
    else if (c === "{" || c === "[") depth++;
    else if (c === "}" || c === "]") depth--;
  }
  return depth > 0 && !quoted;
}
