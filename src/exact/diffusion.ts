import type { BigNumber } from "mathjs";
import type { MeasureOf } from "./algebra.js";
import type { Arithmetic } from "./arithmetic.js";
import { readMeasure } from "./measure.js";
import { betweenZeroAndOne, finite, requireNumber, requireNumbers } from "./read.js";

type Input = number | BigNumber;

/** (x − √(1−σ²) Σ q_i a_i)/σ with q_i ∝ p_i exp(−(x − √(1−σ²)a_i)²/2σ²). */
export function noisePrediction(
  arithmetic: Arithmetic,
  atoms: readonly Input[],
  law: MeasureOf<Input>,
  x: Input,
  sigma: Input,
): BigNumber {
  const caller = "noisePrediction";
  const { mass } = readMeasure(arithmetic, caller, "law", law).law;
  const points = requireNumbers(arithmetic, caller, "atoms", atoms, mass.length, finite);
  const at = requireNumber(arithmetic, caller, "x", x, finite);
  const level = requireNumber(arithmetic, caller, "sigma", sigma, betweenZeroAndOne);
  const square = level.times(level);
  const alpha = arithmetic.one.minus(square).sqrt();
  const exponents = points.map((a) => at.minus(alpha.times(a)).pow(2).div(square.times(-2)));
  const top = exponents.reduce((most, e, i) => (mass[i].gt(0) && e.gt(most) ? e : most), arithmetic.negativeInfinity);
  const q = exponents.map((e, i) => (mass[i].gt(0) ? mass[i].times(arithmetic.exp(e.minus(top))) : arithmetic.zero));
  const mean = arithmetic.sum(q.map((w, i) => w.times(points[i]))).div(arithmetic.sum(q));
  return at.minus(alpha.times(mean)).div(level);
}
