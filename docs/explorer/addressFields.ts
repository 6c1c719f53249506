import { presetOf } from "./presets.js";
import { type AnswerSet, CELLS, type Range, readNumber, wholeSetError } from "./view.js";

/** An address that is no view: the message names the field. */
export class AddressError extends Error {
  override readonly name = "AddressError";
}

/** The fields of an address that say which answer set is shown. */
export const SET_FIELDS = ["set", "name", "masses", "answers"] as const;

/** Fields as the part of an address behind `#`. */
export function joinFields(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

/**
 * The fields of an address, as they stand there; undefined where there are none.
 *
 * @throws AddressError when a field is unknown or stands there twice
 */
export function splitFields(hash: string, known: ReadonlySet<string>): ReadonlyMap<string, string> | undefined {
  const text = hash.replace(/^#/, "");
  if (text === "") return undefined;
  const fields = new Map<string, string>();
  for (const part of text.split("&")) {
    const at = part.indexOf("=");
    const name = at < 0 ? part : part.slice(0, at);
    if (!known.has(name)) throw new AddressError(`there is no field "${shorten(name)}"`);
    if (fields.has(name)) throw new AddressError(`the field "${name}" stands there twice`);
    fields.set(name, at < 0 ? "" : part.slice(at + 1));
  }
  return fields;
}

/**
 * An answer set as fields: `set=…` for a preset, else `name=…&answers=label,mass,reward,gold;…`, with `masses=log` where they
 * are logarithms. Numbers keep all their digits.
 */
export function setToFields(set: AnswerSet, preset: string | undefined): Record<string, string> {
  if (preset !== undefined) return { set: encodeURIComponent(preset) };
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
 * The answer set of the fields, and the preset where it is one.
 *
 * @throws AddressError when there is no set or two, or a field is not what it must be
 */
export function setFromFields(fields: ReadonlyMap<string, string>): { set: AnswerSet; preset?: string } {
  const id = fields.get("set");
  if (id !== undefined && fields.has("answers")) throw new AddressError('"set" and "answers" cannot both be given');
  if (id === undefined && !fields.has("answers")) throw new AddressError('one of "set" and "answers" must be given');
  if (id === undefined) return { set: answersOf(fields) };
  const preset = presetOf(decode("set", id));
  if (preset === undefined) throw new AddressError(`there is no set "${shorten(decode("set", id))}"`);
  return { set: preset.set(), preset: preset.id };
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

/** The number that a field holds. */
export function numberOf(field: string, text: string, { fits, must }: Range): number {
  const x = readNumber(decode(field, text));
  if (!fits(x)) throw new AddressError(`${field} must ${must}, got "${shorten(text)}"`);
  return x;
}

/** The text that a field holds. */
export function decode(field: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AddressError(`${field} is not well encoded: "${shorten(text)}"`);
  }
}

export function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 37)}…` : text;
}
