import {
  BETWEEN_ZERO_AND_ONE,
  FINITE,
  NON_NEGATIVE,
  outOfRange,
  POSITIVE,
  requireArrayLike,
  requireLength,
  requireNumber,
  requireNumbers,
  wrongType,
} from "../numeric/check.js";
import { exp } from "../numeric/elementary.js";

/** Data of two classes on finitely many points of a line, with a reward: plain numbers, each meant at its exact value. */
export interface AtomicInstance {
  /** The atoms' coordinates, two different ones at least. */
  readonly points: readonly number[];
  /** The masses of p(x|c), on any scale; positive on two different points. */
  readonly own: readonly number[];
  /** The masses of the other class; not those of p(x|c), and positive where they are 0. */
  readonly other: readonly number[];
  /** p(c), between 0 and 1. */
  readonly prior: number;
  /** A finite reward for each atom, not the same everywhere. */
  readonly reward: readonly number[];
  /** β > 0 of the reward. */
  readonly beta: number;
  /** Noise levels σ, increasing in (0, 1), two at least; all but the last are where fields are compared. */
  readonly levels: readonly number[];
}

/** The atoms of the diffusion half where fewer than two answers have mass. */
const BUILT_IN: AtomicInstance = {
  points: [-1, 0, 1],
  own: [4, 2, 1],
  other: [1, 2, 4],
  prior: 0.5,
  reward: [0, 0.5, 1],
  beta: 0.5,
  levels: [0.8, 0.9, 0.95],
};

/** Reads and checks the atoms of an instance. */
export function requireAtoms(caller: string, atoms: AtomicInstance): AtomicInstance {
  if (typeof atoms !== "object" || atoms === null)
    throw wrongType(caller, "atoms", "be an object with points, own, other, …", atoms);
  const points = [...requireNumbers(caller, "atoms.points", atoms.points, FINITE)];
  const masses = (name: "own" | "other") => {
    requireLength(caller, `atoms.${name}`, atoms[name], points.length);
    return [...requireNumbers(caller, `atoms.${name}`, atoms[name], NON_NEGATIVE)];
  };
  const [own, other] = [masses("own"), masses("other")];
  if (new Set(points.filter((_, i) => own[i] > 0)).size < 2)
    throw outOfRange(caller, "atoms.own", "be positive on two different points", own);
  const without = own.findIndex((m, i) => m + other[i] === 0);
  if (without >= 0) throw outOfRange(caller, `atoms.other[${without}]`, "be positive where own is 0", 0);
  const prior = requireNumber(caller, "atoms.prior", atoms.prior, BETWEEN_ZERO_AND_ONE);
  requireLength(caller, "atoms.reward", atoms.reward, points.length);
  const levels = [
    ...requireNumbers(caller, "atoms.levels", requireArrayLike(caller, "atoms.levels", atoms.levels), FINITE),
  ];
  if (levels.length < 2) throw outOfRange(caller, "atoms.levels", "have at least two levels", levels.length);
  for (const [t, sigma] of levels.entries())
    if (!(sigma > (t === 0 ? 0 : levels[t - 1]) && sigma < 1))
      throw outOfRange(caller, `atoms.levels[${t}]`, "increase in (0, 1)", sigma);
  return {
    points,
    own,
    other,
    prior,
    reward: [...requireNumbers(caller, "atoms.reward", atoms.reward, FINITE)],
    beta: requireNumber(caller, "atoms.beta", atoms.beta, POSITIVE),
    levels,
  };
}

/**
 * Values as parts of their range, rounded to quarters; all 0 where the range is 0. Many instances then have the same atoms,
 * for which each claim is computed once.
 */
function quarters(values: readonly number[]): number[] {
  // Halves, since the range of two doubles may overflow.
  const [low, high] = [Math.min(...values) / 2, Math.max(...values) / 2];
  return values.map((v) => (high > low ? Math.round(4 * ((v / 2 - low) / (high - low))) / 4 : 0));
}

/** The largest log-ratio of two atoms' masses, in nats, that comes from the answers' probabilities. */
const MAX_LOG_RATIO = 0.4;

/**
 * Atoms from the answers of an instance: the answers with mass of least, of middle and of largest reward. Atoms are ordered by
 * rank and moved by the reward. p(x|c) grows with ref and falls with the rank; the other class grows with ref·e^{r/β} and with
 * the rank. Masses differ by a factor of 6 at most, so that a quadrature of few nodes gives many digits on every instance.
 */
export function atomsFrom(logMass: readonly number[], reward: readonly number[], beta: number): AtomicInstance {
  const held = [...logMass.keys()].filter((i) => logMass[i] > -Infinity);
  if (held.length < 2) return BUILT_IN;
  held.sort((i, j) => reward[i] - reward[j] || i - j);
  const chosen = [...new Set([held[0], held[held.length >> 1], held[held.length - 1]])];
  const level = quarters(chosen.map((i) => reward[i]));
  const share = quarters(chosen.map((i) => logMass[i]));
  const tilted = quarters(level.map((r, i) => r + share[i]));
  return {
    points: level.map((r, i) => i - 1 + r / 4),
    own: share.map((s, i) => exp(MAX_LOG_RATIO * s) * 2 ** -i),
    other: tilted.map((t, i) => exp(MAX_LOG_RATIO * t) * 2 ** i),
    prior: 0.375,
    reward: level.map((r, i) => (i + r) / 2),
    beta: Math.min(Math.max(beta, 0.5), 2),
    levels: BUILT_IN.levels,
  };
}
