import { InputError } from "../input/inputError.js";
import { parseOptions, type Usage } from "../input/options.js";
import { readText } from "../input/readText.js";
import { REPORT_OPTIONS, refuseTwoForms, report } from "./report.js";
import { CurveTally } from "./tally.js";

export const usage: Usage = {
  line: "exptilt merge FILE... [options]",
  about:
    "Add up what exptilt curve --partial wrote for the shards of a data set, and report as one run over the whole would:\n" +
    "the sums are exact, so the figures are the same to the last digit, whatever the shards and their order.",
  options: REPORT_OPTIONS,
};

/** Runs `exptilt merge` and gives its exit status. */
export async function merge(args: readonly string[]): Promise<number> {
  const { files, options } = parseOptions("merge", REPORT_OPTIONS, args);
  refuseTwoForms(options);
  if (files.length === 0) throw new InputError("merge takes one FILE or more, written by exptilt curve --partial");
  const repeated = files.find((file, i) => files.indexOf(file) < i);
  if (repeated !== undefined) throw new InputError(`${repeated}: the file is given twice`);
  let all: CurveTally | undefined;
  for (const file of files) {
    const tally = CurveTally.fromJson(readText(file), file);
    if (all === undefined) all = tally;
    else all.merge(tally, file);
  }
  if (all === undefined || all.queries === 0) throw new InputError("the files hold no queries");
  report(all, `${files.length} ${files.length === 1 ? "shard" : "shards"}`, options);
  return 0;
}
