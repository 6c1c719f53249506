/** One subject through its cases: errors in ULP, plain and beside the condition number. */
import { randomSource } from "exptilt";
import { type BigNumber, big, exact, type Num } from "./oracle.js";
import type { Inputs, Moved, Subject } from "./subject.js";
import { ulp } from "./ulp.js";

/** The largest and the mean of errors, and where the largest was. */
export interface Figures {
  readonly max: number;
  readonly mean: number;
}

export interface Worst {
  /** Which case: its number in the sweep, or its name in the fixture. */
  readonly at: string;
  readonly entry: number;
  readonly inputs: Inputs;
  readonly got: number;
  readonly want: number;
}

export interface Assessment {
  readonly name: string;
  readonly domain: string;
  readonly cases: number;
  readonly entries: number;
  readonly plain: Figures;
  readonly scaled: Figures;
  /** The case of the largest scaled error; of the largest plain error where that is below half an ULP throughout. */
  readonly worst: Worst;
  readonly peers: Readonly<Record<string, Figures & { readonly median: number; readonly failed: number }>>;
}

/** Inputs are moved by this, relatively: far below a double's digits and above the oracle's. */
const MOVE = 1e-30;

function movedBy(
  down: (x: number, scalar: boolean) => boolean,
  inputs: Inputs,
  fixed: readonly string[],
): Moved<Inputs> {
  const move = (x: number, scalar = false): Num =>
    Number.isFinite(x) && x !== 0 ? big(x).times(big(down(x, scalar) ? -MOVE : MOVE).plus(1)) : x;
  const moved = Object.entries(inputs).map(([key, value]) => {
    if (fixed.includes(key)) return [key, value];
    if (typeof value === "number") return [key, move(value, true)];
    return [key, value.map((v) => (typeof v === "number" ? move(v) : v.map((x) => move(x))))];
  });
  return Object.fromEntries(moved);
}

const list = <T>(value: T | ArrayLike<T>): T[] =>
  typeof value === "object" && value !== null && "length" in value ? Array.from(value as ArrayLike<T>) : [value as T];

/** What a double is off, in units: 0 where both are the same infinity, ∞ where one is finite or NaN. */
function error(got: number, want: BigNumber, unit: number): number {
  const w = want.toNumber();
  if (got === w && (!Number.isFinite(w) || want.isZero())) return 0;
  if (!Number.isFinite(got) || !Number.isFinite(w)) return Infinity;
  return big(got).minus(want).abs().div(big(unit)).toNumber();
}

/**
 * The value at 60 digits and its sensitivity: how much it changes when every input changes, relatively, by ±1, to first
 * order: the largest of some probes. The first lets all sizes grow; the second does so but for single numbers, which
 * shrink; the third lets all numbers grow, so that those below 0 shrink; and the others let chance decide for each, in two
 * probes where the inputs are many and in six where they are few.
 */
function exactly(
  s: Subject,
  inputs: Inputs,
  rng: () => number,
  probes: number,
): { want: BigNumber[]; sensitivity: number[] } {
  const want = list(s.exact(inputs as Moved<Inputs>, inputs));
  const sensitivity = want.map(() => 0);
  for (let probe = 0; probe < probes; probe++) {
    const down = (x: number, scalar: boolean) => {
      if (probe > 2) return rng() < 0.5;
      return probe === 1 ? scalar : probe === 2 && x < 0;
    };
    const moved = list(s.exact(movedBy(down, inputs, s.fixed ?? []), inputs));
    for (const [i, w] of want.entries()) {
      if (!w.isFinite() || !moved[i].isFinite()) continue;
      sensitivity[i] = Math.max(sensitivity[i], moved[i].minus(w).abs().div(big(MOVE)).toNumber());
    }
  }
  return { want, sensitivity };
}

/** A mean and a maximum as they grow. */
class Tally {
  max = 0;
  #sum = 0;
  readonly all: number[] = [];
  add(error: number): boolean {
    this.all.push(error);
    this.#sum += error;
    if (!(error > this.max) && this.all.length > 1) return false;
    this.max = error;
    return true;
  }
  get mean(): number {
    return this.all.length === 0 ? 0 : this.#sum / this.all.length;
  }
  get median(): number {
    return [...this.all].sort((a, b) => a - b)[this.all.length >> 1] ?? 0;
  }
}

/** The case of one number: the same however many are run. */
export function caseOf(s: Subject, index: number): { inputs: Inputs; rng: () => number } {
  const rng = randomSource(`accuracy ${s.name} ${index}`);
  return { inputs: s.draw(rng, index), rng };
}

/** Runs the fixture's cases and the first `count` of the sweep. */
export function assess(s: Subject, count = s.cases ?? 200, withPeers = true): Assessment {
  const [plain, scaled] = [new Tally(), new Tally()];
  let worst: Worst | undefined;
  const peers = Object.entries(withPeers ? (s.peers ?? {}) : {}).map(([name, run]) => ({
    name,
    run,
    tally: new Tally(),
    failed: 0,
  }));
  const judge = (at: string, inputs: Inputs, rng: () => number) => {
    const size = Object.values(inputs).reduce<number>((n, v) => n + (typeof v === "number" ? 1 : v.length), 0);
    // A fixture of a million answers is judged without a condition number.
    const { want, sensitivity } = exactly(s, inputs, rng, size > 5000 ? 0 : size > 20 ? 5 : 9);
    const got = list(s.float64(inputs));
    if (got.length !== want.length) throw new Error(`${s.name}: ${got.length} values for ${want.length}`);
    for (const [i, w] of want.entries()) {
      const unit = ulp(w.toNumber());
      const off = error(got[i], w, Number.isNaN(unit) ? 1 : unit);
      const beside = error(got[i], w, Number.isNaN(unit) ? 1 : Math.max(unit, ulp(sensitivity[i]) || 0));
      plain.add(off);
      if (scaled.add(beside)) worst = { at, entry: i, inputs, got: got[i], want: w.toNumber() };
    }
    for (const peer of peers) {
      const theirs = attempt(() => list(peer.run(inputs)));
      for (const [i, w] of want.entries()) {
        const unit = ulp(w.toNumber());
        const off = theirs === undefined ? Infinity : error(Number(theirs[i]), w, Number.isNaN(unit) ? 1 : unit);
        if (off === Infinity) peer.failed++;
        peer.tally.add(off);
      }
    }
  };
  for (const { id, inputs } of s.fixtures ?? []) judge(id, inputs, randomSource(`accuracy ${s.name} ${id}`));
  for (let i = 0; i < count; i++) {
    const { inputs, rng } = caseOf(s, i);
    judge(`#${i}`, inputs, rng);
  }
  if (worst === undefined) throw new Error(`${s.name}: no case`);
  return {
    name: s.name,
    domain: s.domain,
    cases: count + (s.fixtures?.length ?? 0),
    entries: plain.all.length,
    plain: { max: plain.max, mean: plain.mean },
    scaled: { max: scaled.max, mean: scaled.mean },
    worst,
    peers: Object.fromEntries(
      peers.map(({ name, tally, failed }) => [
        name,
        { max: tally.max, mean: tally.mean, median: tally.median, failed },
      ]),
    ),
  };
}

function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}

export const digits: number = exact.digits;
