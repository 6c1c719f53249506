/** Files of every shape in every container and compression, whole and damaged. */
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { parquetWriteBuffer } from "hyparquet-writer";
import { parts, zstdFile } from "./containerFiles.js";
import { jsonLines, type Sampled, table } from "./dataFiles.js";

type Fields = Readonly<Record<string, unknown>>;

const lists = ({ samples }: Sampled) => ({
  texts: samples.map(({ text }) => text),
  rewards: samples.map(({ reward }) => reward),
  golds: samples.map(({ gold }) => gold),
});

const rows = (queries: readonly Sampled[]): Fields[] =>
  queries.flatMap(({ name, samples }) =>
    samples.map(({ text, reward, gold }) => ({ prompt: name, response: text, reward, correct: gold === 1 })),
  );

const column = (of: readonly Fields[], name: string) => of.map((row) => row[name]);

/** The records of the same samples in each shape that is read. */
export const SHAPES = {
  "a list of answers": (queries) =>
    queries.map(({ name, samples }) => ({
      query: name,
      answers: samples.map(({ text, reward, gold }, i) => ({ answer: `${text}${i}`, count: 1 + i, reward, gold })),
    })),
  "arrays side by side": (queries) =>
    queries.map((query) => ({
      prompt: query.name,
      responses: lists(query).texts,
      rewards: lists(query).rewards,
      labels: lists(query).golds,
    })),
  "a row a sample": rows,
  "a row a sample, scattered": (queries) => {
    const all = rows(queries);
    return [...all.filter((_, i) => i % 2 === 0), ...all.filter((_, i) => i % 2 === 1)];
  },
  "pairs of chosen and rejected": (queries) =>
    queries.map(({ name, samples: [a, b = a] }) => ({
      prompt: name,
      chosen: a.text,
      rejected: b.text,
      scores_chosen: a.reward,
      scores_rejected: b.reward,
    })),
  "records in an object": (queries) => [
    {
      results: Object.fromEntries(
        queries.map(({ name, samples }) => [
          name,
          samples.map(({ text, reward }) => ({ response: text, score: reward })),
        ]),
      ),
    },
  ],
  columns: (queries) => {
    const all = rows(queries);
    return [{ prompt: column(all, "prompt"), response: column(all, "response"), reward: column(all, "reward") }];
  },
  "columns by index": (queries) => {
    const all = rows(queries);
    const indexed = (name: string) => Object.fromEntries(column(all, name).map((value, i) => [`${i}`, value]));
    return [{ prompt: indexed("prompt"), reward: indexed("reward"), correct: indexed("correct") }];
  },
  "nested names": (queries) =>
    rows(queries).map(({ prompt, response, reward, correct }) => ({
      doc: { id: prompt },
      out: { text: response },
      metrics: { rm: { score: reward }, em: correct },
    })),
} satisfies Record<string, (queries: readonly Sampled[]) => Fields[]>;
export type Shape = keyof typeof SHAPES;

/** The options that a shape takes to be read. */
export const OPTIONS: Partial<Record<Shape, Record<string, string | string[]>>> = {
  "nested names": { query: "doc.id", answer: "out.text", reward: ["metrics.rm.score"], gold: "metrics.em" },
};

/** The fields of a record of a table: those within an object by their names with dots, a list as JSON. */
function flat(record: Fields, before = ""): [string, unknown][] {
  return Object.entries(record).flatMap(([name, value]): [string, unknown][] => {
    if (Array.isArray(value)) return [[before + name, JSON.stringify(value)]];
    return typeof value === "object" && value !== null
      ? flat(value as Fields, `${before}${name}.`)
      : [[before + name, value]];
  });
}
const cells = (records: readonly Fields[]) => records.map((record) => Object.fromEntries(flat(record)));

/** The shapes that a table can have: its fields hold no list. */
const FLAT: readonly Shape[] = [
  "a row a sample",
  "a row a sample, scattered",
  "pairs of chosen and rejected",
  "nested names",
];

/** Few queries of few samples: what befalls them is what matters. */
const queries: fc.Arbitrary<readonly Sampled[]> = fc
  .array(
    fc.array(
      fc.record({
        text: fc.constantFrom("a", "b", 'say "b"', "c, d", "é\n2", " "),
        reward: fc.constantFrom(-1.5, 0, 0.25, 1, 1e-9, 3e5),
        gold: fc.constantFrom(0, 1),
      }),
      { minLength: 1, maxLength: 5 },
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((all) => all.map((samples, i) => ({ name: `${"query ".repeat(i)}q/${i}`, samples })));

const ENCODINGS = [
  "PLAIN",
  "RLE_DICTIONARY",
  "DELTA_BYTE_ARRAY",
  "DELTA_LENGTH_BYTE_ARRAY",
  "BYTE_STREAM_SPLIT",
] as const;
const TEXT = ["PLAIN", "RLE_DICTIONARY", "DELTA_BYTE_ARRAY", "DELTA_LENGTH_BYTE_ARRAY"] as const;
const NUMBER = ["PLAIN", "RLE_DICTIONARY", "BYTE_STREAM_SPLIT"] as const;
const WHOLE = ["PLAIN", "RLE_DICTIONARY", "DELTA_BINARY_PACKED"] as const;

type ColumnSource = Parameters<typeof parquetWriteBuffer>[0]["columnData"][number];
type SchemaElement = NonNullable<Parameters<typeof parquetWriteBuffer>[0]["schema"]>[number];

/** How a file of Parquet is written. */
export interface Writing {
  /** Which of the encodings that a column may have. */
  readonly encoding: number;
  readonly codec: "SNAPPY" | "UNCOMPRESSED";
  readonly rowGroupSize: number;
  readonly pageSize: number;
  readonly offsetIndex: boolean;
}

/** Numbers and texts as columns, lists of such as nested columns, all else as JSON. */
export function parquetOf(records: readonly Fields[], { encoding, offsetIndex, ...settings }: Writing): Buffer {
  const schema: SchemaElement[] = [];
  const columnData = Object.keys(records[0] ?? {}).map((name): ColumnSource => {
    const data = records.map((record) => record[name] ?? null);
    const all = data.filter((value) => value !== null);
    const every = (is: (value: unknown) => boolean) => all.every(is);
    const optional = { repetition_type: "OPTIONAL" } as const;
    const text = { type: "BYTE_ARRAY", converted_type: "UTF8", ...optional } as const;
    const some = <T>(encodings: readonly T[]) => encodings[encoding % encodings.length];
    const made = (
      element: Omit<SchemaElement, "name">,
      encoding: (typeof ENCODINGS)[number] | (typeof WHOLE)[number],
    ) => {
      schema.push({ name, ...element });
      return { name, data, offsetIndex, encoding };
    };
    const isText = (value: unknown) => typeof value === "string";
    if (every(isText)) return made(text, some(TEXT));
    if (every((value) => typeof value === "boolean")) return made({ type: "BOOLEAN", ...optional }, "PLAIN");
    if (encoding % 2 === 1 && every((value) => Number.isInteger(value) && Math.abs(value as number) < 2 ** 31))
      return made({ type: "INT32", ...optional }, some(WHOLE));
    if (every((value) => typeof value === "number")) return made({ type: "DOUBLE", ...optional }, some(NUMBER));
    for (const [is, leaf] of [
      [isText, text],
      [(value: unknown) => typeof value === "number", { type: "DOUBLE", ...optional }],
    ] as const) {
      if (!every((value) => Array.isArray(value) && value.every(is))) continue;
      schema.push({ name, converted_type: "LIST", num_children: 1, ...optional });
      schema.push({ name: "list", num_children: 1, repetition_type: "REPEATED" }, { name: "element", ...leaf });
      return { name, data, offsetIndex };
    }
    return made({ type: "BYTE_ARRAY", converted_type: "JSON", ...optional }, "PLAIN");
  });
  const root = { name: "root", num_children: columnData.length };
  return Buffer.from(parquetWriteBuffer({ schema: [root, ...schema], columnData, ...settings }));
}

/** Records as a file of each format. */
export const CONTAINERS = {
  "JSON Lines": (records) => Buffer.from(jsonLines(records)),
  "JSON, an array": (records) => Buffer.from(JSON.stringify(records, undefined, 1)),
  "JSON, an object": (records) =>
    Buffer.from(JSON.stringify(records.length === 1 ? records[0] : { data: records }, undefined, 1)),
  CSV: (records) => Buffer.from(table(cells(records))),
  TSV: (records) => Buffer.from(table(cells(records), "\t")),
  Parquet: parquetOf,
} satisfies Record<string, (records: readonly Fields[], writing: Writing) => Buffer>;
export type Format = keyof typeof CONTAINERS;

/** Bytes stored in parts. */
export const COMPRESSIONS = {
  plain: (bytes) => bytes,
  gzip: (bytes) => gzipSync(bytes),
  Zstandard: (bytes, size, checksum) => zstdFile(parts(bytes, [4 * size]), size, checksum),
} satisfies Record<string, (bytes: Buffer, size: number, checksum: boolean) => Buffer>;
export type Compression = keyof typeof COMPRESSIONS;

const HOSTILE = [
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "length",
  "then",
  "",
  "a.b",
  "\u0000",
  "\u202e",
];

const deep = (depth: number, isList: boolean): unknown => {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = isList ? [value] : { a: value };
  return value;
};

const value: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    -0,
    1e308,
    5e-324,
    "",
    "x",
    "NaN",
    "-Infinity",
    "\u001b[2J",
    [],
    {},
    [null],
    [[]],
  ),
  fc.constantFrom(...HOSTILE),
  fc.tuple(fc.constantFrom(3, 63, 70, 1000), fc.boolean()).map(([depth, isList]) => deep(depth, isList)),
  fc.constantFrom(...HOSTILE).map((name) => Object.fromEntries([[name, 1]])),
  fc.double({ noNaN: true }),
  fc.string({ unit: "binary", maxLength: 9 }),
);

/** What may befall a record: the n-th field of those within it gets a value, a name, is lost or stands twice. */
const mishap = fc.record({
  kind: fc.constantFrom("value", "name", "lost", "twice"),
  at: fc.nat(1000),
  value,
  name: fc.oneof(fc.constantFrom(...HOSTILE), fc.constantFrom("query", "prompt", "reward", "answers", "count", "gold")),
});
type Mishap = typeof mishap extends fc.Arbitrary<infer T> ? T : never;

/** All fields within a value, in their order. */
function changed(value: unknown, { kind, at, value: other, name }: Mishap): unknown {
  const size = (x: unknown): number =>
    typeof x === "object" && x !== null ? Object.values(x).reduce((sum: number, y) => sum + 1 + size(y), 0) : 0;
  let left = at % Math.max(1, size(value));
  const walk = (x: unknown): unknown => {
    if (typeof x !== "object" || x === null) return x;
    const entries = Object.entries(x).flatMap(([key, item]): [string, unknown][] => {
      if (left-- !== 0) return [[key, walk(item)]];
      if (kind === "lost") return [];
      if (kind === "value") return [[key, other]];
      return kind === "name"
        ? [[name, item]]
        : [
            [key, item],
            [name, item],
          ];
    });
    return Array.isArray(x) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
  };
  return walk(value);
}

/** What may befall bytes; most of the places are where a header or a footer is. */
const cut = fc.record({
  kind: fc.constantFrom("flip", "flip", "set", "cut", "lost", "insert", "twice", "length", "splice"),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  from: fc.constantFrom("anywhere", "anywhere", "begin", "end"),
  length: fc.integer({ min: 1, max: 40 }),
  bytes: fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 8 }),
    fc.constantFrom(
      [0],
      [255],
      [127],
      [128],
      [255, 255, 255, 255, 15],
      [0, 0, 0, 0],
      [255, 255, 255, 127],
      [128, 128, 4],
    ),
  ),
});
type Cut = typeof cut extends fc.Arbitrary<infer T> ? T : never;

function damaged(bytes: Buffer, other: Buffer, { kind, at, from, length, bytes: piece }: Cut): Buffer {
  const range = from === "anywhere" ? bytes.length : Math.min(bytes.length, 64);
  const start = Math.floor(at * range) + (from === "end" ? bytes.length - range : 0);
  const [before, after] = [bytes.subarray(0, start), bytes.subarray(start)];
  switch (kind) {
    case "cut":
      return before;
    case "lost":
      return Buffer.concat([before, after.subarray(length)]);
    case "insert":
      return Buffer.concat([before, Buffer.from(piece), after]);
    case "twice":
      return Buffer.concat([before, after.subarray(0, length), after]);
    case "splice":
      return Buffer.concat([before, other.subarray(Math.min(start, other.length))]);
  }
  const all = Buffer.from(bytes);
  if (kind === "flip" && start < all.length) all[start] ^= 1 << (length % 8);
  if (kind === "set") all.set(Buffer.from(piece).subarray(0, all.length - start), start);
  // Lengths stand in four bytes at the end of gzip, before the end of Parquet and in the header of Zstandard.
  if (kind === "length" && all.length > 12)
    all.writeUInt32LE((length * 2 ** (length % 28)) >>> 0, from === "begin" ? 4 : all.length - 4 * (1 + (length % 2)));
  return all;
}

export interface HostileFile {
  readonly shape: Shape;
  readonly bytes: Buffer;
  /** Whether nothing befell it. */
  readonly isWhole: boolean;
}

/** A file of some shape as a container, whole, with records that are changed, or with bytes changed in or out of its compression. */
export const hostileFile = (format: Format, compression: Compression): fc.Arbitrary<HostileFile> =>
  fc
    .record({
      shape: fc.constantFrom(...(format === "CSV" || format === "TSV" ? FLAT : (Object.keys(SHAPES) as Shape[]))),
      samples: queries,
      others: queries,
      writing: fc.record({
        encoding: fc.nat(11),
        codec: fc.constantFrom("SNAPPY", "UNCOMPRESSED"),
        rowGroupSize: fc.constantFrom(2, 5, 1000),
        pageSize: fc.constantFrom(16, 100, 2 ** 20),
        offsetIndex: fc.boolean(),
      }),
      size: fc.constantFrom(50, 200, 1000),
      checksum: fc.boolean(),
      mishaps: fc.array(mishap, { maxLength: 2 }),
      inner: fc.array(cut, { maxLength: 2 }),
      outer: fc.array(cut, { maxLength: 2 }),
      part: fc.constantFrom("whole", "records", "records", "inner", "inner", "inner", "outer", "outer", "outer"),
    })
    .map(({ shape, samples, others, writing, size, checksum, mishaps, inner, outer, part }) => {
      const store = (bytes: Buffer) => COMPRESSIONS[compression](bytes, size, checksum);
      const write = (records: readonly Fields[]) => CONTAINERS[format](records, writing as Writing);
      const [records, other] = [SHAPES[shape](samples), write(SHAPES[shape](others))];
      const all = part === "records" ? (mishaps.reduce(changed, records) as typeof records) : records;
      const bytes = (part === "inner" ? inner : []).reduce((b, one) => damaged(b, other, one), write(objects(all)));
      const stored = (part === "outer" ? outer : []).reduce((b, one) => damaged(b, store(other), one), store(bytes));
      return { shape, bytes: stored, isWhole: part === "whole" };
    });

/** Records that a mishap made of something else stay objects, which tables and Parquet need; there is at least one. */
const objects = (records: readonly unknown[]): Fields[] => {
  const all = records.map((r) => (typeof r === "object" && r !== null && !Array.isArray(r) ? (r as Fields) : { x: r }));
  return all.length > 0 ? all : [{ x: 1 }];
};
