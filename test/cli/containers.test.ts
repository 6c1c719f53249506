/** Any file of records is read by its first bytes: every format, compressed or not, from a file and a pipe, whole or damaged. */
import { execFileSync, spawnSync } from "node:child_process";
import { createWriteStream, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { constants, gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { xxhash64 } from "hyparquet/src/xxhash.js";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, describe, expect, it } from "vitest";
import { compressionOf, decompressed } from "../../src/cli/input/containers/compression.js";
import { csv } from "../../src/cli/input/containers/csv.js";
import { json } from "../../src/cli/input/containers/json.js";
import { jsonLines } from "../../src/cli/input/containers/jsonLines.js";
import { kindOf } from "../../src/cli/input/containers/kind.js";
import { type Container, openContainer, type Row } from "../../src/cli/input/containers/open.js";
import { XxHash64 } from "../../src/cli/input/containers/xxHash64.js";
import { InputError } from "../../src/cli/input/inputError.js";
import {
  gzipFile,
  hasCommand,
  parquetFile,
  parts,
  record,
  type Sample,
  table,
  text,
  through,
  zstdFile,
} from "../support/containerFiles.js";
import { test } from "../support/test.js";

const folder = mkdtempSync(join(tmpdir(), "exptilt-containers-"));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
const path = () => join(folder, `f${files++}`);
function written(bytes: Buffer | string): string {
  const file = path();
  writeFileSync(file, bytes);
  return file;
}

/** Pipes with names, many made at once: to start a command takes longer than a test's reading. */
const pipes: string[] = [];
function pipe(): string {
  if (pipes.length === 0) {
    pipes.push(...Array.from({ length: 100 }, path));
    execFileSync("mkfifo", pipes);
  }
  return pipes.pop() as string;
}

/** A pipe with a name, which gives the bytes once. */
function piped(bytes: Buffer): string {
  const file = pipe();
  createWriteStream(file)
    .on("error", () => {})
    .end(bytes);
  return file;
}

interface Reading extends Partial<Pick<Container, "kind" | "size" | "position">> {
  readonly rows: Row[];
  readonly said: string[];
  readonly complaint?: string;
  readonly stated?: readonly string[] | undefined;
}

async function rowsOf(rows: AsyncIterable<Row>): Promise<Omit<Reading, "said">> {
  const out: Row[] = [];
  try {
    for await (const row of rows) out.push(row);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { rows: out, complaint: error.message };
  }
  return { rows: out };
}

/** Opens a file, reads it, and closes it again. */
async function read(
  file: string,
  { again = false, columns = undefined as string[] | undefined } = {},
): Promise<Reading> {
  const said: string[] = [];
  let container: Container;
  try {
    container = await openContainer(file, { again, say: (line) => said.push(line) });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { rows: [], said, complaint: error.message };
  }
  try {
    const first = await rowsOf(container.rows(undefined, columns));
    if (again) expect(await rowsOf(container.rows(undefined, columns))).toEqual(first);
    const { kind, columns: stated, size, position } = container;
    return { ...first, said, kind, stated, size, position };
  } finally {
    await container.close();
  }
}

/** The complaint about a file of such bytes. */
const complaint = async (bytes: Buffer | string) => {
  const file = written(bytes);
  const { complaint = "" } = await read(file);
  expect(complaint.split(file).length - 1, complaint).toBeGreaterThan(0);
  expect(complaint.startsWith(`${file}:`), complaint).toBe(true);
  expect(complaint).not.toMatch(/\bE[A-Z]{4,}\b|[Pp]arquet \w+ (not|invalid)|\bat \w+ \(|Z_/);
  return complaint.slice(file.length);
};

const words = fc.oneof(
  fc.string({ unit: "binary", maxLength: 8 }),
  fc.constantFrom(
    '"',
    '""',
    ",",
    "\t",
    "\n",
    "\r\n",
    "a:b",
    "\\",
    '\\"',
    "{[",
    "к",
    "为",
    "\u2028",
    "\ufeff",
    "🙂",
    "-",
  ),
);
const samples: fc.Arbitrary<Sample[]> = fc.array(
  fc.record({
    id: fc.integer({ min: -5, max: 5 }),
    text: fc.array(words, { minLength: 1, maxLength: 4 }).map((some) => some.join("")),
    score: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0)),
    big: fc.oneof(
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.constantFrom(2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n), -(2n ** 53n) - 1n, 0n),
    ),
    passed: fc.boolean(),
    tags: fc.array(fc.option(fc.integer({ min: -9, max: 9 })), { maxLength: 3 }),
    nested: fc.record({ a: fc.option(words), b: fc.integer({ min: 0, max: 9 }) }),
  }),
  { minLength: 1, maxLength: 6 },
);

/** A file as bytes, and what its rows must be, but for its name. */
interface Written {
  readonly kind: Container["kind"];
  readonly bytes: Buffer;
  readonly records: readonly unknown[];
  readonly places: readonly string[];
}

const strings = ({ id, text, score, passed }: Sample) => [`${id}`, text, `${score ?? ""}`, `${passed}`];
const HEADER = ["id", "text", "score", "passed"];
const FORMATS: Record<string, (samples: readonly Sample[], newline: string) => Written> = {
  "JSON Lines": (samples, newline) => {
    const { text: all, lines } = text(
      "",
      samples.map((s) => JSON.stringify(record(s))),
      newline + newline,
      newline,
    );
    return textFile("JSON Lines", all, samples.map(record), lines);
  },
  "JSON, an element a line": (samples, newline) => {
    const { text: all, lines } = text(
      `${newline}[${newline}`,
      samples.map((s) => JSON.stringify(record(s))),
      `,${newline}`,
      `${newline}]${newline}`,
    );
    return textFile("JSON", all, samples.map(record), lines);
  },
  "JSON, with an indent": (samples, newline) => {
    const pretty = samples.map((s) => JSON.stringify(record(s), null, 2).replaceAll("\n", newline));
    const { text: all, lines } = text(`[${newline}`, pretty, `${newline},${newline}`, `${newline}]`);
    return textFile("JSON", all, samples.map(record), lines);
  },
  "JSON, objects one after the other": (samples, newline) => {
    const pretty = samples.map((s) => JSON.stringify(record(s), null, 1).replaceAll("\n", newline));
    const { text: all, lines } = text("", pretty, newline, "");
    return textFile("JSON", all, samples.map(record), lines);
  },
  CSV: (samples, newline) => tableFile("CSV", samples, newline),
  TSV: (samples, newline) => tableFile("TSV", samples, newline),
  "Parquet in Snappy": (samples) => parquetOf(samples, "SNAPPY"),
  "Parquet that is not compressed": (samples) => parquetOf(samples, "UNCOMPRESSED"),
};

function textFile(kind: Written["kind"], all: string, records: unknown[], lines: readonly number[]): Written {
  return { kind, bytes: Buffer.from(all), records, places: lines.map((line) => `:${line}`) };
}

function tableFile(kind: "CSV" | "TSV", samples: readonly Sample[], newline: string): Written {
  const { text: all, lines } = table([HEADER, ...samples.map(strings)], kind === "CSV" ? "," : "\t", newline);
  const records = samples.map((sample) =>
    Object.fromEntries(strings(sample).map((x, i) => [HEADER[i], x === "" ? undefined : x])),
  );
  return textFile(kind, all, records, lines);
}

function parquetOf(samples: readonly Sample[], codec: "SNAPPY" | "UNCOMPRESSED"): Written {
  const places = samples.map((_, i) => `: row ${i + 1}`);
  return { kind: "Parquet", bytes: parquetFile(samples, codec, 2), records: samples.map(record), places };
}

const sizes = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 4 });
const COMPRESSIONS: Record<string, (of: Buffer[]) => Buffer> = {
  plain: (of) => Buffer.concat(of),
  "gzip, several members": gzipFile,
  "Zstandard, several frames": zstdFile,
  "Zstandard, with checksums": (of) => zstdFile(of, 50, true),
};
if (hasCommand("zstd"))
  COMPRESSIONS["Zstandard of the command"] = (of) =>
    Buffer.concat(of.map((part, i) => through("zstd", ["-qc", `-${1 + (i % 19)}`], part)));

describe.each(Object.entries(FORMATS))("%s", (_, format) => {
  describe.each(Object.entries(COMPRESSIONS))("%s", (compression, compress) => {
    test.prop([samples, fc.constantFrom("\n", "\r\n"), fc.integer({ min: 1, max: 3 })], { numRuns: 12 })(
      "has the same rows from a file, again, and from a pipe",
      async (samples, newline, count) => {
        const { kind, bytes, records, places } = format(samples, newline);
        const stored = compress(parts(bytes, [Math.ceil(bytes.length / count)]));
        const rows = (name: string) => records.map((record, i) => ({ record, place: `${name}${places[i]}` }));

        const file = written(stored);
        const reading = await read(file, { again: true });
        expect(reading).toMatchObject({ rows: rows(file), kind, size: stored.length, position: stored.length });
        expect(reading.stated).toEqual(
          kind === "CSV" || kind === "TSV" ? HEADER : kind === "Parquet" ? expect.arrayContaining(HEADER) : undefined,
        );
        expect(reading.complaint).toBeUndefined();
        expect(reading.said).toHaveLength(Number(kind === "Parquet" && compression !== "plain"));

        const pipe = piped(stored);
        const once = await read(pipe);
        expect(once).toMatchObject({ rows: rows(pipe), kind, size: undefined, position: stored.length });
        expect(once.said).toHaveLength(Number(kind === "Parquet"));
        const kept = piped(stored);
        const twice = await read(kept, { again: true });
        expect(twice).toMatchObject({ rows: rows(kept), kind, size: stored.length });
        expect(twice.said[0]).toBe(`${kept}: kept in a temporary file, to be read more than once`);
      },
    );
  });
});

async function* stream(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

describe("wherever the bytes are cut into chunks", () => {
  const text = Object.entries(FORMATS).filter(([name]) => !name.startsWith("Parquet"));
  test.prop([fc.constantFrom(...text), samples, fc.constantFrom("\n", "\r\n"), sizes, fc.boolean()], { numRuns: 300 })(
    "a text has the same rows",
    async ([, format], samples, newline, sizes, mark) => {
      const { kind, bytes, records, places } = format(samples, newline);
      const whole = mark ? Buffer.concat([Buffer.from("\ufeff"), bytes]) : bytes;
      const contents = () => stream(parts(whole, sizes));
      const first = kindOf(whole);
      expect(first.kind).toBe(kind);
      const reader =
        kind === "JSON Lines"
          ? jsonLines(contents, "f")
          : kind === "JSON"
            ? json(contents, "f", first.first.text.startsWith("["))
            : await csv(contents, "f", kind as "CSV", first.first);
      expect(await rowsOf(reader.rows())).toEqual({
        rows: records.map((record, i) => ({ record, place: `f${places[i]}` })),
      });
      if (kind !== "JSON Lines") return;
      const texts: unknown[] = [];
      for await (const { text, place } of reader.texts?.() ?? []) texts.push({ record: JSON.parse(text), place });
      expect(texts).toEqual(records.map((record, i) => ({ record, place: `f${places[i]}` })));
    },
  );

  const compressors = Object.entries(COMPRESSIONS).filter(([name]) => name !== "plain" && !/command/.test(name));
  test.prop([fc.constantFrom(...compressors), fc.uint8Array({ maxLength: 5000 }), sizes, sizes], { numRuns: 200 })(
    "what was compressed comes out",
    async ([, compress], bytes, members, sizes) => {
      const stored = compress(parts(Buffer.from(bytes), members));
      const out: Uint8Array[] = [];
      for await (const piece of decompressed(stream(parts(stored, sizes)), compressionOf(stored), "f")) out.push(piece);
      expect(Buffer.concat(out)).toEqual(Buffer.from(bytes));
    },
  );
});

/** A record a line, of which the text is `x`. */
const lines = (count: number) => Array.from({ length: count }, (_, i) => `{"id":${i}}\n`).join("");

describe("standard input", () => {
  const script = `
    import { openContainer } from ${JSON.stringify(new URL("../../dist/cli/input/containers/open.js", import.meta.url))};
    const [file, again] = process.argv.slice(1);
    const say = (line) => console.log(line);
    const container = await openContainer(file, { again: again === "again", say });
    for (let pass = again === "again" ? 2 : 1; pass > 0; pass--)
      for await (const { record, place } of container.rows()) console.log(place, JSON.stringify(record));
    await container.close();`;
  const run = (command: string, args: string[], input: Buffer) =>
    spawnSync("sh", ["-c", command, "sh", process.execPath, "--input-type=module", "-e", script, ...args], {
      input,
      encoding: "utf8",
    });

  it.each(["-", "/dev/stdin"])("as %s is read from a pipe, a socket and a file, once and again", (name) => {
    const input = gzipSync(lines(3));
    const called = name === "-" ? "standard input" : name;
    const rows = [0, 1, 2].map((i) => `${called}:${i + 1} {"id":${i}}\n`).join("");
    const file = written(input);
    for (const command of ['"$@"', 'cat | "$@"', `"$@" < ${file}`]) {
      expect(run(command, [name], input)).toMatchObject({ status: 0, stdout: rows, stderr: "" });
      const kept = `${called}: kept in a temporary file, to be read more than once\n`;
      expect(run(command, [name, "again"], input)).toMatchObject({ status: 0, stdout: kept + rows + rows, stderr: "" });
    }
  });
});

test("what comes from a pipe leaves no temporary file, and a pipe is read once where it is not kept", async () => {
  const before = readdirSync(tmpdir()).filter((name) => name.startsWith(`exptilt-${process.pid}`));
  const container = await openContainer(piped(Buffer.from(lines(3))), { again: true, say: () => {} });
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith(`exptilt-${process.pid}`))).toEqual(before);
  await container.close();

  const once = await openContainer(piped(Buffer.from(lines(3))), { again: false, say: () => {} });
  expect((await rowsOf(once.rows())).rows).toHaveLength(3);
  await expect(rowsOf(once.rows())).rejects.toThrow("can be read once");
  await once.close();
});

test("the embedded data set is a container like any other", async () => {
  const container = await openContainer(undefined, { again: false, say: () => {} });
  const { rows } = await rowsOf(container.rows());
  expect([container.kind, container.name, rows.length, rows[163].place]).toEqual([
    "JSON Lines",
    "embedded data set",
    164,
    "embedded data set:164",
  ]);
  await container.close();
});

describe("a raised signal", () => {
  const reason = new Error("enough");
  const big = Buffer.from(lines(200_000));
  const cases: Record<string, () => string> = {
    "JSON Lines": () => written(big),
    "JSON Lines in gzip": () => written(gzipSync(big)),
    JSON: () => written(`[${lines(200_000).trim().replaceAll("\n", ",")}]`),
    CSV: () => written(`a,b\n${"1,2\n".repeat(200_000)}`),
    Parquet: () => written(parquetFile([SAMPLE, SAMPLE, SAMPLE], "SNAPPY", 1)),
    "a pipe": () => piped(big),
  };
  it.each(Object.entries(cases))("ends the rows of %s with its reason", async (_, make) => {
    const control = new AbortController();
    const container = await openContainer(make(), { again: false, say: () => {} });
    let count = 0;
    const reading = async () => {
      for await (const _ of container.rows(control.signal)) if (++count === 1) control.abort(reason);
    };
    await expect(reading()).rejects.toBe(reason);
    expect(count).toBeGreaterThan(0);
    await container.close();
  });

  it("ends the opening of a pipe that gives nothing", async () => {
    const file = path();
    execFileSync("mkfifo", [file]);
    const writer = createWriteStream(file);
    writer.on("error", () => {});
    for (const again of [false, true]) {
      const control = new AbortController();
      setTimeout(() => control.abort(reason), 50);
      await expect(openContainer(file, { again, say: () => {}, signal: control.signal })).rejects.toBe(reason);
    }
    writer.destroy();
  });
});

const SAMPLE: Sample = { id: 1, text: "t", score: 0.5, big: 1n, passed: true, tags: [1], nested: { a: "a", b: 1 } };

describe("Parquet", () => {
  it.each([true, false])(
    "of row groups longer than a piece has all rows in order; index of pages: %s",
    async (index) => {
      const samples = Array.from({ length: 150_000 }, (_, i) => ({
        ...SAMPLE,
        text: `${i}`,
        big: BigInt(i),
        tags: [i, i % 7 === 0 ? null : i + 1],
      }));
      const file = written(parquetFile(samples, "SNAPPY", 140_000, index));
      for (const columns of [undefined, ["text", "big"], ["tags"]]) {
        const { rows } = await read(file, { ...(columns && { columns }) });
        expect(rows.length).toBe(samples.length);
        const wrong = rows.findIndex(({ record: got, place }, i) => {
          const { text, big, tags } = got as Record<string, unknown>;
          const at = place === `${file}: row ${i + 1}`;
          const flat = columns?.[0] === "tags" || (text === `${i}` && big === i);
          const nested = columns?.[0] === "text" || JSON.stringify(tags) === JSON.stringify(samples[i].tags);
          return !(
            at &&
            flat &&
            nested &&
            (columns === undefined || Object.keys(got as object).length === columns.length)
          );
        });
        expect(wrong).toBe(-1);
      }
    },
  );

  it("cut off anywhere is refused; damaged, it is read up to the damage", async () => {
    const bytes = parquetFile(
      Array.from({ length: 50 }, () => SAMPLE),
      "SNAPPY",
      10,
    );
    for (let size = 4; size < bytes.length; size += 97)
      expect(await complaint(bytes.subarray(0, size))).toMatch(/^: it is Parquet that is cut off/);

    const footer = bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8);
    let most = 0;
    for (let at = 4; at < footer; at += 211) {
      const file = written(Buffer.concat([bytes.subarray(0, at), Buffer.alloc(footer - at), bytes.subarray(footer)]));
      const { rows, complaint } = await read(file);
      expect(rows.length % 10).toBe(0);
      expect(rows.map(({ record }) => record)).toEqual(rows.map(() => record(SAMPLE)));
      expect(complaint).toMatch(`${file}: row ${rows.length + 1}: it and what follows cannot be decoded`);
      most = Math.max(most, rows.length);
    }
    expect(most).toBe(40);
    bytes.fill(0xff, footer, bytes.length - 8);
    expect(await complaint(bytes)).toBe(": it is Parquet, but the list of its columns cannot be read: it is damaged");
  });
});

describe("a compressed file that is cut off or damaged has its rows up to there", () => {
  const text = Buffer.from(lines(500));
  const places = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

  test.prop([places, sizes], { numRuns: 60 })("gzip, cut off", async (at, sizes) => {
    const stored = gzipFile(
      parts(
        text,
        sizes.map((size) => size * 10),
      ),
    );
    const cut = stored.subarray(0, 4 + Math.floor(at * (stored.length - 4)));
    const whole = witness(cut);
    const { rows, complaint } = await read(written(cut));
    expect(rows.map(({ record }) => `${JSON.stringify(record)}\n`).join("")).toBe(whole.replace(/[^\n]*$/, ""));
    expect(complaint).toMatch(/: it is cut off: its gzip data have no end$/);
  });

  /** What zlib makes of the bytes when it is told not to mind their end, member by member. */
  function witness(cut: Buffer): string {
    try {
      return gunzipSync(cut, { finishFlush: constants.Z_SYNC_FLUSH }).toString();
    } catch {
      return "";
    }
  }

  test.prop([places, sizes], { numRuns: 60 })("Zstandard, cut off", async (at, sizes) => {
    const members = parts(
      text,
      sizes.map((size) => size * 10),
    );
    const stored = zstdFile(members, 50);
    const size = 4 + Math.floor(at * (stored.length - 4));
    // Whole blocks come out: of each frame a header of 6 bytes, blocks with 3 bytes before each, 11 bytes to the next frame.
    let [end, out, atEnd] = [0, "", false];
    for (const member of members) {
      atEnd ||= size === end || size === end + 11;
      end += 6 + (end > 0 ? 11 : 0);
      for (const block of parts(member, [50])) {
        end += 3 + block.length;
        if (end <= size) out += block;
      }
    }
    const { rows, complaint } = await read(written(stored.subarray(0, size)));
    expect(rows.map(({ record }) => `${JSON.stringify(record)}\n`).join("")).toBe(out.replace(/[^\n]*$/, ""));
    if (atEnd) expect(complaint ?? "the line is not JSON").toMatch(/is not JSON/);
    else expect(complaint).toMatch(/: it is cut off: its Zstandard data have no end$/);
  });

  it("gzip with a wrong checksum or length has all rows first", async () => {
    for (let i = 1; i <= 8; i++) {
      const stored = gzipSync(text);
      stored[stored.length - i] ^= 1;
      const { rows, complaint } = await read(written(stored));
      expect(rows).toHaveLength(500);
      expect(complaint).toMatch(/: it is damaged: its gzip data cannot be decompressed from here on$/);
    }
  });

  test.prop([places, fc.integer({ min: 1, max: 255 })], { numRuns: 200 })(
    "gzip with a byte changed",
    async (at, xor) => {
      const stored = gzipSync(text);
      // Before it there is nothing that changes the data: time, system and flags of the header.
      stored[10 + Math.floor(at * (stored.length - 10))] ^= xor;
      const { rows, complaint } = await read(written(stored));
      expect(complaint).toMatch(/: it is (damaged|cut off): its gzip data|:\d+: the /);
      expect(rows.length).toBeLessThanOrEqual(500);
    },
  );

  test.prop([places, fc.integer({ min: 1, max: 255 }), sizes], { numRuns: 100 })(
    "Zstandard with checksums, with a byte changed, has no other rows",
    async (at, xor, sizes) => {
      const tens = sizes.map((size) => size * 10);
      const stored = zstdFile(parts(text, tens), 50, true);
      stored[4 + Math.floor(at * (stored.length - 4))] ^= xor;
      const { rows, complaint } = await read(written(stored));
      if (complaint === undefined)
        expect(rows.map(({ record }) => record)).toEqual(
          lines(500)
            .trim()
            .split("\n")
            .map((x) => JSON.parse(x)),
        );
      else expect(complaint).toMatch(/: (it is (damaged|cut off): )?its Zstandard data|:\d+: the /);
    },
  );

  it("Zstandard with a wrong checksum has the rows of its frame first", async () => {
    const made = [zstdFile([text], 50, true)];
    if (hasCommand("zstd")) made.push(through("zstd", ["-qc", "--check"], text));
    for (const stored of made) {
      expect((await read(written(stored))).complaint).toBeUndefined();
      stored[stored.length - 1] ^= 1;
      const { rows, complaint } = await read(written(stored));
      expect(rows).toHaveLength(500);
      expect(complaint).toMatch(/: it is damaged: its Zstandard data cannot be decompressed from here on$/);
    }
  });

  it("Zstandard with a window that would fill the memory is refused", async () => {
    for (const header of [
      [0, 18 << 3],
      [0x20 | 0x80, 1, 0, 0, 8],
      [0x20 | 0xc0, 1, 0, 0, 8, 0, 0, 0, 0],
    ])
      expect(await complaint(Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, ...header]), text]))).toMatch(
        /^: its Zstandard data need a window of more than 128 MiB; convert it: zstd -dc --long=31 \S+ > out.jsonl$/,
      );
    const wide = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 17 << 3, (6 << 3) | 1, 0, 0, ...Buffer.from("[1,2]\n")]);
    expect((await read(written(wide))).rows).toHaveLength(2);
  });

  it("Zstandard that is none after its first bytes is refused", async () => {
    for (const rest of [[0x08], [0, 0xff], [0, 56, 7, 0, 0], [0x20, 255, 255, 255]])
      expect(
        await complaint(Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, ...rest]), Buffer.alloc(40, 0xff)])),
      ).toMatch(/^: (it is (damaged|cut off): )?its Zstandard data/);
  });
});

describe("Parquet whose pages state lengths that they do not have", () => {
  const values = ["a", "b", null, "b", "b", "b"];
  const schema = [
    { name: "root", num_children: 1 },
    { name: "x", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
  ] as const;
  it.each(["PLAIN", "RLE_DICTIONARY", "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY"] as const)(
    "is read to an end wherever the number 2^31 stands in it: %s",
    async (encoding) => {
      const columnData = [{ name: "x", data: values, encoding }];
      const bytes = Buffer.from(parquetWriteBuffer({ schema: [...schema], columnData, codec: "UNCOMPRESSED" }));
      const file = path();
      const footer = bytes.readUInt32LE(bytes.length - 8);
      for (let at = 4; at < bytes.length - 8 - footer; at++) {
        const changed = Buffer.from(bytes);
        // As a count of equal values, it has the decoder make as many.
        changed.set([0xfe, 0xff, 0xff, 0xff, 0x0f], at);
        writeFileSync(file, changed);
        const { rows, complaint } = await read(file);
        expect(rows.length).toBeLessThanOrEqual(values.length);
        if (complaint !== undefined) expect(complaint).toMatch(/: it is Parquet|: row \d+: it and what follows/);
      }
    },
  );
});

it.each([65, 1000])("Parquet with a value of JSON nested %d levels deep is refused at its row", async (depth) => {
  const schema = [
    { name: "root", num_children: 1 },
    { name: "x", type: "BYTE_ARRAY", converted_type: "JSON" },
  ] as const;
  const columnData = [{ name: "x", data: [1, JSON.parse("[".repeat(depth) + "]".repeat(depth))] }];
  const stored = parquetWriteBuffer({ schema: [...schema], columnData, codec: "UNCOMPRESSED", statistics: false });
  const { rows, complaint } = await read(written(Buffer.from(stored)));
  expect(rows).toHaveLength(1);
  expect(complaint).toMatch(/: row 2: a value is nested deeper than 64 levels$/);
});

describe("what is not read is refused, with what to do about it", () => {
  const zip = (name: string) => {
    const header = Buffer.alloc(30);
    header.write("PK\x03\x04", "latin1");
    header.writeUInt16LE(name.length, 26);
    return Buffer.concat([header, Buffer.from(`${name}data`)]);
  };
  const bytes = (text: string) => Buffer.from(text, "latin1");
  const query = '{"query":"q"}\n';
  const utf16be = Buffer.from(query, "utf16le").swap16();
  const utf32 = Buffer.from(Uint32Array.from(query, (c) => c.charCodeAt(0)).buffer);
  const utf32be = Buffer.from(utf32).swap32();

  it.each<readonly [string, Buffer, RegExp]>([
    ["YAML", bytes("---\n- query: q\n"), /^: it is YAML, which .*yaml.safe_load.* < \S+ > out.json$/],
    ["a list of YAML", bytes("- query: q\n"), /^: it is YAML/],
    ["a mapping of YAML", bytes("query: q\nanswers:\n  - a, b\n"), /^: it is YAML/],
    ["a mapping of YAML, nested", bytes("answers:\n  - a, b\n"), /^: it is YAML/],
    ["CSV with semicolons", bytes("query;reward\nq;0,5\n"), /^: it is CSV with semicolons, .*sep=';', decimal=','/],
    ["the same with a mark", bytes('\xef\xbb\xbf"query";"reward"\r\nq;0.5\r\n'), /^: it is CSV with semicolons/],
    ["npz", zip("reward.npy"), /^: it is an archive of NumPy arrays, which .*n\.load\('\S+'\)/],
    ["npy", bytes("\x93NUMPY\x01\0v\0{'descr': '<f8'"), /^: it is a NumPy array, .*n\.load\('\S+'\)/],
    ["xlsx", zip("[Content_Types].xml"), /^: it is an Excel workbook, .*read_excel\('\S+'\)/],
    ["zip", zip("a.jsonl"), /^: it is a zip archive, .*unzip -p \S+ > out.jsonl$/],
    ["tar", Buffer.concat([bytes("a.jsonl"), Buffer.alloc(250), bytes("ustar\x0000")]), /^: it is a tar archive/],
    ["bzip2", bytes("BZh91AY&SY\x12"), /^: it is compressed by bzip2, .*bzip2 -dc \S+ > out.jsonl$/],
    ["xz", bytes("\xfd7zXZ\0\0"), /^: it is compressed by xz, .*xz -dc \S+ > out.jsonl$/],
    ["7z", bytes("7z\xbc\xaf\x27\x1c\0"), /^: it is a 7-Zip archive, .*7z e -so/],
    ["gzip in gzip", gzipSync(gzipSync(query)), /^: it is compressed twice, which is not read; decompress it once$/],
    ["Feather", bytes("ARROW1\0\0\xff\xff"), /^: it is an Arrow or Feather file, .*read_feather\('\S+'\)/],
    ["a stream of Arrow", bytes("\xff\xff\xff\xff\x10\0"), /^: it is a stream of Arrow, .*open_stream\('\S+'\)/],
    ["SQLite", bytes("SQLite format 3\0\x10"), /^: it is an SQLite database, .*sqlite3 -header -csv \S+ 'select/],
    ["a pickle", bytes("\x80\x04\x95\x10\0"), /^: it is a pickle of Python, .*read_pickle\('\S+'\)/],
    ["Avro", bytes("Obj\x01\x04\x14avro.codec"), /^: it is Avro, .*f\.reader\(open\('\S+', 'rb'\)\)/],
    ["ORC", bytes("ORC\x08\x03\0"), /^: it is an ORC file, .*read_orc\('\S+'\)/],
    ["HDF5", bytes("\x89HDF\r\n\x1a\n\0"), /^: it is an HDF5 file, .*read_hdf\('\S+'\)/],
    ["encrypted Parquet", bytes("PARE\x15\x04"), /^: it is Parquet that is encrypted, which is not read; decrypt it/],
    ["UTF-16LE", Buffer.from(`\ufeff${query}`, "utf16le"), /^: it is text in UTF-16LE, .*iconv -f UTF-16LE -t UTF-8/],
    ["UTF-16LE without a mark", Buffer.from(query, "utf16le"), /^: it is text in UTF-16LE/],
    ["UTF-16BE", Buffer.concat([bytes("\xfe\xff"), utf16be]), /^: it is text in UTF-16BE, .*iconv -f UTF-16BE/],
    ["UTF-16BE without a mark", utf16be, /^: it is text in UTF-16BE/],
    ["UTF-32LE", Buffer.concat([bytes("\xff\xfe\0\0"), utf32]), /^: it is text in UTF-32LE, .*iconv -f UTF-32LE/],
    ["UTF-32LE without a mark", utf32, /^: it is text in UTF-32LE/],
    ["UTF-32BE", Buffer.concat([bytes("\0\0\xfe\xff"), utf32be]), /^: it is text in UTF-32BE, .*iconv -f UTF-32BE/],
    ["UTF-32BE without a mark", utf32be, /^: it is text in UTF-32BE/],
    [
      "CSV of an old Mac",
      bytes("a,b\r1,2\r"),
      /^: its lines end in a carriage return alone; convert it: tr '\\r' '\\n' </,
    ],
  ])("%s", async (_, stored, message) => {
    expect(await complaint(stored)).toMatch(message);
    if (compressionOf(stored) === undefined) expect(await complaint(gzipSync(stored))).toMatch(message);
    // A message is one line of some length.
    expect((await complaint(stored)).length).toBeLessThan(300);
  });

  it("the commands that the system has make a file that is read", async () => {
    const commands = { bzip2: ["-c"], xz: ["-c"], iconv: ["-f", "UTF-8", "-t", "UTF-16"] };
    for (const [command, args] of Object.entries(commands)) {
      if (!hasCommand(command)) continue;
      const refused = await complaint(through(command, args, Buffer.from(query)));
      const convert = /convert it: (.*)$/.exec(refused)?.[1] ?? "";
      execFileSync("sh", ["-c", convert], { cwd: folder });
      expect((await read(join(folder, "out.jsonl"))).rows.map(({ record }) => record)).toEqual([{ query: "q" }]);
    }
  });

  it.each(["PARENT,b\n1,2\n", "ORC_id,b\n1,2\n", "BZh9,b\n1,2\n", "PAR1,b\n1,2\n", "Obj,b\n1,2\n", "x: y,b\n1,2\n"])(
    "but %j is CSV",
    async (text) => {
      expect(await read(written(text))).toMatchObject({ kind: "CSV", rows: [{}] });
    },
  );

  it("a name that a shell reads otherwise stays out of the command", async () => {
    const file = join(folder, "a b';$(x).yaml");
    writeFileSync(file, "---\n");
    expect((await read(file)).complaint).toMatch(/< FILE > out.json$/);
  });
});

describe("a file that is none, or a text with a fault, is refused at its place after the rows before it", () => {
  it.each([
    [folder, "it is a folder"],
    [join(folder, "absent"), "there is no such file or folder"],
    [join(folder, "f0", "x"), "a part of its path is no folder"],
    [join(folder, "x".repeat(300)), "its name is too long"],
  ])("%s", async (file, reason) => {
    writeFileSync(join(folder, "f0"), "");
    expect((await read(file)).complaint).toBe(`${file}: ${reason}`);
  });

  it.each<readonly [string | Buffer, number, string]>([
    ["", 0, ""],
    ["\n \r\n\n", 0, ""],
    ["\ufeff", 0, ""],
    ["[]", 0, ""],
    [" [\n]\n", 0, ""],
    ["a,b\n", 0, ""],
    ["abc\n", 0, ":1: the line is not JSON (Unexpected token"],
    ["\n\nabc\n", 0, ":3: the line is not JSON (Unexpected token"],
    ['{"a":1}\nabc\n', 1, ":2: the line is not JSON (Unexpected token"],
    ['{"a":1}\n{"a"\n', 1, ":2: the line is not JSON"],
    ['{"a":"b\n', 0, ":1: the line is not JSON"],
    ['{"a":1}}\n', 0, ":1: the line is not JSON"],
    ['{"a":1,"a":2}\n', 0, ':1: the key "a" is given twice in one object'],
    [Buffer.from('{"a":1}\n{"a":"\xff"}\n', "latin1"), 1, ":2: the line is not UTF-8"],
    ["[1,2\n,\n3", 2, ":3: the array does not end: it is cut off, or its brackets do not match"],
    ["[1,2\n,\n", 2, ":3: the array does not end: it is cut off, or its brackets do not match"],
    ['[1,\n{"a":[}]\n', 1, ":2: the array does not end: it is cut off, or its brackets do not match"],
    ["[1,2}", 1, ":1: the array does not end: it is cut off, or its brackets do not match"],
    ["[1,\n2,]", 2, ":2: element 3: the value is not JSON (Unexpected end"],
    ["[1,,2]", 1, ":1: element 2: the value is not JSON (Unexpected end"],
    ["[1\n2]", 0, ":1: the value is not JSON (Unexpected"],
    ['[{"a":1,\n"a":2}]', 0, ':1: the key "a" is given twice in one object'],
    ["[1]\n\n[2]\n", 1, ":3: something follows the end of the array"],
    [Buffer.from('[1,\n"\xff"]', "latin1"), 1, ":2: the value is not UTF-8"],
    ['{\n"a":1', 0, ":1: the object that begins here does not end: it is cut off, or its brackets do not match"],
    [
      '{\n"a":1}\n{"a":\n',
      1,
      ":3: the object that begins here does not end: it is cut off, or its brackets do not match",
    ],
    ['{\n"a":1}\nx{"a":1}\n', 1, ":3: the value is not JSON (Unexpected token"],
    ["a,b\n1,2\n1\n", 1, ":3: the number of fields is 1, and 2 in the header"],
    ["a,b\n1,2\n\n1,2,3\n", 1, ":4: the number of fields is 3, and 2 in the header"],
    ["\na, a \n1,2\n", 0, ':2: the header gives the column "a" twice'],
    ['a,b\n1,"2\n3,4\n', 0, ":2: a quote of this record is not closed; a field with a quote is put in quotes"],
    ['a,"b\n1,2\n3,4\n', 0, ":1: a quote of this record is not closed; a field with a quote is put in quotes"],
    ['a,b\n1,2\n3,4" x "\n', 1, ":3: a quote stands in a field that does not begin with one; a field with"],
    ['a,b\n1,"2"\n3,"4"5\n6,"7"\n', 1, ":3: something stands between a closing quote and the end of its field; a"],
    [Buffer.from("a,b\n1,2\n1,\xff\n", "latin1"), 1, ":3: the line is not UTF-8"],
  ])("%j", async (text, count, message) => {
    const file = written(text);
    const { rows, complaint = file } = await read(file);
    expect(complaint.slice(0, file.length + message.length)).toBe(file + message);
    expect(rows).toHaveLength(count);
    if (complaint !== file) expect(complaint.split(file)).toHaveLength(2);
  });

  it("a column without a name is left out, whitespace around names too, and an empty field is undefined", async () => {
    const { rows, stated } = await read(written(', x , __proto__\n0,"",y\n1, z,""\n'));
    expect(stated).toEqual(["x", "__proto__"]);
    const found = rows.map(({ record }) => Object.entries(record as object));
    expect(found).toEqual([
      [
        ["x", undefined],
        ["__proto__", "y"],
      ],
      [
        ["x", " z"],
        ["__proto__", undefined],
      ],
    ]);
  });

  it.each(['{"a":"', '["', '{\n"a":"', 'a,b\n1,"'])(
    "a text without an end after %j does not fill the memory",
    async (head) => {
      const file = written(head);
      const filler = "x".repeat(2 ** 20);
      for (let i = 0; i < 66; i++) writeFileSync(file, filler, { flag: "a" });
      const { complaint } = await read(file);
      expect(complaint).toMatch(/:\d+: the (line|value) is longer than 64 MiB$/);
    },
  );
});

test.prop([fc.uint8Array({ maxLength: 200 }), sizes])(
  "XXH64 is that of hyparquet, in whatever pieces the bytes come",
  (bytes, sizes) => {
    const hash = new XxHash64();
    for (const part of parts(Buffer.from(bytes), sizes)) hash.update(part);
    expect(hash.digest()).toBe(xxhash64(bytes));
  },
);

test("XXH64 of the texts whose hashes are published", () => {
  for (const [text, published] of [
    ["", 0xef46db3751d8e999n],
    ["a", 0xd24ec4f1a98c6e5bn],
    ["abc", 0x44bc2cf5ad770999n],
  ] as const) {
    const hash = new XxHash64();
    hash.update(Buffer.from(text));
    expect(hash.digest()).toBe(published);
  }
});
