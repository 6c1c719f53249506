import { type Query, queryOf } from "../../src/cli/input/dataset.js";
import { type OpenSettings, openDataset } from "../../src/cli/input/openDataset.js";
import { readingSettings } from "../../src/cli/input/reading.js";

/** What came of reading a file. */
export interface FileReading {
  /** All queries up to what was refused. */
  readonly queries: readonly Query[];
  readonly said: readonly string[];
  readonly complaint: string | undefined;
  /** Answers without a score, and queries without an answer. */
  readonly lacks: readonly [number, number];
}

/** Reads a file through the door that all commands take. */
export async function readFile(
  path: string | undefined,
  options: Parameters<typeof readingSettings>[0] = {},
  more: Partial<OpenSettings> = {},
): Promise<FileReading> {
  const said: string[] = [];
  let queries: Query[] = [];
  let complaint: string | undefined;
  let lacks: [number, number] = [0, 0];
  const say = (line: string) => said.push(line);
  try {
    const settings = { again: false, texts: true, rewardNeeded: true, say, ...more };
    const dataset = await openDataset(path, readingSettings(options), settings);
    // What a worker gets is a copy.
    const columns = structuredClone(dataset.columns);
    try {
      await dataset.read(async (pieces) => {
        queries = [];
        for await (const piece of pieces) queries.push(queryOf(piece, columns));
      });
    } finally {
      lacks = [dataset.missing, dataset.leftOut];
      await dataset.close();
    }
  } catch (error) {
    if ((error as Error).name !== "InputError") throw error;
    complaint = (error as Error).message;
  }
  return { queries, said, complaint, lacks };
}
