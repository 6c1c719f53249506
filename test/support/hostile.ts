/** Generators of what a command line may be given by accident or by malice. */
import fc from "fast-check";

/** Numbers as JSON text: ordinary ones, those at the ends of double precision, and what is none. */
export const numberText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }).map(String) },
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 100 }).map(String) },
  fc.constantFrom("0", "-0", "0.0", "-0.0", "1e999", "-1e999", "1e-999", "5e-324", "1.7976931348623157e308", "1E5"),
  fc.constantFrom("-1.7e308", "9007199254740991", "9007199254740993", "1e400000000", `1${"0".repeat(400)}`, "-745.2"),
  fc.constantFrom("NaN", "Infinity", "-Infinity", "01", "+1", ".5", "1.", "0x10", "1_000", "1e", "--1", "٣"),
);

/** Strings as JSON text: any, those that objects give a meaning to, and those that a terminal does. */
export const stringText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "binary" }).map((s) => JSON.stringify(s)),
  fc
    .constantFrom("__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "length", "then", "")
    .map((s) => JSON.stringify(s)),
  fc.constantFrom(
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '"\\u0000"',
    '"\u001b[2J"',
    '"\\u001b[2J"',
    '"\u202e"',
    '"\\x"',
    '"',
  ),
  fc.constantFrom('"\\\\"', '"\\\\\\"', '"a\tb"', '"\\u00"', "'single'", '"\u2028"', '"\\"', '"\ufeff"'),
);

const deep: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(["[", "]"], ['{"a":', "}"], ['{"__proto__":', "}"]),
    fc.constantFrom(3, 63, 65, 5000),
    fc.boolean(),
  )
  .map(([[open, close], depth, closed]) => open.repeat(depth) + (closed ? `1${close.repeat(depth)}` : ""));

/** Any JSON value as text, and near misses. */
export const valueText: fc.Arbitrary<string> = fc.oneof(
  numberText,
  stringText,
  fc.constantFrom(
    "null",
    "true",
    "false",
    "undefined",
    "[]",
    "{}",
    "",
    "[,]",
    "{,}",
    "[1,]",
    "/**/1",
    "[null]",
    "{}{}",
  ),
  fc.json({ maxDepth: 4 }),
  deep,
);

const fieldName = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("query", "answers", "answer", "reward", "gold", "features", "count") },
  fc.constantFrom(
    "probability",
    "logProbability",
    "__proto__",
    "constructor",
    "toString",
    "\\u0071uery",
    "rew\\u0061rd",
  ),
);

const objectText = (fields: fc.Arbitrary<readonly (readonly [string, string])[]>) =>
  fields.map((list) => `{${list.map(([name, value]) => `"${name}":${value}`).join(",")}}`);

const answerText: fc.Arbitrary<string> = objectText(
  fc
    .record({
      mass: fc.constantFrom(...Array(20).fill("count"), "probability", "logProbability"),
      value: fc.oneof({ weight: 30, arbitrary: fc.constantFrom("0", "1", "3") }, { weight: 1, arbitrary: numberText }),
      reward: fc.oneof(
        { weight: 30, arbitrary: fc.constantFrom("0", "0.5", "1", "-2e3") },
        { weight: 3, arbitrary: fc.constantFrom('"-Infinity"', '"-Infinity"', '"Infinity"', '"NaN"') },
        { weight: 1, arbitrary: numberText },
      ),
      more: fc.array(fc.tuple(fieldName, valueText), { maxLength: 1 }),
      often: fc.nat(9),
    })
    .map(({ mass, value, reward, more, often }) => [
      [mass, value] as const,
      ["reward", reward] as const,
      ...(often === 0 ? more : []),
    ]),
);

/** A line that is a query, or wrong in one or a few places of its structure. */
export const queryText: fc.Arbitrary<string> = objectText(
  fc
    .record({
      query: fc.oneof({ weight: 6, arbitrary: fc.constant('"q"') }, { weight: 1, arbitrary: valueText }),
      answers: fc.oneof(
        { weight: 8, arbitrary: fc.array(answerText, { minLength: 1, maxLength: 6 }).map((a) => `[${a.join(",")}]`) },
        { weight: 1, arbitrary: valueText },
      ),
      more: fc.array(fc.tuple(fieldName, valueText), { maxLength: 1 }),
      often: fc.nat(9),
    })
    .map(({ query, answers, more, often }) => [
      ["query", query] as const,
      ["answers", answers] as const,
      ...(often === 0 ? more : []),
    ]),
);

/** A text with a piece cut out, put in, doubled or lost at the end, a few times over. */
export function damaged(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const cut = fc.record({
    kind: fc.constantFrom("insert", "delete", "repeat", "truncate", "replace"),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat(8),
    piece: fc.oneof(valueText, fc.constantFrom(",", ":", "{", "}", "[", "]", '"', "\\", "\r", "\0", "\ufeff", " ")),
  });
  return fc.tuple(text, fc.array(cut, { minLength: 1, maxLength: 3 })).map(([whole, cuts]) =>
    cuts.reduce((t, { kind, at, length, piece }) => {
      const start = Math.floor(at * t.length);
      const [before, middle, after] = [t.slice(0, start), t.slice(start, start + length), t.slice(start + length)];
      if (kind === "truncate") return before;
      if (kind === "delete") return before + after;
      if (kind === "repeat") return before + middle + middle + after;
      return kind === "insert" ? before + piece + middle + after : before + piece + after;
    }, whole),
  );
}

/** One line of a file, without its end. */
const line: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: queryText },
  { weight: 3, arbitrary: damaged(queryText) },
  valueText,
  fc.constantFrom("", " ", "\t", "\r", "null"),
);

/** Bytes that are not UTF-8: a stray continuation, an overlong form, a surrogate, beyond Unicode, a start without end. */
const notUtf8 = fc.constantFrom(
  [0x80],
  [0xc0, 0x80],
  [0xed, 0xa0, 0x80],
  [0xf5, 0x80, 0x80, 0x80],
  [0xe2, 0x82],
  [0xff],
);

/** The bytes of a file: lines with any ends, a byte order mark or another encoding, broken bytes. */
export const fileBytes: fc.Arbitrary<Uint8Array> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .record({
        lines: fc.array(line, { maxLength: 4 }),
        end: fc.constantFrom("\n", "\n", "\n", "\r\n", "\r"),
        last: fc.boolean(),
        mark: fc.constantFrom("", "", "", "\ufeff"),
      })
      .map(({ lines, end, last, mark }) => Buffer.from(mark + lines.join(end) + (last ? end : ""))),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(queryText, fc.double({ min: 0, max: 1, noNaN: true }), notUtf8).map(([text, at, bytes]) => {
      const whole = Buffer.from(text);
      const start = Math.floor(at * whole.length);
      return Buffer.concat([whole.subarray(0, start), Buffer.from(bytes), whole.subarray(start)]);
    }),
  },
  queryText.map((text) => Buffer.from(`\ufeff${text}`, "utf16le")),
  fc.uint8Array({ maxLength: 200 }),
);

/** A text of JSON in which one value, however deep, is another one. */
export function altered(text: string): fc.Arbitrary<string> {
  const places: { parent: Record<string, unknown>; key: string }[] = [];
  const collect = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const key of Object.keys(value)) {
      const parent = value as Record<string, unknown>;
      places.push({ parent, key });
      collect(parent[key]);
    }
  };
  const root = JSON.parse(text);
  collect(root);
  return fc.tuple(fc.nat(places.length - 1), valueText).map(([i, value]) => {
    const { parent, key } = places[i];
    const kept = parent[key];
    const mark = "\u0001";
    parent[key] = mark;
    const out = JSON.stringify(root).replace(JSON.stringify(mark), () => value);
    parent[key] = kept;
    return out;
  });
}

const extreme = fc.oneof(
  fc.constantFrom(0, -0, 1, 0.5, 2, -1, 1.7e308, -1.7e308, 5e-324, 1e-310, 1e300, -1e300, 1e-17),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const extremeMass = {
  count: fc.oneof(fc.nat(5), fc.constantFrom(0, -0, 2 ** 53 - 1, 1e15)),
  probability: fc.oneof(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.constantFrom(0, -0, 1, 5e-324, 1e-310, 1 - 2 ** -53),
  ),
  logProbability: fc.oneof(
    fc.double({ max: 0, noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(0, -0, -1.7e308, -745.2, -1e-320, -1e300, -1),
  ),
};

/** Rewards forbid now and then. */
const extremeReward = fc.oneof({ weight: 5, arbitrary: extreme }, fc.constant("-Infinity"));

/** A line that is a query, of numbers anywhere in the range of doubles. */
export const extremeQueryText: fc.Arbitrary<string> = fc
  .constantFrom(...(Object.keys(extremeMass) as (keyof typeof extremeMass)[]))
  .chain((kind) =>
    fc.array(fc.record({ [kind]: extremeMass[kind] as fc.Arbitrary<number>, reward: extremeReward, gold: extreme }), {
      minLength: 1,
      maxLength: 6,
    }),
  )
  .filter((answers) =>
    answers.some((a) => ("logProbability" in a || Number(a.count ?? a.probability) > 0) && a.reward !== "-Infinity"),
  )
  .map((answers) => JSON.stringify({ query: "q", answers }));

/** A line of 1 to 128 MiB, past the longest that is read: a piece over and over, begun and ended as data or not at all. */
export const hugeLine: fc.Arbitrary<{ head: string; piece: string; tail: string; size: number }> = fc.record({
  head: fc.constantFrom(
    "",
    '{"query":"',
    '{"query":"q","answers":[',
    '{"query":"q","answers":[{"count":1,"reward":0.',
    "[",
  ),
  piece: fc.constantFrom("[", '{"a":', "x", "1", "{},", '{"count":1,"reward":0},', '"\\u0061":1,', "é", "\0", "  "),
  tail: fc.constantFrom("", "\n", '"}', "}]}", ']}\n{"query":"q"}'),
  size: fc.double({ min: 20, max: 27, noNaN: true }).map((e) => Math.floor(2 ** e)),
});

const column = fc.constantFrom(
  ...[
    "query",
    "prompt",
    "task_id",
    "input",
    "answers",
    "responses",
    "samples",
    "answer",
    "completion",
    "output",
    "text",
  ],
  ...[
    "reward",
    "rewards",
    "score",
    "scores",
    "rm_score",
    "gold",
    "passed",
    "labels",
    "acc",
    "is_correct",
    "count",
    "counts",
  ],
  ...["logprob", "logprobs", "probability", "chosen", "rejected", "scores_chosen", "scores_rejected", "num_correct"],
  ...["eval", "results", "data", "filter", "filtered_resps", "features", "role", "base_status", "plus_status", "id"],
  ...["__proto__", "constructor", "toString", "hasOwnProperty", "", "a.b", "rewrd", "é\\u0000", "s".repeat(500)],
);

const cell = fc.oneof(
  { weight: 40, arbitrary: fc.constantFrom("0", "1", "0.5") },
  { weight: 6, arbitrary: fc.constantFrom('"a"', '"b"', "true", "null", '"pass"', '"0.25"', '"-Infinity"', "[1,0]") },
  { weight: 2, arbitrary: fc.constantFrom("[]", "{}", '[["x"]]', "[[0.5],[1]]", '["a","b"]', '[{"score":1}]') },
  { weight: 1, arbitrary: valueText },
);

/** Records whose fields have names that other programs use, with values of any kind, some of them alike. */
const records: fc.Arbitrary<string[]> = fc
  .tuple(fc.uniqueArray(column, { minLength: 1, maxLength: 7 }), fc.integer({ min: 1, max: 5 }))
  .chain(([names, rows]) =>
    fc
      .array(fc.tuple(...names.map(() => cell)), { minLength: rows, maxLength: rows })
      .map((table) => table.map((cells) => `{${cells.map((value, i) => `"${names[i]}":${value}`).join(",")}}`)),
  );

/** A file of such records: a line each, in an array, in fields of one object, or as a table. */
export const recordFile: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: records.map((list) => `${list.join("\n")}\n`) },
  records.map((list) => `[${list.join(",\n")}]`),
  fc.tuple(column, records).map(([name, list]) => `{"${name}":[${list.join(",")}]}`),
  fc
    .tuple(column, column, records)
    .map(([name, query, list]) => `{"${name}":{"${query}":[${list.join(",")}],"x":[${list[0]}]}}`),
  fc
    .tuple(
      fc.uniqueArray(column, { minLength: 2, maxLength: 5 }),
      fc.array(fc.array(cell, { minLength: 2, maxLength: 5 }), { maxLength: 5 }),
      fc.constantFrom(",", "\t"),
    )
    .map(([names, rows, separator]) =>
      [names, ...rows]
        .map((row) =>
          row.map((text) => (/[",\t\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)).join(separator),
        )
        .join("\n"),
    ),
);

const word = fc.oneof(
  column.filter((name) => name.length < 100),
  fc.constantFrom("none", "-reward", "mean(score, reward)", "2*rm_score", "a.b", "1", "(", "x"),
);

/** Options on how the columns of such a file are read, often none. */
export const readingOptions: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
  fc.constant({}),
  fc
    .record(
      {
        ...{ query: word, answer: word, gold: word, count: word, logprob: word, probability: word, cluster: word },
        reward: fc.uniqueArray(word, { minLength: 1, maxLength: 2 }),
        missing: fc.constantFrom("refuse", "drop", "worst"),
        merge: fc.constant("mean"),
        law: fc.boolean(),
      },
      { requiredKeys: [] },
    )
    // All of them at once would refuse nearly every file.
    .chain((all) =>
      fc
        .subarray(Object.keys(all), { maxLength: 2 })
        .map((names) => Object.fromEntries(names.map((name) => [name, all[name as keyof typeof all]]))),
    ),
);
