import { joinFields, numberOf, SET_FIELDS, setFromFields, setToFields, splitFields } from "./addressFields.js";
import { DEFAULT_SETTINGS, presetOf } from "./presets.js";
import { follow, RANGES, type Settings, type View } from "./view.js";

/** What a number is called in the address. */
const FIELDS = { beta: "beta", betaTts: "tts", n: "n", length: "length", betaIf: "if" } as const;

/** In the place of a number that follows β_hf. */
const TIED = "tied";
const MATCHED = "matched";

/** The view as the part of an address behind `#`: the answer set, and the settings to the last digit. */
export function toAddress({ set, preset, settings }: View): string {
  const { beta, betaTts, tied, n, length, betaIf, matched } = settings;
  return joinFields({
    ...setToFields(set, preset),
    [FIELDS.beta]: String(beta),
    [FIELDS.betaTts]: tied ? TIED : String(betaTts),
    [FIELDS.n]: String(n),
    [FIELDS.length]: String(length),
    [FIELDS.betaIf]: matched ? MATCHED : String(betaIf),
  });
}

const KNOWN: ReadonlySet<string> = new Set([...SET_FIELDS, ...Object.values(FIELDS)]);

/**
 * The view that an address holds; what it leaves out is as at first.
 *
 * @throws AddressError when a field is unknown or is not what it must be
 */
export function fromAddress(hash: string): View | undefined {
  const fields = splitFields(hash, KNOWN);
  if (fields === undefined) return undefined;
  const shown = setFromFields(fields);
  const first = { ...DEFAULT_SETTINGS, ...presetOf(shown.preset ?? "")?.settings };
  return { ...shown, settings: settingsOf(fields, first) };
}

function settingsOf(fields: ReadonlyMap<string, string>, first: Settings): Settings {
  const read = (name: keyof typeof FIELDS): number => {
    const field = FIELDS[name];
    const text = fields.get(field);
    return text === undefined ? first[name] : numberOf(field, text, RANGES[name]);
  };
  const tied = fields.has(FIELDS.betaTts) ? fields.get(FIELDS.betaTts) === TIED : first.tied;
  const matched = fields.has(FIELDS.betaIf) ? fields.get(FIELDS.betaIf) === MATCHED : first.matched;
  return follow({
    beta: read("beta"),
    betaTts: tied ? first.betaTts : read("betaTts"),
    tied,
    n: read("n"),
    length: read("length"),
    betaIf: matched ? first.betaIf : read("betaIf"),
    matched,
  });
}
