import { createReadStream, open as openDescriptor } from "node:fs";
import { type FileHandle, open, stat, unlink } from "node:fs/promises";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addAbortSignal, type Readable } from "node:stream";
import { promisify } from "node:util";
import { fileError } from "../fileError.js";
import type { FileBytes, PipeBytes } from "./bytes.js";

/** Bytes read from a file at once: with fewer the calls of the system take as long as the parser. */
const CHUNK = 2 ** 18;

/** Opens a file, a pipe, or standard input for `-`. */
export async function openSource(file: string, name: string): Promise<FileSource | PipeSource> {
  // By its path the system would open standard input anew, which it does not do for a socket.
  if (file === "-" || file === "/dev/stdin") return new PipeSource(process.stdin, name);
  try {
    const kind = await stat(file);
    if (kind.isDirectory()) throw Object.assign(new Error(), { code: "EISDIR" });
    if (kind.isFile()) return new FileSource(await open(file), name, kind.size);
    // A pipe read like a file would keep the process from ending before its writer does.
    if (kind.isFIFO()) return new PipeSource(new Socket({ fd: await promisify(openDescriptor)(file, "r") }), name);
    return new PipeSource(createReadStream(file), name);
  } catch (error) {
    throw fileError(name, error);
  }
}

/** Everything that comes from a pipe, kept in a temporary file. */
export async function spooled(pipe: PipeSource, signal: AbortSignal | undefined): Promise<FileSource> {
  let handle: FileHandle | undefined;
  try {
    const path = join(tmpdir(), `exptilt-${process.pid}-${Math.random().toString(36).slice(2)}`);
    handle = await open(path, "wx+", 0o600);
    // Without a name the file goes when the process does, however that ends.
    await unlink(path);
    let size = 0;
    for await (const chunk of pipe.bytes(signal)) {
      for (let from = 0; from < chunk.length; ) {
        const { bytesWritten } = await handle.write(chunk, from, chunk.length - from, size + from);
        from += bytesWritten;
      }
      size += chunk.length;
    }
    await pipe.close();
    return new FileSource(handle, pipe.name, size);
  } catch (error) {
    await handle?.close();
    await pipe.close();
    throw signal?.aborted ? signal.reason : fileError(tmpdir(), error);
  }
}

export class FileSource implements FileBytes {
  readonly name: string;
  readonly size: number;
  readonly #handle: FileHandle;
  position = 0;

  constructor(handle: FileHandle, name: string, size: number) {
    this.#handle = handle;
    this.name = name;
    this.size = size;
  }

  async *bytes(signal?: AbortSignal): AsyncGenerator<Buffer> {
    for (this.position = 0; ; ) {
      signal?.throwIfAborted();
      const chunk = await this.#read(this.position, CHUNK);
      if (chunk.length === 0) return;
      this.position += chunk.length;
      yield chunk;
    }
  }

  async part(start: number, end: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for (let at = start; at < end; ) {
      const piece = await this.#read(at, end - at);
      if (piece.length === 0) break;
      pieces.push(piece);
      at += piece.length;
    }
    return pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  async #read(position: number, length: number): Promise<Buffer> {
    try {
      const { bytesRead, buffer } = await this.#handle.read(Buffer.allocUnsafeSlow(length), 0, length, position);
      return buffer.subarray(0, bytesRead);
    } catch (error) {
      throw fileError(this.name, error);
    }
  }
}

class PipeSource implements PipeBytes {
  readonly name: string;
  readonly size = undefined;
  readonly #stream: Readable;
  readonly #signals: AbortSignal[] = [];
  position = 0;

  constructor(stream: Readable, name: string) {
    this.#stream = stream;
    this.name = name;
  }

  heed(signal: AbortSignal): void {
    this.#signals.push(signal);
    addAbortSignal(signal, this.#stream);
  }

  async *bytes(signal?: AbortSignal): AsyncGenerator<Buffer> {
    if (signal !== undefined) this.heed(signal);
    try {
      for await (const chunk of this.#stream) {
        this.position += chunk.length;
        yield chunk;
      }
    } catch (error) {
      const raised = this.#signals.find(({ aborted }) => aborted);
      throw raised === undefined ? fileError(this.name, error) : raised.reason;
    }
  }

  async close(): Promise<void> {
    this.#stream.destroy();
  }
}
