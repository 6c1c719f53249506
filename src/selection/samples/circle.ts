import { angleOf, cos, sin } from "../../numeric/angle.js";
import { exp, log1p } from "../../numeric/elementary.js";

/** e^{−40} is nothing. */
const NEGLIGIBLE_NATS = 40;

/**
 * The number of points on the circle. The rule gives the sum over all k = n + jP of Bin(k; M, p)/Bin(n; M, p) times the
 * value at k for the value at n: the first of these that is nothing decides.
 */
function pointsFor(n: number, size: number): number {
  const odds = n / (size - n);
  const negligible = exp(-NEGLIGIBLE_NATS);
  let [above, below] = [1, 1];
  let points = 0;
  while (above > negligible || below > negligible) {
    points++;
    above *= Math.max(0, ((size - n - points + 1) / (n + points)) * odds);
    below *= Math.max(0, (n - points + 1) / (size - n + points) / odds);
  }
  return points;
}

/** p sin(qθ) − q sin(pθ), p + q = 1, by the series of both: the first terms cancel. */
function skewOf(p: number, q: number, theta: number): number {
  let sum = 0;
  let power = p * q * theta;
  let [ps, qs] = [1, 1];
  for (let k = 1; k <= 16; k++) {
    power *= (-theta * theta) / (2 * k * (2 * k + 1));
    ps *= p * p;
    qs *= q * q;
    sum += power * (qs - ps);
  }
  return sum;
}

/** One point of the circle. */
export interface CirclePoint {
  readonly theta: number;
  readonly cos: number;
  readonly sin: number;
  /** The logarithm of (q + p e^{iθ})^M e^{−inθ}, by its parts. */
  readonly logSize: number;
  readonly angle: number;
  /** 1, or 2 where it stands for its conjugate as well. */
  readonly weight: number;
}

/** The upper half of the points where the product counts, θ = 0 first. */
export function circle(n: number, size: number): CirclePoint[] {
  const [p, q] = [n / size, (size - n) / size];
  const points = pointsFor(n, size);
  const out: CirclePoint[] = [];
  for (let k = 0; 2 * k <= points; k++) {
    const theta = (2 * Math.PI * k) / points;
    const half = sin(theta / 2);
    const logSize = (size / 2) * log1p(-4 * p * q * half * half);
    // Samples that are gone leave a factor q each, whatever θ.
    if (Math.max(logSize, size * log1p(-p)) < -NEGLIGIBLE_NATS) break;
    out.push({
      theta,
      cos: 1 - 2 * half * half,
      sin: 2 * half * cos(theta / 2),
      logSize,
      angle: size * angleOf(q * cos(p * theta) + p * cos(q * theta), skewOf(p, q, theta)),
      weight: k === 0 || 2 * k === points ? 1 : 2,
    });
  }
  return out;
}
