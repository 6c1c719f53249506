/** The first bytes of a stream, and all of its bytes. */
export interface Ahead {
  readonly head: Buffer;
  readonly all: AsyncGenerator<Uint8Array>;
}

/** Reads ahead until what was read is enough to tell the format, or the stream ends or fails. */
export async function readAhead(
  bytes: AsyncGenerator<Uint8Array>,
  isEnough: (head: Buffer) => boolean,
): Promise<Ahead> {
  const pieces: Uint8Array[] = [];
  let [size, looked] = [0, 0];
  let end: { readonly error?: unknown } | undefined;
  while (end === undefined) {
    try {
      const { value, done } = await bytes.next();
      if (done) end = {};
      else {
        pieces.push(value);
        size += value.length;
      }
    } catch (error) {
      end = { error };
    }
    // Looks again when there is twice as much, so that a long head costs no more than its length.
    if (size < 2 * looked) continue;
    looked = size;
    if (size > 0 && isEnough(Buffer.concat(pieces))) break;
  }
  return { head: Buffer.concat(pieces), all: again(pieces, bytes, end) };
}

/** What was read, and then what follows: an error that has come already comes after all bytes before it. */
async function* again(
  pieces: Uint8Array[],
  rest: AsyncGenerator<Uint8Array>,
  end: { readonly error?: unknown } | undefined,
): AsyncGenerator<Uint8Array> {
  try {
    for (let piece = pieces.shift(); piece !== undefined; piece = pieces.shift()) yield piece;
    if (end === undefined) yield* rest;
    else if (end.error !== undefined) throw end.error;
  } finally {
    await rest.return(undefined);
  }
}
