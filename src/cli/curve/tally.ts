import { type MeanEstimate, meanEstimate } from "../../selection/choice/meanOverQueries.js";
import type { Method } from "../../selection/method.js";
import { InputError } from "../input/inputError.js";
import { countedQueries } from "../terminal/countedQueries.js";
import { Moments, type StoredMoments } from "./moments.js";
import { FORMAT, type Partial, readPartial, readSettings, storedSettings } from "./partial.js";
import type { CurveReading } from "./readCurve.js";
import { betasOf, type CurvePoint, type CurveSettings, cellsOf, methodsIn, pointsOf, sizeOf } from "./settings.js";

/** What a figure is of: a law that is known, an estimate without bias, or the law of the samples themselves. */
export type Estimate = "exact" | "unbiased" | "plug-in";

/** One point of a curve, averaged over the queries that reach it. */
export interface MeanPoint extends CurvePoint {
  /** The number of queries that have as many samples. */
  readonly queries: number;
  /** What reward and gold are. KL and win rate are exact or plug-in. */
  readonly estimate: Estimate;
  /** The cells by their names (`cellsOf`). */
  readonly cells: Readonly<Record<string, MeanEstimate>>;
}

/** The points of one reward, one method and one β. */
export interface MeanCurve {
  readonly reward: string;
  readonly method: Method;
  readonly beta: number;
  readonly points: readonly MeanPoint[];
}

/** Exact sums of what was read on each query. Shards of a data set have one each, which `merge` adds up. */
export class CurveTally {
  readonly settings: CurveSettings;
  queries = 0;
  /** Whether the data have gold: the first query decides. */
  gold: boolean | undefined;
  /** The most samples that a query has; undefined where all laws are known. */
  samples: number | undefined;
  /** Why the reading broke off, if it did. */
  broken: string | undefined;
  /** A digest of the queries of each part: it tells the part from every other. */
  readonly #digests = new Set<string>();
  #cells: Moments[] = [];
  /** The same of each cluster, where queries come in clusters. */
  readonly #clusters = new Map<string, Moments[]>();

  constructor(settings: CurveSettings) {
    this.settings = settings;
  }

  add({ cells, cluster, samples }: Pick<CurveReading, "cells" | "cluster" | "samples">): void {
    const kept = this.#cells;
    for (let i = 0; i < cells.length; i++) {
      kept[i] ??= new Moments();
      if (Math.abs(cells[i]) > MAX_UNCHECKED && !Number.isFinite(kept[i].total + cells[i]))
        throw new InputError(`after ${countedQueries(this.queries)} a sum of rewards leaves the range of doubles`);
    }
    addTo(kept, cells);
    if (cluster !== undefined) addTo(this.#cluster(cluster), cells);
    if (samples !== undefined) this.samples = Math.max(this.samples ?? 0, samples);
    this.queries++;
  }

  #cluster(name: string): Moments[] {
    const known = this.#clusters.get(name) ?? [];
    this.#clusters.set(name, known);
    return known;
  }

  /** Keeps the digest of the queries that were added, once all were. */
  seal(digest: string): void {
    if (this.queries > 0) this.#digests.add(digest);
  }

  /** Adds the sums of another part of the data; errors call it `name`. */
  merge(other: CurveTally, name: string): void {
    const [a, b] = [this, other].map(({ settings }) => JSON.stringify(storedSettings(settings)));
    if (a !== b)
      throw new InputError(
        `${name}: it was made with other --beta, --n, --reward, --method, --cap, --plug-in or --versus than the files before it`,
      );
    if (other.queries === 0) return;
    const twice = [...other.#digests].find((digest) => this.#digests.has(digest));
    if (twice !== undefined) throw new InputError(`${name}: its queries are in the files before it already`);
    for (const digest of other.#digests) this.#digests.add(digest);
    this.gold ??= other.gold;
    const has = other.gold ? "gold" : "no gold";
    if (this.gold !== other.gold)
      throw new InputError(`${name}: its queries have ${has}, unlike those of the files before it`);
    if (this.queries > 0 && this.#clusters.size > 0 !== other.#clusters.size > 0)
      throw new InputError(`${name}: it was made with another --cluster than the files before it`);
    mergeInto(this.#cells, other.#cells);
    for (const [cluster, cells] of other.#clusters) mergeInto(this.#cluster(cluster), cells);
    if (other.samples !== undefined) this.samples = Math.max(this.samples ?? 0, other.samples);
    this.queries += other.queries;
  }

  /** The names of the cells that the data have. */
  get cellNames(): string[] {
    return cellsOf(this.settings, this.gold ?? false);
  }

  /** The means, with their standard errors. A point that no query reaches is left out. */
  get curves(): MeanCurve[] {
    if (this.queries === 0) return [];
    const { rewards, ns } = this.settings;
    const names = this.cellNames;
    const clusters = [...this.#clusters.values()];
    let next = 0;
    const cellsOfPoint = () => {
      const cells = names.map((name) => [name, meanOf(this.#cells[next], clusters, next++)]);
      return Object.fromEntries(cells) as MeanPoint["cells"];
    };
    return rewards.flatMap((reward) =>
      methodsIn(this.settings).flatMap((method) =>
        betasOf(reward, method).map((beta) => {
          const own = { name: reward.name, betas: [beta] };
          const points = pointsOf(own, { methods: [method], ns }).map((point): MeanPoint => {
            const { queries } = this.#cells[next];
            return { ...point, queries, estimate: this.#estimateAt(point), cells: cellsOfPoint() };
          });
          return { reward: reward.name, method, beta, points: points.filter(({ queries }) => queries > 0) };
        }),
      ),
    );
  }

  #estimateAt({ n }: CurvePoint): Estimate {
    if (this.samples === undefined) return "exact";
    return this.settings.plugIn || n === Infinity ? "plug-in" : "unbiased";
  }

  /** As JSON: the sums by their parts, nothing rounded. */
  toJson(): string {
    const { settings, queries, broken, gold = false, samples } = this;
    const stored = (cells: readonly Moments[]) => cells.map((cell) => cell.stored);
    const record: Partial = {
      format: FORMAT,
      settings: storedSettings(settings),
      queries,
      gold,
      ...(samples !== undefined && { samples }),
      ...(broken !== undefined && { broken }),
      parts: [...this.#digests],
      cells: stored(this.#cells),
      clusters: [...this.#clusters].map(([name, cells]) => [name, stored(cells)]),
    };
    return `${JSON.stringify(record)}\n`;
  }

  static fromJson(text: string, name: string): CurveTally {
    const record = readPartial(text, name);
    const tally = new CurveTally(readSettings(record.settings));
    tally.queries = record.queries;
    tally.samples = record.samples;
    if (record.queries > 0) tally.gold = record.gold;
    for (const digest of record.parts) tally.#digests.add(digest);
    const points = tally.settings.rewards.reduce((s, reward) => s + sizeOf(reward, tally.settings), 0);
    const expected = record.queries === 0 ? 0 : points * tally.cellNames.length;
    const lists = [record.cells, ...record.clusters.map(([, cells]) => cells)];
    const wrong = lists.find(({ length }) => length !== expected);
    if (wrong !== undefined) throw new InputError(`${name}: cells must have ${expected} entries, got ${wrong.length}`);
    mergeStored(tally.#cells, record.cells);
    for (const [cluster, cells] of record.clusters) mergeStored(tally.#cluster(cluster), cells);
    return tally;
  }
}

/** Sums of smaller figures stay in the range of doubles, however many there are. */
const MAX_UNCHECKED = 1e290;

/** Adds the figures that are there: NaN stands for a point that the query does not reach. */
function addTo(kept: Moments[], cells: Float64Array): void {
  for (let i = 0; i < cells.length; i++) {
    kept[i] ??= new Moments();
    if (!Number.isNaN(cells[i])) kept[i].add(cells[i]);
  }
}

const mergeInto = (kept: Moments[], cells: readonly Moments[]): void =>
  mergeStored(
    kept,
    cells.map((cell) => cell.stored),
  );

function mergeStored(kept: Moments[], cells: readonly StoredMoments[]): void {
  for (const [i, cell] of cells.entries()) {
    kept[i] ??= new Moments();
    kept[i].merge(cell);
  }
}

function meanOf(cell: Moments, clusters: readonly (readonly Moments[])[], place: number): MeanEstimate {
  const { queries, mean } = cell;
  if (clusters.length === 0) return meanEstimate({ clusters: queries, queries, mean, squares: cell.squaresAboutMean });
  const own = clusters.map((cells) => cells[place]).filter((sums) => sums.queries > 0);
  const squares = own.reduce((s, sums) => s + (sums.total - sums.queries * mean) ** 2, 0);
  return meanEstimate({ clusters: own.length, queries, mean, squares });
}
