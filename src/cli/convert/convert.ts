import { type Dataset, queryOf, take, withDataset } from "../input/dataset.js";
import { InputError } from "../input/inputError.js";
import { type OptionTable, oneFile, parseOptions, type Usage, wholeNumber } from "../input/options.js";
import { READING_OPTIONS, readingSettings, requireOneReward } from "../input/reading.js";
import { brokenAfter, readUntilBroken } from "../run/brokenOff.js";
import { isOutputEnded, print } from "../terminal/output.js";
import { requireOutputs } from "../terminal/outputFile.js";
import { say } from "../terminal/say.js";
import { nativeLine } from "./nativeLine.js";

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
      await dataset.read(async (pieces) => {
        for await (const piece of take(pieces, limit)) {
          const line = nativeLine(queryOf(piece, dataset.columns), dataset.rewardNames.length > 0);
          await print(line);
          // Nobody reads on.
          if (isOutputEnded()) return;
          written++;
        }
      }, signal);
    }),
  );
  if (broken !== undefined) throw brokenAfter(broken, written);
  if (written === 0 && !isOutputEnded()) throw new InputError(`${file ?? "the data set"}: there are no queries`);
  return 0;
}

/** Reads once in vain where only that tells whether the rows of a query are scattered: what is written cannot be taken back. */
async function settle(dataset: Dataset, limit: number, signal: AbortSignal): Promise<void> {
  if (dataset.columns.shape !== "rows" || dataset.size === undefined) return;
  const drain = async (pieces: AsyncIterable<unknown>) => {
    for await (const _ of take(pieces, limit));
  };
  // What is refused is refused again when it is read for good, after the queries before it.
  await dataset.read(drain, signal).catch(() => {});
}
