import { ExactSum } from "../../numeric/exactSum.js";
import { InputError } from "../input/inputError.js";
import { parseJson } from "../input/jsonText.js";
import { countedQueries } from "../terminal/countedQueries.js";
import { type CurveSettings, QUANTITIES } from "./readCurve.js";

/** One point of a curve, averaged over the queries; N = ∞ is the limit. */
export type MeanPoint = { readonly n: number } & { readonly [Q in (typeof QUANTITIES)[number]]?: number };

/** The points of one β. */
export interface MeanCurve {
  readonly beta: number;
  readonly points: readonly MeanPoint[];
}

/** The first field of a file of partial sums. */
const FORMAT = "exptilt curve partial sums, version 1";

/** Exact sums of what was read on each query. Shards of a data set have one each, which `merge` adds up. */
export class CurveTally {
  readonly settings: CurveSettings;
  queries = 0;
  /** Whether the data have gold: the first query decides. */
  gold: boolean | undefined;
  /** Why the reading broke off, if it did. */
  broken: string | undefined;
  /** A digest of the queries of each part: it tells the part from every other. */
  readonly #digests = new Set<string>();
  #sums: ExactSum[] = [];

  constructor(settings: CurveSettings) {
    this.settings = settings;
  }

  add(readings: Float64Array): void {
    for (let i = 0; i < readings.length; i++) {
      if (!Number.isFinite((this.#sums[i]?.value ?? 0) + readings[i]))
        throw new InputError(`after ${countedQueries(this.queries)} a sum of rewards leaves the range of doubles`);
    }
    for (let i = 0; i < readings.length; i++) {
      this.#sums[i] ??= new ExactSum();
      this.#sums[i].add(readings[i]);
    }
    this.queries++;
  }

  /** Keeps the digest of the queries that were added, once all were. */
  seal(digest: string): void {
    if (this.queries > 0) this.#digests.add(digest);
  }

  /** Adds the sums of another part of the data; errors call it `name`. */
  merge(other: CurveTally, name: string): void {
    const [a, b] = [this, other].map(({ settings: { betas, ns } }) => JSON.stringify([betas.map(String), ns]));
    if (a !== b) throw new InputError(`${name}: it was made with other --beta or --n than the files before it`);
    if (other.queries === 0) return;
    const twice = [...other.#digests].find((digest) => this.#digests.has(digest));
    if (twice !== undefined) throw new InputError(`${name}: its queries are in the files before it already`);
    for (const digest of other.#digests) this.#digests.add(digest);
    this.gold ??= other.gold;
    const has = other.gold ? "gold" : "no gold";
    if (this.gold !== other.gold)
      throw new InputError(`${name}: its queries have ${has}, unlike those of the files before it`);
    for (const [i, sum] of other.#sums.entries()) {
      this.#sums[i] ??= new ExactSum();
      for (const part of sum.parts) this.#sums[i].add(part);
    }
    this.queries += other.queries;
  }

  /** The quantities that the data have. */
  get quantities(): (typeof QUANTITIES)[number][] {
    return QUANTITIES.filter((name) => name !== "gold" || this.gold);
  }

  get curves(): MeanCurve[] {
    const { betas, ns } = this.settings;
    const names = this.quantities;
    let next = 0;
    return betas.map((beta) => ({
      beta,
      points: [...ns, Infinity].map((n) => {
        const means = names.map((name) => [name, this.#sums[next++].value / this.queries]);
        return { n, ...Object.fromEntries(means) } as MeanPoint;
      }),
    }));
  }

  /** As JSON: the sums by their parts, nothing rounded. */
  toJson(): string {
    const { settings, queries, broken, gold = false } = this;
    // As strings: JSON has no infinities.
    const betas = settings.betas.map(String);
    const record = { format: FORMAT, betas, ns: settings.ns, queries, gold, broken, parts: [...this.#digests] };
    return `${JSON.stringify({ ...record, sums: this.#sums.map((sum) => sum.parts) })}\n`;
  }

  static fromJson(text: string, name: string): CurveTally {
    if (text === "") throw new InputError(`${name}: it is empty: the run that writes it has not come to its end`);
    const record = parseJson(text, name, "it");
    if (!isPartial(record)) throw new InputError(`${name}: it is not a file of ${FORMAT}`);
    if (record.broken !== undefined)
      throw new InputError(`${name}: it is of a run that broke off: ${record.broken}; mend that and run it again`);
    const tally = new CurveTally({ betas: record.betas.map(Number), ns: record.ns });
    tally.queries = record.queries;
    if (record.queries > 0) tally.gold = record.gold;
    for (const digest of record.parts) tally.#digests.add(digest);
    tally.#sums = record.sums.map((parts) => new ExactSum(parts));
    const points = record.betas.length * (record.ns.length + 1);
    const expected = record.queries === 0 ? 0 : points * tally.quantities.length;
    if (tally.#sums.length !== expected)
      throw new InputError(`${name}: sums must have ${expected} entries, got ${tally.#sums.length}`);
    return tally;
  }
}

interface Partial {
  readonly betas: string[];
  readonly ns: number[];
  readonly queries: number;
  readonly gold: boolean;
  readonly broken?: string;
  readonly parts: string[];
  readonly sums: number[][];
}

function isPartial(value: unknown): value is Partial {
  if (typeof value !== "object" || value === null) return false;
  const { format, betas, ns, queries, gold, broken, parts, sums } = value as Record<string, unknown>;
  const numbers = (list: unknown) => Array.isArray(list) && list.every((x) => Number.isFinite(x));
  return (
    format === FORMAT &&
    Array.isArray(betas) &&
    betas.every((b) => typeof b === "string" && Number(b) >= 0) &&
    numbers(ns) &&
    (ns as number[]).every((n) => n >= 1) &&
    Number.isSafeInteger(queries) &&
    (queries as number) >= 0 &&
    typeof gold === "boolean" &&
    (broken === undefined || typeof broken === "string") &&
    Array.isArray(parts) &&
    parts.every((digest) => typeof digest === "string") &&
    Array.isArray(sums) &&
    sums.every(numbers)
  );
}
