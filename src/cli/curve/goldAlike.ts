import { show } from "../../numeric/check.js";
import { InputError } from "../input/inputError.js";
import type { CurveReading } from "./readCurve.js";

/** Every query has gold where the first has, and none has where it has none. */
export function requireGoldAlike({ place, query, gold }: CurveReading, all: { gold: boolean | undefined }): void {
  all.gold ??= gold;
  if (gold === all.gold) return;
  const name = show(query);
  throw new InputError(
    gold
      ? `${place}: query ${name} has "gold", which the queries before it have not`
      : `${place}: query ${name} has no "gold", which the queries before it have`,
  );
}
