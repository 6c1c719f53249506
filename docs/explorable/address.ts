import {
  AddressError,
  joinFields,
  numberOf,
  SET_FIELDS,
  setFromFields,
  setToFields,
  shorten,
  splitFields,
} from "../explorer/addressFields.js";
import { type AnswerSet, RANGES } from "../explorer/view.js";
import { type Asked, CASES, caseOf } from "./cases.js";
import { METHODS, type Method } from "./methods.js";

/** All that the explorable shows of itself, and all that its address holds. */
export interface State {
  readonly set: AnswerSet;
  /** The preset that the set is, where it is one. */
  readonly preset?: string;
  readonly method: Method;
  readonly n: number;
  readonly beta: number;
  /** What is asked of guidance, and whether that is what is shown. */
  readonly guidance: Asked;
  readonly tab: Tab;
}

export const TABS = ["draws", "guidance"] as const;

export type Tab = (typeof TABS)[number];

const KNOWN: ReadonlySet<string> = new Set([...SET_FIELDS, "method", "n", "beta", "tab", "case", "w"]);

/** The state as the part of an address behind `#`, to the last digit: of the tab that is shown. */
export function toAddress({ set, preset, method, n, beta, guidance, tab }: State): string {
  if (tab === "guidance") return joinFields({ tab, case: guidance.id, w: String(guidance.w) });
  return joinFields({ ...setToFields(set, preset), method, n: String(n), beta: String(beta) });
}

/**
 * The state that an address holds; what it leaves out is as at first.
 *
 * @throws AddressError when a field is unknown or is not what it must be
 */
export function fromAddress(hash: string, first: State): State | undefined {
  const fields = splitFields(hash, KNOWN);
  if (fields === undefined) return undefined;
  const number = (name: "n" | "beta") => {
    const text = fields.get(name);
    return text === undefined ? first[name] : numberOf(name, text, RANGES[name]);
  };
  const tab = oneOf("tab", fields.get("tab"), TABS) ?? "draws";
  const w = fields.get("w");
  const id = fields.get("case");
  if (id !== undefined && caseOf(id) === undefined)
    throw new AddressError(`case must be one of ${CASES.map((known) => known.id).join(", ")}, got "${shorten(id)}"`);
  const isSet = SET_FIELDS.some((name) => fields.has(name));
  const { preset, ...rest } = first;
  return {
    ...rest,
    ...(isSet ? setFromFields(fields) : { ...(preset !== undefined && { preset }) }),
    method: oneOf("method", fields.get("method"), METHODS) ?? first.method,
    n: number("n"),
    beta: number("beta"),
    guidance: {
      id: id ?? first.guidance.id,
      w: w === undefined ? first.guidance.w : numberOf("w", w, STRENGTH),
    },
    tab,
  };
}

/** The strengths of guidance that are shown. */
export const STRENGTH = { fits: (w: number) => w >= 0 && w <= 10, must: "be a number from 0 to 10" };

function oneOf<T extends string>(field: string, text: string | undefined, known: readonly T[]): T | undefined {
  if (text === undefined) return undefined;
  const found = known.find((name) => name === text);
  if (found === undefined)
    throw new AddressError(`${field} must be one of ${known.join(", ")}, got "${shorten(text)}"`);
  return found;
}
