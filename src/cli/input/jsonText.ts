import { show } from "../../numeric/check.js";
import { InputError } from "./inputError.js";

/** Levels of nesting. What the commands read has four. */
export const MAX_DEPTH = 64;
/** Keys of one object. */
const MAX_KEYS = 2 ** 16;
/** Values of one text. Parsed, a text may take a hundred times its memory. */
const MAX_VALUES = 2 ** 22;
/** Characters of a text that may be parsed before it is checked: too few to exhaust the memory or to pass `MAX_VALUES`. */
const MAX_UNCHECKED = 2 ** 20;

/**
 * `JSON.parse` for untrusted text: a key given twice is an error, and what would exhaust the memory or the stack is refused
 * before it is built. An error begins with the place and says what the text is.
 *
 * The exact check takes several times as long as the parser. A short text is parsed first and checked only where the parsed
 * value has not as many keys as the text has colons.
 */
export function parseJson(text: string, place: string, what: string): unknown {
  if (text.length > MAX_UNCHECKED) check(text, place, what);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    check(text, place, what);
    throw new InputError(`${place}: ${what} is not JSON (${error instanceof Error ? error.message : error})`);
  }
  if (text.length <= MAX_UNCHECKED && !hasOnlyItsKeys(value, text)) check(text, place, what);
  return value;
}

/**
 * Whether the text has no other keys than the value: of a key given twice the value has the last only. The colons of the text
 * are quickly counted, and as many as its keys where no string has one. False also for a value that is nested too deep or has
 * too many keys.
 */
function hasOnlyItsKeys(value: unknown, text: string): boolean {
  const keys = countKeys(value, MAX_DEPTH);
  return keys === countColons(text) || keys === countWrittenKeys(text);
}

/** The keys of all objects in a value; Infinity where it is nested deeper than `depth` or an object has too many keys. */
function countKeys(value: unknown, depth: number): number {
  if (typeof value !== "object" || value === null) return 0;
  if (depth === 0) return Infinity;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === "object") count += countKeys(item, depth - 1);
    return count;
  }
  let own = 0;
  for (const key in value) {
    own++;
    const item = (value as Record<string, unknown>)[key];
    if (typeof item === "object") count += countKeys(item, depth - 1);
  }
  return own > MAX_KEYS ? Infinity : count + own;
}

function countColons(text: string): number {
  let count = 0;
  for (let at = text.indexOf(":"); at >= 0; at = text.indexOf(":", at + 1)) count++;
  return count;
}

/** The strings of a text of JSON that a colon follows. */
function countWrittenKeys(text: string): number {
  let count = 0;
  for (let start = text.indexOf('"'); start >= 0; ) {
    let next = closingQuote(text, start) + 1;
    while (isSpace(text.charCodeAt(next))) next++;
    if (text.charCodeAt(next) === COLON) count++;
    start = text.indexOf('"', next);
  }
  return count;
}

/** Whether a character code is one of JSON's spaces. */
function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
}

/** One pass over the text. Malformed JSON may pass it; the parser refuses that. */
function check(text: string, place: string, what: string): void {
  // The keys of each open bracket, reused level by level.
  const keys = [new Set<string>()];
  let depth = 0;
  let values = 0;
  let [start, end] = [0, 0];
  for (let i = 0; i < text.length; i++) {
    switch (text[i]) {
      case '"':
        start = i;
        i = end = closingQuote(text, i);
        break;
      case ":": {
        const known = keys[depth];
        const key = unescaped(text.slice(start, end + 1));
        if (known.has(key)) throw new InputError(`${place}: the key ${show(key)} is given twice in one object`);
        if (known.add(key).size > MAX_KEYS)
          throw new InputError(`${place}: ${what} has an object of more than ${MAX_KEYS} keys`);
        break;
      }
      case ",":
        values++;
        break;
      case "{":
      case "[":
        values++;
        if (++depth > MAX_DEPTH) throw new InputError(`${place}: ${what} is nested deeper than ${MAX_DEPTH} levels`);
        if (keys[depth] === undefined) keys[depth] = new Set();
        else keys[depth].clear();
        break;
      case "}":
      case "]":
        if (depth > 0) depth--;
        break;
    }
    if (values > MAX_VALUES) throw new InputError(`${place}: ${what} has more than ${MAX_VALUES} values`);
  }
}

const COLON = 0x3a;
const BACKSLASH = 0x5c;

/** The place of the quote that ends the string begun at `start`: the first after an even number of backslashes. */
function closingQuote(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let first = end;
    while (text.charCodeAt(first - 1) === BACKSLASH) first--;
    if ((end - first) % 2 === 0) return end;
  }
  return text.length;
}

/** A key without escapes: `"\u0061"` is `a`. */
function unescaped(quoted: string): string {
  if (!quoted.includes("\\")) return quoted.slice(1, -1);
  try {
    return JSON.parse(quoted);
  } catch {
    return quoted;
  }
}
