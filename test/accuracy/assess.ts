/** One subject through its cases: errors in ULP, plain and beside the condition number. */
import { randomSource } from "exptilt";
import { type BigNumber, big, type Num } from "./oracle.js";
import { type Inputs, LIMIT, type Moved, type Result, type Subject } from "./subject.js";
import { ulp } from "./ulp.js";

/** The largest and the mean of errors. */
export interface Figures {
  readonly max: number;
  readonly mean: number;
}

/** Another package on the same cases; its errors beside the condition number. */
export interface PeerFigures {
  readonly median: number;
  readonly max: number;
  /** The share of the values that have no right digit, or are no number, or infinite where they should not be. */
  readonly failed: number;
}

/** A case and what came out, at one of its values. */
export interface Worst {
  /** Which case: its number in the sweep, or its name in the fixture. */
  readonly at: string;
  readonly entry: number;
  /** How many numbers went in; they are left out of a report where they are many. */
  readonly size: number;
  readonly inputs?: Inputs;
  readonly got: number;
  readonly want: number;
}

export interface Assessment {
  readonly name: string;
  readonly domain: string;
  /** Cases of the sweep, and of the committed fixtures. */
  readonly cases: number;
  readonly fixtures: number;
  /** How many numbers came out. */
  readonly values: number;
  readonly plain: Figures;
  readonly scaled: Figures;
  /** Where the scaled error was largest. */
  readonly worst: Worst;
  readonly peers: Readonly<Record<string, PeerFigures>>;
}

/** Inputs, and the source of the signs that the condition number is probed with. */
export interface Case {
  readonly at: string;
  readonly inputs: Inputs;
  readonly rng: () => number;
}

/** The case of one number: the same however many are run. */
function drawn(s: Subject, index: number): Case {
  const rng = randomSource(`accuracy ${s.name} ${index}`);
  return { at: `#${index}`, inputs: s.draw(rng, index), rng };
}

export const sweep = (s: Subject, count: number): Case[] => Array.from({ length: count }, (_, i) => drawn(s, i));

export const committed = (s: Subject): Case[] =>
  (s.fixtures ?? []).map(({ id, inputs }) => ({ at: id, inputs, rng: randomSource(`accuracy ${s.name} ${id}`) }));

/** A case by its name. */
export function caseAt(s: Subject, at: string): Case {
  const found = at.startsWith("#") ? drawn(s, Number(at.slice(1))) : committed(s).find((c) => c.at === at);
  if (found === undefined) throw new Error(`${s.name}: no case ${at}`);
  return found;
}

/** From so many inputs on, the condition number is that of the probes. */
const MANY = 60;

/** Inputs are moved by this, relatively: far below a double's digits and above the oracle's. */
const MOVE = 1e-30;

/** Where a number is moved: up (1), down (−1) or not at all; given its place among all, and whether it stands alone. */
type Direction = (x: number, place: number, scalar: boolean) => number;

function movedBy(direction: Direction, inputs: Inputs, fixed: readonly string[]): Moved<Inputs> {
  let place = 0;
  const move = (x: number, scalar = false): Num => {
    const way = direction(x, place++, scalar);
    return Number.isFinite(x) && x !== 0 && way !== 0 ? big(x).times(big(way * MOVE).plus(1)) : x;
  };
  const moved = Object.entries(inputs).map(([key, value]) => {
    if (fixed.includes(key)) return [key, value];
    if (typeof value === "number") return [key, move(value, true)];
    return [key, value.map((v) => (typeof v === "number" ? move(v) : v.map((x) => move(x))))];
  });
  return Object.fromEntries(moved);
}

const sizeOf = (inputs: Inputs): number => Object.values(inputs).flat(2).length;
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
 * How much each value changes when every input changes, relatively, by ±1, to first order: the largest of some probes.
 * The first lets all sizes grow; the second does so but for single numbers, which shrink; the third lets all numbers
 * grow, so that those below 0 shrink; and the others let chance decide for each, in two probes where the inputs are many
 * and in six where they are few.
 */
function sensitivity(s: Subject, one: Case, want: readonly BigNumber[]): number[] {
  const probes = s.probes ?? (sizeOf(one.inputs) > 20 ? 5 : 9);
  const most = want.map(() => 0);
  for (let probe = 0; probe < probes; probe++) {
    const changes = change(s, one, want, (x, _, scalar) => {
      if (probe > 2) return one.rng() < 0.5 ? -1 : 1;
      return (probe === 1 && scalar) || (probe === 2 && x < 0) ? -1 : 1;
    });
    for (const [i, c] of changes.entries()) most[i] = Math.max(most[i], c);
  }
  return most;
}

/** The same over all patterns of signs: what each input does alone, added up. */
function wholeSensitivity(s: Subject, one: Case, want: readonly BigNumber[]): number[] {
  const all = want.map(() => 0);
  for (let moved = 0; moved < sizeOf(one.inputs); moved++) {
    const changes = change(s, one, want, (_, place) => (place === moved ? 1 : 0));
    for (const [i, c] of changes.entries()) all[i] += c;
  }
  return all;
}

/** What changes of a value are divided by, so that those of the largest doubles are doubles too. */
const scaleOf = (want: BigNumber): number => (want.abs().gt(1e290) ? 2 ** 60 : 1);

/** How much each value changes, over MOVE and its scale, when the inputs are moved in these directions. */
function change(s: Subject, { inputs }: Case, want: readonly BigNumber[], direction: Direction): number[] {
  const moved = list(s.exact(movedBy(direction, inputs, s.fixed ?? []), inputs));
  return want.map((w, i) =>
    w.isFinite() && moved[i].isFinite() ? moved[i].minus(w).abs().div(big(MOVE)).div(scaleOf(w)).toNumber() : 0,
  );
}

/** The values of a case as they should be, and the errors of others. */
export interface Judged {
  readonly want: readonly BigNumber[];
  readonly got: readonly number[];
  readonly plain: readonly number[];
  /** Errors beside the condition number; it is probed for when asked. */
  readonly scaled: (got?: readonly number[]) => number[];
}

export function judge(s: Subject, one: Case): Judged {
  const want = list(s.exact(one.inputs as Moved<Inputs>, one.inputs));
  const got = list<number>(s.float64(one.inputs) as Result);
  if (got.length !== want.length) throw new Error(`${s.name}, ${one.at}: ${got.length} values for ${want.length}`);
  const units = want.map((w) => ulp(w.toNumber()) || 1);
  let condition: number[] | undefined;
  const errors = (values: readonly number[], sensitive: readonly number[]) =>
    want.map((w, i) => error(values[i], w, Math.max(units[i], (ulp(sensitive[i]) || 0) * scaleOf(w))));
  const most = s.exception?.ulp ?? LIMIT;
  const scaled = (values?: readonly number[]) => {
    condition ??= sensitivity(s, one, want);
    // Probes may miss what matters: where they leave too large an error, all patterns of signs are looked at.
    if (values === undefined && sizeOf(one.inputs) <= MANY && errors(got, condition).some((e) => e > most))
      condition = wholeSensitivity(s, one, want);
    return errors(values ?? got, condition);
  };
  return { want, got, plain: want.map((w, i) => error(got[i], w, units[i])), scaled };
}

/** Errors as they come. */
class Tally {
  readonly all: number[] = [];
  max = -1;
  add(error: number): boolean {
    this.all.push(error);
    if (!(error > this.max)) return false;
    this.max = error;
    return true;
  }
  get figures(): Figures {
    return { max: this.max, mean: this.all.reduce((s, x) => s + x, 0) / this.all.length };
  }
  get median(): number {
    return this.all.toSorted((a, b) => a - b)[this.all.length >> 1];
  }
}

/** Runs the fixture's cases and those of the sweep. */
export function assess(s: Subject): Assessment {
  const [plain, scaled] = [new Tally(), new Tally()];
  let worst: Worst | undefined;
  const peers = Object.entries(s.peers ?? {}).map(([name, run]) => ({ name, run, tally: new Tally(), failed: 0 }));
  const cases = [...committed(s), ...sweep(s, s.cases ?? 200)];
  for (const one of cases) {
    const { inputs } = one;
    const judged = judge(s, one);
    for (const off of judged.plain) plain.add(off);
    for (const [i, off] of judged.scaled().entries()) {
      if (scaled.add(off))
        worst = {
          at: one.at,
          entry: i,
          size: sizeOf(inputs),
          inputs,
          got: judged.got[i],
          want: judged.want[i].toNumber(),
        };
    }
    for (const peer of peers) {
      const theirs = attempt(() => list<number>(peer.run(inputs) as Result).map(Number));
      for (const off of judged.scaled(theirs ?? judged.want.map(() => Number.NaN))) {
        // 2^52 units are the value itself.
        if (!(off < 2 ** 52)) peer.failed++;
        peer.tally.add(off);
      }
    }
  }
  if (worst === undefined) throw new Error(`${s.name}: no case`);
  const fixtures = s.fixtures?.length ?? 0;
  return {
    name: s.name,
    domain: s.domain,
    cases: cases.length - fixtures,
    fixtures,
    values: plain.all.length,
    plain: plain.figures,
    scaled: scaled.figures,
    worst,
    peers: Object.fromEntries(
      peers.map(({ name, tally, failed }) => [
        name,
        { median: tally.median, max: tally.max, failed: failed / tally.all.length },
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
