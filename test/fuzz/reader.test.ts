/**
 * Whatever the bytes, the command line answers with figures or with an error that names the place: never with a crash, a
 * NaN or a touched prototype. `npm run fuzz` tries more of the same, from another seed each time, and writes what it tried.
 */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { sealed } from "../../src/cli/curve/partial.js";
import { readCurve } from "../../src/cli/curve/readCurve.js";
import { CurveTally } from "../../src/cli/curve/tally.js";
import { jsonLines } from "../../src/cli/input/containers/jsonLines.js";
import { parseQuery, type Query } from "../../src/cli/input/dataset.js";
import { InputError } from "../../src/cli/input/inputError.js";
import { featureRows } from "../../src/cli/train/features.js";
import { readPolicy, train } from "../../src/cli/train/train.js";
import { readClaims } from "../../src/cli/verify/check.js";
import {
  altered,
  damaged,
  extremeQueryText,
  fileBytes,
  hugeLine,
  readingOptions,
  recordFile,
} from "../support/hostile.js";
import { readFile } from "../support/readFile.js";
import { tallyOf } from "../support/readings.js";
import { expectMessage, expectSound, expectUntouched, recordAfterAll } from "./holds.js";
import { KINDS, type Kind, kindsOf, utf8 } from "./kinds.js";

/** What `npm run fuzz` last tried; docs/mutation.md shows it. */
const RECORD = new URL("../reference/fuzz.json", import.meta.url);

const RUNS = Number(process.env.FUZZ_RUNS ?? 1000);
/** `npm run fuzz` tries the quick ones more often: then every kind of input but the huge ones is tried `FUZZ_RUNS` times. */
const MANY_RUNS = process.env.FUZZ_RUNS === undefined ? RUNS : 5 * RUNS;
const folder = mkdtempSync(join(tmpdir(), "exptilt-fuzz-"));

const tried = { inputs: 0, refused: 0, crashes: 0 };
const kinds = Object.fromEntries(KINDS.map((kind) => [kind, 0])) as Record<Kind, number>;
recordAfterAll(RECORD, folder, RUNS, () => ({ ...tried, kinds }));

beforeEach(expectUntouched);

/** One input tried: undefined when it was refused, with a message on one line that begins with the place. */
async function attempt<T>(
  input: string | Set<Kind>,
  place: RegExp,
  work: () => T | Promise<T>,
): Promise<T | undefined> {
  tried.inputs++;
  for (const kind of typeof input === "string" ? kindsOf(input) : input) kinds[kind]++;
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof InputError)) {
      tried.crashes++;
      throw error;
    }
    tried.refused++;
    expectMessage(error.message, place);
    return undefined;
  } finally {
    expectUntouched();
  }
}

const settings = { numRuns: RUNS };
const AT_LINE = /^f:[1-9]\d*[:.]/;

async function* stream(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

/** A line of which no more than a chunk is held at a time. */
function* repeated(head: string, piece: string, size: number, tail: string): Generator<Uint8Array> {
  yield Buffer.from(head);
  const chunk = Buffer.from(piece.repeat(Math.ceil(65536 / piece.length)));
  for (let sent = 0; sent < size; sent += chunk.length) yield chunk;
  yield Buffer.from(tail);
}

/** The queries of a stream up to what was refused, and the complaint. */
async function read(chunks: Iterable<Uint8Array>): Promise<{ queries: Query[]; complaint?: string }> {
  const queries: Query[] = [];
  try {
    const lines = jsonLines(() => stream(chunks), "f");
    for await (const { text, place } of lines.texts?.() ?? []) queries.push(parseQuery(text, place));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { queries, complaint: error.message };
  }
  return { queries };
}

describe("a data set", { timeout: 0 }, () => {
  it("of records of any form is read, or refused at its place, whatever its fields are called and hold", async () => {
    const path = join(folder, "records");
    let read = 0;
    await fc.assert(
      fc.asyncProperty(recordFile, readingOptions, fc.boolean(), async (text, options, texts) => {
        writeFileSync(path, text);
        await attempt(text, /^(f(:[1-9]\d*)?[:.] ?|--)/, async () => {
          const { queries, complaint } = await readFile(path, options, { texts });
          read += queries.length;
          for (const query of queries) expectSound(query);
          if (complaint !== undefined) throw new InputError(complaint.replaceAll(path, "f"));
        });
      }),
      settings,
    );
    // Most are refused, but not all.
    expect(read).toBeGreaterThan(RUNS / 20);
  });

  it("of any bytes is read, or refused at a line, alike in whatever pieces it comes", async () => {
    await fc.assert(
      fc.asyncProperty(fileBytes, fc.integer({ min: 1, max: 9 }), async (bytes, size) => {
        let before: Query[] = [];
        await attempt(utf8(bytes), AT_LINE, async () => {
          const { queries, complaint } = await read([bytes]);
          before = queries;
          if (complaint !== undefined) throw new InputError(complaint);
        });
        for (const query of before) expectSound(query);
        const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
          bytes.subarray(i * size, (i + 1) * size),
        );
        expect(await read(pieces)).toEqual(await read([bytes]));
      }),
      { numRuns: MANY_RUNS },
    );
  });

  it("of any numbers that doubles hold gives finite curves and features, or is refused at its line", async () => {
    const betas = fc.constantFrom(0, 5e-324, 0.1, 1, 1e300, Infinity);
    const ns = fc.constantFrom([1], [1, 2.5, 16, 1e6], [1e300]);
    await fc.assert(
      fc.asyncProperty(extremeQueryText, betas, ns, async (text, beta, ns) => {
        const query = parseQuery(text, "f:1");
        const readings = await attempt(text, AT_LINE, () => {
          const settings = { rewards: [{ name: "reward", betas: [beta] }], ns, plugIn: true };
          return readCurve(query, settings).cells;
        });
        expect((readings ?? []).every(Number.isFinite)).toBe(true);
        const names = ["reward", "reward2", "rank", "best", "logref", "logref2"];
        const rows = await attempt(text, AT_LINE, () => featureRows(query, names));
        expect((rows ?? []).flat().every(Number.isFinite)).toBe(true);
      }),
      settings,
    );
  });

  it("of any numbers that doubles hold is verified without a NaN, or refused at its line", async () => {
    await fc.assert(
      fc.asyncProperty(extremeQueryText, fc.constantFrom(1e-9, 0.1, 1e9), async (text, beta) => {
        const query = parseQuery(text, "f:1");
        const options = { beta, length: 16, vocabularySize: 51200, digits: 20 };
        const readings = await attempt(text, AT_LINE, () => readClaims(query, options));
        for (const { gap, exactGap, tolerance } of readings ?? [])
          expect([gap, exactGap, tolerance]).not.toContain(Number.NaN);
      }),
      { numRuns: Math.ceil(RUNS / 40) },
    );
  });
});

describe("a huge line", { timeout: 0 }, () => {
  it("of any make is read, or refused at its place, from a stream", async () => {
    await fc.assert(
      fc.asyncProperty(hugeLine, async ({ head, piece, tail, size }) => {
        const like = kindsOf(head + piece.repeat(100) + tail);
        await attempt(new Set([...like, "huge"]), AT_LINE, async () => {
          const { complaint } = await read(repeated(head, piece, size, tail));
          if (complaint !== undefined) throw new InputError(complaint);
        });
      }),
      { numRuns: Math.ceil(RUNS / 1000) },
    );
  });
});

describe("a text of JSON that a command wrote, damaged,", { timeout: 0 }, () => {
  const query = (reward: number) =>
    parseQuery(`{"query":"q","answers":[{"count":1,"reward":${reward}},{"count":2,"reward":0}]}`, "f:1");

  it("is merged to finite curves or refused, as partial sums", async () => {
    const sums = { rewards: [{ name: "reward", betas: [0, Infinity] }], ns: [1, 2], plugIn: true };
    const made = (reward: number) => tallyOf([query(reward)], sums);
    const text = made(0.1).toText();
    // With a checksum that fits, what was altered has to be found by what it says.
    const resealed = altered(text).map((changed) => sealed(changed.trimEnd().replace(/,"checksum":.*$/s, "}")));
    await fc.assert(
      fc.asyncProperty(fc.oneof(resealed, altered(text), damaged(fc.constant(text))), async (partial) => {
        const curves = await attempt(partial, /^p: /, () => {
          const all = made(0.7);
          all.merge(CurveTally.fromText(partial, "p"), "p", false);
          return all.curves;
        });
        for (const { points } of curves ?? [])
          for (const { cells } of points)
            for (const { mean } of Object.values(cells)) expect(Number.isFinite(mean)).toBe(true);
      }),
      { numRuns: MANY_RUNS },
    );
  });

  it("is trained on to the end or refused, as a policy to resume", async () => {
    const [data, output, resume] = ["data.jsonl", "policy.json", "resume.json"].map((name) => join(folder, name));
    writeFileSync(data, '{"query":"q","answers":[{"count":1,"reward":1},{"count":2,"reward":0}]}\n');
    const quiet = [process.stdout, process.stderr].map((out) => vi.spyOn(out, "write").mockReturnValue(true));
    try {
      await train([data, "--method", "lbfgs", "--iterations", "2", "--output", output]);
      const text = readFileSync(output, "utf8");
      await fc.assert(
        fc.asyncProperty(fc.oneof(altered(text), damaged(fc.constant(text))), async (policy) => {
          writeFileSync(resume, policy);
          await attempt(policy, /resume\.json: /, async () => {
            readPolicy(resume, ["reward"]);
            return train([data, "--method", "lbfgs", "--iterations", "5", "--resume", resume]);
          });
        }),
        { numRuns: Math.ceil(RUNS / 5) },
      );
    } finally {
      for (const spy of quiet) spy.mockRestore();
    }
  });
});
