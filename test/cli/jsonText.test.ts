/** The parser of untrusted JSON refuses a key that is given twice, however it is written, and reads all else as JSON.parse does. */
import fc from "fast-check";
import { expect } from "vitest";
import { InputError } from "../../src/cli/input/inputError.js";
import { parseJson } from "../../src/cli/input/jsonText.js";
import { test } from "../support/test.js";

/** A value as text, and whether one of its objects has a key twice. */
interface Written {
  readonly text: string;
  readonly twice: boolean;
}

/** Some ways to write a string: as it is, or with escapes for some of its characters. */
const quoted = (text: string, escaped: (i: number) => boolean) =>
  `"${[...text].map((c, i) => (escaped(i) && c.length === 1 ? `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}` : JSON.stringify(c).slice(1, -1))).join("")}"`;

const space = fc.constantFrom("", "", " ", "\t", "\r\n", " \n ");
const string = fc.tuple(
  fc.oneof(
    fc.constantFrom("a", "b", "a:b", ":", "::", '"', "\\", '":', '\\"', "__proto__", "к", "", "{"),
    fc.string({ maxLength: 3 }),
  ),
  fc.integer({ min: 1, max: 4 }),
);

const { value } = fc.letrec<{ value: Written }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom("1", "-0", "1e5", "true", "null").map((text) => ({ text, twice: false })),
    string.map(([s, every]) => ({ text: quoted(s, (i) => i % every === 1), twice: false })),
    fc.tuple(fc.array(tie("value"), { maxLength: 3 }), space).map(([items, s]) => ({
      text: `[${s}${items.map(({ text }) => text).join(`${s},`)}${s}]`,
      twice: items.some(({ twice }) => twice),
    })),
    fc.tuple(fc.array(fc.tuple(string, tie("value")), { maxLength: 4 }), space, space).map(([entries, s, t]) => {
      const keys = entries.map(([[key]]) => key);
      return {
        text: `{${s}${entries.map(([[key, every], { text }]) => `${quoted(key, (i) => i % every === 0)}${t}:${s}${text}`).join(`${t},${s}`)}${s}}`,
        twice: new Set(keys).size < keys.length || entries.some(([, { twice }]) => twice),
      };
    }),
  ),
}));

test.prop([value, fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.constant(2 ** 20))], { numRuns: 2000 })(
  "a text is refused just where a key is given twice, whatever its length",
  ({ text, twice }, padding) => {
    const padded = `[${text},"${"x".repeat(padding)}"]`;
    if (!twice) expect(parseJson(padded, "f:1", "the text")).toEqual(JSON.parse(padded));
    else {
      expect(() => parseJson(padded, "f:1", "the text")).toThrow(InputError);
      expect(() => parseJson(padded, "f:1", "the text")).toThrow(/^f:1: the key .* is given twice in one object$/);
    }
  },
);

test.prop([fc.integer({ min: 60, max: 70 }), fc.constantFrom(["[", "]"], ['{"a":', "}"]), fc.constantFrom(0, 2 ** 20)])(
  "64 levels are read, and no more",
  (depth, [open, close], padding) => {
    const text = `${open.repeat(depth)}1${" ".repeat(padding)}${close.repeat(depth)}`;
    if (depth <= 64) expect(parseJson(text, "f:1", "it")).toEqual(JSON.parse(text));
    else expect(() => parseJson(text, "f:1", "it")).toThrow("f:1: it is nested deeper than 64 levels");
  },
);
