import { queryDigest } from "../../src/cli/curve/digest.js";
import { readCurve } from "../../src/cli/curve/readCurve.js";
import type { CurveSettings } from "../../src/cli/curve/settings.js";
import { CurveTally } from "../../src/cli/curve/tally.js";
import { NATIVE } from "../../src/cli/input/columns.js";
import type { Query } from "../../src/cli/input/dataset.js";
import { readingSettings } from "../../src/cli/input/reading.js";

/** What a worker of `exptilt curve` sends back of a query. */
export const readingOf = (query: Query, settings: CurveSettings, columns = NATIVE) => ({
  ...readCurve(query, settings),
  ...queryDigest(query, columns),
});

/** Sums of queries, read with the options as they are. */
export function tallyOf(
  queries: readonly Query[],
  settings: CurveSettings,
  read: (query: Query) => ReturnType<typeof readingOf> = (query) => readingOf(query, settings),
): CurveTally {
  const tally = new CurveTally(settings, readingSettings());
  for (const query of queries) {
    const reading = read(query);
    tally.gold ??= reading.gold;
    tally.add(reading);
  }
  return tally;
}
