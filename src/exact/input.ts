import type { BigNumber } from "mathjs";
import type { Algebra } from "./algebra.js";
import type { Arithmetic } from "./arithmetic.js";
import type { AtomicDataOf } from "./diffusionAlgebra.js";
import type { AutoregressivePolicyOf, MeasureOf, SelfCertaintyProblemOf, TiltProblemOf } from "./problems.js";

/** What may go into an exact function: a double, taken at its exact value, or a big number. */
export type Input = number | BigNumber;

export type InputAtoms = readonly Input[];
export type InputData = AtomicDataOf<Input>;
export type InputMeasure = MeasureOf<Input>;
export type InputPolicy = AutoregressivePolicyOf<Input>;
export type InputSelfCertainty = SelfCertaintyProblemOf<Input>;
export type InputTilt = TiltProblemOf<Input>;

type Functions = Algebra<BigNumber, Input>;

/** A function of the algebra, with the arithmetic as its first argument. */
export type Exact<K extends keyof Functions> = Functions[K] extends (...rest: infer R) => infer O
  ? (arithmetic: Arithmetic, ...rest: R) => O
  : never;
