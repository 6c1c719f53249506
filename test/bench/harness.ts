import { performance } from "node:perf_hooks";

/** One way of doing a piece of work. */
export interface Contender {
  readonly name: string;
  /** Does the work once; gives a number by which contenders are seen to do the same, NaN where there is none. */
  readonly run: () => number | Promise<number>;
  /** What is done before each timed run and not timed: for work that can be done once only. */
  readonly prepare?: () => void;
  /** Does the work so often and says how long each took, where the clock is another process's. */
  readonly time?: (reps: number) => Promise<{ seconds: number; value: number }>;
}

/** A piece of work and all who do it, exptilt first. */
export interface Case {
  readonly group: string;
  readonly title: string;
  readonly contenders: readonly Contender[];
  /** By how much the numbers of the contenders may differ, relatively; 1e−9 when left out. */
  readonly tolerance?: number;
  /** How often each is timed; 21 when left out. */
  readonly rounds?: number;
}

/** Seconds per run: the median, and the quartiles as spread; the ratio is the median of the ratios round by round. */
export interface Reading {
  readonly contender: string;
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
  /** Its time over that of the first contender, in the same round. */
  readonly ratio: number;
}

export interface Result {
  readonly group: string;
  readonly title: string;
  readonly rounds: number;
  readonly readings: readonly Reading[];
}

/** A sample lasts so many seconds at least, so that the clock's grain and a stray interrupt do not count. */
const SAMPLE = 0.004;
/** Before it is timed, each contender runs for so long, or once, so that the engine has compiled it. */
const WARM = 0.15;
/** On a busy machine the engine compiles late: while a sample is still so much faster than the one before, up to so long. */
const STILL_FASTER = 0.9;
const MAX_WARM = 3;

/**
 * Times the contenders in turn, round after round: what else happens on the machine meets all of them alike.
 */
export async function measureCase({ group, title, contenders, tolerance = 1e-9, rounds = 21 }: Case): Promise<Result> {
  const reps: number[] = [];
  const values: number[] = [];
  for (const contender of contenders) {
    let seconds = 0;
    let spent = 0;
    let count = 1;
    let before = 0;
    while (spent < WARM || (seconds < STILL_FASTER * before && spent < MAX_WARM)) {
      before = seconds;
      const sample = await timed(contender, count);
      values[reps.length] = sample.value;
      seconds = sample.seconds;
      spent += seconds * count;
      if (contender.prepare === undefined) count = Math.max(count, Math.min(2 * count, Math.ceil(WARM / seconds / 4)));
      else if (spent > WARM / 4) break;
    }
    reps.push(contender.prepare === undefined ? Math.max(1, Math.ceil(SAMPLE / seconds)) : 1);
  }
  agree(title, contenders, values, tolerance);
  const times: number[][] = contenders.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, contender] of contenders.entries()) times[i].push((await timed(contender, reps[i])).seconds);
  }
  const readings = contenders.map(({ name }, i) => ({
    contender: name,
    median: quantile(times[i], 0.5),
    lower: quantile(times[i], 0.25),
    upper: quantile(times[i], 0.75),
    ratio: quantile(
      times[i].map((t, round) => t / times[0][round]),
      0.5,
    ),
  }));
  return { group, title, rounds, readings };
}

async function timed({ run, prepare, time }: Contender, reps: number): Promise<{ seconds: number; value: number }> {
  prepare?.();
  if (time !== undefined) return time(reps);
  let value = Number.NaN;
  const begin = performance.now();
  for (let i = 0; i < reps; i++) {
    const result = run();
    value = typeof result === "number" ? result : await result;
  }
  return { seconds: (performance.now() - begin) / 1000 / reps, value };
}

/** A benchmark of contenders that do different work would be worth nothing. */
function agree(title: string, contenders: readonly Contender[], values: readonly number[], tolerance: number): void {
  const [first] = values;
  for (const [i, value] of values.entries()) {
    if (Number.isNaN(value) || Number.isNaN(first)) continue;
    if (!(Math.abs(value - first) <= tolerance * Math.abs(first)))
      throw new Error(`${title}: ${contenders[i].name} gives ${value}, ${contenders[0].name} gives ${first}`);
  }
}

/** The quantile of some numbers, between neighbours by straight line. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
}
