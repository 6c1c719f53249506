import { show } from "../../numeric/check.js";
import { METHODS, type Method } from "../../selection/method.js";
import { InputError } from "../input/inputError.js";
import { parseJson } from "../input/jsonText.js";
import { MISSING, type ReadingSettings } from "../input/reading.js";
import { sha256 } from "../input/sha256.js";
import { VERSION } from "../version.js";
import type { StoredMoments } from "./moments.js";
import type { CurveSettings } from "./settings.js";

/** The first field of a file of partial sums. */
const FORMAT = "exptilt curve partial sums, version 3";

/** The end of the file: a digest of all that stands before it. */
const CHECKSUM = /,"checksum":"([0-9a-f]{64})"\}\n$/;

const checksumOf = (text: string): string => sha256(text, "hex");

/** A file of partial sums, checked; errors call it `name`. */
export function readPartial(text: string, name: string): Partial {
  if (text === "") throw new InputError(`${name}: it is empty`);
  const record = parseJson(text, name, "it");
  if (isRecord(record) && typeof record.format === "string" && record.format !== FORMAT)
    throw new InputError(`${name}: its format is ${show(record.format)}, not ${show(FORMAT)}`);
  if (!isPartial(record)) throw new InputError(`${name}: it is not a file of ${FORMAT}`);
  const end = CHECKSUM.exec(text);
  if (end === null || checksumOf(`${text.slice(0, end.index)}}`) !== end[1])
    throw new InputError(`${name}: it was changed after it was written: its checksum is of other contents`);
  if (record.exptilt !== VERSION)
    throw new InputError(`${name}: it was made by exptilt ${record.exptilt}, and this is ${VERSION}: make it again`);
  return record;
}

/** The text of a file of partial sums. */
export function partialText(record: Omit<Partial, "format" | "exptilt">): string {
  return sealed(JSON.stringify({ format: FORMAT, exptilt: VERSION, ...record } satisfies Partial));
}

/** A JSON object on a line, with its checksum as the last field. */
export const sealed = (json: string): string => `${json.slice(0, -1)},"checksum":"${checksumOf(json)}"}\n`;

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
  /** The version of the package that made it. */
  readonly exptilt: string;
  readonly settings: StoredSettings;
  /** How the data were read. */
  readonly reading: ReadingSettings;
  readonly queries: number;
  readonly gold: boolean;
  readonly samples?: number;
  /** Why the run broke off, if it did. */
  readonly broken?: string;
  /** A digest of every query, and where queries have rows of their own, of every name (`Digests`). */
  readonly digests: string;
  readonly names?: string;
  readonly cells: readonly StoredMoments[];
  readonly clusters: readonly (readonly [string, readonly StoredMoments[]])[];
}

function isPartial(value: unknown): value is Partial {
  if (!isRecord(value)) return false;
  const { format, exptilt, settings, reading, queries, gold, samples, broken, digests, names, cells, clusters } = value;
  return (
    format === FORMAT &&
    isText(exptilt) &&
    isStoredSettings(settings) &&
    isReadingSettings(reading) &&
    isCount(queries) &&
    typeof gold === "boolean" &&
    (samples === undefined || isCount(samples)) &&
    (broken === undefined || isText(broken)) &&
    isText(digests) &&
    (names === undefined || isText(names)) &&
    isListOf(cells, isStoredMoments) &&
    isListOf(
      clusters,
      (one) => Array.isArray(one) && one.length === 2 && isText(one[0]) && isListOf(one[1], isStoredMoments),
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

function isReadingSettings(value: unknown): value is ReadingSettings {
  if (!isRecord(value)) return false;
  const { rewards, missing, law, mergeMean, ...names } = value;
  return (
    isListOf(rewards, isText) &&
    MISSING.some((known) => known === missing) &&
    typeof law === "boolean" &&
    typeof mergeMean === "boolean" &&
    Object.values(names).every((name) => name === undefined || isText(name))
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
