import { InputError } from "../input/inputError.js";
import { withDataset } from "../input/openDataset.js";
import { type OptionTable, parseOptions, type Usage } from "../input/options.js";
import { readText } from "../input/readText.js";
import { readUntilBroken } from "../run/brokenOff.js";
import { forEachPiece } from "../run/forEachPiece.js";
import { workerScript } from "../run/workerScript.js";
import { countedQueries } from "../terminal/countedQueries.js";
import { requireOutputs } from "../terminal/outputFile.js";
import { say } from "../terminal/say.js";
import { Digests, inCommon, without } from "./digests.js";
import type { PlacedDigest } from "./digestWorker.js";
import { REPORT_OPTIONS, refuseTwoForms, report } from "./report.js";
import { needsTexts } from "./settings.js";
import { CurveTally } from "./tally.js";

const OPTIONS = {
  of: { value: "FILE", help: "prove that the shards are the queries of this data set: all of them, and none twice" },
  ...REPORT_OPTIONS,
} satisfies OptionTable;

export const usage: Usage = {
  line: "exptilt merge PARTIAL... [options]",
  about:
    "Add up what exptilt curve --partial wrote for the shards of a data set, and report as one run over the whole would:\n" +
    "the sums are exact, so the figures are the same to the last digit, whatever the shards and their order. No query may be\n" +
    "in two shards, unless the data set itself has it twice (--of).",
  options: OPTIONS,
};

const DIGEST_WORKER = workerScript("digestWorker");

/** Runs `exptilt merge` and gives its exit status. */
export async function merge(args: readonly string[]): Promise<number> {
  const { files, options } = parseOptions("merge", OPTIONS, args);
  refuseTwoForms(options);
  if (files.length === 0) throw new InputError("merge takes one PARTIAL or more, written by exptilt curve --partial");
  const repeated = files.find((file, i) => files.indexOf(file) < i);
  if (repeated !== undefined) throw new InputError(`${repeated}: the file is given twice`);
  const { of, partial, svg } = options;
  requireOutputs({ partial, svg }, [...files, of]);
  const shards = files.map((file) => ({ file, tally: shardIn(file) }));
  const [{ tally: first }] = shards;
  const all = new CurveTally(first.settings, first.reading);
  for (const { file, tally } of shards) all.merge(tally, file, of !== undefined);
  if (of !== undefined) await requireWhole(of, shards);
  if (all.queries === 0) throw new InputError("the files hold no queries");
  await report(all, `${files.length} ${files.length === 1 ? "shard" : "shards"}`, options);
  return 0;
}

interface Shard {
  readonly file: string;
  readonly tally: CurveTally;
}

/** The sums of a run that came to its end. */
function shardIn(file: string): CurveTally {
  const tally = CurveTally.fromText(readText(file), file);
  if (tally.broken !== undefined)
    throw new InputError(
      `${file}: it is of a run that broke off: ${tally.broken}; mend that and go on with exptilt curve --resume ${file}`,
    );
  return tally;
}

/** Refuses shards that are not the queries of a data set, each as often as it has it. */
async function requireWhole(of: string, shards: readonly Shard[]): Promise<void> {
  const [{ tally: like }] = shards;
  const whole = new Digests();
  await readDigests(of, like, ({ digest }) => whole.add(digest));
  let left = whole;
  for (const { file, tally } of shards) {
    const own = countedQueries(tally.queries);
    const complaint = (count: number, what: string) =>
      new InputError(`${file}: ${count} of its ${own} ${count === 1 ? "is" : "are"} ${what}`);
    const foreign = tally.digests.sorted.filter((digest) => !whole.has(digest)).length;
    if (foreign > 0) throw complaint(foreign, `not in ${of}`);
    const again = tally.queries - inCommon(tally.digests, left);
    if (again > 0) throw complaint(again, "in the files before it already");
    left = without(left, tally.digests);
  }
  if (left.size === 0) return;
  const missing = `${countedQueries(left.size)} of ${of} ${left.size === 1 ? "is" : "are"} in none of the files`;
  // Where one of them stands takes a second reading.
  let place: string | undefined;
  if (of !== "-")
    await readDigests(of, like, (one) => {
      if (left.has(one.digest)) place ??= one.place;
    });
  throw new InputError(place === undefined ? missing : `${place}: ${missing}, the first of them here`);
}

/** The digests of a data set, which is read as shards of it were. */
async function readDigests(
  of: string,
  { settings, reading }: CurveTally,
  take: (digest: PlacedDigest) => void,
): Promise<void> {
  const texts = needsTexts(settings.methods);
  const broken = await readUntilBroken((signal) =>
    withDataset(of, reading, { again: false, texts, rewardNeeded: true, say, signal }, (dataset) =>
      dataset.read((pieces) => {
        const run = { label: "of", dataset, jobs: 1, signal };
        return forEachPiece(pieces, DIGEST_WORKER, {}, run, take);
      }, signal),
    ),
  );
  if (broken !== undefined) throw broken;
}
