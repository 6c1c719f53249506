import { type AtomicData, atomicData } from "exptilt/diffusion";
import fc from "fast-check";

/** Atoms on a line with two classes, and the numbers they were made of. */
export interface LineInstance {
  readonly data: AtomicData;
  readonly atoms: readonly number[];
  readonly classes: Readonly<Record<"a" | "b", readonly number[]>>;
  readonly prior: Readonly<Record<"a" | "b", number>>;
}

export const scaled = (raw: readonly number[]): number[] => {
  const total = raw.reduce((s, w) => s + w, 0);
  return raw.map((w) => w / total);
};

const weight = fc.oneof({ weight: 5, arbitrary: fc.nat(5) }, { weight: 1, arbitrary: fc.constant(1e-12) });

/** Up to ten atoms, as close as 0.01; `coincident` lets some share a point. */
export function lineInstances({ coincident = false, most = 10 } = {}): fc.Arbitrary<LineInstance> {
  const gap = fc.oneof(fc.constantFrom(0.01, coincident ? 0 : 0.01), fc.double({ min: 0.01, max: 1.5, noNaN: true }));
  return fc
    .record({
      rows: fc.array(fc.record({ gap, a: weight, b: weight }), { minLength: 2, maxLength: most }),
      from: fc.double({ min: -2, max: 2, noNaN: true }),
      prior: fc.double({ min: 0.05, max: 0.95, noNaN: true }),
    })
    .map(({ rows, from, prior: p }) => {
      let at = from;
      const atoms = rows.map((row) => (at += row.gap));
      // The first atom has both classes, so that neither is empty.
      const law = (of: "a" | "b") => scaled(rows.map((row, i) => row[of] + (i === 0 ? 1 : 0)));
      const classes = { a: law("a"), b: law("b") };
      const prior = { a: p, b: 1 - p };
      return { data: atomicData({ atoms: atoms.map((a) => [a]), classes, prior }), atoms, classes, prior };
    });
}

/** p(x) of each atom, from the numbers an instance was made of. */
export function marginalOf({ classes, prior }: LineInstance): number[] {
  return classes.a.map((a, i) => prior.a * a + prior.b * classes.b[i]);
}

/** E over ε ~ N(0, 1), by the trapezoid rule with a step far below what these smooth functions need. */
export function overNoise(f: (noise: number) => number, step = 0.01): number {
  let sum = 0;
  for (let n = -Math.round(9 / step); n * step <= 9; n++)
    sum += (step / Math.sqrt(2 * Math.PI)) * Math.exp(-((n * step) ** 2) / 2) * f(n * step);
  return sum;
}
