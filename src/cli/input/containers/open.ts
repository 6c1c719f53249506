import { fileURLToPath } from "node:url";
import { packageFile } from "../../packageFile.js";
import { readAhead } from "./ahead.js";
import { compressionOf, decompressed } from "./compression.js";
import type { Container, Contents, Reader } from "./container.js";
import { csv } from "./csv.js";
import { json } from "./json.js";
import { jsonLines } from "./jsonLines.js";
import { kindOf, tellsKind } from "./kind.js";
import { inMemory, parquet } from "./parquet.js";
import { refuseFormat } from "./refused.js";
import { FileSource, openSource, type Source, spooled } from "./source.js";

export type { Container, QueryText, Row } from "./container.js";

/** The data set that the package carries. */
export const EMBEDDED: string = fileURLToPath(packageFile("src/data/humaneval-codegen16b.jsonl"));

/** How a file is opened. */
export interface Opening {
  /** Whether the records are read more than once: what comes from a pipe is kept in a temporary file then. */
  readonly again: boolean;
  /** Takes a line for the user: what is kept where. */
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Opens a file of records, a pipe or standard input (`-`); without a file the embedded data set. Its first bytes tell its
 * format and its compression, not its name.
 */
export async function openContainer(file: string | undefined, opening: Opening): Promise<Container> {
  const name = file === undefined ? "embedded data set" : file === "-" ? "standard input" : file;
  let source = await openSource(file ?? EMBEDDED, name);
  if (!(source instanceof FileSource) && opening.again) {
    opening.say(`${name}: kept in a temporary file, to be read more than once`);
    source = await spooled(source, opening.signal);
  }
  try {
    return container(source, await reader(source, opening));
  } catch (error) {
    await source.close();
    throw error;
  }
}

function container(source: Source, reader: Reader): Container {
  return {
    ...reader,
    name: source.name,
    get size() {
      return source.size;
    },
    get position() {
      return source.position;
    },
    close: () => source.close(),
  };
}

async function reader(source: Source, { signal, say }: Opening): Promise<Reader> {
  const { name } = source;
  const raw = await readAhead(source.bytes(signal), (head) => head.length >= 4);
  const compression = compressionOf(raw.head);
  const { head, all } = await readAhead(decompressed(raw.all, compression, name), tellsKind);
  signal?.throwIfAborted();
  refuseFormat(head, name);
  const { kind, first } = kindOf(head);

  // Of a pipe the bytes read ahead are the beginning of the only pass.
  if (source instanceof FileSource) await all.return(undefined);
  let spent = false;
  const contents: Contents = (signal) => {
    if (source instanceof FileSource) return decompressed(source.bytes(signal), compression, name);
    if (spent) throw new Error("openContainer: a pipe that was not opened to be read again can be read once");
    spent = true;
    if (signal !== undefined) source.heed(signal);
    return all;
  };
  switch (kind) {
    case "JSON Lines":
      return jsonLines(contents, name);
    case "JSON":
      return json(contents, name, first.text.trimStart().startsWith("["));
    case "CSV":
    case "TSV":
      return csv(contents, name, kind, first);
    case "Parquet":
      if (source instanceof FileSource && compression === undefined) return parquet(source, name);
      say(
        `${name}: kept in memory, since it is Parquet ${compression === undefined ? "from a pipe" : `in ${compression}`}`,
      );
      return parquet(await inMemory(contents(signal), name), name);
  }
}
