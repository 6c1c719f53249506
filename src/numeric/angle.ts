/**
 * sin, cos and atan from + − × ÷ and √ alone, to about one unit in the last place of the larger of sin and cos, and of
 * atan: like `exp` and `log` they have the same bits in every engine.
 */

/** π/2 in three parts, the first two of 33 bits: whole multiples of them up to 2^20 are exact. */
const QUARTER = 1.5707963267341256;
const QUARTER_MIDDLE = 6.077100506303966e-11;
const QUARTER_LOW = 2.0222662487959506e-21;

/** x^from/from! − x^(from+2)/(from+2)! + … for |x| ≤ π/4, from its smallest term. */
function alternating(x: number, from: 0 | 1): number {
  const square = x * x;
  let s = 1;
  for (let k = from + 16; k > from; k -= 2) s = 1 - (s * square) / (k * (k - 1));
  return from === 0 ? s : s * x;
}

/** sin(x + quarters·π/2) for |x| < 10^6. */
function sinShifted(x: number, quarters: number): number {
  const k = Math.round(x / QUARTER);
  const r = x - k * QUARTER - k * QUARTER_MIDDLE - k * QUARTER_LOW;
  const turn = (k + quarters) & 3;
  const s = alternating(r, turn & 1 ? 0 : 1);
  return turn & 2 ? -s : s;
}

/** sin x for |x| < 10^6. */
export function sin(x: number): number {
  return sinShifted(x, 0);
}

/** cos x for |x| < 10^6. */
export function cos(x: number): number {
  return sinShifted(x, 1);
}

/** The angle of the point (x, y), from −π to π; x and y are not both 0. */
export function angleOf(x: number, y: number): number {
  const size = Math.abs(y);
  const steep = size > Math.abs(x);
  let t = steep ? x / size : size / x;
  // The angle halved twice: |t| ≤ tan(π/16).
  for (let i = 0; i < 2; i++) t /= 1 + Math.sqrt(1 + t * t);
  const square = t * t;
  let s = 0;
  for (let k = 21; k >= 1; k -= 2) s = 1 / k - s * square;
  const quarters = steep ? 1 : x < 0 ? 2 : 0;
  const angle = quarters * QUARTER + ((steep ? -4 : 4) * t * s + quarters * QUARTER_MIDDLE);
  return y < 0 ? -angle : angle;
}
