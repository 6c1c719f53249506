import { type Dataset, take } from "../input/dataset.js";
import { InputError } from "../input/inputError.js";
import { withDataset } from "../input/openDataset.js";
import { type OptionTable, oneFile, parseOptions, type Usage } from "../input/options.js";
import { wholeNumber } from "../input/optionValue.js";
import { READING_OPTIONS, readingSettings, requireOneReward } from "../input/reading.js";
import { brokenAfter, readUntilBroken } from "../run/brokenOff.js";
import { forEachPiece } from "../run/forEachPiece.js";
import { workerScript } from "../run/workerScript.js";
import { isOutputEnded, print } from "../terminal/output.js";
import { requireOutputs } from "../terminal/outputFile.js";
import { say } from "../terminal/say.js";

const OPTIONS = {
  limit: { value: "N", help: "convert the first N queries only" },
  ...READING_OPTIONS,
} satisfies OptionTable;

export const usage: Usage = {
  line: "exptilt convert [FILE] [options] > OUT.jsonl",
  about:
    "Write the queries of FILE (- for standard input; the embedded data when left out) in the native form, one a line. The\n" +
    "answers need no reward. Of equal texts whose scores differ the first alone is written with its text (see --merge).",
  options: OPTIONS,
  readsQueries: true,
};

const WORKER = workerScript("convertWorker");

/** Runs `exptilt convert` and gives its exit status. */
export async function convert(args: readonly string[]): Promise<number> {
  const { files, options } = parseOptions("convert", OPTIONS, args);
  const file = oneFile("convert", files, options);
  const settings = readingSettings(options);
  requireOneReward("convert", settings);
  const limit = wholeNumber("limit", options.limit, 1, Infinity);
  requireOutputs({}, [file]);
  let written = 0;
  const broken = await readUntilBroken((signal) =>
    withDataset(file, settings, { again: false, texts: true, rewardNeeded: false, say, signal }, async (dataset) => {
      await settle(dataset, limit, signal);
      const run = { label: "convert", dataset, jobs: 1, signal };
      const rewarded = dataset.rewardNames.length > 0;
      await dataset.read(
        (pieces) =>
          forEachPiece(take(pieces, limit), WORKER, { rewarded }, run, (line: string) => {
            if (isOutputEnded()) throw new ReaderLeft();
            written++;
            return print(line);
          }),
        signal,
      );
    }),
  );
  if (broken instanceof ReaderLeft) return 0;
  if (broken !== undefined) throw brokenAfter(broken, written);
  if (written === 0) throw new InputError(`${file ?? "the data set"}: there are no queries`);
  return 0;
}

/** Nobody reads on: there is nothing more to do. */
class ReaderLeft extends Error {}

/** Reads once in vain where only that tells whether the rows of a query are scattered: what is written cannot be taken back. */
async function settle(dataset: Dataset, limit: number, signal: AbortSignal): Promise<void> {
  if (dataset.columns.shape !== "rows" || dataset.size === undefined) return;
  const drain = async (pieces: AsyncIterable<unknown>) => {
    for await (const _ of take(pieces, limit));
  };
  // What is refused is refused again when it is read for good, after the queries before it.
  await dataset.read(drain, signal).catch(() => {});
}
