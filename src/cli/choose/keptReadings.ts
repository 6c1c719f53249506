import type { SelectionCandidate } from "../../selection/choice/chooseSelection.js";
import { requireGoldAlike } from "../curve/goldAlike.js";
import type { CurveReading } from "../curve/readCurve.js";
import { type CurveSettings, cellsOf, pointsOf, sizeOf } from "../curve/settings.js";
import { InputError } from "../input/inputError.js";

/** A candidate, with figures that are arrays. */
type Read = SelectionCandidate & {
  readonly reward: Float64Array;
  readonly gold?: Float64Array;
  readonly klToRef: Float64Array;
};

/** The settings of one reward that all its queries reach. */
export interface Candidates {
  /** The name of the reward. */
  readonly name: string;
  readonly all: readonly Read[];
  /** The clusters of the queries, where they have any. */
  readonly cluster?: readonly string[];
  /** How many queries were left out. */
  readonly left: number;
}

/** What was read on each query, kept to choose from. */
export class KeptReadings {
  readonly settings: CurveSettings;
  gold: boolean | undefined;
  /** The most samples that a query has; undefined where all laws are known. */
  samples: number | undefined;
  readonly #readings: Pick<CurveReading, "place" | "cells" | "samples" | "cluster">[] = [];

  constructor(settings: CurveSettings) {
    this.settings = settings;
  }

  get queries(): number {
    return this.#readings.length;
  }

  add(reading: CurveReading): void {
    requireGoldAlike(reading, this);
    const { place, cells, samples, cluster } = reading;
    if (samples !== undefined) this.samples = Math.max(this.samples ?? 0, samples);
    this.#readings.push({
      place,
      cells,
      ...(samples !== undefined && { samples }),
      ...(cluster !== undefined && { cluster }),
    });
  }

  /**
   * The candidates of a reward: every N that all queries reach. With `leaveOut` it is every N, on the queries that reach the
   * most draws.
   */
  candidates(r: number, leaveOut: boolean): Candidates {
    const { rewards, ns } = this.settings;
    const most = ns[ns.length - 1];
    const reach = ({ samples = Infinity }: { readonly samples?: number }) => samples;
    const kept = leaveOut ? this.#readings.filter((one) => reach(one) >= most) : this.#readings;
    if (kept.length === 0) throw new InputError(`--n has ${most}, and no query has more than ${this.samples} samples`);
    const least = kept.reduce((a, b) => (reach(b) < reach(a) ? b : a));
    if (reach(least) < 2)
      throw new InputError(
        `${least.place}: it has 1 sample: --n 1,2,… chooses among these N, and leaves out the queries that have fewer samples`,
      );
    const names = cellsOf(this.settings, this.gold ?? false);
    const before = rewards.slice(0, r).reduce((s, reward) => s + sizeOf(reward, this.settings), 0);
    const all = pointsOf(rewards[r], this.settings).flatMap(({ method, beta, n }, p): Read[] => {
      if (n > reach(least) || n === Infinity) return [];
      const read = (name: string) => {
        const cell = (before + p) * names.length + names.indexOf(name);
        return Float64Array.from(kept, ({ cells }) => cells[cell]);
      };
      const by = this.settings.methods && { method };
      return [
        { ...by, beta, n, reward: read("reward"), ...(this.gold && { gold: read("gold") }), klToRef: read("klToRef") },
      ];
    });
    const cluster = kept[0].cluster === undefined ? undefined : kept.map((one) => one.cluster ?? "");
    return { name: rewards[r].name, all, ...(cluster && { cluster }), left: this.queries - kept.length };
  }
}
