import { requireInteger } from "../numeric/check.js";
import type { Exact } from "./input.js";
import { readSelection } from "./problem.js";
import { positiveOrInfinite } from "./read.js";

export const printedRate: Exact<"printedRate"> = (arithmetic, problem, draws) => {
  const caller = "printedRate";
  const { ref, reward, beta, top } = readSelection(arithmetic, caller, problem, positiveOrInfinite);
  const n = requireInteger(caller, "n", draws, 1);
  if (n === 1) return arithmetic.zero;
  const least = reward.reduce((a, r, i) => (ref.supports(i) && r.lt(a) ? r : a), top);
  if (!least.isFinite()) return arithmetic.infinity;
  const count = arithmetic.number(n);
  return arithmetic
    .log(count)
    .div(count)
    .sqrt()
    .times(arithmetic.exp(top.minus(least).div(beta)));
};
