import type { BigNumber } from "mathjs";
import type { Arithmetic } from "./arithmetic.js";

/** Halving alone would find any root of the digits carried in fewer steps. */
const MAX_STEPS = 10_000;

/** A bracket that three steps have not brought to half its size is halved. */
const STEPS_TO_HALVE = 3;

/**
 * Where an increasing continuous function is 0, to all digits carried, between two points where it is not above and not
 * below 0: false position, of which the end that stays has its value halved (the Illinois rule), and halving where that is
 * slow. `low` and `high` are finite.
 */
export function increasingRoot(
  arithmetic: Arithmetic,
  f: (x: BigNumber) => BigNumber,
  low: BigNumber,
  high: BigNumber,
): BigNumber {
  const smallest = new arithmetic.Big(`1e-${arithmetic.precision - 1}`);
  let [atLow, atHigh] = [f(low), f(high)];
  if (!atLow.isNegative() || atLow.isZero()) return low;
  if (!atHigh.isPositive() || atHigh.isZero()) return high;
  let kept = 0;
  let [size, since] = [high.minus(low), 0];
  for (let step = 0; step < MAX_STEPS; step++) {
    const width = high.minus(low);
    if (width.lte(low.abs().plus(high.abs()).times(smallest))) break;
    if (width.times(2).lte(size)) [size, since] = [width, 0];
    else since++;
    const finite = atLow.isFinite() && atHigh.isFinite();
    const secant = finite ? low.minus(width.times(atLow).div(atHigh.minus(atLow))) : undefined;
    const inside = secant?.gt(low) && secant.lt(high) && since < STEPS_TO_HALVE;
    const x = inside ? (secant as BigNumber) : low.plus(high).div(2);
    if (!inside) [size, since] = [width, 0];
    if (x.eq(low) || x.eq(high)) break;
    const value = f(x);
    if (value.isZero()) return x;
    if (value.isNegative()) {
      [low, atLow] = [x, value];
      if (kept > 0) atHigh = atHigh.div(2);
      kept = 1;
    } else {
      [high, atHigh] = [x, value];
      if (kept < 0) atLow = atLow.div(2);
      kept = -1;
    }
  }
  return low.plus(high).div(2);
}
