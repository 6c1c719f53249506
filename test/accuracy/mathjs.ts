import { all, create } from "mathjs";

type Vector = readonly number[];
type Elementwise = ((x: number) => number) & ((x: Vector) => number[]);
type Combining = ((a: number, b: number) => number) & ((a: Vector, b: Vector | number) => number[]);

/** What a user of mathjs writes on arrays of numbers: its own types do not say that log and exp take them. */
interface ArrayMath {
  readonly abs: Elementwise;
  readonly exp: Elementwise;
  readonly log: Elementwise;
  readonly add: Combining;
  readonly subtract: Combining;
  readonly divide: Combining;
  readonly dotDivide: Combining;
  readonly dotMultiply: Combining;
  readonly dotPow: Combining;
  dot(a: Vector, b: Vector): number;
  kldivergence(p: Vector, q: Vector): number;
  max(x: Vector): number;
  sum(x: Vector): number;
}

/** mathjs in double precision, as a peer. */
export const math: ArrayMath = create(all ?? {}) as unknown as ArrayMath;
