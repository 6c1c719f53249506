/**
 * The library's algebra beyond doubles: at any number of digits, and in exact fractions.
 *
 * @module exptilt/exact
 */

export type { Algebra } from "./algebra.js";
export type { AtomicDataOf, DiffusionAlgebra } from "./diffusionAlgebra.js";
export { type ExactAlgebra, type ExactOptions, exactAlgebra } from "./exactAlgebra.js";
export type {
  AutoregressivePolicyOf,
  BestOfNProblemOf,
  DistributionOf,
  FirstOrderExpansionOf,
  ImportanceWeightsOf,
  LawBoundsOf,
  LimitDistanceOf,
  MeasureOf,
  SelfCertaintyProblemOf,
  TiltProblemOf,
  UnifiedProblemOf,
  WeightedMleFitOf,
  WeightedProblemOf,
} from "./problems.js";
export type {
  Rational,
  RationalAlgebra,
  RationalMeasure,
  RationalSelfCertaintyProblem,
  RationalTiltProblem,
} from "./rational.js";
export { rationalAlgebra } from "./rationalAlgebra.js";
