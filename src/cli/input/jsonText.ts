import { show } from "../../numeric/check.js";
import { InputError } from "./inputError.js";

/** Levels of nesting. What the commands read has four. */
const MAX_DEPTH = 64;
/** Keys of one object. */
const MAX_KEYS = 2 ** 16;
/** Values of one text. Parsed, a text may take a hundred times its memory. */
const MAX_VALUES = 2 ** 22;

/**
 * `JSON.parse` for untrusted text: a key given twice is an error, and what would exhaust the memory or the stack is refused
 * before it is built. An error begins with the place and says what the text is.
 */
export function parseJson(text: string, place: string, what: string): unknown {
  check(text, place, what);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(`${place}: ${what} is not JSON (${error instanceof Error ? error.message : error})`);
  }
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

/** The place of the quote that ends the string begun at `start`: the first after an even number of backslashes. */
function closingQuote(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let first = end;
    while (text[first - 1] === "\\") first--;
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
