import { cos } from "./angle.js";

/** Nodes in [0, 1] and weights of a rule of Gauss. */
export interface GaussRule {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
}

const rules: GaussRule[] = [];

/**
 * The rule of Gauss and Legendre with `size` nodes on [0, 1]: exact for polynomials of degree 2·size − 1. The nodes are
 * the roots of the Legendre polynomial, by Newton's method from Tricomi's estimate.
 */
export function gaussLegendre(size: number): GaussRule {
  rules[size] ??= ruleOf(size);
  return rules[size];
}

function ruleOf(size: number): GaussRule {
  const nodes = new Float64Array(size);
  const weights = new Float64Array(size);
  for (let k = 0; k < size; k++) {
    let x = cos((Math.PI * (k + 0.75)) / (size + 0.5));
    let slope = 1;
    for (let step = 0; step < STEPS; step++) {
      const [value, before] = legendre(size, x);
      slope = (size * (before - x * value)) / (1 - x * x);
      x -= value / slope;
    }
    nodes[k] = (1 - x) / 2;
    weights[k] = 1 / ((1 - x * x) * slope * slope);
  }
  return { nodes, weights };
}

/** Newton's method doubles the digits in each step. The last one finds the slope at the root: the weights need all of its digits. */
const STEPS = 6;

/** The Legendre polynomials of degree `size` and `size` − 1 at x. */
function legendre(size: number, x: number): [value: number, before: number] {
  let [value, before] = [1, 0];
  for (let k = 1; k <= size; k++) [value, before] = [((2 * k - 1) * x * value - (k - 1) * before) / k, value];
  return [value, before];
}
