import type { FileBytes } from "../../src/cli/input/containers/bytes.js";
import { InputError } from "../../src/cli/input/inputError.js";

/** Bytes that are read at once. */
const CHUNK = 2 ** 20;

/** The bytes of a file that the page was given. */
export class GivenFile implements FileBytes {
  readonly name: string;
  readonly size: number;
  position = 0;
  readonly #file: File;

  constructor(file: File) {
    this.name = file.name;
    this.size = file.size;
    this.#file = file;
  }

  async *bytes(signal?: AbortSignal): AsyncGenerator<Buffer> {
    for (this.position = 0; this.position < this.size; ) {
      signal?.throwIfAborted();
      const chunk = await this.part(this.position, this.position + CHUNK);
      this.position += chunk.length;
      yield chunk;
    }
  }

  async part(start: number, end: number): Promise<Buffer> {
    try {
      return Buffer.from(await this.#file.slice(start, end).arrayBuffer());
    } catch {
      throw new InputError(`${this.name}: it cannot be read: it is a folder, or was changed or removed`);
    }
  }

  async close(): Promise<void> {}
}
