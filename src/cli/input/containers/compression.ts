import { InputError } from "../inputError.js";
import { Gunzip } from "./gunzip.js";
import { XxHash64 } from "./xxHash64.js";
import { FrameSplitter } from "./zstdFrames.js";

/** How the bytes of a file are compressed. */
export type Compression = "gzip" | "Zstandard";

/** The compression that a file's first bytes tell. */
export function compressionOf(head: Uint8Array): Compression | undefined {
  if (head[0] === 0x1f && head[1] === 0x8b) return "gzip";
  const [a, b, c, d] = head;
  if (b === 0xb5 && c === 0x2f && d === 0xfd && a === 0x28) return "Zstandard";
  // A frame of Zstandard that holds no data of the file, before the one that does.
  return a >> 4 === 5 && b === 0x2a && c === 0x4d && d === 0x18 ? "Zstandard" : undefined;
}

/** The decompressed bytes. An error comes after all bytes before it. */
export function decompressed(
  bytes: AsyncGenerator<Uint8Array>,
  compression: Compression | undefined,
  name: string,
): AsyncGenerator<Uint8Array> {
  if (compression === undefined) return bytes;
  return compression === "gzip" ? gunzipped(bytes, name) : unzstandarded(bytes, name);
}

/** The error of compressed bytes that end too early, or are not what was compressed. */
function bad(name: string, compression: Compression, cutOff: boolean): InputError {
  return new InputError(
    cutOff
      ? `${name}: it is cut off: its ${compression} data have no end`
      : `${name}: it is damaged: its ${compression} data cannot be decompressed from here on`,
  );
}

/** Compressed bytes that are decompressed at once: a thousand times as many may come of them. */
const PIECE = 2 ** 14;

async function* inPieces(bytes: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes)
    for (let start = 0; start < chunk.length; start += PIECE) yield chunk.subarray(start, start + PIECE);
}

/** The checksum and the length at the end of a member. */
const TRAILER = 8;

/** The same bytes, the last of them by themselves. */
async function* trailerApart(bytes: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held = Buffer.alloc(0);
  for await (const piece of bytes) {
    const all = Buffer.concat([held, piece]);
    held = all.subarray(Math.max(0, all.length - TRAILER));
    yield all.subarray(0, all.length - held.length);
  }
  yield held;
}

async function* gunzipped(bytes: AsyncGenerator<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const gunzip = new Gunzip();
  try {
    // With its error it drops what it has decompressed of the last piece: that must not be all of a short file.
    for await (const piece of trailerApart(inPieces(bytes))) {
      yield* await gunzip.write(piece);
      if (gunzip.failed !== undefined) break;
    }
    if (gunzip.failed === undefined) yield* await gunzip.end();
    if (gunzip.failed !== undefined) throw bad(name, "gzip", gunzip.failed === "cut off");
  } finally {
    gunzip.close();
  }
}

async function* unzstandarded(bytes: AsyncGenerator<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const { Decompress, ZstdErrorCode } = await import("fzstd");
  let done: Uint8Array[] = [];
  // A frame has its own decompressor, which gives all that it has of the frame only when it is told of the end.
  const begin = () => ({ zstd: new Decompress((piece) => done.push(piece)), hash: new XxHash64() });
  let frame = begin();
  const take = (part: Uint8Array, isLast: boolean): Error | undefined => {
    done = [];
    try {
      frame.zstd.push(part, isLast);
    } catch (error) {
      return bad(name, "Zstandard", (error as { code?: number }).code === ZstdErrorCode.UnexpectedEOF);
    } finally {
      for (const piece of done) frame.hash.update(piece);
    }
    return undefined;
  };
  const frames = new FrameSplitter(name);
  for await (const piece of inPieces(bytes)) {
    for (const { part, ends, checksum } of frames.split(piece)) {
      const error = take(part, ends);
      yield* done;
      if (error !== undefined) throw error;
      if (!ends) continue;
      // The decompressor does not look at it.
      if (checksum !== undefined && checksum !== Number(frame.hash.digest() & 0xffffffffn))
        throw bad(name, "Zstandard", false);
      frame = begin();
    }
  }
  const error = take(new Uint8Array(), true);
  yield* done;
  if (error !== undefined) throw error;
}
