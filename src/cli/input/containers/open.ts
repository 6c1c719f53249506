import { fileURLToPath } from "node:url";
import { packageFile } from "../../packageFile.js";
import type { Container } from "./container.js";
import { containerOf, type Reporting } from "./containerOf.js";
import { FileSource, openSource, spooled } from "./source.js";

export type { Container, QueryText, Row } from "./container.js";

/** The data set that the package carries. */
export const EMBEDDED: string = fileURLToPath(packageFile("src/data/humaneval-codegen16b.jsonl"));

/** How a file is opened. */
export interface Opening extends Reporting {
  /** Whether the records are read more than once: what comes from a pipe is kept in a temporary file then. */
  readonly again: boolean;
}

/** Opens a file of records, a pipe or standard input (`-`); without a file the embedded data set. */
export async function openContainer(file: string | undefined, opening: Opening): Promise<Container> {
  const name = file === undefined ? "embedded data set" : file === "-" ? "standard input" : file;
  let source = await openSource(file ?? EMBEDDED, name);
  if (!(source instanceof FileSource) && opening.again) {
    opening.say(`${name}: kept in a temporary file, to be read more than once`);
    source = await spooled(source, opening.signal);
  }
  try {
    return await containerOf(source, opening);
  } catch (error) {
    await source.close();
    throw error;
  }
}
