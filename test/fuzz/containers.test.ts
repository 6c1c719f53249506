/**
 * A data set of every shape in every container, whatever befalls its records and its bytes, is read to finite queries or refused
 * at its place. `npm run fuzz` tries more of the same, from another seed each time, and writes what it tried of each reader.
 */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  COMPRESSIONS,
  CONTAINERS,
  type Compression,
  type Format,
  hostileFile,
  OPTIONS,
  SHAPES,
} from "../support/hostileFiles.js";
import { readFile } from "../support/readFile.js";
import { expectMessage, expectSound, expectUntouched, recordAfterAll } from "./holds.js";

/** What `npm run fuzz` last tried; docs/mutation.md shows it. */
const RECORD = new URL("../reference/fuzz-readers.json", import.meta.url);

const RUNS = Number(process.env.FUZZ_RUNS ?? 15);
const folder = mkdtempSync(join(tmpdir(), "exptilt-fuzz-"));

interface Count {
  inputs: number;
  refused: number;
  crashes: number;
}
const counts = (names: readonly string[]): Record<string, Count> =>
  Object.fromEntries(names.map((name) => [name, { inputs: 0, refused: 0, crashes: 0 }]));

const STORED = (Object.keys(CONTAINERS) as Format[]).flatMap((format) =>
  (Object.keys(COMPRESSIONS) as Compression[]).map((compression) => ({
    reader: compression === "plain" ? format : `${format} in ${compression}`,
    format,
    compression,
  })),
);
/** An input counts for its container and for its shape. */
const containers = counts(STORED.map(({ reader }) => reader));
const shapes = counts(Object.keys(SHAPES));

recordAfterAll(RECORD, folder, RUNS, () => ({ containers, shapes }));

describe("a data set of any shape", { timeout: 0 }, () => {
  it.each(STORED)("as $reader is read, or refused at its place", async ({ reader, format, compression }) => {
    const path = join(folder, "stored");
    let read = 0;
    await fc.assert(
      fc.asyncProperty(hostileFile(format, compression), fc.boolean(), async ({ shape, bytes, isWhole }, texts) => {
        writeFileSync(path, bytes);
        const tried = [containers[reader], shapes[shape]];
        for (const one of tried) one.inputs++;
        try {
          const { queries, complaint } = await readFile(path, OPTIONS[shape], { texts });
          for (const query of queries) expectSound(query);
          if (complaint === undefined) read++;
          else {
            expect(isWhole, complaint).toBe(false);
            expectMessage(complaint.replaceAll(path, "f"), /^f:/);
            for (const one of tried) one.refused++;
          }
          expectUntouched();
        } catch (error) {
          for (const one of tried) one.crashes++;
          throw error;
        }
      }),
      { numRuns: RUNS },
    );
    expect(read).toBeGreaterThan(RUNS / 10);
  });
});
