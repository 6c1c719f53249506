import { logSoftmax, logSumExp, randomSource, softmax } from "exptilt";
import { exactAlgebra } from "exptilt/exact";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AliasTable } from "../../src/numeric/aliasTable.js";
import * as check from "../../src/numeric/check.js";
import { deviance, expm1MinusX, logRatio, logRatioNearOne } from "../../src/numeric/deviance.js";
import { timesRatio, twoProduct, twoSum } from "../../src/numeric/doubleDouble.js";
import { logDoubleDouble } from "../../src/numeric/elementary.js";
import { expWeighted, highWords, logScaled, logsScaled } from "../../src/numeric/expLog.js";
import { solveOde } from "../../src/numeric/extrapolate.js";
import { isNormal, SMALLEST_NORMAL } from "../../src/numeric/float64.js";
import { floats, integers, Workspace } from "../../src/numeric/floats.js";
import { gaussianSource } from "../../src/numeric/gaussian.js";
import { integrate } from "../../src/numeric/gaussKronrod.js";
import { logistic, logLogistic } from "../../src/numeric/logistic.js";
import { normalInterval } from "../../src/numeric/normal.js";
import { peakOf } from "../../src/numeric/peak.js";
import { exponentOf, timesPowerOfTwo } from "../../src/numeric/powerOfTwo.js";
import { peakedSum, sum } from "../../src/numeric/sum.js";
import { test } from "../support/test.js";
import { weights } from "../support/weights.js";

const exact = exactAlgebra({ digits: 60 });
const big = (x: number) => exact.number(x);
const near = (got: number, want: number, ulps: number) => {
  if (got === want) return;
  expect(Math.abs(got - want), `${got} for ${want}`).toBeLessThanOrEqual(
    ulps * Math.max(2 ** -52 * Math.abs(want), 2 ** -1074),
  );
};
const ordinary = fc.double({ min: -1e100, max: 1e100, noNaN: true });
const positive = fc.double({ min: -700, max: 700, noNaN: true }).map(Math.exp);

const normalCdf = (x: number) => normalInterval(-Infinity, x);

describe("double-doubles", () => {
  test.prop([ordinary, ordinary])("a sum and a product are exact in two parts", (a, b) => {
    const s = twoSum(a, b);
    expect(s.hi).toBe(a + b);
    expect(
      big(s.hi)
        .plus(big(s.lo))
        .equals(big(a).plus(big(b))),
    ).toBe(true);
    const [c, d] = [Math.fround(a / 1e70), b];
    if (Math.abs(c * d) < 1e-250) return;
    const p = twoProduct(c, d);
    expect(p.hi).toBe(c * d);
    expect(
      Math.abs(
        big(p.hi)
          .plus(big(p.lo))
          .minus(big(c).times(big(d)))
          .toNumber(),
      ),
    ).toBe(0);
  });
  test.prop([ordinary, fc.double({ min: -1e-17, max: 1e-17, noNaN: true }), fc.maxSafeNat(), fc.maxSafeNat()])(
    "a quotient of whole numbers times one, to 31 digits",
    (x, low, a, b) => {
      const given = twoSum(x, low * x);
      const got = timesRatio(given, a, b + 1);
      const want = big(given.hi)
        .plus(big(given.lo))
        .times(big(a))
        .div(big(b + 1));
      const miss = big(got.hi).plus(big(got.lo)).minus(want).abs().toNumber();
      expect(miss).toBeLessThanOrEqual(1e-31 * want.abs().toNumber() + 1e-300);
      expect(got.hi + got.lo === got.hi).toBe(true);
    },
  );
  it("a logarithm near 1 keeps the second part", () => {
    for (const [hi, lo] of [
      [1, 1e-20],
      [1, -1e-20],
      [1 - 2 ** -53, 2 ** -60],
      [0.6, 1e-18],
      [0.5, 0],
      [2, 0],
      [1.9, -1e-18],
      [1e10, 1e-7],
    ])
      near(logDoubleDouble({ hi, lo }), big(hi).plus(big(lo)).ln().toNumber(), 2);
  });
});

describe("sums", () => {
  test.prop([fc.array(ordinary, { minLength: 1, maxLength: 30 })])(
    "are compensated, and the peak is kept apart from the rest",
    (x) => {
      const total = x.reduce((s, v) => s.plus(big(v)), big(0));
      const size = x.reduce((s, v) => s + Math.abs(v), 0);
      const { hi, lo } = sum(Float64Array.from(x));
      expect(Math.abs(big(hi).plus(big(lo)).minus(total).toNumber())).toBeLessThanOrEqual(1e-30 * size);
      const { peak, rest } = peakedSum(Float64Array.from(x));
      expect(peak).toBe(x.indexOf(Math.max(...x)));
      expect(
        Math.abs(
          big(rest.hi)
            .plus(big(rest.lo))
            .minus(total.minus(big(x[peak])))
            .toNumber(),
        ),
      ).toBeLessThanOrEqual(1e-30 * size);
    },
  );
});

describe("deviances and logarithms of quotients", () => {
  const ratio = (a: number, b: number) => big(a).div(big(b));
  const values = [1, 1 + 2 ** -52, 0.99, 1.4, 1.99, 2.01, 0.501, 0.499, 3, 1e-5, 1e-300, 1e300, 5e-324];
  it("a log(a/b) − a + b, of second order near a = b", () => {
    for (const a of values)
      for (const b of values) {
        const want = big(a).times(ratio(a, b).ln()).minus(big(a)).plus(big(b)).toNumber();
        if (want > 1e-300 && want < 1e300) near(deviance(a, b, b - a), want, 6);
      }
    expect([deviance(0, 3, 3), deviance(0, 0, 0), deviance(3, 0, -3), deviance(2, 2, 0)]).toEqual([3, 0, Infinity, 0]);
    near(
      deviance(1.7e308, 1.6e308, -1e307),
      big(1.7e308).times(ratio(1.7e308, 1.6e308).ln()).minus(big(1e307)).toNumber(),
      60,
    );
    near(deviance(1.7e308, 1.7e308 * (1 - 1e-9), -1.7e299), 0.5 * 1.7e308 * 1e-18, 2 ** 27);
  });
  it("log(a/b) wherever a/b leaves the normal doubles, and with all its digits near 1", () => {
    for (const a of values)
      for (const b of values) {
        const want = ratio(a, b).ln().toNumber();
        expect(Math.abs(logRatio(a, b) - want)).toBeLessThanOrEqual(2 ** -52 * Math.max(1, Math.abs(want)));
        near(logRatioNearOne(a, b), want, 2);
      }
  });
  it("e^x − 1 − x", () => {
    expect(expm1MinusX(1e-200)).toBe(0);
    for (const x of [0, 1e-10, -1e-10, 1e-3, 0.3, -0.3, 0.49, -0.49, 0.5, -0.5, 0.51, 1, -1, 10, -30]) {
      const want = big(x).exp().minus(1).minus(big(x)).toNumber();
      near(expm1MinusX(x), want, 4);
    }
  });
  it("log σ and σ keep both tails", () => {
    for (const x of [0, 1, -1, 40, -40, 745, -745, 1e-10, 0.3, -0.3]) {
      const s = big(1).div(big(-x).exp().plus(1));
      near(logistic(x), s.toNumber(), 2);
      near(logLogistic(x), s.ln().toNumber(), 3);
    }
    expect([logistic(-1e4), logistic(1e4), logLogistic(-1e4), logLogistic(1e4)]).toEqual([0, 1, -1e4, 0]);
  });
});

describe("powers of two", () => {
  it("the exponent is that of the leading bit, subnormal numbers included", () => {
    for (const k of [-1074, -1073, -1023, -1022, -500, -1, 0, 1, 52, 1000, 1023]) {
      expect(exponentOf(2 ** k)).toBe(k);
      if (k < 1023)
        expect(exponentOf(2 ** (k + 1) * (1 - 2 ** -53))).toBe(
          k <= -1023 ? exponentOf(2 ** (k + 1) * (1 - 2 ** -53)) : k,
        );
      if (k > -1020) expect(exponentOf(2 ** k * (1 + 2 ** -52))).toBe(k);
    }
    expect(exponentOf(3 * 2 ** -1074)).toBe(-1073);
    expect(exponentOf(2 ** -1022 - 2 ** -1074)).toBe(-1023);
  });
  it("a product with any of them is exact in the range", () => {
    expect(timesPowerOfTwo(3, -1074)).toBe(3 * 2 ** -1074);
    expect(timesPowerOfTwo(2 ** -1074, 2097)).toBe(2 ** 1023);
    expect(timesPowerOfTwo(1.5 * 2 ** 1023, -2097)).toBe(2 ** -1073);
    expect(timesPowerOfTwo(2 ** 1000, -2000)).toBe(2 ** -1000);
    expect(timesPowerOfTwo(2 ** -1000, 2000)).toBe(2 ** 1000);
    expect(timesPowerOfTwo(5, 1001)).toBe(5 * 2 ** 1001);
    expect(timesPowerOfTwo(5, -1001)).toBe(5 * 2 ** -1001);
    expect(timesPowerOfTwo(1, 3000)).toBe(Infinity);
    expect(timesPowerOfTwo(1, -3000)).toBe(0);
  });
  it("a number is normal from 2⁻¹⁰²² to below ∞", () => {
    expect(SMALLEST_NORMAL).toBe(2 ** -1022);
    expect([2 ** -1022, 1, Number.MAX_VALUE, 2 ** -1023, 0, -1, Infinity, Number.NaN].map(isNormal)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe("long loops of exp and log", () => {
  const sizes = [1, 7, 4095, 4096, 4097, 8195];
  it("weights times e^{(score − top)/β}: each entry and the sum", () => {
    for (const size of sizes) {
      const weight = Float64Array.from({ length: size }, (_, i) => (i % 5 === 3 ? 0 : 1 + (i % 7)));
      const score = Float64Array.from({ length: size }, (_, i) => (i % 5 === 3 ? 1e300 : -((i * 37) % 101) / 10));
      for (const beta of [1, 0.3, 7]) {
        const out = new Float64Array(size).fill(Number.NaN);
        const total = expWeighted(out, weight, score, 0, beta, 8 * size);
        let want = 0;
        for (let i = 0; i < size; i++) {
          const y = weight[i] === 0 ? 0 : weight[i] * Math.exp(score[i] / beta);
          near(out[i], y, 40);
          want += y;
        }
        const own = sum(out);
        near(total.hi + total.lo, own.hi + own.lo, 1);
        near(total.hi, want, 100);
      }
      // A sum far below its bound.
      const out = new Float64Array(size);
      const total = expWeighted(out, new Float64Array(size).fill(1), new Float64Array(size).fill(-40), 0, 1, size);
      near(total.hi, size * Math.exp(-40), 4);
      expect(total).toEqual(sum(out));
    }
  });
  it("logarithms of values in a unit, at every place of an array", () => {
    const eight = [1, 0.3, 7e100, 1e-200, 0, 5e-324, 1 + 2 ** -52, 0.99];
    for (const exponent of [0, 3, -400, 400]) {
      const want = eight.map((x) => (x === 0 ? -Infinity : big(x).ln().minus(big(2).ln().times(exponent)).toNumber()));
      for (const size of sizes) {
        const values = Float64Array.from({ length: size }, (_, i) => eight[i % 8]);
        for (const [i, got] of logsScaled(values, exponent).entries()) near(got, want[i % 8], exponent === 0 ? 2 : 3);
      }
    }
  });
  test.prop([positive, positive])("log(a/b) by the high words of a and b", (a, b) => {
    const x = a / b;
    if (!isNormal(x)) return;
    const [p, q] = [a, b].map((v) => highWords(Float64Array.of(v))[0]);
    near(logScaled(x, p, q), big(x).ln().toNumber(), 2);
  });
});

describe("a peak", () => {
  it("is the first of the largest entries, of a stretch or of the whole", () => {
    const x = Float64Array.of(7, 1, 3, 3, -Infinity, 9, 9, 2);
    expect([peakOf(x), peakOf(x, 1, 5), peakOf(x, 4, 5), peakOf(x, 6)]).toEqual([5, 2, 4, 6]);
  });
});

describe("an alias table", () => {
  test.prop([weights(30)])("has in its columns the law itself: relative error at most 1e−14, zeros exact", (w) => {
    const weight = Float64Array.from(w);
    const total = sum(weight);
    const table = new AliasTable(weight, total);
    const draw = (...uniform: number[]) => table.drawBy(() => uniform.shift() as number)();
    for (const [i, p] of table.probabilities().entries()) {
      const want = w[i] / total.hi;
      if (w[i] === 0) expect(p).toBe(0);
      else if (want > 1e-290) expect(Math.abs(p - want)).toBeLessThanOrEqual(1e-14 * want);
    }
    // The same from the columns themselves.
    const drawn = w.map(() => 0);
    for (const [c, k] of table.keep.entries()) {
      expect(k).toBeGreaterThanOrEqual(-1e-15);
      drawn[c] += k;
      drawn[table.alias[c]] += 1 - k;
      expect(draw((c + 0.5) / w.length, 0)).toBe(k > 0 ? c : table.alias[c]);
      expect(draw((c + 0.5) / w.length, 1 - 2 ** -53)).toBe(k === 1 ? c : table.alias[c]);
    }
    for (const [i, p] of drawn.entries()) expect(Math.abs(p / w.length - w[i] / total.hi)).toBeLessThanOrEqual(1e-15);
  });
  it("of equal weights keeps every column", () => {
    const table = new AliasTable(new Float64Array(7).fill(3), { hi: 21, lo: 0 });
    expect([...table.keep]).toEqual(Array(7).fill(1));
  });
  it("keeps the digits of a light entry among many heavy ones, and of a heavy one that fills many columns", () => {
    for (const size of [10, 1000]) {
      const weight = Float64Array.from({ length: size }, (_, i) => (i === size - 1 ? 1 : 1e-9 * (1 + (i % 3))));
      const total = sum(weight);
      for (const [i, p] of new AliasTable(weight, total).probabilities().entries())
        near(
          p,
          big(weight[i])
            .div(big(total.hi).plus(big(total.lo)))
            .toNumber(),
          4,
        );
    }
  });
});

describe("quadrature and differential equations", () => {
  it("an integral between points, to the tolerance", () => {
    near(integrate(Math.exp, [0, 1], 1e-14), Math.E - 1, 8);
    near(
      integrate((x) => Math.abs(x - 0.3), [0, 0.3, 1], 1e-14),
      0.045 + 0.245,
      8,
    );
    near(
      integrate((x) => 1 / Math.sqrt(x), [1e-12, 1], 1e-12),
      2 - 2e-6,
      1e5,
    );
    near(
      integrate((x) => Math.exp(-1e4 * (x - 0.5) ** 2), [0, 1], 1e-13),
      Math.sqrt(Math.PI) / 100,
      1e3,
    );
    near(integrate(Math.cos, [0, 40], 1e-13), Math.sin(40), 1e4);
    expect(integrate(() => 0, [0, 1, 5], 1e-14)).toBe(0);
  });
  it("asks no more of a smooth function than its first panels, and stops where an integrand has no value", () => {
    let calls = 0;
    const counted = (x: number) => {
      calls++;
      return Math.exp(x);
    };
    integrate(counted, [0, 0.5, 1], 1e-14);
    expect(calls).toBe(30);
    calls = 0;
    const wild = (x: number) => {
      calls++;
      return Math.sin(1 / x);
    };
    integrate(wild, [1e-9, 1], 1e-15);
    expect(calls).toBeLessThanOrEqual(15 + 30 * 200);
    expect(calls).toBeGreaterThan(3000);
  });
  it("y′ = f(t, y) from either end, to its tolerance, in few steps where y is smooth", () => {
    let calls = 0;
    const f = (t: number, y: number) => {
      calls++;
      return t * y;
    };
    near(solveOde(f, 0, 2, 1, 1e-13), Math.exp(2), 1e4);
    expect(calls).toBeLessThan(2000);
    near(solveOde(f, 2, 0, Math.exp(2), 1e-13), 1, 1e4);
    near(
      solveOde((t) => Math.cos(t), 0, 30, 0, 1e-13),
      Math.sin(30),
      1e5,
    );
    near(
      solveOde((_, y) => y * y, 0, 0.99, 1, 1e-13),
      100,
      1e7,
    );
    expect(Math.abs(solveOde((_, y) => -1e3 * y, 0, 0.1, 1, 1e-10))).toBeLessThan(1e-8);
    expect(solveOde(f, 3, 3, 5, 1e-13)).toBe(5);
  });
});

describe("the normal law", () => {
  it("polar draws come in pairs, on the circle of their scale, from numbers in the disc alone", () => {
    const numbers = [0.5, 0.5, 0.01, 0.02, 0.75, 0.25, 0.9, 0.5];
    let next = 0;
    const draw = gaussianSource(() => numbers[next++]);
    const [x, y] = [draw(), draw()];
    // (0, 0) and (−0.98, −0.96) are no points of the disc; (0.5, −0.5) is.
    expect(next).toBe(6);
    expect(x).toBe(-y);
    expect(x).toBeCloseTo(0.5 * Math.sqrt((-2 * Math.log(0.5)) / 0.5), 15);
    const [u, v] = [draw(), draw()];
    expect(next).toBe(8);
    expect(v).toBe(0);
    expect(u).toBeCloseTo(Math.sqrt(-2 * Math.log(0.64)), 15);
  });
  it("intervals are what the tails leave, either way", () => {
    for (const [a, b] of [
      [-1, 2],
      [0, 1],
      [-1, 0],
      [1, 3],
      [-3, -1],
      [-0.5, 0.5],
      [30, 31],
      [-31, -30],
    ]) {
      near(normalInterval(a, b), normalInterval(-b, -a), 1);
      if (Math.abs(a) < 5) expect(normalInterval(a, b)).toBeCloseTo(normalCdf(b) - normalCdf(a), 15);
      expect(normalInterval(a, b)).toBeGreaterThan(0);
    }
    expect([normalCdf(0), normalCdf(40), normalCdf(-40), normalCdf(-Infinity), normalCdf(Infinity)]).toEqual([
      0.5, 1, 0, 0, 1,
    ]);
    expect(normalCdf(-38)).toBeGreaterThan(0);
    expect(normalCdf(-1e200)).toBe(0);
    // Where the series hands over to the fraction.
    near(normalCdf(-1.75), normalCdf(-1.75 + 2 ** -52), 4);
    near(normalInterval(1.7, 1.8), 0.0086345, 2 ** 40);
  });
});

describe("numbers in a row of arrays", () => {
  it("short arrays are cut from blocks, apart from each other and empty; long ones stand alone", () => {
    const pieces = Array.from({ length: 40 }, (_, i) => floats(1 + ((i * 97) % 512)));
    for (const [i, piece] of pieces.entries()) {
      expect(piece.length).toBe(1 + ((i * 97) % 512));
      expect(piece.every((x) => x === 0)).toBe(true);
      piece.fill(i + 1);
    }
    for (const [i, piece] of pieces.entries()) expect(piece.every((x) => x === i + 1)).toBe(true);
    const blocks = new Set(pieces.map((p) => p.buffer));
    expect(blocks.size).toBeLessThan(6);
    for (const block of blocks) expect(block.byteLength).toBe(8 * 4096);
    expect(floats(513).buffer.byteLength).toBe(8 * 513);
    expect(floats(512).buffer.byteLength).toBe(8 * 4096);
    // A block is used to its end.
    const whole = Array.from({ length: 16 }, () => floats(512));
    expect(new Set(whole.map((p) => p.buffer)).size).toBeLessThanOrEqual(3);
  });
  it("whole numbers among others lie apart from them, and take half of their place", () => {
    const pieces = Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? integers(1 + (i % 7)) : floats(1 + (i % 5))));
    for (const [i, piece] of pieces.entries()) {
      expect(piece.length).toBe(1 + (i % (i % 2 === 0 ? 7 : 5)));
      expect(piece.every((x) => x === 0)).toBe(true);
      piece.fill(i + 1);
    }
    for (const [i, piece] of pieces.entries()) expect(piece.every((x) => x === i + 1)).toBe(true);
    expect(new Set(pieces.map((p) => p.buffer)).size).toBeLessThanOrEqual(2);
    expect(integers(513).buffer.byteLength).toBe(4 * 513);
    expect(integers(512).buffer.byteLength).toBe(8 * 4096);
    const halves = Array.from({ length: 16 }, () => integers(512));
    expect(new Set(halves.map((p) => p.buffer)).size).toBeLessThanOrEqual(2);
  });
  it("that serve again are apart from each other, the same ones after the next beginning, and empty where zeros are asked for", () => {
    const room = new Workspace();
    const draw = (take: "floats" | "zeros") => {
      room.begin();
      const arrays = [3, 512, 3, 0, 3, 7].map((size) => room[take](size));
      expect(arrays.map((a) => a.length)).toEqual([3, 512, 3, 0, 3, 7]);
      expect(new Set(arrays).size).toBe(6);
      if (take === "zeros") for (const a of arrays) expect(a.every((x) => x === 0)).toBe(true);
      for (const a of arrays) a.fill(1);
      return arrays;
    };
    const first = draw("floats");
    for (const take of ["zeros", "floats"] as const)
      for (const [i, a] of draw(take).entries()) expect(a).toBe(first[i]);
    expect(room.floats(3)).not.toBe(first[0]);
    expect(room.floats(513)).not.toBe(room.floats(513));
    expect(room.floats(513)).toEqual(new Float64Array(513));
  });
  it("one long one is as long as was ever asked for", () => {
    const room = new Workspace();
    const table = room.table(100);
    expect(table.length).toBe(100);
    expect(room.table(99)).toBe(table);
    expect(room.table(100)).toBe(table);
    expect(room.table(101).length).toBe(101);
  });
});

describe("log-sum-exp and softmax", () => {
  it("at their edges", () => {
    expect(logSumExp([-Infinity, -Infinity])).toBe(-Infinity);
    expect(logSumExp([0, Infinity])).toBe(Infinity);
    expect(logSumExp([-1e308, 1e308])).toBe(1e308);
    near(logSumExp([1000, 1000]), 1000 + Math.LN2, 1);
    near(logSumExp([0, -1e-300]), Math.LN2, 1);
    expect([...softmax([1e308, -1e308, -Infinity])]).toEqual([1, 0, 0]);
    expect([...logSoftmax([5])]).toEqual([0]);
    for (const [name, f] of [
      ["logSumExp", logSumExp],
      ["softmax", softmax],
      ["logSoftmax", logSoftmax],
    ] as const) {
      expect(() => f([])).toThrow(`${name}: x must have at least one entry, got an array of 0`);
      expect(() => f([0, Number.NaN])).toThrow(`${name}: x[1] must be a number, not NaN, got NaN`);
      expect(() => f("ab" as never)).toThrow(`${name}: x must be an array, got "ab"`);
    }
    for (const [name, f] of [
      ["softmax", softmax],
      ["logSoftmax", logSoftmax],
    ] as const) {
      expect(() => f([-Infinity])).toThrow(`${name}: x must have a finite maximum, got -Infinity`);
      expect(() => f([0, Infinity])).toThrow(`${name}: x must have a finite maximum, got Infinity`);
    }
  });
});

describe("a random source", () => {
  it("is told by its state, whole words of 32 bits", () => {
    const state = randomSource("seed").state();
    expect(Object.keys(state)).toEqual(["generator", "a", "b", "c", "d"]);
    expect(state.generator).toBe("tychei");
    expect(randomSource({ ...state, a: -(2 ** 31), d: 2 ** 32 - 1 })()).toBeGreaterThan(0);
    for (const word of [2 ** 32, -(2 ** 31) - 1, 0.5, Number.NaN])
      expect(() => randomSource({ ...state, c: word })).toThrow("randomSource: seed.c must ");
    expect(() => randomSource({ ...state, b: 2 ** 32 })).toThrow(
      "randomSource: seed.b must have 32 bits, got 4294967296",
    );
    expect(() => randomSource(null as never)).toThrow(
      "randomSource: seed must be a string, a number or a state, got null",
    );
    expect(() => randomSource(Infinity)).toThrow("randomSource: seed must be finite, got Infinity");
    const other = randomSource("other");
    expect(other()).not.toBe(randomSource("seed")());
  });
});

describe("a message shows what was given, in few words", () => {
  it.each<[unknown, string]>([
    [1.5, "1.5"],
    [-0, "-0"],
    [0, "0"],
    [Number.NaN, "NaN"],
    ["text", '"text"'],
    ['with "quotes"', '"with \\"quotes\\""'],
    ["x".repeat(58), `"${"x".repeat(58)}"`],
    ["x".repeat(59), `"${"x".repeat(56)}...`],
    ["x".repeat(1e6), `"${"x".repeat(56)}...`],
    [[1, 2, 3], "an array of 3"],
    [{ a: 1 }, "an object"],
    [() => 1, "a function"],
    [null, "null"],
    [undefined, "undefined"],
    [true, "true"],
    [12n, "12n"],
    [Float64Array.of(1, 2), "a Float64Array of 2"],
    [Symbol("s"), "Symbol(s)"],
  ])("value %#", (value, text) => {
    expect(check.show(value)).toBe(text);
    expect(check.outOfRange("f", "x", "be so", value)).toEqual(new RangeError(`f: x must be so, got ${text}`));
    expect(check.wrongType("f", "x", "be so", value)).toEqual(new TypeError(`f: x must be so, got ${text}`));
  });
});

describe("numbers are required in their range, NaN in none", () => {
  const { FINITE, NON_NEGATIVE, POSITIVE, POSITIVE_OR_INFINITE, requireInteger, requireNumber } = check;
  const all = [Number.NaN, -Infinity, -1, -0, 0, 5e-324, 0.5, 1, 2, Number.MAX_VALUE, Infinity];
  it.each<[string, (x: unknown) => number, readonly number[], string]>([
    ["number", (x) => requireNumber("f", "x", x), all, "f: x must be a number"],
    [
      "positive",
      (x) => requireNumber("f", "x", x, POSITIVE),
      [5e-324, 0.5, 1, 2, Number.MAX_VALUE],
      "f: x must be positive and finite",
    ],
    [
      "positive or ∞",
      (x) => requireNumber("f", "x", x, POSITIVE_OR_INFINITE),
      [5e-324, 0.5, 1, 2, Number.MAX_VALUE, Infinity],
      "f: x must be positive (Infinity allowed)",
    ],
    [
      "at least 0",
      (x) => requireNumber("f", "x", x, NON_NEGATIVE),
      [-0, 0, 5e-324, 0.5, 1, 2, Number.MAX_VALUE],
      "f: x must be non-negative and finite",
    ],
    [
      "finite",
      (x) => requireNumber("f", "x", x, FINITE),
      [-1, -0, 0, 5e-324, 0.5, 1, 2, Number.MAX_VALUE],
      "f: x must be finite",
    ],
    ["whole", (x) => requireInteger("f", "x", x, 1), [1, 2], "f: x must be a whole number of at least 1"],
  ])("%s", (_, need, fit, message) => {
    for (const x of all) {
      if (fit.includes(x)) expect(need(x)).toBe(x);
      else {
        // Beyond 2^53 a whole number is refused as one that doubles do not tell from its neighbours.
        const said = message.includes("whole") && x > 2 ** 53 && x < Infinity ? `${message} and below 2^53` : message;
        expect(() => need(x)).toThrow(new RangeError(`${said}, got ${check.show(x)}`));
      }
    }
    expect(() => need("1")).toThrow(new TypeError('f: x must be a number, got "1"'));
  });
  it("arrays of any kind, by length and entry", () => {
    const { requireArrayLike, requireLength, requireNumbers } = check;
    const belowTwo = { least: -Infinity, most: 1.5, says: "be below 2" };
    for (const array of [[1, 2], Float32Array.of(1, 2), { 0: 1, 1: 2, length: 2 }]) {
      expect(requireArrayLike("f", "x", array)).toBe(array);
      expect(requireLength("f", "x", array, 2)).toBe(array);
      expect([...requireNumbers("f", "x", array, check.NON_NEGATIVE)]).toEqual([1, 2]);
      expect(() => requireLength("f", "x", array, 3)).toThrow(
        new TypeError("f: x must have length 3, one entry per answer, got length 2"),
      );
      expect(() => requireNumbers("f", "x", array, belowTwo)).toThrow(new RangeError("f: x[1] must be below 2, got 2"));
    }
    for (const nothing of ["ab", null, undefined, 3, () => 1, {}, { length: 1.5 }]) {
      expect(() => requireArrayLike("f", "x", nothing)).toThrow(
        new TypeError(`f: x must be an array, got ${check.show(nothing)}`),
      );
    }
    const own = Float64Array.of(1, 2);
    expect(requireNumbers("f", "x", own, check.BELOW_INFINITY)).not.toBe(own);
    expect(requireNumbers("f", "x", own, check.BELOW_INFINITY)).toEqual(own);
    expect(() => requireNumbers("f", "x", own, belowTwo)).toThrow(new RangeError("f: x[1] must be below 2, got 2"));
    expect(() => requireNumbers("f", "x", [1, null], check.BELOW_INFINITY)).toThrow(
      new TypeError("f: x[1] must be a number, got null"),
    );
  });
});
