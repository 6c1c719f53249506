/** The share of the strip without poles that the error bound uses: the bound has no limit at the strip's edge. */
const SHARE_OF_STRIP = 0.95;

/**
 * The step at which the trapezoid rule in z gives E over z ~ N(m, 1), of functions of the posterior of places within `spread`
 * of each other, to a relative error of about e^−nats. The rule's error falls as e^(−2πy/step) where the integrand is
 * analytic up to |Im z| < y, and the normal density grows by e^(y²/2) there. The posterior has no pole up to π/spread: all
 * terms of Σ p_j e^(s_j z) then lie in one half plane.
 */
export function trapezoidStep(nats: number, spread: number): number {
  const strip = Math.min((SHARE_OF_STRIP * Math.PI) / spread, Math.sqrt(2 * nats));
  return (2 * Math.PI * strip) / (nats + (strip * strip) / 2);
}
