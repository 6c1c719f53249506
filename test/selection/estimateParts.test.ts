/** The parts of the estimates from samples, each against what it stands for. */
import fc from "fast-check";
import { describe, expect } from "vitest";
import { gridFor } from "../../src/selection/integral/trapezoid.js";
import { circle } from "../../src/selection/samples/circle.js";
import { ContourMeans } from "../../src/selection/samples/contourMeans.js";
import { shareWithout } from "../../src/selection/samples/hardSubsets.js";
import { sampleLevels } from "../../src/selection/samples/levels.js";
import { MarkedSubsets } from "../../src/selection/samples/markedSubsets.js";
import { responseOf } from "../../src/selection/samples/response.js";
import { SampleGrid } from "../../src/selection/samples/sampleGrid.js";
import { SampleWeights } from "../../src/selection/samples/sampleWeights.js";
import { Sided } from "../../src/selection/samples/sided.js";
import { SymmetricMeans, symmetricProducts } from "../../src/selection/samples/symmetricMeans.js";
import { test } from "../support/test.js";

const { step } = gridFor(true);
const near = (got: number, want: number, tolerance: number) => {
  expect(Math.abs(got - want), `${got} for ${want}`).toBeLessThanOrEqual(tolerance);
};
const part = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const sum = (x: Iterable<number>) => [...x].reduce((s, v) => s + v, 0);

/** The sums of products of so many different factors, from none up. */
function symmetric(factors: readonly number[], most: number): number[] {
  const out = [1, ...new Array<number>(most).fill(0)];
  for (const b of factors) for (let m = most; m >= 1; m--) out[m] += b * out[m - 1];
  return out;
}
const without = <T>(all: readonly T[], i: number) => all.filter((_, j) => j !== i);

/** The means over the subsets of m of n of Π b, and of f of one sample of them, any as likely, times b of the others. */
function meansOver(b: readonly number[], f: readonly number[], m: number): { a: number; d: number } {
  const ways = symmetric(
    b.map(() => 1),
    m,
  )[m];
  const marked = sum(f.map((x, i) => (x === 0 ? 0 : x * symmetric(without(b, i), m - 1)[m - 1])));
  return { a: symmetric(b, m)[m] / ways, d: marked / m / ways };
}

describe("means over subsets of samples with a mark", () => {
  const kind = fc.record({
    count: fc.integer({ min: 0, max: 9 }),
    b: fc.oneof(fc.constantFrom(0, 1), part),
    f: fc.oneof(fc.constant(0), part),
    g: part,
  });
  test.prop([fc.array(kind, { maxLength: 4 }), fc.integer({ min: 1, max: 6 }), fc.nat(3)])(
    "are those of products multiplied out",
    (kinds, most, weightless) => {
      const subsets = new MarkedSubsets(most, 2);
      // What was there before does not matter.
      subsets.begin(2);
      subsets.add(3, 0.5, [0.25, 0.75]);
      subsets.begin(weightless);
      const each = Array.from({ length: weightless }, () => ({ b: 1, f: 0, g: 0 }));
      for (const { count, b, f, g } of kinds) {
        subsets.add(count, b, [f, g]);
        for (let i = 0; i < count; i++) each.push({ b, f, g });
        const bs = each.map((s) => s.b);
        for (let m = 0; m <= most; m++) {
          const want = m <= each.length ? meansOver(bs, [], m).a : 0;
          near(subsets.a[m], want, 1e-14 * want + 1e-300);
          for (const [v, key] of (["f", "g"] as const).entries()) {
            const marked =
              m > 0 && m <= each.length
                ? meansOver(
                    bs,
                    each.map((s) => s[key]),
                    m,
                  ).d
                : 0;
            near(subsets.d[v][m], marked, 1e-14 * marked + 1e-300);
          }
        }
      }
    },
  );
});

describe("the share of subsets without some samples", () => {
  const choose = (n: number, k: number): bigint => {
    let c = 1n;
    for (let i = 0; i < k; i++) c = (c * BigInt(n - i)) / BigInt(i + 1);
    return c;
  };
  test.prop([fc.integer({ min: 1, max: 60 }), part, part])("is C(b − m, n)/C(b, n)", (b, p, q) => {
    const [m, n] = [Math.round(p * b), Math.round(q * b)];
    const want = m + n > b ? 0n : (choose(b - m, n) * 10n ** 40n) / choose(b, n);
    const { hi, lo } = shareWithout({ hi: 1, lo: 0 }, b, m, n);
    near(hi, Number(want) / 1e40, 4e-16 * hi + 1e-40);
    // All 31 digits of it, in units of its own.
    const scaled =
      BigInt(Math.round(hi * 2 ** 52)) * 2n ** 60n +
      BigInt(Math.round((hi * 2 ** 52 - Math.round(hi * 2 ** 52) + lo * 2 ** 52) * 2 ** 60));
    const apart = Number(scaled * 10n ** 40n - want * 2n ** 112n) / 2 ** 112 / 1e40;
    near(apart, 0, 1e-30 + 2 ** -110);
  });
});

const rows = (least: number, most: number) =>
  fc.array(
    fc.record({
      // In nats below the best: ties, clusters, and so far that nothing meets.
      below: fc.oneof(fc.constantFrom(0, 0, 1, 60, 61, 200, 1e4), fc.double({ min: 0, max: 40, noNaN: true })),
      f: fc.oneof(fc.constant(0), part),
      g: part,
      count: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 12 })),
    }),
    { minLength: least, maxLength: most },
  );
const weightsOf = (all: readonly { below: number; f: number; g: number; count: number }[], n: number) =>
  new SampleWeights(
    sampleLevels(
      Float64Array.from(all, (r) => -r.below),
      Float64Array.from(all, (r) => r.count),
      [Float64Array.from(all, (r) => r.f), Float64Array.from(all, (r) => r.g)],
    ),
    1,
    n,
  );

describe("the means of e^{−Σz} and of Σ f z e^{−Σz} over subsets of n", () => {
  /** Over all subsets of n, for t = e^u. */
  function witness(all: readonly { below: number; f: number; g: number; count: number }[], n: number, u: number) {
    const each = all.flatMap((r) => Array<typeof r>(r.count).fill(r));
    const z = each.map((r) => Math.exp(u - r.below));
    const b = z.map((x) => Math.exp(-x));
    const marks = (["f", "g"] as const).map((key) => each.map((r, i) => (b[i] === 0 ? 0 : r[key] * z[i] * b[i])));
    const [d, e] = marks.map((f) => n * meansOver(b, f, n).d);
    return { a: meansOver(b, [], n).a, d, e };
  }
  const where = fc.array(part, { minLength: 1, maxLength: 3 });
  /** Nodes of each block, in increasing order. */
  const nodesOf = (weights: SampleWeights, at: readonly number[]) =>
    Array.from({ length: weights.blocks }, (_, block) => {
      const [first, last] = weights.nodes(block);
      const nodes = [...new Set([first, ...at.map((p) => first + Math.round(p * (last - first)))])];
      return nodes.sort((x, y) => x - y).map((node) => ({ block, node }));
    }).flat();
  const firstOf = (weights: SampleWeights, all: readonly { below: number }[], block: number) => {
    const sorted = [...new Set(all.map((r) => r.below))].sort((x, y) => x - y);
    return sorted[weights.starts[block]];
  };

  test.prop([rows(1, 8), fc.array(part, { minLength: 1, maxLength: 3 }), where])("by the recurrence", (all, ps, at) => {
    const size = sum(all.map((r) => r.count));
    const ns = [...new Set(ps.map((p) => 1 + Math.floor(p * size)))].sort((x, y) => x - y);
    const weights = weightsOf(all, ns[ns.length - 1]);
    const means = new SymmetricMeans(weights, ns);
    for (const { block, node } of nodesOf(weights, at)) {
      const { a, d } = means.at(block, node);
      for (const [i, n] of ns.entries()) {
        const want = witness(all, n, node * step + firstOf(weights, all, block));
        near(a[i], want.a, 1e-13 * want.a + 1e-16);
        near(d[2 * i], want.d, 1e-13 * want.d + 1e-16);
        near(d[2 * i + 1], want.e, 1e-13 * want.e + 1e-16);
      }
    }
  });

  test.prop([rows(8, 14), part, where, fc.constantFrom(1, 1, 0)])("by the contour", (all, p, at, others) => {
    const more = Math.max(0, 42 - sum(all.map((r) => r.count)));
    const rest = [
      { below: 3, f: 0.25, g: 0.5, count: more },
      { below: 0, f: 1 / 3, g: 0, count: 1 },
    ];
    all = [...all, ...rest.slice(0, others + 1)].filter((r) => r.count > 0);
    const size = sum(all.map((r) => r.count));
    const n = Math.max(1, Math.ceil(p * (size - 40)));
    const weights = weightsOf(all, n);
    const means = new ContourMeans(weights, n, (block, fineness) => new SampleGrid(weights, block, fineness));
    for (const { block, node } of nodesOf(weights, at)) {
      const { a, d } = means.at(block, node);
      const want = witness(all, n, node * step + firstOf(weights, all, block));
      near(a[0], want.a, 1e-14);
      near(d[0], want.d, 4e-14);
      near(d[1], want.e, 4e-14);
    }
  });
});

describe("the circle of the contour", () => {
  const sizes = fc
    .tuple(fc.integer({ min: 2, max: 300 }), part)
    .map(([size, p]) => [1 + Math.floor(p * (size - 1)), size]);
  test.prop([sizes])("has the probability of n of M as its mean", ([n, size]) => {
    const p = n / size;
    const points = circle(n, size);
    if (points.length === 1) return;
    const all = Math.round((2 * Math.PI) / points[1].theta);
    for (const [k, point] of points.entries()) {
      near(point.theta, (2 * Math.PI * k) / all, 1e-15 * 8);
      near(point.cos, Math.cos(point.theta), 1e-15);
      near(point.sin, Math.sin(point.theta), 1e-15);
      expect(point.weight).toBe(k === 0 || 2 * k === all ? 1 : 2);
      const [x, y] = [1 - p + p * Math.cos(point.theta), p * Math.sin(point.theta)];
      near(Math.exp(point.logSize), Math.hypot(x, y) ** size, 1e-15 * size);
      if (Math.hypot(x, y) < 1e-3) continue;
      const turn = size * Math.atan2(y, x) - n * point.theta;
      const error = (1e-15 * size) / Math.hypot(x, y);
      near(Math.cos(point.angle), Math.cos(turn), error);
      near(Math.sin(point.angle), Math.sin(turn), error);
    }
    const log = (m: number) => sum(Array.from({ length: m }, (_, i) => Math.log(i + 1)));
    const chance = Math.exp(log(size) - log(n) - log(size - n) + n * Math.log(p) + (size - n) * Math.log1p(-p));
    const mean = sum(points.map((point) => point.weight * Math.exp(point.logSize) * Math.cos(point.angle))) / all;
    near(mean / chance, 1, 1e-13 + 1e-15 * size);
  });

  const share = fc.double({ min: 0.02, max: 0.98, noNaN: true });
  test.prop([fc.nat(12), fc.integer({ min: 1, max: 60 }), share, fc.constantFrom(1, 1 / 4)])(
    "has the factor of a sample, and its part in the sum, at each weight",
    (k, n, p, h) => {
      const points = circle(n, 2 * n + 1);
      const point = points[k % points.length];
      const q = 1 - p;
      const far = 4 / h;
      const { log, share: part, gone } = responseOf(point, p, q, far, 12 / h, h);
      const c = [Math.cos(point.theta), Math.sin(point.theta)];
      const at = (s: number) => [q + p * s * c[0], p * s * c[1]];
      const over = ([a, b]: number[], [x, y]: number[]) => {
        const size = x * x + y * y;
        return [(a * x + b * y) / size, (b * x - a * y) / size];
      };
      const [base, ...zs] = [0, ...Array.from({ length: 12 / h }, (_, i) => Math.exp((far - i) * h))];
      const logOf = (z: number) => {
        const [x, y] = over(at(Math.exp(-z)), at(Math.exp(-base)));
        return [Math.log(Math.hypot(x, y)), Math.atan2(y, x)];
      };
      // Near the pole of the logarithm a digit of the place is many of the value.
      const size = Math.hypot(...at(1));
      if (size < 0.1) return;
      for (const [i, z] of zs.entries()) {
        const s = Math.exp(-z);
        if (Math.hypot(...at(s)) < 0.1) continue;
        const [re, im] = logOf(z);
        near(log.table.re[i], re, 1e-13);
        near(log.table.im[i], im, 1e-13);
        const [x, y] = over([z * p * s * c[0], z * p * s * c[1]], at(s));
        near(part.table.re[i], x, 1e-13 * (1 + Math.hypot(x, y)));
        near(part.table.im[i], y, 1e-13 * (1 + Math.hypot(x, y)));
        // For small z by powers of z/e^{−2}; they reach as far as the circle leaves room.
        if (z > Math.exp(-2) * size) continue;
        const powers = Array.from(log.low.re, (_, j) => (z / Math.exp(-2)) ** (j + 1));
        near(sum(powers.map((w, j) => w * log.low.re[j])), re, 1e-12);
        near(sum(powers.map((w, j) => w * log.low.im[j])), im, 1e-12);
        near(sum(powers.map((w, j) => w * part.low.re[j])), x, 1e-12);
        near(sum(powers.map((w, j) => w * part.low.im[j])), y, 1e-12);
      }
      near(gone[0], Math.log(Math.hypot(...over([q, 0], at(1)))), 1e-13);
      near(gone[1], Math.atan2(over([q, 0], at(1))[1], over([q, 0], at(1))[0]), 1e-13);
    },
  );
});

describe("samples on a grid of log-weights", () => {
  test.prop([rows(1, 6), fc.constantFrom(4, 6), part])("have the sums of smooth functions", (all, fineness, p) => {
    const weights = weightsOf(all, 4);
    const h = step / fineness;
    for (let block = 0; block < weights.blocks; block++) {
      const grid = new SampleGrid(weights, block, fineness);
      const [begin, end] = [weights.starts[block], weights.starts[block + 1]];
      const levels = Array.from({ length: end - begin }, (_, i) => begin + i);
      const [first, last] = weights.nodes(block);
      const node = Math.round(first + p * (last - first));
      // Point 10 is at the first level, and each further one a step below.
      const place = (g: number) => -(g - 10) * h;
      const masses = [weights.count, ...weights.values.map((f) => f.map((x, i) => x * weights.count[i]))];
      for (const [row, c] of grid.spread.entries()) {
        for (const g of [
          (z: number) => Math.exp(-z),
          (z: number) => z * Math.exp(-z),
          (z: number) => 1 / (1 + z / 4),
        ]) {
          const at = (x: number) => g(Math.exp(node * step + x));
          const want = sum(levels.map((i) => masses[row][i] * at(weights.x[i])));
          near(sum([...c].map((x, i) => x * at(place(i)))), want, 1e-14 * sum(masses[row]) + 1e-14 * want);
        }
      }
      let before = weights.before[begin];
      for (const [g, c] of grid.spread[0].entries()) {
        near(grid.before[g], before, 1e-12 * weights.size);
        before += c;
      }
      near(grid.before[grid.spread[0].length], weights.before[end], 1e-12 * weights.size);
      // Powers of z/e^{−2}, over all points where z is below e^{−2}.
      expect(grid.place(node, 3)).toBe(node * fineness - 3 + 10);
      for (const [row, low] of grid.low.entries()) {
        for (const k of [1, 2, 7, 14]) {
          const z = (g: number) => Math.exp(node * step + place(g) + 2);
          const terms = [...grid.spread[row]].map((c, g) => (g > grid.place(node, -2 / h) ? c * z(g) ** k : 0));
          near(low[(node - grid.first) * 14 + k - 1], sum(terms), 1e-12 * (1 + sum(terms.map(Math.abs))));
        }
      }
    }
  });
});

describe("weights of samples", () => {
  test.prop([rows(1, 9), fc.integer({ min: 2, max: 1000 })])("are in blocks that do not meet", (all, most) => {
    const weights = weightsOf(all, most);
    const below = [...new Set(all.map((r) => r.below))].sort((x, y) => x - y);
    const count = below.map((b) => sum(all.filter((r) => r.below === b).map((r) => r.count)));
    expect([...weights.count]).toEqual(count);
    expect([...weights.before]).toEqual(below.map((_, i) => sum(count.slice(0, i))).concat(sum(count)));
    expect(weights.size).toBe(sum(count));
    expect(weights.starts[0]).toBe(0);
    expect(weights.starts[weights.blocks]).toBe(below.length);
    const gap = Math.log(45) + 38 + 6.2 + Math.log(most);
    for (const [i, b] of below.entries()) {
      const starts = i === 0 || b - below[i - 1] > gap;
      expect(weights.starts.slice(0, -1).includes(i)).toBe(starts);
      const block = weights.starts.findLastIndex((s) => s <= i && s < below.length);
      near(weights.x[i], below[weights.starts[block]] - b, 1e-12);
      near(weights.from(block, i), below[weights.starts[block]] - b, 1e-12);
      // A level that begins a block, as the one before has it.
      if (starts && i > 0) near(weights.from(block - 1, i), below[weights.starts[block - 1]] - b, 1e-11);
    }
    for (let block = 0; block < weights.blocks; block++) {
      const last = weights.starts[block + 1] - 1;
      expect(weights.lightest(block)).toBe(weights.x[last]);
      const [from, to] = weights.nodes(block);
      near((from + 0.5) * step, -6.2 - Math.log(most), step / 2);
      near((to - 0.5) * step, Math.log(45) - weights.x[last], step / 2);
    }
    for (const f of weights.values) {
      const got = weights.sumsOfLighter(f);
      for (const i of [...below.keys(), below.length]) {
        const want = sum(below.slice(i).map((b, j) => count[i + j] * f[i + j] * Math.exp(below[i] - b)));
        near(got[i], want, 1e-13 * want);
      }
    }
    // The most that are neither gone nor idle at one node: within so many nats, and of one block.
    const held = (i: number) => {
      const block = weights.starts.findLastIndex((s) => s <= i && s < below.length);
      const meets = (b: number, j: number) =>
        j >= i && j < weights.starts[block + 1] && b - below[i] < Math.log(45) + 38 + Math.log(most);
      return sum(below.map((b, j) => (meets(b, j) ? count[j] : 0)));
    };
    const [from, to] = weights.densest();
    expect(sum(count.slice(from, to))).toBe(Math.max(...below.map((_, i) => held(i))));
    expect(held(from)).toBe(sum(count.slice(from, to)));
  });
});

describe("the work of the recurrence", () => {
  test.prop([fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }), part])(
    "is a product a sample, a number left out, and a value",
    (count, p) => {
      // Where levels are of one sample each, all is added one by one.
      const each = Float64Array.from(count, () => 1);
      const size = each.length + 8;
      const n = 4 + Math.floor(p * (size - 7));
      // After i samples, those j of them that may be left out where n are in, and no more than all but n.
      let steps = 0;
      for (let i = 1; i <= each.length; i++)
        for (let j = 0; j <= size; j++) if (j >= i - n && j <= i && j <= size - n) steps++;
      const width = 1 + Math.min(n, size - n);
      for (const values of [1, 2, 5])
        if (width >= 4) expect(symmetricProducts(each, size, [n], values)).toBe(steps * (1 + values));
    },
  );
});

describe("values by their sides", () => {
  const value = fc.oneof(
    fc.constantFrom(0, 1, -1, 5e-324, -5e-324, 1.5e308, -1.5e308, 1e-310),
    fc.double({ min: -3, max: 3, noNaN: true }),
  );
  test.prop([fc.array(value, { minLength: 1, maxLength: 6 }), fc.array(fc.nat(1000), { minLength: 6, maxLength: 6 })])(
    "have the mean of all, within their range",
    (values, ps) => {
      const sided = new Sided(Float64Array.from(values));
      const weight = values.map((_, i) => ps[i] / sum(ps.slice(0, values.length)));
      for (const { sign, size } of sided.sides) {
        for (const x of size) expect(x >= 0 && x < 1).toBe(true);
        // A gain is no loss.
        for (const other of sided.sides)
          if (other.sign !== sign) for (const [i, x] of size.entries()) expect(x * other.size[i]).toBe(0);
      }
      const [top, bottom] = [Math.max(...values), Math.min(...values)];
      const mean = (p: readonly number[]) =>
        sided.mean(Float64Array.from(sided.sides, ({ size }) => sum(size.map((x, i) => (x === 0 ? 0 : x * p[i])))));
      // The point masses give the values, as far as the range of all leaves them room.
      const base = bottom < 0 && top > 0 ? 0 : Math.max(Math.abs(top), Math.abs(bottom));
      for (const [i, v] of values.entries()) {
        const one = mean(values.map((_, j) => Number(j === i)));
        near(one, v, 2 ** -51 * Math.max(Math.abs(v), base) + 2 ** -1070 * (1 + top / 2 - bottom / 2));
      }
      if (weight.every(Number.isFinite)) {
        const got = mean(weight);
        expect(got >= bottom && got <= top).toBe(true);
        near(
          got / 4,
          sum(values.map((v, i) => weight[i] * (v / 4))),
          1e-15 * sum(values.map((v, i) => weight[i] * Math.abs(v / 4))) * 8 + 1e-322,
        );
      }
      // Of values of one sign, those as near 0 as can be have the digits of 0.
      expect(sided.mean(new Float64Array(2))).toBe(bottom > 0 ? bottom : top < 0 ? top : 0);
    },
  );
});

describe("levels of samples", () => {
  test.prop([rows(1, 9)])("have the counts and the means of those of one reward", (all) => {
    const given = all.map((r, i) => ({ ...r, count: i > 0 && r.count % 5 === 0 ? 0 : r.count }));
    const { reward, count, values } = sampleLevels(
      Float64Array.from(given, (r) => -r.below),
      Float64Array.from(given, (r) => r.count),
      [Float64Array.from(given, (r) => r.f), Float64Array.from(given, (r) => r.g)],
    );
    const held = given.filter((r) => r.count > 0);
    const below = [...new Set(held.map((r) => r.below))].sort((x, y) => x - y);
    expect([...reward]).toEqual(below.map((b) => -b));
    for (const [i, b] of below.entries()) {
      const here = held.filter((r) => r.below === b);
      expect(count[i]).toBe(sum(here.map((r) => r.count)));
      near(values[0][i], sum(here.map((r) => r.count * r.f)) / count[i], 1e-15);
      near(values[1][i], sum(here.map((r) => r.count * r.g)) / count[i], 1e-15);
    }
  });
});
