import { type MeanEstimate, meanEstimate } from "../../selection/choice/meanOverQueries.js";
import type { Method } from "../../selection/method.js";
import { InputError } from "../input/inputError.js";
import { CLUSTER_OPTION, READING_OPTIONS, type ReadingSettings } from "../input/reading.js";
import { countedQueries } from "../terminal/countedQueries.js";
import type { QueryDigest } from "./digest.js";
import { Digests, inCommon } from "./digests.js";
import { Moments, type StoredMoments } from "./moments.js";
import { partialText, readPartial, readSettings, storedSettings } from "./partial.js";
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
  /** How the data were read. */
  readonly reading: ReadingSettings;
  /** What was read: the digests of the queries. */
  digests: Digests = new Digests();
  /** And those of their names, where a query has rows of its own, which another part of the data may have some of. */
  names: Digests | undefined;
  #cells: Moments[] = [];
  /** The same of each cluster, where queries come in clusters. */
  readonly #clusters = new Map<string, Moments[]>();

  constructor(settings: CurveSettings, reading: ReadingSettings) {
    this.settings = settings;
    this.reading = reading;
  }

  add({ cells, cluster, samples, digest, name }: TalliedReading): void {
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
    this.digests.add(digest);
    if (name === undefined) return;
    this.names ??= new Digests();
    this.names.add(name);
  }

  #cluster(name: string): Moments[] {
    const known = this.#clusters.get(name) ?? [];
    this.#clusters.set(name, known);
    return known;
  }

  get #sortedClusters(): [string, Moments[]][] {
    return [...this.#clusters].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** Whether another part of the data was read in the same way. */
  isLike(settings: CurveSettings, reading: ReadingSettings): boolean {
    const [a, b] = [this, { settings, reading }].map((one) =>
      JSON.stringify([storedSettings(one.settings), one.reading]),
    );
    return a === b;
  }

  /**
   * Adds the sums of another part of the data; errors call it `name`. Unless `twice`, no query of it may be in this one: else
   * what is read is known to be the whole, which may have queries that are equal.
   */
  merge(other: CurveTally, name: string, twice: boolean): void {
    if (!this.isLike(other.settings, other.reading))
      throw new InputError(
        `${name}: it was made with other options than the files before it: ${SETTING_NAMES} must be the same`,
      );
    if (other.queries === 0) return;
    if (!twice) this.#requireApart(other, name);
    this.gold ??= other.gold;
    const has = other.gold ? "gold" : "no gold";
    if (this.gold !== other.gold)
      throw new InputError(`${name}: its queries have ${has}, unlike those of the files before it`);
    mergeInto(this.#cells, other.#cells);
    for (const [cluster, cells] of other.#clusters) mergeInto(this.#cluster(cluster), cells);
    const total = this.#cells.find((cell) => !Number.isFinite(cell.total));
    if (total !== undefined) throw new InputError(`${name}: with it a sum of rewards leaves the range of doubles`);
    if (other.samples !== undefined) this.samples = Math.max(this.samples ?? 0, other.samples);
    this.queries += other.queries;
    this.digests.addAll(other.digests);
    if (other.names === undefined) return;
    this.names ??= new Digests();
    this.names.addAll(other.names);
  }

  #requireApart(other: CurveTally, name: string): void {
    const equal = inCommon(this.digests, other.digests);
    if (equal > 0)
      throw new InputError(
        `${name}: ${equal} of its ${countedQueries(other.queries)} ${equal === 1 ? "is" : "are"} in the files before it too (--of FILE tells whether FILE has equal ones)`,
      );
    const cut = this.names === undefined || other.names === undefined ? 0 : inCommon(this.names, other.names);
    if (cut > 0)
      throw new InputError(
        `${name}: rows of ${countedQueries(cut)} are in the files before it too: the rows of a query belong in one file`,
      );
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
    // In a fixed order: the last digit of a standard error may depend on it.
    const clusters = this.#sortedClusters.map(([, cells]) => cells);
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

  /** The same sums, to be added to. */
  copy(): CurveTally {
    const all = new CurveTally(this.settings, this.reading);
    all.merge(this, "", true);
    return all;
  }

  /** As the text of a file: the sums by their parts, nothing rounded, whatever the order in which they were added up. */
  toText(): string {
    const { settings, reading, queries, broken, gold = false, samples, digests, names } = this;
    const stored = (cells: readonly Moments[]) => cells.map((cell) => cell.stored);
    return partialText({
      settings: storedSettings(settings),
      reading,
      queries,
      gold,
      ...(samples !== undefined && { samples }),
      ...(broken !== undefined && { broken }),
      digests: digests.toText(),
      ...(names && { names: names.toText() }),
      cells: stored(this.#cells),
      clusters: this.#sortedClusters.map(([name, cells]) => [name, stored(cells)]),
    });
  }

  static fromText(text: string, name: string): CurveTally {
    const record = readPartial(text, name);
    const impossible = (what: string) => new InputError(`${name}: ${what}: no queries have such sums`);
    const tally = new CurveTally(readSettings(record.settings), record.reading);
    tally.queries = record.queries;
    tally.samples = record.samples;
    tally.broken = record.broken;
    if (record.queries > 0) tally.gold = record.gold;
    const digestsIn = (list: "digests" | "names"): Digests => {
      const read = Digests.fromText(record[list] ?? "");
      if (read?.size !== record.queries)
        throw impossible(`${list} must be of ${countedQueries(record.queries)}, got ${read?.size ?? "none"}`);
      return read;
    };
    tally.digests = digestsIn("digests");
    if (record.names !== undefined) tally.names = digestsIn("names");
    const cellNames = tally.cellNames;
    const points = tally.settings.rewards.reduce((s, reward) => s + sizeOf(reward, tally.settings), 0);
    const expected = record.queries === 0 ? 0 : points * cellNames.length;
    const lists = [record.cells, ...record.clusters.map(([, cells]) => cells)];
    const wrong = lists.find(({ length }) => length !== expected);
    if (wrong !== undefined) throw impossible(`cells must have ${expected} entries, got ${wrong.length}`);
    mergeStored(tally.#cells, record.cells);
    for (const [cluster, cells] of record.clusters) mergeStored(tally.#cluster(cluster), cells);
    const clusters = [...tally.#clusters.values()];
    for (const [i, cell] of tally.#cells.entries()) {
      const [least, most] = RANGES[cellNames[i % cellNames.length]] ?? [-Infinity, Infinity];
      if (cell.queries > record.queries || !cell.isPossible(least, most)) throw impossible(`cells[${i}]`);
      if (clusters.length > 0 && !cell.isSumOf(clusters.map((cells) => cells[i])))
        throw impossible(`cells[${i}] and those of the clusters`);
    }
    return tally;
  }
}

/** The options that every part of a data set is read with alike. */
const SETTING_NAMES = `--beta, --n, --method, --cap, --plug-in, --versus, ${Object.keys({
  ...READING_OPTIONS,
  ...CLUSTER_OPTION,
})
  .map((name) => `--${name}`)
  .join(", ")}`;

/** From where to where figures can be. */
const RANGES: Readonly<Record<string, readonly [number, number]>> = { klToRef: [0, Infinity], winRate: [0, 1] };

/** What is kept of a reading. */
type TalliedReading = Pick<CurveReading, "cells" | "cluster" | "samples" | keyof QueryDigest>;

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
