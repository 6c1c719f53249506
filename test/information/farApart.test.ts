import { fromLogMass, klDivergence } from "exptilt";
import { exactAlgebra } from "exptilt/exact";
import { describe, expect, it } from "vitest";

const exact = exactAlgebra({ digits: 60 });

describe("KL of laws whose log-masses are far apart is their mean difference, and finite", () => {
  it.each([
    [
      [0, -400],
      [-400, 0],
    ],
    [
      [0, -744],
      [-744, 0],
    ],
    [
      [0, -800],
      [-800, 0],
    ],
    [
      [0, -1e6, -3],
      [-1e6, 0, -5],
    ],
    [
      [-1e300, 0, 0],
      [0, -2, -1e300],
    ],
  ])("%j ‖ %j", (p, q) => {
    const support = p.map((_, i) => i);
    const far = exact.klDivergence(
      exact.fromLogMass(support, p.map(exact.number)),
      exact.fromLogMass(support, q.map(exact.number)),
    );
    const kl = klDivergence(fromLogMass(support, p), fromLogMass(support, q));
    expect(Math.abs(kl / exact.toNumber(far) - 1)).toBeLessThan(1e-14);
  });
});
