import { describe, expect, it } from "vitest";
import { gaussLegendre } from "../../src/numeric/gaussLegendre.js";
import { trapezoidStep } from "../../src/numeric/trapezoid.js";

const sum = (x: readonly number[]) => x.reduce((s, v) => s + v, 0);

describe("Gauss's rule on [0, 1]", () => {
  it.each([1, 2, 3, 4, 5, 7, 8, 12, 33, 64, 129])("of %i nodes is exact for polynomials, and not for more", (size) => {
    const { nodes, weights } = gaussLegendre(size);
    expect(nodes.length).toBe(size);
    for (let k = 0; k < size; k++) {
      expect(nodes[k] > (k > 0 ? nodes[k - 1] : 0) && nodes[k] < 1).toBe(true);
      expect(Math.abs(nodes[k] + nodes[size - 1 - k] - 1)).toBeLessThan(1e-15);
      expect(weights[k]).toBeGreaterThan(0);
    }
    const integral = (degree: number) => sum([...nodes].map((x, k) => weights[k] * x ** degree));
    for (const degree of new Set([0, 1, size - 1, size, 2 * size - 2, 2 * size - 1]))
      expect(Math.abs(integral(degree) * (degree + 1) - 1), `degree ${degree}`).toBeLessThan(1e-14);
    // What x^{2n} is short of: (n!)⁴/((2n + 1)((2n)!)²).
    let missed = 1 / (2 * size + 1);
    for (let i = 1; i <= size; i++) missed *= (i / (size + i)) ** 2;
    if (size <= 8) expect((1 / (2 * size + 1) - integral(2 * size)) / missed).toBeCloseTo(1, 4);
    expect(gaussLegendre(size)).toBe(gaussLegendre(size));
  });
});

describe("the trapezoid rule over a normal law", () => {
  /** E of the posterior of two places, as far apart as `spread`, over z ~ N(0, 1). */
  const rule = (step: number, spread: number) => {
    const ends = Math.ceil(40 / step);
    const at = (z: number) => Math.exp((-z * z) / 2) / (1 + Math.exp(spread * z + 1));
    return (step / Math.sqrt(2 * Math.PI)) * sum(Array.from({ length: 2 * ends + 1 }, (_, i) => at((i - ends) * step)));
  };
  it.each([0.01, 0.3, 1, 2, 5, 20])("has the error that its step is for, with places %d apart", (spread) => {
    const exact = rule(0.002 / Math.max(1, spread / 4), spread);
    for (const nats of [8, 16, 24]) {
      const step = trapezoidStep(nats, spread);
      expect(Math.abs(rule(step, spread) / exact - 1)).toBeLessThan(20 * Math.exp(-nats));
    }
    // Half of the nats take a step that is far too long for all of them.
    const long = Math.abs(rule(trapezoidStep(8, spread) * 1.6, spread) / exact - 1);
    expect(long).toBeGreaterThan(Math.exp(-8) / 50);
  });
});
