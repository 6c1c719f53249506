/** A bracket that so many steps have not brought to half its size is halved. */
const STEPS_TO_HALVE = 3;

/** The middle of two numbers. */
export const halfway = (low: number, high: number): number => low / 2 + high / 2;

/** The middle of two positive numbers on a logarithmic scale. */
export const geometricMean = (low: number, high: number): number => Math.sqrt(low) * Math.sqrt(high);

/**
 * Where an increasing function is 0, to the last digit, between two points where it is not above and not below 0: false
 * position, of which the end that stays has its value halved (the Illinois rule), and halving where that is slow.
 */
export function increasingRoot(
  f: (x: number) => number,
  low: number,
  high: number,
  middle: (low: number, high: number) => number = halfway,
): number {
  let [atLow, atHigh] = [f(low), f(high)];
  if (atLow >= 0) return low;
  if (atHigh <= 0) return high;
  // The values as they are, which the Illinois rule does not halve.
  let [left, right] = [-atLow, atHigh];
  let [kept, size, since] = [0, high - low, 0];
  for (;;) {
    if (2 * (high - low) <= size) [size, since] = [high - low, 0];
    else since++;
    const secant = low + (high - low) * (atLow / (atLow - atHigh));
    const inside = secant > low && secant < high && since < STEPS_TO_HALVE;
    const x = inside ? secant : middle(low, high);
    if (!inside) [size, since] = [high - low, 0];
    // No double is between them.
    if (!(x > low && x < high)) return left < right ? low : high;
    const value = f(x);
    if (value === 0) return x;
    if (value < 0) {
      [low, atLow, left] = [x, value, -value];
      if (kept > 0) atHigh /= 2;
      kept = 1;
    } else {
      [high, atHigh, right] = [x, value, value];
      if (kept < 0) atLow /= 2;
      kept = -1;
    }
  }
}
