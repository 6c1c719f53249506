import { DEFAULT_SETTINGS, presetOf } from "./presets.js";
import { type AnswerSet, CELLS, follow, RANGES, readNumber, type Settings, type View, wholeSetError } from "./view.js";

/** An address that is no view: the message names the field. */
export class AddressError extends Error {
  override readonly name = "AddressError";
}

/** What a number is called in the address. */
const FIELDS = { beta: "beta", betaTts: "tts", n: "n", length: "length", betaIf: "if" } as const;

/** In the place of a number that follows β_hf. */
const TIED = "tied";
const MATCHED = "matched";

/**
 * The view as the part of an address behind `#`: `set=…` for a preset, else `name=…&answers=label,mass,reward,gold;…`
 * (with `masses=log` where they are logarithms), and the settings to the last digit.
 */
export function toAddress({ set, preset, settings }: View): string {
  const { beta, betaTts, tied, n, length, betaIf, matched } = settings;
  const fields = {
    ...(preset === undefined ? answerFields(set) : { set: encodeURIComponent(preset) }),
    [FIELDS.beta]: String(beta),
    [FIELDS.betaTts]: tied ? TIED : String(betaTts),
    [FIELDS.n]: String(n),
    [FIELDS.length]: String(length),
    [FIELDS.betaIf]: matched ? MATCHED : String(betaIf),
  };
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

function answerFields(set: AnswerSet): Record<string, string> {
  const row = (label: string, i: number) => {
    const cells = [encodeURIComponent(label), String(set.mass[i]), String(set.reward[i])];
    return (set.gold[i] === undefined ? cells : [...cells, String(set.gold[i])]).join(",");
  };
  return {
    name: encodeURIComponent(set.name),
    ...(set.logarithmic && { masses: "log" }),
    answers: set.labels.map(row).join(";"),
  };
}

/**
 * The view that an address holds; what it leaves out is as at first.
 *
 * @throws AddressError when a field is unknown or is not what it must be
 */
export function fromAddress(hash: string): View | undefined {
  const text = hash.replace(/^#/, "");
  if (text === "") return undefined;
  const fields = new Map<string, string>();
  for (const part of text.split("&")) {
    const at = part.indexOf("=");
    const name = at < 0 ? part : part.slice(0, at);
    if (!KNOWN.has(name)) throw new AddressError(`there is no field "${shorten(name)}"`);
    if (fields.has(name)) throw new AddressError(`the field "${name}" stands there twice`);
    fields.set(name, at < 0 ? "" : part.slice(at + 1));
  }
  const id = fields.get("set");
  if (id !== undefined && fields.has("answers")) throw new AddressError('"set" and "answers" cannot both be given');
  if (id === undefined && !fields.has("answers")) throw new AddressError('one of "set" and "answers" must be given');
  const preset = id === undefined ? undefined : presetOf(decode("set", id));
  if (id !== undefined && preset === undefined)
    throw new AddressError(`there is no set "${shorten(decode("set", id))}"`);
  return {
    set: preset?.set() ?? answersOf(fields),
    ...(preset !== undefined && { preset: preset.id }),
    settings: settingsOf(fields, { ...DEFAULT_SETTINGS, ...preset?.settings }),
  };
}

const KNOWN: ReadonlySet<string> = new Set(["set", "name", "masses", "answers", ...Object.values(FIELDS)]);

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

function answersOf(fields: ReadonlyMap<string, string>): AnswerSet {
  const masses = fields.get("masses");
  if (masses !== undefined && masses !== "log")
    throw new AddressError(`masses must be "log", got "${shorten(masses)}"`);
  const logarithmic = masses === "log";
  const rows = (fields.get("answers") ?? "").split(";").map((row, i) => {
    const cells = row.split(",");
    const place = `answers[${i}]`;
    if (cells.length < 3 || cells.length > 4)
      throw new AddressError(`${place} must be label,mass,reward or label,mass,reward,gold, got "${shorten(row)}"`);
    const [label, mass, reward, gold] = cells;
    return {
      label: decode(`${place}.label`, label),
      mass: numberOf(`${place}.mass`, mass, logarithmic ? CELLS.logMass : CELLS.mass),
      reward: numberOf(`${place}.reward`, reward, CELLS.reward),
      gold: gold === undefined ? undefined : numberOf(`${place}.gold`, gold, CELLS.gold),
    };
  });
  const set = {
    name: decode("name", fields.get("name") ?? ""),
    logarithmic,
    labels: rows.map((row) => row.label),
    mass: rows.map((row) => row.mass),
    reward: rows.map((row) => row.reward),
    gold: rows.map((row) => row.gold),
  };
  const error = wholeSetError(set);
  if (error !== undefined) throw new AddressError(`answers: ${error}`);
  return set;
}

function numberOf(field: string, text: string, { fits, must }: (typeof RANGES)[keyof typeof RANGES]): number {
  const x = readNumber(decode(field, text));
  if (!fits(x)) throw new AddressError(`${field} must ${must}, got "${shorten(text)}"`);
  return x;
}

function decode(field: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AddressError(`${field} is not well encoded: "${shorten(text)}"`);
  }
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 37)}…` : text;
}
