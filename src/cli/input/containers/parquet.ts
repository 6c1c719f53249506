import { isUtf8 } from "node:buffer";
import type { AsyncBuffer, FileMetaData, RowGroup } from "hyparquet";
import { InputError } from "../inputError.js";
import { MAX_DEPTH } from "../jsonText.js";
import type { Reader, Row } from "./container.js";
import { pageCheck } from "./parquetPages.js";

/** Bytes of which any part can be read. */
export interface Parts {
  readonly size: number;
  /** How far the current pass has come. */
  position: number;
  part(start: number, end: number): Promise<Buffer>;
}

/** Parquet. Of a row group only the columns that are needed are read. */
export async function parquet(parts: Parts, name: string): Promise<Reader> {
  const { parquetMetadataAsync, parquetScan, parquetSchema } = await import("hyparquet");
  const { compressors } = await import("hyparquet-compressors");
  const file = asyncBuffer(parts);
  await refuseIncomplete(parts, name);
  const refused = `${name}: it is Parquet, but the list of its columns cannot be read: it is damaged`;
  const [metadata, schema] = await inOurWords(refused, async () => {
    const metadata = await parquetMetadataAsync(file);
    return [metadata, parquetSchema(metadata)] as const;
  });
  const known = schema.children.map(({ element }) => element.name);
  if (metadata.row_groups.some(({ columns }) => columns.some((chunk) => chunk.crypto_metadata !== undefined)))
    throw new InputError(`${name}: it is Parquet with encrypted columns; decrypt it with what wrote it`);

  const check = await pageCheck(file, schema, compressors);

  return {
    kind: "Parquet",
    columns: known,
    async *rows(signal?: AbortSignal, columns = known): AsyncGenerator<Row> {
      const needed = known.filter((column) => columns.includes(column));
      const blank = Object.fromEntries(needed.map((column) => [column, null as unknown]));
      let checked: RowGroup | undefined;
      for (const { group, rowStart, rowEnd } of pieces(metadata, needed)) {
        signal?.throwIfAborted();
        parts.position = Math.round((parts.size * rowStart) / Number(metadata.num_rows));
        const refused = `${name}: row ${rowStart + 1}: it and what follows cannot be decoded: the file is damaged, or uses a part of Parquet that is not read`;
        const data = await inOurWords(refused, async () => {
          const range = { rowStart, rowEnd };
          if (group !== checked) await check(group, needed);
          checked = group;
          const scan = await parquetScan({ file, metadata, columns: needed, compressors, parsers: PARSERS, ...range });
          const data = await Promise.all(needed.map((column) => scan.readColumn({ column, ...range })));
          if (data.some(({ length }) => length !== rowEnd - rowStart)) throw new Error("values are missing");
          return data;
        });
        for (let i = 0; i < rowEnd - rowStart; i++) {
          const record = { ...blank };
          const place = `${name}: row ${rowStart + i + 1}`;
          for (const [j, column] of needed.entries()) record[column] = plain(data[j][i], place);
          yield { record, place };
        }
      }
      parts.position = parts.size;
    },
  };
}

/** A text as it is: the library's decoder leaves out a byte order mark. Bytes that are no text stay bytes. */
const PARSERS = {
  stringFromBytes(bytes: Uint8Array | undefined) {
    return bytes && isUtf8(bytes) ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString() : bytes;
  },
};

/** Rows that are held at once, where a row group can be read in pieces. */
const PIECE = 2 ** 16;

/** Rows of a row group. */
interface Piece {
  readonly group: RowGroup;
  readonly rowStart: number;
  readonly rowEnd: number;
}

/** Row groups, or pieces of them. Of a nested column without an index of pages each piece would be decoded from the first row. */
function* pieces(metadata: FileMetaData, needed: readonly string[]): Generator<Piece> {
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const { columns, num_rows } = group;
    const end = rowStart + Number(num_rows);
    const whole = columns.some(({ meta_data, offset_index_offset }) => {
      const path = meta_data?.path_in_schema ?? [];
      return path.length > 1 && needed.includes(path[0]) && offset_index_offset === undefined;
    });
    while (rowStart < end) {
      const rowEnd = whole ? end : Math.min(end, rowStart + PIECE);
      yield { group, rowStart, rowEnd };
      rowStart = rowEnd;
    }
  }
}

const isPlain = (value: unknown): boolean => typeof value === "number" || typeof value === "string";

/** The value as JSON has it. A whole number of 64 bits that no double holds becomes text. */
function plain(value: unknown, place: string, depth = 0): unknown {
  if (value === undefined) return null;
  if (typeof value === "object" && value !== null && depth >= MAX_DEPTH)
    throw new InputError(`${place}: a value is nested deeper than ${MAX_DEPTH} levels`);
  if (typeof value === "bigint") return value >= -(2n ** 53n) && value <= 2n ** 53n ? Number(value) : String(value);
  if (Array.isArray(value)) return value.every(isPlain) ? value : value.map((item) => plain(item, place, depth + 1));
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item, place, depth + 1)]));
}

/** More than a buffer of Node holds on some systems. */
const MAX_IN_MEMORY = 2 ** 31;

/** The bytes of a stream as a whole. */
export async function inMemory(bytes: AsyncIterable<Uint8Array>, name: string): Promise<Parts> {
  const all: Uint8Array[] = [];
  let size = 0;
  for await (const piece of bytes) {
    size += piece.length;
    if (size > MAX_IN_MEMORY)
      throw new InputError(`${name}: it is Parquet of more than 2 GiB: give it as a file that is not compressed`);
    all.push(piece);
  }
  const whole = Buffer.concat(all);
  return { size, position: 0, part: async (start, end) => whole.subarray(start, end) };
}

/** What Parquet begins and ends with. */
const MAGIC = "PAR1";

async function refuseIncomplete(parts: Parts, name: string): Promise<void> {
  const { size } = parts;
  const end = (await parts.part(Math.max(0, size - 4), size)).toString("latin1");
  if (size < 3 * MAGIC.length || end !== MAGIC)
    throw new InputError(`${name}: it is Parquet that is cut off: the list of its columns, at its end, is missing`);
}

function asyncBuffer(parts: Parts): AsyncBuffer {
  return {
    byteLength: parts.size,
    async slice(start, end = parts.size) {
      if (!(start >= 0 && start <= end && end <= parts.size)) throw new Error("the file has no such part");
      const { buffer, byteOffset, length } = await parts.part(start, end);
      return buffer.slice(byteOffset, byteOffset + length) as ArrayBuffer;
    },
  };
}

/** Runs what may throw errors of the library, and gives them a text. */
async function inOurWords<T>(text: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof InputError ? error : new InputError(text);
  }
}
