import { outOfRange, type requireInteger } from "../../numeric/check.js";

/** Checks that c of n samples are correct and k of them are taken; `require` reads a whole number of at least so many. */
export function requireSuccesses(
  caller: string,
  n: number,
  c: number,
  k: number,
  require: typeof requireInteger,
): [n: number, c: number, k: number] {
  n = require(caller, "n", n, 1);
  c = require(caller, "c", c, 0);
  k = require(caller, "k", k, 1);
  if (c > n) throw outOfRange(caller, "c", `be at most n = ${n}`, c);
  if (k > n) throw outOfRange(caller, "k", `be at most n = ${n}`, k);
  return [n, c, k];
}
