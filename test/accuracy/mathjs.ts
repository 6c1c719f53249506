import { all, create } from "mathjs";

type Vector = readonly number[];
type Elementwise = ((x: number) => number) & ((x: Vector) => number[]);
type Combining = ((a: number, b: number) => number) & ((a: Vector, b: Vector | number) => number[]);

/** What a user of mathjs writes on arrays of numbers. */
interface ArrayMath {
  readonly abs: Elementwise;
  readonly add: Combining;
  readonly subtract: Combining;
  readonly divide: Combining;
  readonly dotDivide: Combining;
  readonly dotMultiply: Combining;
  readonly dotPow: Combining;
  combinations(n: number, k: number): number;
  dot(a: Vector, b: Vector): number;
  exp(x: number): number;
  log(x: number): number;
  kldivergence(p: Vector, q: Vector): number;
  map(x: Vector, f: (x: number) => number): number[];
  max(x: Vector): number;
  sum(x: Vector): number;
}

/** mathjs in double precision, as a peer. */
export const math: ArrayMath = create(all ?? {}) as unknown as ArrayMath;

/** The exponential and the logarithm of each: mathjs's own take no arrays. */
export const exps = (x: Vector): number[] => math.map([...x], (v) => math.exp(v));
export const logs = (x: Vector): number[] => math.map([...x], (v) => math.log(v));
