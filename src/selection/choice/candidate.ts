import type { SelectionMethod } from "../method.js";

/** A setting of selection with its figures on each query. */
export interface Candidate {
  readonly method?: SelectionMethod;
  readonly beta: number;
  readonly n: number;
  readonly value: Float64Array;
  readonly reward: Float64Array;
  readonly klToRef: Float64Array;
}
