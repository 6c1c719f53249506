/** What a file of gzip, and each further member of it, begins with. */
const MEMBER = [0x1f, 0x8b, 0x08];

/** The size of a member's content, at its end, in bytes. */
const SIZE = 4;

/**
 * Decompresses gzip with what the browser has, a piece at a time. The browser reads one member, and a file may have several: each
 * ends with the size of its content, and only where that is the size of what came of it another one can begin.
 */
export class Gunzip {
  /** What is wrong with the bytes so far. */
  failed: "cut off" | "damaged" | undefined;
  #member = new Member();
  /** The bytes before the next ones: the last of them are held back, since a member may begin with them. */
  #before = new Uint8Array();
  readonly #done: Uint8Array[] = [];

  /** What the bytes up to the end of this piece give. */
  async write(piece: Uint8Array): Promise<Uint8Array[]> {
    const bytes = new Uint8Array(this.#before.length + piece.length);
    bytes.set(this.#before);
    bytes.set(piece, this.#before.length);
    const held = MEMBER.length - 1;
    let start = Math.max(0, this.#before.length - held);
    for (let at = start; at < bytes.length - held; at++) {
      if (!MEMBER.every((byte, i) => bytes[at + i] === byte) || at < SIZE) continue;
      const size = new DataView(bytes.buffer).getUint32(at - SIZE, true);
      await this.#write(bytes.subarray(start, at));
      start = at;
      if (this.#member.written < SIZE || (await this.#member.size()) % 2 ** 32 !== size) continue;
      await this.#end();
      this.#member = new Member();
    }
    const end = Math.max(start, bytes.length - held);
    // Those held back by themselves: with an error in the piece what comes of them would be lost.
    const own = Math.min(Math.max(start, this.#before.length), end);
    await this.#write(bytes.subarray(start, own));
    await this.#write(bytes.subarray(own, end));
    this.#before = bytes.slice(Math.max(0, end - SIZE));
    return this.#take();
  }

  /** The bytes have ended. */
  async end(): Promise<Uint8Array[]> {
    await this.#write(this.#before.subarray(-Math.min(MEMBER.length - 1, this.#before.length)));
    await this.#end();
    return this.#take();
  }

  close(): void {
    this.#member.close();
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (this.failed === undefined && bytes.length > 0 && !(await this.#member.write(bytes))) this.failed = "damaged";
  }

  async #end(): Promise<void> {
    if (this.failed === undefined && !(await this.#member.end())) this.failed = "cut off";
    this.#done.push(...this.#member.take());
  }

  #take(): Uint8Array[] {
    return [...this.#done.splice(0), ...this.#member.take()];
  }
}

/** The browser's decompressor at one member. */
class Member {
  readonly #stream = new DecompressionStream("gzip");
  readonly #writer = this.#stream.writable.getWriter();
  readonly #read = this.#readAll();
  readonly #done: Uint8Array[] = [];
  #size = 0;
  /** The bytes that were written. */
  written = 0;

  /** Takes bytes, and tells whether they are good. */
  async write(bytes: Uint8Array): Promise<boolean> {
    this.written += bytes.length;
    return holds(this.#writer.write(bytes as Uint8Array<ArrayBuffer>), this.#read);
  }

  /** The size of what the bytes so far give. What is written waits until all before it is read, also where it is nothing. */
  async size(): Promise<number> {
    await this.write(new Uint8Array());
    return this.#size;
  }

  /** Ends the member, and tells whether it is whole. */
  async end(): Promise<boolean> {
    return (await this.write(new Uint8Array())) && (await holds(this.#writer.close(), this.#read));
  }

  /** What was decompressed since the last call. */
  take(): Uint8Array[] {
    return this.#done.splice(0);
  }

  close(): void {
    this.#writer.abort().catch(() => {});
    this.#read.catch(() => {});
  }

  async #readAll(): Promise<void> {
    const reader = this.#stream.readable.getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      this.#size += next.value.length;
      this.#done.push(next.value);
    }
  }
}

/** Whether a step succeeds; where it does not, all is read that came before it. */
async function holds(step: Promise<void>, read: Promise<void>): Promise<boolean> {
  return step.then(
    () => true,
    () =>
      read.then(
        () => false,
        () => false,
      ),
  );
}
