/**
 * Many answers take other ways through a divergence than few: logarithms made once and kept, loops by stretches. Answers
 * cut into equal parts show that the ways agree, and units that no way depends on them.
 */
import {
  chiSquaredDivergence,
  entropy,
  escort,
  fromLogMass,
  generalizedKlDivergence,
  klDivergence,
  type Measure,
  measure,
  renyiEntropy,
  rlhfObjective,
  tilt,
  totalVariation,
  uniform,
} from "exptilt";
import { exactAlgebra } from "exptilt/exact";
import { describe, expect, it } from "vitest";

const exact = exactAlgebra({ digits: 60 });
const given = (mass: ArrayLike<number>) =>
  measure(
    Array.from(mass, (_, i) => i),
    mass,
  );
/** Each answer in m equal parts. */
const cut = (mass: readonly number[], m: number) => given(mass.flatMap((x) => Array<number>(m).fill(x)));
const near = (got: number, want: number, ulps: number) => {
  if (got === want) return;
  expect(Math.abs(got - want), `${got} for ${want}`).toBeLessThanOrEqual(
    ulps * Math.max(2 ** -52 * Math.abs(want), 2 ** -1074),
  );
};

const heavy = (share: number) => [share, ...Array<number>(4999).fill((1 - share) / 4999)];
const noise = [1, -3, 2, 5, -4, 7, -6, 3];
const wide = [1, 2, 3, 5, 8, 13, 21, 34];
/** Two laws: apart, near-equal at several distances, with zeros, of other totals, over hundreds of orders. */
const pairs: [name: string, p: number[], q: number[]][] = [
  ["apart", [1, 2, 3], [3, 2, 1]],
  ["equal", wide, wide],
  ["equal up to the total", [1, 2, 4], [2, 4, 8]],
  ...[1e-1, 1e-3, 1e-6, 1e-9, 1e-12, 1e-15].map((d): [string, number[], number[]] => [
    `${d} apart`,
    wide,
    wide.map((x, i) => x * (1 + d * noise[i])),
  ]),
  ["a total of 3 to 1", wide.map((x) => 3 * x), wide.toReversed()],
  ["a total of 2 to 1", [4, 2, 2], [1, 2, 1]],
  ["a total of 1 to 2", [1, 2, 1], [4, 2, 2]],
  ["a total of 1 to 5", [1, 1, 2], [3, 7, 10]],
  ["a zero in the first", [0, 1, 2, 5], [3, 1, 2, 1]],
  ["a zero in both", [0, 1, 2, 5], [0, 1, 3, 4]],
  ["a zero in the second", [1, 1, 2], [0, 1, 3]],
  ["hundreds of orders apart", [1, 1e-200, 1e-300], [1e-250, 1, 1e-9]],
  ["next to one point mass", [1, 1e-20, 1e-30], [1, 3e-20, 2e-31]],
  ["next to one point mass, far down", [1, 1e-290, 1e-300], [1, 3e-290, 2e-301]],
  ["next to two", [1, 1e-20], [1e-20, 1]],
  ["a subnormal mass", [1, 3e-310], [1, 2e-310]],
  ["an ordinary mass over a subnormal one, in the range of doubles", [1, 1e-3], [1, 1e-310]],
  ["a subnormal mass against an ordinary one", [1, 3e-310, 1], [1, 2, 4e-320]],
];
const apart = (p: readonly number[], q: readonly number[]) => {
  const [a, b] = [p, q].map((m) => exact.measure([...m.keys()], m));
  return { a, b, kl: exact.klDivergence(a, b).toNumber() };
};

describe("few answers: to 60 digits", () => {
  it.each(pairs)("%s", (_, p, q) => {
    const { a, b, kl } = apart(p, q);
    const [u, v] = [given(p), given(q)];
    near(klDivergence(u, v), kl, 4);
    near(totalVariation(u, v), exact.totalVariation(a, b).toNumber(), 4);
    near(chiSquaredDivergence(u, v), exact.chiSquaredDivergence(a, b).toNumber(), 8);
    near(entropy(u), exact.entropy(a).toNumber(), 4);
    near(generalizedKlDivergence(u, v), exact.generalizedKlDivergence(a, b).toNumber(), 4);
  });
});

describe.each([130, 1100])("each answer in %d parts: divergences stay, and entropies grow by the logarithm", (m) => {
  it.each(pairs.filter(([name]) => !name.startsWith("a subnormal mass") || /ordinary/.test(name)))("%s", (_, p, q) => {
    const { a, kl } = apart(p, q);
    const [u, v] = [cut(p, m), cut(q, m)];
    near(klDivergence(u, v), kl, 6);
    near(totalVariation(u, v), totalVariation(given(p), given(q)), 4);
    near(chiSquaredDivergence(u, v), chiSquaredDivergence(given(p), given(q)), 8);
    near(entropy(u), exact.entropy(a).plus(exact.number(m).ln()).toNumber(), 4);
    near(renyiEntropy(u, 2), renyiEntropy(given(p), 2) + Math.log(m), 4);
  });
});

describe("one heavy answer among 5000", () => {
  it.each([
    [0.9, 0.8],
    [0.99, 0.97],
    [0.5, 0.55],
    [1 - 1e-6, 1 - 2e-6],
    [1 - 1e-12, 1 - 3e-12],
  ])("of probability %d and %d", (s, t) => {
    const [p, q] = [s, t].map((share) => ({
      one: exact.number(share),
      rest: exact.number((1 - share) / 4999).times(4999),
    }));
    const [a, b] = [p, q].map(({ one, rest }) => exact.measure([0, 1], [one, rest]));
    near(klDivergence(given(heavy(s)), given(heavy(t))), exact.klDivergence(a, b).toNumber(), 6);
    const inner = a.mass[1].div(a.mass[0].plus(a.mass[1])).times(exact.number(4999).ln());
    near(entropy(given(heavy(s))), exact.entropy(a).plus(inner).toNumber(), 6);
  });
});

describe("units of mass that are powers of 2 leave every bit, however many answers", () => {
  const scales = [-390, 390];
  const scaled = (p: Measure<number>, k: number) =>
    measure(
      p.support,
      p.mass.map((x) => x * 2 ** k),
    );
  it.each(pairs.filter(([name]) => !/hundreds|point mass|next to|subnormal/.test(name)))("%s", (_, p, q) => {
    for (const m of [1, 150]) {
      const [u, v] = [cut(p, m), cut(q, m)];
      for (const k of scales) {
        const [s, t] = [scaled(u, k), scaled(v, k)];
        for (const f of [klDivergence, totalVariation, chiSquaredDivergence]) {
          expect(f(s, t)).toBe(f(u, v));
          // Of one of two laws they may change the way that is taken, and the last bits.
          near(f(s, v), f(u, v), 8);
          near(f(u, t), f(u, v), 8);
        }
        expect(entropy(s)).toBe(entropy(u));
        expect(renyiEntropy(s, 3)).toBe(renyiEntropy(u, 3));
        if (m === 1 && Math.abs(k) < 500)
          expect(generalizedKlDivergence(s, t)).toBe(2 ** k * generalizedKlDivergence(u, v));
      }
    }
  });
});

describe("of many answers, units of either law leave every bit of their KL: its logarithms are around their mean", () => {
  it.each(pairs.filter(([name]) => !/hundreds|far down|subnormal/.test(name)))("%s", (_, p, q) => {
    const [u, v] = [cut(p, 400), cut(q, 400)];
    for (const k of [-100, 7]) {
      const scaled = ({ support, mass }: Measure<number>) =>
        measure(
          support,
          mass.map((x) => x * 2 ** k),
        );
      expect(klDivergence(scaled(u), v)).toBe(klDivergence(u, v));
      expect(klDivergence(u, scaled(v))).toBe(klDivergence(u, v));
    }
  });
});

describe("a law and its tilt, of few answers and of many", () => {
  const reward = [0, 1, -1, 2, 0.5, 3, -2, 1.5];
  it.each([1, 600])("at every strength: %d parts", (m) => {
    const ref = cut(wide, m);
    const score = reward.flatMap((r) => Array<number>(m).fill(r));
    for (const beta of [1e-3, 0.1, 1, 3, 1e3, 1e9]) {
      const bent = tilt(ref, score, beta);
      const a = exact.measure([...wide.keys()], wide);
      const b = exact.tilt(a, reward, beta);
      near(klDivergence(bent, ref), exact.klDivergence(b, a).toNumber(), 4);
      near(klDivergence(ref, bent), exact.klDivergence(a, b).toNumber(), 4);
      // Up to score/β = 30 in the exponents that bent's own masses come from.
      near(klDivergence(tilt(bent, score, 7), bent), exact.klDivergence(exact.tilt(b, reward, 7), b).toNumber(), 60);
    }
  });

  it("tilts of other origins are as far apart as their masses", () => {
    const [p, q] = [tilt(given([1, 2, 3]), [0, 1, 2]), tilt(given([3, 1, 1]), [0, 1e-9, 0])];
    const [a, b] = [
      exact.tilt(exact.measure([0, 1, 2], [1, 2, 3]), [0, 1, 2], 1),
      exact.tilt(exact.measure([0, 1, 2], [3, 1, 1]), [0, 1e-9, 0], 1),
    ];
    near(klDivergence(p, q), exact.klDivergence(a, b).toNumber(), 6);
  });

  it("where the tilt forbids answers KL to it is +∞, and KL from it is what they held", () => {
    const ref = given([1, 2, 3, 10]);
    const some = tilt(ref, [0, 0, 0, -Infinity]);
    expect(klDivergence(ref, some)).toBe(Infinity);
    near(klDivergence(some, ref), Math.log(16 / 6), 4);
    const few = tilt(ref, [0, 0, -Infinity, 0]);
    near(klDivergence(few, ref), Math.log(16 / 13), 4);
    near(
      klDivergence(tilt(ref, [0, 0, 0, -Infinity]), tilt(ref, [1e-3, 0, 0, 5])),
      exact
        .klDivergence(
          exact.measure([0, 1, 2, 3], [1, 2, 3, 0]),
          exact.tilt(exact.measure([0, 1, 2, 3], [1, 2, 3, 10]), [1e-3, 0, 0, 5], 1),
        )
        .toNumber(),
      8,
    );
    // Half of ref's mass forbidden.
    near(klDivergence(tilt(given([1, 2, 3]), [0, 0, -Infinity]), given([1, 2, 3])), Math.LN2, 2);
  });

  it("far apart, KL is the mean difference of the scores", () => {
    for (const gap of [20, 25, 29, 30, 31, 40, 500, 1e5]) {
      const [p, q] = [fromLogMass([0, 1], [0, -gap]), fromLogMass([0, 1], [-gap, 0])];
      const [a, b] = [exact.fromLogMass([0, 1], [0, -gap]), exact.fromLogMass([0, 1], [-gap, 0])];
      near(klDivergence(p, q), exact.klDivergence(a, b).toNumber(), 4);
      const r = fromLogMass([0, 1, 2], [0, -gap, -2]);
      near(
        klDivergence(r, p.mass.length === 2 ? fromLogMass([0, 1, 2], [-gap, 0, -1]) : r),
        exact
          .klDivergence(exact.fromLogMass([0, 1, 2], [0, -gap, -2]), exact.fromLogMass([0, 1, 2], [-gap, 0, -1]))
          .toNumber(),
        6,
      );
    }
  });
});

describe("laws whose small masses live in their logarithms", () => {
  const logs: [number[], number[]][] = [
    [
      [0, -800, -2],
      [0, -700, -2.5],
    ],
    [
      [0, -800],
      [-800, 0],
    ],
    [
      [0, -720],
      [0, -730],
    ],
    [
      [0, -1000, -1000],
      [0, -1000, -1001],
    ],
    [
      [0, -Infinity, -760],
      [0, -3, -750],
    ],
    [
      [0, -Infinity, -760],
      [0, -Infinity, -750],
    ],
    [
      [0, -708.3],
      [0, -708.5],
    ],
  ];
  const masses = (l: readonly number[]) => ({
    log: fromLogMass([...l.keys()], l),
    exact: exact.fromLogMass([...l.keys()], l),
  });
  it.each(logs)("%j, %j", (x, y) => {
    const [p, q] = [masses(x), masses(y)];
    // What comes of a logarithm of −700 alone has its rounding.
    const most = 2e3;
    for (const [s, t] of [
      [p, q],
      [q, p],
    ] as const) {
      const want = exact.klDivergence(s.exact, t.exact).toNumber();
      near(klDivergence(s.log, t.log), want, most);
      near(totalVariation(s.log, t.log), exact.totalVariation(s.exact, t.exact).toNumber(), most);
      near(entropy(s.log), exact.entropy(s.exact).toNumber(), most);
    }
  });

  it("χ²(δ‖q) of a point mass is the odds against it, (1 − q)/q, in any unit", () => {
    for (const odds of [1e-300, 5.785356926291926e-58, 3e-16, 0.7, 1e90]) {
      for (const unit of [1, 6e-214, 7e213]) near(chiSquaredDivergence(given([unit, 0]), given([1, odds])), odds, 2);
      near(chiSquaredDivergence(tilt(given([1, 1]), [0, -1e4]), given([1, odds])), odds, 2);
    }
  });

  /** e^{log} of probability in a law given by masses beside one whose logarithms go on. */
  it("against masses: KL, χ² and the generalized KL read each where it is whole", () => {
    const rare = tilt(given([1, 1, 1]), [0, -800, -1]);
    const plain = given([2, 1, 1]);
    const [a, b] = [
      exact.tilt(exact.measure([0, 1, 2], [1, 1, 1]), [0, -800, -1], 1),
      exact.measure([0, 1, 2], [2, 1, 1]),
    ];
    near(klDivergence(rare, plain), exact.klDivergence(a, b).toNumber(), 6);
    near(klDivergence(plain, rare), exact.klDivergence(b, a).toNumber(), 6);
    near(chiSquaredDivergence(rare, plain), exact.chiSquaredDivergence(a, b).toNumber(), 8);
    expect(chiSquaredDivergence(plain, rare)).toBe(Infinity);
    for (const [x, y] of [
      [-750, -760],
      [-760, -750],
      [-900, -800],
      [-400, -1000],
      [-750, -750.001],
      [-750, -1100],
      [-715, -715.5],
      [-715.5, -715],
    ]) {
      const [s, t] = [masses([0, x, -1]), masses([0, y, -1.5])];
      near(chiSquaredDivergence(s.log, t.log), exact.chiSquaredDivergence(s.exact, t.exact).toNumber(), 2e3);
    }
    for (const [x, y] of [
      [-715, -715.5],
      [-715.5, -715],
      [-720, -710],
    ]) {
      const [s, t] = [masses([0, x]), masses([0, y])];
      near(chiSquaredDivergence(s.log, t.log), exact.chiSquaredDivergence(s.exact, t.exact).toNumber(), 2e3);
    }
    // Almost all of χ² may come from an answer that no double holds the mass of.
    const [s, t] = [masses([0, -500]), masses([0, -1000])];
    near(chiSquaredDivergence(s.log, t.log), exact.chiSquaredDivergence(s.exact, t.exact).toNumber(), 1e3);
    expect(chiSquaredDivergence(masses([0, -800]).log, masses([0, -Infinity]).log)).toBe(Infinity);
    expect(klDivergence(masses([0, -800]).log, masses([0, -Infinity]).log)).toBe(Infinity);
    expect(chiSquaredDivergence(masses([0, -Infinity]).log, masses([0, -800]).log)).toBe(0);
  });

  it("the generalized KL reads a mass that has underflowed, or is infinite, in its logarithm", () => {
    const [p, q] = [fromLogMass([0, 1], [0, -800]), fromLogMass([0, 1], [0, -1600])];
    expect(generalizedKlDivergence(p, q)).toBe(0);
    expect(generalizedKlDivergence(p, fromLogMass([0, 1], [0, -Infinity]))).toBe(Infinity);
    near(
      generalizedKlDivergence(fromLogMass([0, 1], [0, -1]), fromLogMass([0, 1], [0, -750])),
      Math.exp(-1) * (750 - 2),
      4,
    );
    near(generalizedKlDivergence(fromLogMass([0, 1], [0, -1]), fromLogMass([0, 1], [0, 800])), Infinity, 4);
    near(
      generalizedKlDivergence(fromLogMass([0, 1], [0, -Infinity]), fromLogMass([0, 1], [0, -740])),
      Math.exp(-740),
      1,
    );
    near(generalizedKlDivergence([3e-310], [4e-310]), 3e-310 * Math.log(3 / 4) + 1e-310, 2 ** 40);
    expect(generalizedKlDivergence([0, 0], [0, 0])).toBe(0);
    expect(generalizedKlDivergence([0, 1], [3, 1])).toBe(3);
    expect(generalizedKlDivergence([1, 1], [0, 1])).toBe(Infinity);
    expect(generalizedKlDivergence([1e308], [1e-300])).toBe(Infinity);
    near(generalizedKlDivergence(given([1, 2]), [2, 1]), 2 * Math.LN2 - Math.LN2, 4);
    near(generalizedKlDivergence([1, 2], given([2, 1])), Math.LN2, 4);
  });
});

describe("χ² spans the doubles", () => {
  it("to its largest and its smallest values", () => {
    for (const [p, q] of [
      [
        [1, 1],
        [1, 1e-300],
      ],
      [
        [1, 1],
        [1, 4e-308],
      ],
      [
        [1, 1e-150],
        [1, 1e-300],
      ],
      [
        [1, 1e-300],
        [1, 1e-299],
      ],
      [
        [1, 1e-160],
        [1, 2e-160],
      ],
      [
        [1, 1e-307],
        [1, 2e-307],
      ],
    ]) {
      const { a, b } = apart(p, q);
      near(chiSquaredDivergence(given(p), given(q)), exact.chiSquaredDivergence(a, b).toNumber(), 8);
    }
    expect(chiSquaredDivergence(given([1, 1]), given([1, 5e-324]))).toBe(Infinity);
    // Alone its term counts: (1e−310)²/1e−320, a double of its own.
    const tiny = Number("1e-320");
    const up = 2 ** 200;
    const gap = 1e-310 * up - tiny * up;
    near(
      chiSquaredDivergence(given([1, 1e-310, 0.7]), given([1, tiny, 0.7])),
      ((gap / (tiny * up)) * (gap / 1.7)) / up,
      8,
    );
  });
});

describe("what is neither a measure nor a vector is refused", () => {
  it.each<[() => unknown, new (message: string) => Error, string]>([
    ...[null, undefined, 3, "ab", true].map((x): [() => unknown, new (message: string) => Error, string] => [
      () => generalizedKlDivergence(x as never, [1]),
      TypeError,
      `generalizedKlDivergence: p must be an array, got ${typeof x === "string" ? '"ab"' : x}`,
    ]),
    [
      () => generalizedKlDivergence([1], null as never),
      TypeError,
      "generalizedKlDivergence: q must be an array, got null",
    ],
    [
      () => generalizedKlDivergence([1, 2], [1]),
      TypeError,
      "generalizedKlDivergence: q must have length 2, one entry per answer, got length 1",
    ],
    [
      () => generalizedKlDivergence([1, -2], [1, 1]),
      RangeError,
      "generalizedKlDivergence: p[1] must be non-negative and finite, got -2",
    ],
    [
      () => generalizedKlDivergence([1], [Infinity]),
      RangeError,
      "generalizedKlDivergence: q[0] must be non-negative and finite, got Infinity",
    ],
    [() => renyiEntropy(uniform([1]), "2" as never), TypeError, 'renyiEntropy: order must be a number, got "2"'],
    [
      () => renyiEntropy(uniform([1]), -1),
      RangeError,
      "renyiEntropy: order must be at least 0 (Infinity allowed), got -1",
    ],
  ])("%s", (call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });
});

describe("Rényi entropies at their limits", () => {
  it("order 0 counts the support, 1 is Shannon's, ∞ is −log of the largest", () => {
    const p = given([4, 0, 1, 3]);
    near(renyiEntropy(p, 0), Math.log(3), 2);
    expect(renyiEntropy(p, 1)).toBe(entropy(p));
    near(renyiEntropy(p, Infinity), Math.LN2, 1);
    near(renyiEntropy(p, Number.MAX_VALUE), Math.LN2, 1);
  });
  it("of a uniform law all are log K", () => {
    for (const order of [0, 0.5, 1, 2, 1e9, Infinity])
      near(renyiEntropy(uniform([1, 2, 3, 4, 5, 6, 7]), order), Math.log(7), 2);
  });
});

describe("an entropy near the end of the doubles", () => {
  it.each([-300, -307, -308])("of 1 and 10^%d", (e) => {
    const p = [1, 10 ** e];
    near(entropy(given(p)), exact.entropy(exact.measure([0, 1], p)).toNumber(), e < -307 ? 40 : 4);
  });
  it("is 0 at a point mass, and never −0", () => {
    expect(entropy(given([0, 3, 0]))).toBe(0);
    expect(entropy(escort(given([1, 2]), 1e6))).toBe(0);
    expect(rlhfObjective({ ref: given([0, 3]), reward: [5, 1], beta: 1 }, given([0, 1]))).toBe(1);
  });
});
