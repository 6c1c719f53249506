/** What an input is that a reader may stumble over: the figures of `npm run fuzz` count by it. */
export const KINDS = [
  "well-formed",
  "malformed",
  "truncated",
  "not UTF-8",
  "deeply nested",
  "hostile names",
  "huge",
] as const;
export type Kind = (typeof KINDS)[number];

const REPLACEMENT = "\ufffd";
const DEEP = 64;
const HUGE = 2 ** 20;

/** Bytes as text, what is not UTF-8 replaced. */
export const utf8 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");

/** All kinds that a text of JSON Lines is of. */
export function kindsOf(text: string): Set<Kind> {
  const kinds = new Set<Kind>();
  for (const line of text.replace(/^\ufeff/, "").split("\n")) {
    if (line.trim() !== "" && !isJson(line)) {
      kinds.add("malformed");
      if (unclosed(line)) kinds.add("truncated");
    }
    if (nesting(line) > DEEP) kinds.add("deeply nested");
  }
  if (text.includes(REPLACEMENT)) kinds.add("not UTF-8");
  if (/__proto__|constructor|prototype|toString|hasOwnProperty/.test(text)) kinds.add("hostile names");
  if (text.length >= HUGE) kinds.add("huge");
  if (kinds.size === 0) kinds.add("well-formed");
  return kinds;
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

/** Whether a line ends inside of a string or a bracket. */
function unclosed(line: string): boolean {
  const outside = line.replace(/"(?:[^"\\]|\\.)*"/g, "");
  return outside.includes('"') || (outside.match(/[[{]/g) ?? []).length > (outside.match(/[\]}]/g) ?? []).length;
}

function nesting(line: string): number {
  let [depth, deepest] = [0, 0];
  for (const c of line) {
    if (c === "[" || c === "{") deepest = Math.max(deepest, ++depth);
    else if (c === "]" || c === "}") depth--;
  }
  return deepest;
}
