import { InputError } from "../input/inputError.js";
import type { Given } from "../input/options.js";
import { print } from "../terminal/output.js";
import { writeText } from "../terminal/outputFile.js";
import { say } from "../terminal/say.js";
import { curveCsv } from "./csv.js";
import { curveJson } from "./json.js";
import { leftOut } from "./leftOut.js";
import type { PerQueryFile } from "./perQuery.js";
import { plotCurves } from "./plot.js";
import type { CurveTally } from "./tally.js";
import { curveText } from "./text.js";

/** How curves are shown: the same for `curve` and `merge`. */
export const REPORT_OPTIONS = {
  json: { help: "print JSON instead of a table" },
  csv: { help: "print comma-separated values instead of a table; N = Infinity is the limit" },
  svg: { value: "OUT", help: "write the curves as a picture to this file too" },
  partial: { value: "OUT", help: "write the exact sums to this file too, for exptilt merge" },
} as const;

type ReportOptions = Given<typeof REPORT_OPTIONS>;

export function refuseTwoForms(options: ReportOptions): void {
  if (options.json && options.csv) throw new InputError("--json and --csv exclude each other");
}

/** Prints the curves, and then writes the files asked for: what is wrong with one of them costs no figure and no other file. */
export async function report(
  tally: CurveTally,
  dataset: string,
  options: ReportOptions,
  perQuery?: PerQueryFile,
): Promise<void> {
  const { curves, queries } = tally;
  if (queries > 0)
    await print(
      options.json
        ? curveJson(tally, curves, dataset)
        : options.csv
          ? curveCsv(tally, curves)
          : curveText(tally, curves),
    );
  const { partial, svg } = options;
  const errors: unknown[] = [];
  const attempt = (write: () => void) => {
    try {
      write();
    } catch (error) {
      errors.push(error);
    }
  };
  attempt(() => perQuery?.commit());
  if (partial !== undefined) attempt(() => writeText(partial, tally.toText()));
  if (svg !== undefined && queries > 0) attempt(() => writeText(svg, plotCurves(curves, dataset, queries)));
  const left = leftOut(tally);
  if (left !== undefined) say(left);
  if (errors.length > 0) throw errors[0];
}
