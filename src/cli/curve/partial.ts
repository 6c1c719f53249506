import { METHODS, type Method } from "../../selection/method.js";
import { InputError } from "../input/inputError.js";
import { parseJson } from "../input/jsonText.js";
import type { StoredMoments } from "./moments.js";
import type { CurveSettings } from "./settings.js";

/** The first field of a file of partial sums. */
export const FORMAT = "exptilt curve partial sums, version 2";

/** A file of partial sums, checked; errors call it `name`. */
export function readPartial(text: string, name: string): Partial {
  if (text === "") throw new InputError(`${name}: it is empty: the run that writes it has not come to its end`);
  const record = parseJson(text, name, "it");
  if (!isPartial(record)) throw new InputError(`${name}: it is not a file of ${FORMAT}`);
  if (record.broken !== undefined)
    throw new InputError(`${name}: it is of a run that broke off: ${record.broken}; mend that and run it again`);
  return record;
}

/** Settings as a file keeps them: numbers that may be infinite as texts, since JSON has no infinities. */
export interface StoredSettings {
  readonly rewards: readonly { readonly name: string; readonly betas: readonly string[] }[];
  readonly ns: readonly number[];
  readonly methods?: readonly Method[];
  readonly plugIn: boolean;
  readonly versus?: { readonly method?: Method["method"]; readonly beta: string; readonly n: string };
}

export function storedSettings({ rewards, ns, methods, plugIn, versus }: CurveSettings): StoredSettings {
  return {
    rewards: rewards.map(({ name, betas }) => ({ name, betas: betas.map(String) })),
    ns,
    ...(methods && { methods }),
    plugIn,
    ...(versus && { versus: { ...versus, beta: String(versus.beta), n: String(versus.n) } }),
  };
}

export function readSettings({ rewards, ns, methods, plugIn, versus }: StoredSettings): CurveSettings {
  return {
    rewards: rewards.map(({ name, betas }) => ({ name, betas: betas.map(Number) })),
    ns,
    ...(methods && { methods }),
    plugIn,
    ...(versus && { versus: { ...versus, beta: Number(versus.beta), n: Number(versus.n) } }),
  };
}

/** What a file of partial sums holds. */
export interface Partial {
  readonly format: string;
  readonly settings: StoredSettings;
  readonly queries: number;
  readonly gold: boolean;
  readonly samples?: number;
  readonly broken?: string;
  readonly parts: readonly string[];
  readonly cells: readonly StoredMoments[];
  readonly clusters: readonly (readonly [string, readonly StoredMoments[]])[];
}

function isPartial(value: unknown): value is Partial {
  if (!isRecord(value)) return false;
  const { format, settings, queries, gold, samples, broken, parts, cells, clusters } = value;
  return (
    format === FORMAT &&
    isStoredSettings(settings) &&
    isCount(queries) &&
    typeof gold === "boolean" &&
    (samples === undefined || isCount(samples)) &&
    (broken === undefined || typeof broken === "string") &&
    isListOf(parts, (digest) => typeof digest === "string") &&
    isListOf(cells, isStoredMoments) &&
    isListOf(
      clusters,
      (one) =>
        Array.isArray(one) && one.length === 2 && typeof one[0] === "string" && isListOf(one[1], isStoredMoments),
    )
  );
}

function isStoredSettings(value: unknown): value is StoredSettings {
  if (!isRecord(value)) return false;
  const { rewards, ns, methods, plugIn, versus } = value;
  return (
    isListOf(rewards, (r) => isRecord(r) && isText(r.name) && isListOf(r.betas, (b) => isText(b) && Number(b) >= 0)) &&
    isListOf(ns, (n) => isNumber(n) && (n as number) >= 1) &&
    (methods === undefined || isListOf(methods, isMethod)) &&
    typeof plugIn === "boolean" &&
    (versus === undefined || (isRecord(versus) && isText(versus.beta) && isText(versus.n)))
  );
}

function isStoredMoments(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== 3) return false;
  const [queries, sum, squares] = value;
  return isCount(queries) && isListOf(sum, isNumber) && (squares === null || isListOf(squares, isNumber));
}

const isMethod = (x: unknown) =>
  isRecord(x) && METHODS.some((known) => known === x.method) && (x.cap === undefined || isNumber(x.cap));
const isRecord = (x: unknown): x is Record<string, unknown> => typeof x === "object" && x !== null;
const isText = (x: unknown) => typeof x === "string";
const isNumber = (x: unknown) => Number.isFinite(x);
const isCount = (x: unknown) => Number.isSafeInteger(x) && (x as number) >= 0;
const isListOf = (list: unknown, fits: (x: unknown) => boolean): boolean => Array.isArray(list) && list.every(fits);
