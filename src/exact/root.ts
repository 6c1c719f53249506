import type { BigNumber } from "mathjs";
import type { Arithmetic } from "./arithmetic.js";

/** Halving alone would find any root of the digits carried in fewer steps. */
const MAX_STEPS = 10_000;

/** Digits at the end of a number, of those carried, that the rounding of the function may cost the root. */
const DIGITS_OF_ROUNDING = 4;

/** How far a root found in doubles may be off, relative to its size. */
const SEED_ERROR = 1e-6;

/** A bracket that three steps have not brought to half its size is halved. */
const STEPS_TO_HALVE = 3;

/**
 * Where an increasing continuous function is 0, to all digits carried but the last few, between two points where it is not
 * above and not below 0: false position, of which the end that stays has its value halved (the Illinois rule), and halving
 * where that is slow. `low` and `high` are finite.
 */
export function increasingRoot(
  arithmetic: Arithmetic,
  f: (x: BigNumber) => BigNumber,
  low: BigNumber,
  high: BigNumber,
): BigNumber {
  const smallest = new arithmetic.Big(`1e-${arithmetic.precision - DIGITS_OF_ROUNDING}`);
  let [atLow, atHigh] = [f(low), f(high)];
  if (!atLow.isNegative() || atLow.isZero()) return low;
  if (!atHigh.isPositive() || atHigh.isZero()) return high;
  let kept = 0;
  let [size, since] = [high.minus(low), 0];
  for (let step = 0; step < MAX_STEPS; step++) {
    const width = high.minus(low);
    const least = low.abs().plus(high.abs()).times(smallest);
    if (width.lte(least.times(2))) break;
    if (width.times(2).lte(size)) [size, since] = [width, 0];
    else since++;
    const finite = atLow.isFinite() && atHigh.isFinite();
    const secant = finite ? low.minus(width.times(atLow).div(atHigh.minus(atLow))) : undefined;
    const inside = secant?.gt(low) && secant.lt(high) && since < STEPS_TO_HALVE;
    const x = inside ? within(secant as BigNumber, low.plus(least), high.minus(least)) : low.plus(high).div(2);
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

/** A step that ends next to an end of the bracket goes a little further, so that the other end follows. */
const within = (x: BigNumber, low: BigNumber, high: BigNumber): BigNumber => (x.lt(low) ? low : x.gt(high) ? high : x);

/** Where an increasing continuous function is 0: next to a double, or where that leads elsewhere, between two points. */
export function increasingRootNear(
  arithmetic: Arithmetic,
  f: (x: BigNumber) => BigNumber,
  near: number,
  low: BigNumber,
  high: BigNumber,
): BigNumber {
  const found = Number.isFinite(near) ? rootNear(arithmetic, f, near) : undefined;
  return found?.gte(low) && found.lte(high) ? found : increasingRoot(arithmetic, f, low, high);
}

/** Secants double the digits from step to step, or slowly where a root is nearly double. */
const MAX_SECANTS = 100;

/** The root of a function next to a double, by secants; undefined where they lead elsewhere. */
export function rootNear(arithmetic: Arithmetic, f: (x: BigNumber) => BigNumber, near: number): BigNumber | undefined {
  const smallest = new arithmetic.Big(`1e-${arithmetic.precision - DIGITS_OF_ROUNDING}`);
  const start = arithmetic.number(near);
  const reach = start.abs().plus(SEED_ERROR).times(SEED_ERROR);
  let [x, last] = [start, start.plus(reach.times(SEED_ERROR))];
  let [y, before] = [f(x), f(last)];
  // At a root of 0 the moves end in rounding, which no share of x is: they shrink no more.
  let moved = reach;
  for (let step = 0; step < MAX_SECANTS; step++) {
    if (y.isZero() || y.eq(before)) return x;
    const move = y.times(x.minus(last)).div(y.minus(before));
    if (!move.isFinite()) return undefined;
    if (move.abs().gte(moved) && moved.lte(reach.times(smallest))) return x;
    moved = move.abs();
    [last, before] = [x, y];
    x = x.minus(move);
    if (x.minus(start).abs().gt(reach)) return undefined;
    if (move.abs().lte(x.abs().times(smallest))) return x;
    y = f(x);
  }
  return undefined;
}
