import { createGunzip } from "node:zlib";

/** Decompresses gzip, a piece at a time. */
export class Gunzip {
  /** What is wrong with the bytes so far. */
  failed: "cut off" | "damaged" | undefined;
  readonly #gunzip = createGunzip({ chunkSize: 2 ** 16 });
  // As a stream that is piped it would drop, with its error, what it has decompressed before.
  readonly #done: Buffer[] = [];
  #wake = () => {};

  constructor() {
    this.#gunzip.on("data", (piece: Buffer) => this.#done.push(piece));
    this.#gunzip.on("error", ({ code }: NodeJS.ErrnoException) => {
      this.failed = code === "Z_BUF_ERROR" ? "cut off" : "damaged";
    });
    this.#gunzip.on("close", () => this.#wake());
  }

  /** What the bytes up to the end of this piece give. */
  write(piece: Uint8Array): Promise<Uint8Array[]> {
    return this.#step(() => this.#gunzip.write(piece, () => this.#wake()));
  }

  /** The bytes have ended. */
  end(): Promise<Uint8Array[]> {
    return this.#step(() => this.#gunzip.end());
  }

  close(): void {
    this.#gunzip.destroy();
  }

  async #step(start: () => void): Promise<Uint8Array[]> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      start();
    });
    return this.#done.splice(0);
  }
}
