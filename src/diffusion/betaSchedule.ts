import {
  BETWEEN_ZERO_AND_ONE,
  outOfRange,
  requireInteger,
  requireNumber,
  requireOptions,
  wrongType,
} from "../numeric/check.js";
import {
  addDoubles,
  type DoubleDouble,
  overDoubles,
  productError,
  timesDoubles,
  timesRatio,
} from "../numeric/doubleDouble.js";
import { log, log1p } from "../numeric/elementary.js";

/** The `beta_schedule` of diffusers' scheduler_config.json. */
export type BetaScheduleName = "linear" | "scaled_linear" | "squaredcos_cap_v2";

/** The ends and the length of `betaSchedule`. */
export interface BetaScheduleOptions {
  /** The number T of steps, `num_train_timesteps`; 1000 when left out. */
  readonly steps?: number;
  /** The first β, `beta_start`; 1e-4 for `linear` and 0.00085 for `scaled_linear` when left out. */
  readonly betaStart?: number;
  /** The last β, `beta_end`; 0.02 for `linear` and 0.012 for `scaled_linear` when left out. */
  readonly betaEnd?: number;
}

/** The noise levels of a schedule in every form, step by step, each to its own digits. */
export interface BetaSchedule {
  /** β, the variance that the step adds. */
  readonly beta: Float64Array;
  /** ᾱ = Π(1 − β), `alphas_cumprod`. */
  readonly alphaBar: Float64Array;
  /** √(1 − ᾱ), the variance-preserving levels that the functions of this module take. */
  readonly sigma: Float64Array;
  /** √((1 − ᾱ)/ᾱ), the variance-exploding levels: k-diffusion's and diffusers' `sigmas`. */
  readonly sigmaVe: Float64Array;
  /** log(ᾱ/(1 − ᾱ)), in nats. */
  readonly logSnr: Float64Array;
}

const DEFAULT_ENDS: Readonly<Record<BetaScheduleName, readonly [start: number, end: number] | undefined>> = {
  linear: [1e-4, 0.02],
  scaled_linear: [0.00085, 0.012],
  squaredcos_cap_v2: undefined,
};

/** Below this ᾱ its rounding error would leave the doubles. */
const MIN_ALPHA_BAR = 2 ** -900;

const [ZERO, ONE]: DoubleDouble[] = [
  { hi: 0, lo: 0 },
  { hi: 1, lo: 0 },
];

const minus = (x: DoubleDouble, y: DoubleDouble) => addDoubles(x, { hi: -y.hi, lo: -y.lo });

/** The root of a double. */
function rootOf(x: number): DoubleDouble {
  const hi = Math.sqrt(x);
  const square = hi * hi;
  return { hi, lo: (x - square - productError(hi, hi, square)) / (2 * hi) };
}

/** A double between two others, i of n steps from the first. */
const between = (a: DoubleDouble, b: DoubleDouble, i: number, n: number): DoubleDouble =>
  n === 0 ? a : addDoubles(a, timesRatio(minus(b, a), i, n));

/** A step: β, and ᾱ and 1 − ᾱ after it, each to its own digits. */
interface Step {
  readonly beta: number;
  readonly kept: DoubleDouble;
  readonly lost: DoubleDouble;
}

/** ᾱ and 1 − ᾱ of given β: both by sums and products of positive numbers. */
function accumulated(steps: number, betaAt: (i: number) => DoubleDouble): Step[] {
  let [kept, lost] = [ONE, ZERO];
  return Array.from({ length: steps }, (_, i) => {
    const beta = betaAt(i);
    lost = addDoubles(lost, timesDoubles(beta, kept));
    kept = timesDoubles(kept, minus(ONE, beta));
    return { beta: beta.hi, kept, lost };
  });
}

/** π/2. */
const QUARTER_TURN: DoubleDouble = { hi: Math.PI / 2, lo: 6.123233995736766e-17 };

/** sin(πt/2) of t = a/b in [0, 2], whole numbers: by the series of sin, or of cos beyond half of a quarter turn. */
function sine(a: number, b: number): DoubleDouble {
  const [up, near] = [Math.min(a, 2 * b - a), 2 * Math.min(a, 2 * b - a) <= b];
  const x = timesRatio(QUARTER_TURN, near ? up : b - up, b);
  const square = timesDoubles(x, x);
  let s = ONE;
  for (let k = 26; k >= 2; k -= 2) s = minus(ONE, timesRatio(timesDoubles(s, square), 1, k * (near ? k + 1 : k - 1)));
  return near ? timesDoubles(s, x) : s;
}

/**
 * ᾱ_i = cos²(b_i)/cos²(b_0), b_i = (i/T + 0.008)/1.008·π/2 = (125i + T)/(126T)·π/2, but for the last step, whose β of 1 is
 * capped at 0.999. Differences of cos² are products of sines.
 */
function squaredCosine(steps: number): Step[] {
  const unit = 126 * steps;
  const squares = Array.from({ length: steps }, (_, i) => {
    const cosine = sine(125 * (steps - i), unit);
    return timesDoubles(cosine, cosine);
  });
  const difference = (i: number, from: number) =>
    timesDoubles(sine(125 * (i - from), unit), sine(125 * (i + from) + 2 * steps, unit));
  const levels = Array.from({ length: steps - 1 }, (_, k) => ({
    beta: overDoubles(difference(k + 1, k), squares[k]).hi,
    kept: overDoubles(squares[k + 1], squares[0]),
    lost: overDoubles(difference(k + 1, 0), squares[0]),
  }));
  const { kept, lost } = levels.at(-1) ?? { kept: ONE, lost: ZERO };
  const more = timesRatio(kept, 999, 1000);
  return [...levels, { beta: 0.999, kept: timesRatio(kept, 1, 1000), lost: addDoubles(lost, more) }];
}

/** log(a/b), with its digits where a and b are near. */
function logQuotient(a: DoubleDouble, b: DoubleDouble): number {
  const difference = a.hi - b.hi + (a.lo - b.lo);
  return Math.abs(difference) < b.hi / 2 ? log1p(difference / b.hi) : log(a.hi / b.hi);
}

/**
 * The noise schedules that diffusers' files name, in every form: `linear` is DDPM's (Ho and others, arXiv 2006.11239), β even
 * from 1e-4 to 0.02; `scaled_linear` is Stable Diffusion's, √β even from √0.00085 to √0.012; `squaredcos_cap_v2` is the cosine
 * of Nichol and Dhariwal (arXiv 2102.09672) with offset 0.008 and β at most 0.999.
 *
 * $$\bar\alpha_i = \prod_{j \le i} (1 - \beta_j), \qquad \sigma_i = \sqrt{1 - \bar\alpha_i}, \qquad
 * \bar\alpha_i = \frac{f(i/T)}{f(0)},\; f(t) = \cos^2 \Big( \frac{\pi}{2} \cdot \frac{t + 0.008}{1.008} \Big)$$
 *
 * The first step is index 0, as in the files. Products of 1,000 factors are formed in double-double, and 1 − ᾱ beside ᾱ, so
 * that all forms have their digits at both ends. `linearSchedule` and `cosineSchedule` are kin of other lengths or offsets.
 *
 * @param name the `beta_schedule`
 * @param options `steps`, and `betaStart` and `betaEnd` of the linear ones
 * @returns β, ᾱ, σ, σ_VE and log-SNR of each step
 * @throws TypeError when an argument has the wrong type, or a cosine is given ends
 * @throws RangeError when the name is another text, steps is not whole and positive, an end is not inside (0, 1), or ᾱ falls below 1e-270
 * @example
 * ```ts
 * import { betaSchedule } from "exptilt/diffusion";
 * const { alphaBar, sigma, sigmaVe } = betaSchedule("scaled_linear");
 * [sigmaVe[0], sigmaVe[999]] // => [0.0291671581517, 14.6146412293]
 * alphaBar[999] // => 0.00466009851308
 * sigma[999] // => 0.997667229835
 * betaSchedule("linear").alphaBar[999] // => 0.0000403582976538
 * betaSchedule("squaredcos_cap_v2", { steps: 4 }).alphaBar // => [0.847012, 0.493844, 0.144272, 0.000144272]
 * ```
 */
export function betaSchedule(name: BetaScheduleName, options: BetaScheduleOptions = {}): BetaSchedule {
  const caller = "betaSchedule";
  const { steps, ends } = requireBetaOptions(caller, name, options);
  const levels = ends === undefined ? squaredCosine(steps) : evenly(caller, name, steps, ends, options);
  const low = levels[steps - 1].kept.hi;
  if (!(low >= MIN_ALPHA_BAR)) throw outOfRange(caller, "options.steps", "leave ᾱ above 1e-270", steps);
  const column = (f: (step: Step) => number) => Float64Array.from(levels, f);
  return {
    beta: column(({ beta }) => beta),
    alphaBar: column(({ kept }) => kept.hi),
    sigma: column(({ lost }) => Math.sqrt(lost.hi)),
    sigmaVe: column(({ kept, lost }) => Math.sqrt(lost.hi / kept.hi)),
    logSnr: column(({ kept, lost }) => logQuotient(kept, lost)),
  };
}

/** The number of steps and the ends that stand for those left out: none of a cosine, which takes none. */
export function requireBetaOptions(
  caller: string,
  name: BetaScheduleName,
  options: { readonly steps?: number | undefined; readonly betaStart?: unknown; readonly betaEnd?: unknown },
): { readonly steps: number; readonly ends: readonly [start: number, end: number] | undefined } {
  if (typeof name !== "string") throw wrongType(caller, "name", "be a string", name);
  if (!Object.hasOwn(DEFAULT_ENDS, name))
    throw outOfRange(caller, "name", `be one of ${Object.keys(DEFAULT_ENDS).join(", ")}`, name);
  const given = requireOptions(caller, options, { steps: true, betaStart: true, betaEnd: true });
  const ends = DEFAULT_ENDS[name];
  for (const end of ["betaStart", "betaEnd"] as const)
    if (ends === undefined && given[end] !== undefined)
      throw wrongType(caller, `options.${end}`, `be left out of ${name}`, given[end]);
  return { steps: requireInteger(caller, "options.steps", given.steps ?? 1000, 1), ends };
}

/** β, or its root, evenly spaced. */
function evenly(
  caller: string,
  name: BetaScheduleName,
  steps: number,
  ends: readonly [start: number, end: number],
  given: BetaScheduleOptions,
): Step[] {
  const start = requireNumber(caller, "options.betaStart", given.betaStart ?? ends[0], BETWEEN_ZERO_AND_ONE);
  const end = requireNumber(caller, "options.betaEnd", given.betaEnd ?? ends[1], BETWEEN_ZERO_AND_ONE);
  const rooted = name === "scaled_linear";
  const [a, b] = [start, end].map((beta) => (rooted ? rootOf(beta) : { hi: beta, lo: 0 }));
  return accumulated(steps, (i) => {
    const x = between(a, b, i, steps - 1);
    return rooted ? timesDoubles(x, x) : x;
  });
}
