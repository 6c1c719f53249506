import { highWord } from "./expLog.js";
import { SMALLEST_NORMAL } from "./float64.js";

/** The exponent k of a positive finite number x in [2ᵏ, 2ᵏ⁺¹), subnormal numbers included. */
export function exponentOf(x: number): number {
  const whole = x >= SMALLEST_NORMAL;
  return (highWord(whole ? x : x * 2 ** 54) >> 20) - (whole ? 1023 : 1077);
}

/** x·2ᵏ for any whole k, exact unless the result leaves the range of normal doubles; 2ᵏ alone may over- or underflow. */
export function timesPowerOfTwo(x: number, k: number): number {
  let y = x;
  let left = k;
  for (; left > 1000; left -= 1000) y *= 2 ** 1000;
  for (; left < -1000; left += 1000) y *= 2 ** -1000;
  return y * 2 ** left;
}
