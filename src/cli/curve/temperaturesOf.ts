import { type Dataset, queryOf, take } from "../input/dataset.js";
import { InputError } from "../input/inputError.js";
import { Progress } from "../terminal/progress.js";
import { say } from "../terminal/say.js";
import type { CurveSettings } from "./settings.js";
import { DefaultTemperatures } from "./temperatures.js";

/** Each reward with the temperatures given, or with its own default ones, which takes a reading of its own. */
export async function temperaturesOf(
  dataset: Dataset,
  betas: readonly number[] | undefined,
  limit: number,
  signal: AbortSignal,
): Promise<CurveSettings["rewards"]> {
  const names = dataset.rewardNames;
  if (betas !== undefined) return names.map((name) => ({ name, betas }));
  let found = new DefaultTemperatures();
  const progress = new Progress("temperatures", dataset);
  try {
    await dataset.read(async (pieces) => {
      found = new DefaultTemperatures();
      for await (const piece of take(pieces, limit)) {
        found.add(queryOf(piece, dataset.columns));
        progress.update(found.queries);
      }
    }, signal);
  } catch (error) {
    // What is wrong in the data is reported when they are read, after all that comes before it.
    if (!(error instanceof InputError)) throw error;
  } finally {
    progress.end();
  }
  if (found.every > 1) say(`the temperatures are found on one in ${found.every} queries`);
  return names.map((name, r) => ({ name, betas: found.of(r) }));
}
