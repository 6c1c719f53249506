/** Of Node's Buffer what the readers of the command line call, for a browser. */
export class Buffer extends Uint8Array {
  /** Of bytes that are there, without a copy. */
  static override readonly from = ((bytes: ArrayBuffer, offset?: number, length?: number) =>
    new Buffer(bytes, offset, length)) as unknown as typeof Uint8Array.from;

  static alloc(size: number): Buffer {
    return new Buffer(size);
  }

  static concat(pieces: readonly Uint8Array[]): Buffer {
    const all = new Buffer(pieces.reduce((size, { length }) => size + length, 0));
    let at = 0;
    for (const piece of pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }

  override toString(encoding: "utf8" | "latin1" = "utf8", start = 0, end: number = this.length): string {
    const bytes = this.subarray(start, end);
    return encoding === "utf8" ? UTF8.decode(bytes) : latin1(bytes);
  }

  readUIntLE(at: number, bytes: number): number {
    let value = 0;
    for (let i = bytes - 1; i >= 0; i--) value = value * 256 + this[at + i];
    return value;
  }

  readUInt32LE(at = 0): number {
    return this.readUIntLE(at, 4);
  }

  readBigUInt64LE(at = 0): bigint {
    return new DataView(this.buffer, this.byteOffset).getBigUint64(at, true);
  }
}

const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });
const STRICT = new TextDecoder("utf-8", { fatal: true });

/** As many characters as one call may make. */
const CHARACTERS = 4096;

/** A character a byte. The decoder that is called latin1 is that of Windows, which has others from 0x80 to 0x9f. */
function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += CHARACTERS)
    text += String.fromCharCode.apply(null, bytes.subarray(at, at + CHARACTERS) as unknown as number[]);
  return text;
}

export function isAscii(bytes: Uint8Array): boolean {
  let all = 0;
  for (let i = 0; i < bytes.length; i++) all |= bytes[i];
  return all < 0x80;
}

export function isUtf8(bytes: Uint8Array): boolean {
  try {
    STRICT.decode(bytes);
    return true;
  } catch {
    return false;
  }
}
