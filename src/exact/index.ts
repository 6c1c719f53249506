/**
 * The library's algebra beyond doubles: at any number of digits, and in exact fractions.
 *
 * @module exptilt/exact
 */

export type { Algebra } from "./algebra.js";
export type * from "./diffusionAlgebra.js";
export { type ExactAlgebra, type ExactOptions, exactAlgebra } from "./exactAlgebra.js";
export type * from "./problems.js";
export type * from "./rational.js";
export { rationalAlgebra } from "./rationalAlgebra.js";
