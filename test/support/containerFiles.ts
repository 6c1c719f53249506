/** Records as files of every format, written by hand where no other writer is at hand, to be read by the containers. */
import { execFileSync, spawnSync } from "node:child_process";
import { gzipSync } from "node:zlib";
import { xxhash64 } from "hyparquet/src/xxhash.js";
import { parquetWriteBuffer } from "hyparquet-writer";

type SchemaElement = NonNullable<Parameters<typeof parquetWriteBuffer>[0]["schema"]>[number];

/** The same fields in every format. */
export interface Sample {
  readonly id: number;
  readonly text: string;
  readonly score: number | null;
  readonly big: bigint;
  readonly passed: boolean;
  readonly tags: readonly (number | null)[];
  readonly nested: { readonly a: string | null; readonly b: number };
}

/** As JSON has it: a whole number beyond 2^53 as text. */
export const record = ({ big, ...rest }: Sample) => ({
  ...rest,
  big: big >= -(2n ** 53n) && big <= 2n ** 53n ? Number(big) : `${big}`,
});

/** A text, and the line on which each record begins. */
export interface Text {
  readonly text: string;
  readonly lines: readonly number[];
}

/** The pieces of a text one after the other, a record in each; `before` and `after` stand around them. */
export function text(before: string, pieces: readonly string[], between: string, after: string): Text {
  const lines: number[] = [];
  let all = before;
  for (const [i, piece] of pieces.entries()) {
    if (i > 0) all += between;
    lines.push(all.split("\n").length);
    all += piece;
  }
  return { text: all + after, lines };
}

/** A table with quotes where they are needed. */
export function table(rows: readonly (readonly string[])[], delimiter: string, newline: string): Text {
  const field = (x: string) => (/[",\t\r\n]/.test(x) ? `"${x.replaceAll('"', '""')}"` : x);
  const [header, ...rest] = rows.map((row) => row.map(field).join(delimiter));
  return text(`${header}${newline}`, rest, newline, newline);
}

const leaf = (
  name: string,
  type: NonNullable<SchemaElement["type"]> | undefined,
  more: Partial<SchemaElement> = {},
  repetition_type: "OPTIONAL" | "REQUIRED" | "REPEATED" = "OPTIONAL",
): SchemaElement => ({ name, ...(type && { type }), repetition_type, ...more });

const SCHEMA: SchemaElement[] = [
  { name: "root", num_children: 7 },
  leaf("id", "INT32", {}, "REQUIRED"),
  leaf("text", "BYTE_ARRAY", { converted_type: "UTF8" }),
  leaf("score", "DOUBLE"),
  leaf("big", "INT64"),
  leaf("passed", "BOOLEAN"),
  leaf("tags", undefined, { converted_type: "LIST", num_children: 1 }),
  leaf("list", undefined, { num_children: 1 }, "REPEATED"),
  leaf("element", "DOUBLE"),
  leaf("nested", undefined, { num_children: 2 }),
  leaf("a", "BYTE_ARRAY", { converted_type: "UTF8" }),
  leaf("b", "DOUBLE"),
];

export function parquetFile(
  samples: readonly Sample[],
  codec: "SNAPPY" | "UNCOMPRESSED",
  rowGroupSize: number,
  offsetIndex = true,
): Buffer {
  const names = ["id", "text", "score", "big", "passed", "tags", "nested"] as const;
  const columnData = names.map((name) => ({ name, data: samples.map((sample) => sample[name]), offsetIndex }));
  return Buffer.from(parquetWriteBuffer({ schema: SCHEMA, columnData, codec, rowGroupSize }));
}

/** Bytes cut into parts of some sizes, again and again; there is at least one part. */
export function parts(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const out: Buffer[] = [];
  for (let at = 0, i = 0; at < bytes.length || i === 0; i++) {
    const size = sizes[i % sizes.length];
    out.push(bytes.subarray(at, at + size));
    at += size;
  }
  return out;
}

/** A member of gzip for each part. */
export const gzipFile = (of: readonly Buffer[]): Buffer => Buffer.concat(of.map((part) => gzipSync(part)));

/**
 * Zstandard by hand (RFC 8878): for each part a frame of raw blocks with a window of 128 KiB, and a skippable frame between
 * them. Where all bytes of a block are one, the block says how many.
 */
export function zstdFile(of: readonly Buffer[], blockSize = 1000, checksum = false): Buffer {
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, checksum ? 4 : 0, 7 << 3]);
  const skippable = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
  const frames = of.map((part) => {
    const blocks = parts(part, [blockSize]);
    const written = blocks.flatMap((block, i) => {
      const isRepeated = block.length > 1 && block.every((byte) => byte === block[0]);
      const head = (block.length << 3) | (Number(isRepeated) << 1) | Number(i === blocks.length - 1);
      return [Buffer.from([head & 255, (head >> 8) & 255, head >> 16]), isRepeated ? block.subarray(0, 1) : block];
    });
    const hash = Buffer.alloc(checksum ? 4 : 0);
    if (checksum) hash.writeUInt32LE(Number(xxhash64(part) & 0xffffffffn));
    return Buffer.concat([header, ...written, hash]);
  });
  return Buffer.concat(frames.flatMap((frame, i) => (i === 0 ? [frame] : [skippable, frame])));
}

/** Whether the system has a command. */
export const hasCommand = (name: string): boolean => spawnSync(name, ["--version"]).status === 0;

/** What a command of the system makes of the bytes. */
export const through = (command: string, args: readonly string[], input: Buffer): Buffer =>
  execFileSync(command, args, { input, maxBuffer: 2 ** 30 });
