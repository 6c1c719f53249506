import {
  type Distribution,
  distribution,
  type LawfulMeasure,
  type Measure,
  requireMeasure,
} from "../measure/measure.js";
import { requireSameSupport } from "../measure/support.js";
import { type Condition, FINITE, outOfRange, requireArrayLike, requireNumbers, wrongType } from "../numeric/check.js";
import { sum } from "../numeric/sum.js";

/** Data that are finitely many points of ℝ^d, each with a weight in every class. */
export interface AtomicData {
  /** d, the number of coordinates of an atom. */
  readonly dimension: number;
  /** K, the number of atoms. */
  readonly size: number;
  /** The coordinates, atom after atom: K·d numbers. */
  readonly points: Float64Array;
  /** The names of the classes. */
  readonly classes: readonly string[];
  /** p(c), on the names of the classes. */
  readonly prior: Distribution<string>;
  /** p(x), on the atoms' indices: the classes' laws averaged by the prior. */
  readonly marginal: Distribution<number>;
  /** p(x|c) of each class, on the atoms' indices. */
  readonly conditional: ReadonlyMap<string, Distribution<number>>;
}

/** The input of `atomicData`. */
export interface AtomicDataInput {
  /** The atoms, each with the same number of finite coordinates. */
  readonly atoms: ArrayLike<ArrayLike<number>>;
  /** For each class the probability p(x|c) of each atom, of total 1; one class, `data`, of equal weights when left out. */
  readonly classes?: Readonly<Record<string, ArrayLike<number>>>;
  /** p(c) for each class, of total 1; equal when left out. */
  readonly prior?: Readonly<Record<string, number>>;
}

const MADE: unique symbol = Symbol.for("exptilt.atomicData") as never;

/** Probabilities must total 1 to within the rounding of decimal input. */
const TOTAL_TOLERANCE = 1e-9;

/**
 * Data that are a finite set of atoms: every law, score and optimum of the diffusion half of the anthology is a finite sum.
 *
 * Coincident atoms stay apart, as two names of one point. Noise predictions and samples are those of one atom with their
 * joint weight.
 *
 * @param input the atoms, the classes' probabilities on them, and the classes' own
 * @param input.atoms the atoms, each with the same number of finite coordinates
 * @param input.classes for each class the probability p(x|c) of each atom, of total 1
 * @param input.prior p(c) for each class, of total 1
 * @returns the data; nothing of the arguments is kept
 * @throws TypeError when an argument has the wrong type, atoms differ in length, or a class lacks atoms
 * @throws RangeError when there are no atoms, a coordinate is not finite, or probabilities are negative or do not total 1
 * @example
 * ```ts
 * import { atomicData } from "exptilt/diffusion";
 * const data = atomicData({ atoms: [[-1], [0], [1]], classes: { left: [0.75, 0.25, 0], right: [0, 0.25, 0.75] } });
 * data.marginal.mass // => [0.375, 0.25, 0.375]
 * atomicData({ atoms: [[0], [1, 2]] }) // throws TypeError: atoms[1]
 * ```
 */
export function atomicData(input: AtomicDataInput): AtomicData {
  const caller = "atomicData";
  if (typeof input !== "object" || input === null) throw wrongType(caller, "input", "be an object", input);
  const { points, size, dimension } = readPoints(caller, input.atoms);
  const support = Array.from({ length: size }, (_, i) => i);
  const given = input.classes ?? { data: new Float64Array(size).fill(1 / size) };
  const classes = Object.keys(given);
  if (classes.length === 0) throw outOfRange(caller, "classes", "name at least one class", given);
  const conditional = new Map(
    classes.map((name) => [name, distribution(support, readLaw(caller, `classes.${name}`, given[name], size))]),
  );
  const priorValues = classes.map((name) => (input.prior === undefined ? 1 / classes.length : input.prior[name]));
  for (const name of Object.keys(input.prior ?? {})) {
    if (!Object.hasOwn(given, name)) throw outOfRange(caller, `prior.${name}`, "name a class", name);
  }
  const prior = distribution(classes, readLaw(caller, "prior", priorValues, classes.length));
  const marginal = new Float64Array(size);
  for (const [c, name] of classes.entries()) {
    const { mass } = conditional.get(name) as Distribution<number>;
    for (let i = 0; i < size; i++) marginal[i] += prior.mass[c] * mass[i];
  }
  const all = distribution(support, marginal);
  const data = Object.freeze({ dimension, size, points, classes, prior, conditional, marginal: all });
  made.set(points, data);
  return data;
}

function readPoints(caller: string, atoms: unknown): { points: Float64Array; size: number; dimension: number } {
  const list = requireArrayLike(caller, "atoms", atoms);
  if (list.length === 0) throw outOfRange(caller, "atoms", "have at least one entry", list);
  const dimension = requireNumbers(caller, "atoms[0]", list[0], FINITE).length;
  if (dimension === 0) throw outOfRange(caller, "atoms[0]", "have at least one coordinate", list[0]);
  const points = new Float64Array(list.length * dimension);
  for (let i = 0; i < list.length; i++) {
    points.set(requireCoordinates(caller, `atoms[${i}]`, list[i], dimension), i * dimension);
  }
  return { points, size: list.length, dimension };
}

const PROBABILITY: Condition = { least: 0, most: 1, says: "be from 0 to 1" };

function readLaw(caller: string, argument: string, values: unknown, size: number): Float64Array {
  const law = requireNumbers(caller, argument, values, PROBABILITY);
  if (law.length !== size) throw new TypeError(`${caller}: ${argument} must have length ${size}, got ${law.length}`);
  const total = sum(law).hi;
  if (!(Math.abs(total - 1) <= TOTAL_TOLERANCE)) throw outOfRange(caller, argument, "total 1", total);
  return law;
}

/**
 * A law of the atoms: the name of a class for p(x|c), any measure on the atoms' indices (a tilt of a class, say), or
 * nothing for the marginal p(x).
 */
export type AtomLaw = string | Measure<number> | undefined;

/** The measure that a law of the atoms stands for. */
export function requireAtomLaw(caller: string, argument: string, data: AtomicData, law: AtomLaw): Measure<number> {
  if (typeof law === "string") return requireClass(caller, argument, data, law);
  return law === undefined ? requireAtomicData(caller, data).marginal : requireAtomMeasure(caller, argument, data, law);
}

/** A measure on the atoms' indices. */
export function requireAtomMeasure(
  caller: string,
  argument: string,
  data: AtomicData,
  law: Measure<number>,
): LawfulMeasure<number> {
  const read = requireMeasure(caller, argument, law);
  requireSameSupport(caller, requireAtomicData(caller, data).marginal.support, read.support, ["data", argument]);
  return read;
}

/** p(x|c) of a class of the data. */
export function requireClass(caller: string, argument: string, data: AtomicData, name: unknown): Distribution<number> {
  requireAtomicData(caller, data);
  if (typeof name !== "string") throw wrongType(caller, argument, "be the name of a class", name);
  const law = data.conditional.get(name);
  if (law === undefined) throw outOfRange(caller, argument, `be one of ${data.classes.join(", ")}`, name);
  return law;
}

/** A class of positive prior p(c): the marginal law contains it. */
export function requirePresent(caller: string, data: AtomicData, label: string): void {
  requireClass(caller, "label", data, label);
  if (!(data.prior.mass[data.classes.indexOf(label)] > 0))
    throw outOfRange(caller, "label", "have a positive prior", label);
}

/** Atoms in one dimension: quadrature needs it. */
export function requireLine(caller: string, data: AtomicData): void {
  requireAtomicData(caller, data);
  if (data.dimension !== 1) throw outOfRange(caller, "data", "have one dimension", data.dimension);
}

/** What `atomicData` has made, by its points: known through a Proxy and by another copy of the library too. */
const shared = globalThis as { [MADE]?: WeakMap<Float64Array, AtomicData> };
shared[MADE] ??= new WeakMap<Float64Array, AtomicData>();
const made = shared[MADE];

/** Data that `atomicData` has made, with no member replaced. */
export function requireAtomicData(caller: string, data: AtomicData): AtomicData {
  const points: unknown = typeof data === "object" && data !== null ? data.points : undefined;
  const original = points instanceof Float64Array ? made.get(points) : undefined;
  if (original === undefined) throw wrongType(caller, "data", "be made by atomicData", data);
  for (const [name, member] of Object.entries(original)) {
    const own: unknown = data[name as keyof AtomicData];
    if (own !== member) throw wrongType(caller, `data.${name}`, "be what atomicData has made it", own);
  }
  return original;
}

/** A point of ℝ^d, copied. */
export function requirePoint(caller: string, argument: string, data: AtomicData, x: ArrayLike<number>): Float64Array {
  return requireCoordinates(caller, argument, x, requireAtomicData(caller, data).dimension);
}

/** So many finite coordinates, copied. */
export function requireCoordinates(caller: string, argument: string, x: unknown, dimension: number): Float64Array {
  const point = requireNumbers(caller, argument, x, FINITE);
  if (point.length === dimension) return point;
  throw new TypeError(`${caller}: ${argument} must have ${dimension} coordinates, got ${point.length}`);
}
