import { readAhead } from "./ahead.js";
import type { Bytes } from "./bytes.js";
import { compressionOf, decompressed } from "./compression.js";
import type { Container, Contents, Reader } from "./container.js";
import { csv } from "./csv.js";
import { json } from "./json.js";
import { jsonLines } from "./jsonLines.js";
import { kindOf, tellsKind } from "./kind.js";
import { inMemory, parquet } from "./parquet.js";
import { refuseFormat } from "./refused.js";

/** What a reading is opened with. */
export interface Reporting {
  /** Takes a line for the user: what is kept where. */
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** The records in some bytes. The first of them tell their format and their compression, not their name. */
export async function containerOf(source: Bytes, opening: Reporting): Promise<Container> {
  return {
    ...(await reader(source, opening)),
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

async function reader(source: Bytes, { signal, say }: Reporting): Promise<Reader> {
  const { name } = source;
  const raw = await readAhead(source.bytes(signal), (head) => head.length >= 4);
  const compression = compressionOf(raw.head);
  const { head, all } = await readAhead(decompressed(raw.all, compression, name), tellsKind);
  signal?.throwIfAborted();
  refuseFormat(head, name);
  const { kind, first } = kindOf(head);

  // Of a pipe the bytes read ahead are the beginning of the only pass.
  if (source.size !== undefined) await all.return(undefined);
  let spent = false;
  const contents: Contents = (signal) => {
    if (source.size !== undefined) return decompressed(source.bytes(signal), compression, name);
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
      if (source.size !== undefined && compression === undefined) return parquet(source, name);
      say(
        `${name}: kept in memory, since it is Parquet ${compression === undefined ? "from a pipe" : `in ${compression}`}`,
      );
      return parquet(await inMemory(contents(signal), name), name);
  }
}
