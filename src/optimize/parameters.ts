import { BELOW_INFINITY, requireNumbers, wrongType } from "../numeric/check.js";

/** A fresh parameter vector of the right length. */
export function requireParameters(caller: string, size: number, parameters: ArrayLike<number>): Float64Array {
  const theta = requireNumbers(caller, "parameters", parameters, BELOW_INFINITY);
  if (theta.length !== size) throw wrongType(caller, "parameters", `have length ${size}`, parameters);
  return theta;
}
