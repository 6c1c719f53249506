/** Takes a stream apart: adds to `out` what ends in each piece of it, and at last what ends with the stream. */
export interface Splitter<Piece, Part> {
  take(piece: Piece, out: Part[]): void;
  end(out: Part[]): void;
}

/**
 * The parts of a stream, those that end in one piece together: a step of a stream costs more than most parts. What the
 * splitter throws comes after all parts before it.
 */
export async function* batchesOf<Piece, Part>(
  stream: AsyncIterable<Piece>,
  splitter: Splitter<Piece, Part>,
): AsyncGenerator<Part[]> {
  for await (const piece of stream) yield* batch<Part>((out) => splitter.take(piece, out));
  yield* batch<Part>((out) => splitter.end(out));
}

function* batch<Part>(fill: (out: Part[]) => void): Generator<Part[]> {
  const out: Part[] = [];
  let refused: { readonly error: unknown } | undefined;
  try {
    fill(out);
  } catch (error) {
    refused = { error };
  }
  if (out.length > 0) yield out;
  if (refused !== undefined) throw refused.error;
}
