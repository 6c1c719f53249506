import type { BigNumber, Num } from "./oracle.js";

/** What goes into a case: doubles, and lists of them, by name. */
export type Inputs = Readonly<Record<string, number | readonly number[] | readonly (readonly number[])[]>>;

/** The same, each number a double or one moved a little off. */
export type Moved<I> = {
  readonly [K in keyof I]: I[K] extends number ? Num : I[K] extends readonly number[] ? readonly Num[] : Num[][];
};

/** What comes out: one number, or several that are judged one by one. */
export type Result = number | ArrayLike<number>;
export type ExactResult = BigNumber | ArrayLike<BigNumber>;

/** A case whose value a committed fixture gives. */
export interface FixtureCase<I extends Inputs = Inputs> {
  readonly id: string;
  readonly inputs: I;
}

/** A public function, or one number of what it returns, and how it is judged. */
export interface Subject<I extends Inputs = Inputs> {
  /** As it is called: `klDivergence`, `tilt().logMass`. */
  readonly name: string;
  /** What the sweep draws from. */
  readonly domain: string;
  /** The case of a number, from a source of its own. */
  readonly draw: (rng: () => number, index: number) => I;
  /** Whole numbers and what makes ties: inputs that the condition number does not move. */
  readonly fixed?: readonly (keyof I & string)[];
  readonly float64: (inputs: I) => Result;
  readonly exact: (moved: Moved<I>, inputs: I) => ExactResult;
  /** The same through other packages of npm, by name, where they have it. */
  readonly peers?: Readonly<Record<string, (inputs: I) => Result>>;
  /** How many cases the sweep takes; 200 when left out. */
  readonly cases?: number;
  /** How often the condition number is probed, where the oracle is slow. */
  readonly probes?: number;
  /** Where it may err by more than `LIMIT` after scaling: by how much at most, and why. */
  readonly exception?: { readonly ulp: number; readonly reason: string };
  /** Cases of the committed fixtures. */
  readonly fixtures?: readonly FixtureCase<I>[];
}

/** What no function errs by more than, in ULP after scaling, but those with an exception. */
export const LIMIT = 4;

/** Keeps the inputs' own type while a subject is written down, and forgets it for the list. */
export function subject<I extends Inputs>(s: Subject<I>): Subject {
  return s as unknown as Subject;
}
