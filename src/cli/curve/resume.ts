import { existsSync } from "node:fs";
import type { Dataset, Piece } from "../input/dataset.js";
import { InputError } from "../input/inputError.js";
import { readText } from "../input/readText.js";
import { forEachPiece } from "../run/forEachPiece.js";
import { workerScript } from "../run/workerScript.js";
import { countedQueries } from "../terminal/countedQueries.js";
import { say } from "../terminal/say.js";
import { Digests, inCommon } from "./digests.js";
import type { PlacedDigest } from "./digestWorker.js";
import { CurveTally } from "./tally.js";

const DIGEST_WORKER = workerScript("digestWorker");

/** What an earlier run has done. Of a file that this run is to write itself nothing is asked: it may be missing or of no use. */
export function begunIn(resume: string, isOwn: boolean): CurveTally | undefined {
  if (isOwn && !existsSync(resume)) return undefined;
  try {
    return CurveTally.fromText(readText(resume), resume);
  } catch (error) {
    if (!(error instanceof InputError && isOwn)) throw error;
    say(`${error.message}: it is made anew`);
    return undefined;
  }
}

/** The queries are not those that an earlier run began with. */
export class OtherQueries extends InputError {}

/** Takes the queries that an earlier run has done, and refuses others. */
export async function passOver(
  all: AsyncGenerator<Piece>,
  begun: CurveTally,
  run: { readonly dataset: Dataset; readonly signal: AbortSignal },
): Promise<void> {
  const seen = new Digests();
  const first = firstOf(all, begun.queries);
  await forEachPiece(first, DIGEST_WORKER, {}, { ...run, label: "resume", jobs: 1 }, ({ digest }: PlacedDigest) =>
    seen.add(digest),
  );
  if (inCommon(seen, begun.digests) < begun.queries)
    throw new OtherQueries(
      `${run.dataset.name}: its first ${countedQueries(begun.queries)} are not those that the file to resume is of`,
    );
}

/** The first so many of the items. The others can be taken after them. */
async function* firstOf<T>(items: AsyncGenerator<T>, count: number): AsyncGenerator<T> {
  for (let i = 0; i < count; i++) {
    const { done, value } = await items.next();
    if (done) return;
    yield value;
  }
}
