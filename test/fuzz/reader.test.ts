import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { type Query, readQueries } from "../../src/cli/dataset.js";
import { InputError } from "../../src/cli/inputError.js";
import { fileBytes } from "../support/hostile.js";

const RUNS = Number(process.env.FUZZ_RUNS ?? 2000);

interface Reading {
  readonly queries: Query[];
  readonly error?: unknown;
}

async function read(chunks: readonly Uint8Array[]): Promise<Reading> {
  const queries: Query[] = [];
  try {
    for await (const query of readQueries(stream(chunks), "f")) queries.push(query);
  } catch (error) {
    return { queries, error };
  }
  return { queries };
}

async function* stream(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

const counts = { inputs: 0, refused: 0, queries: 0 };
afterAll(() => console.log("reader", counts));

it("reader", async () => {
  await fc.assert(
    fc.asyncProperty(fileBytes, fc.integer({ min: 1, max: 9 }), async (bytes, size) => {
      counts.inputs++;
      const whole = await read([bytes]);
      counts.queries += whole.queries.length;
      if (whole.error !== undefined) {
        counts.refused++;
        if (!(whole.error instanceof InputError)) throw whole.error;
        expect(whole.error.message).toMatch(/^f:[1-9]\d*[:.]/);
      }
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
      expect(await read(pieces)).toEqual(whole);
    }),
    { numRuns: RUNS },
  );
}, 600_000);
