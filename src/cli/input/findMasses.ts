import { type Columns, type MassKind, NATIVE } from "./columns.js";
import { type FirstRecord, numericFields, requireField } from "./firstRecord.js";
import { InputError } from "./inputError.js";
import { COUNT_NAMES, firstNamed, LOGPROB_NAMES, PROBABILITY_NAMES } from "./names.js";

/** Which columns are weights of answers, and those that look like weights but are not read. */
export interface FoundMasses {
  readonly masses: Columns["masses"];
  readonly unread: readonly string[];
}

type Mass = Columns["masses"][number];

/** The weights that the options give, or else the names of the first record's fields. */
export function findMasses(first: FirstRecord): FoundMasses {
  const { sample, shape, native, settings, needs } = first;
  const { count, probability, logprob, law } = settings;
  const options: readonly [string, MassKind, string | undefined, readonly string[]][] = [
    ["--count", "count", count, COUNT_NAMES],
    ["--probability", "probability", probability, PROBABILITY_NAMES],
    ["--logprob", "logProbability", logprob, LOGPROB_NAMES],
  ];
  const given = options.filter(([, , name]) => name !== undefined);
  if (given.length > 1) throw new InputError("--count, --probability and --logprob exclude each other");
  for (const [option, kind, name = ""] of given) {
    requireField(needs, name, sample, option);
    return { masses: [{ kind, name }], unread: [] };
  }
  if (native) return { masses: NATIVE.masses, unread: [] };
  const fields = numericFields(first);
  const found = options.flatMap(([, kind, , names]): Mass[] => {
    const name = firstNamed(fields, names);
    return name === undefined ? [] : [{ kind, name }];
  });
  // In a list of answers the names of the native form mean what they mean there.
  const nativeNamed = found.filter(({ name }) => NATIVE.masses.some((mass) => mass.name === name));
  if (shape === "list" && nativeNamed.length > 0) return { masses: nativeNamed, unread: [] };
  const weights = found.filter(({ kind }) => kind !== "count");
  if (law && weights.length > 0) return { masses: weights.slice(-1), unread: [] };
  return { masses: found.filter(({ kind }) => kind === "count"), unread: weights.map(({ name }) => name) };
}
