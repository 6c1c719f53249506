import { randomSource } from "exptilt";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conjugateGradients } from "../../src/numeric/conjugateGradients.js";
import { eliminationOrder } from "../../src/numeric/elimination.js";
import { GroundedLaplacian } from "../../src/numeric/laplacian.js";
import { digraph, strongComponents } from "../../src/numeric/strongComponents.js";
import { runs } from "../support/runs.js";
import { test } from "../support/test.js";

/** A connected graph: a random tree, and other edges; no edge twice. */
const graphs = fc
  .tuple(fc.integer({ min: 2, max: 14 }), fc.array(fc.nat(1e6), { minLength: 60, maxLength: 60 }), fc.nat(20))
  .map(([n, seeds, more]) => {
    const edges = new Map<string, [number, number, number]>();
    const join = (a: number, b: number, s: number) => {
      const [u, v] = s % 2 === 0 ? [a, b] : [b, a];
      if (u !== v && !edges.has(`${v} ${u}`)) edges.set(`${u} ${v}`, [u, v, 10 ** ((s % 700) / 100 - 3)]);
    };
    for (let v = 1; v < n; v++) join(v, seeds[v] % v, seeds[v + 20]);
    for (let e = 0; e < more; e++) join(seeds[e + 15] % n, seeds[e + 35] % n, seeds[e]);
    const list = [...edges.values()];
    return {
      n,
      a: Int32Array.from(list, ([u]) => u),
      b: Int32Array.from(list, ([, v]) => v),
      conductance: Float64Array.from(list, ([, , c]) => c),
      ground: seeds[0] % n,
      current: seeds.slice(0, n).map((s) => s / 1e6 - 0.5),
    };
  });
type Graph = typeof graphs extends fc.Arbitrary<infer G> ? G : never;

/** L x at every vertex but the ground. */
function apply({ n, a, b, conductance, ground }: Graph, x: ArrayLike<number>): number[] {
  const out = Array<number>(n).fill(0);
  for (let e = 0; e < a.length; e++) {
    out[a[e]] += conductance[e] * (x[a[e]] - x[b[e]]);
    out[b[e]] += conductance[e] * (x[b[e]] - x[a[e]]);
  }
  out[ground] = 0;
  return out;
}

/** The potentials of a unit current into v, 0 at the ground: by elimination in a full matrix, v the last. */
function unitPotentials({ n, a, b, conductance, ground }: Omit<Graph, "current">, v: number): Float64Array {
  const left = new Float64Array(n * n);
  for (let e = 0; e < a.length; e++) {
    left[a[e] * n + b[e]] += conductance[e];
    left[b[e] * n + a[e]] += conductance[e];
  }
  const order = Array.from({ length: n }, (_, i) => i).filter((i) => i !== v && i !== ground);
  const pivots: number[] = [];
  for (const [at, i] of order.entries()) {
    const rest = [...order.slice(at + 1), v, ground];
    const pivot = rest.reduce((s, j) => s + left[i * n + j], 0);
    pivots.push(pivot);
    for (const j of rest)
      for (const k of rest) if (j !== k) left[j * n + k] += (left[j * n + i] * left[i * n + k]) / pivot;
  }
  const x = new Float64Array(n);
  x[v] = 1 / left[v * n + ground];
  for (let at = order.length - 1; at >= 0; at--) {
    const i = order[at];
    let s = left[i * n + v] * x[v];
    for (const j of order.slice(at + 1)) s += left[i * n + j] * x[j];
    x[i] = s / pivots[at];
  }
  return x;
}

describe("a grounded Laplacian", () => {
  test.prop([graphs])("solve: L x is the current, and x is 0 at the ground", (g) => {
    const laplacian = new GroundedLaplacian(g.n, g.a, g.b, g.ground);
    // Factored twice: the second conductances count.
    laplacian.factor(g.conductance.map((c) => 3 * c + 1));
    laplacian.factor(g.conductance);
    const x = laplacian.solve(g.current);
    expect(x[g.ground]).toBe(0);
    expect(x.length).toBe(g.n);
    const size = Math.max(...x.map(Math.abs), 1e-300) * Math.max(...g.conductance);
    for (const [v, y] of apply(g, x).entries())
      if (v !== g.ground) expect(Math.abs(y - g.current[v])).toBeLessThanOrEqual(1e-13 * size);
  });

  test.prop([graphs])(
    "the diagonal of the inverse is the potential of a unit current where that current enters",
    (g) => {
      const laplacian = new GroundedLaplacian(g.n, g.a, g.b, g.ground);
      laplacian.factor(g.conductance);
      const diagonal = laplacian.inverseDiagonal();
      for (let v = 0; v < g.n; v++) {
        const unit = Array.from({ length: g.n }, (_, u) => Number(u === v));
        const want = v === g.ground ? 0 : laplacian.solve(unit)[v];
        expect(Math.abs(diagonal[v] - want)).toBeLessThanOrEqual(1e-13 * want);
      }
      expect(laplacian.inverseDiagonal()).toEqual(diagonal);
    },
  );

  test.prop([fc.integer({ min: 80, max: 130 }), fc.integer({ min: 3, max: 40 }), fc.nat(1e6)], { numRuns: runs(20) })(
    "of many vertices, most of them in one matrix, has the potentials of elimination in any other order",
    (n, degree, seed) => {
      const random = randomSource(String(seed));
      const edges = new Map<number, [number, number]>();
      for (let v = 1; v < n; v++) {
        edges.set(v * n + v - 1, [v, v - 1]);
        for (let k = 0; k < degree; k++) {
          const u = Math.floor(random() * v);
          edges.set(v * n + u, [v, u]);
        }
      }
      const list = [...edges.values()];
      const [a, b] = [Int32Array.from(list, ([u]) => u), Int32Array.from(list, ([, u]) => u)];
      const conductance = Float64Array.from(list, () => 10 ** (12 * random() - 6));
      const ground = Math.floor(random() * n);
      const laplacian = new GroundedLaplacian(n, a, b, ground);
      laplacian.factor(conductance);
      const diagonal = laplacian.inverseDiagonal();
      expect(diagonal[ground]).toBe(0);
      for (const step of [1, n >> 1]) {
        const v = (ground + step) % n;
        const want = unitPotentials({ n, a, b, conductance, ground }, v);
        expect(Math.abs(diagonal[v] - want[v])).toBeLessThanOrEqual(1e-12 * want[v]);
        const x = laplacian.solve(Array.from({ length: n }, (_, u) => Number(u === v)));
        for (let u = 0; u < n; u++) expect(Math.abs(x[u] - want[u])).toBeLessThanOrEqual(1e-12 * want[u]);
      }
    },
  );

  it("of a wire of resistors is the sum of their resistances", () => {
    const n = 50;
    const ends = Int32Array.from({ length: n - 1 }, (_, i) => i);
    const laplacian = new GroundedLaplacian(
      n,
      ends,
      ends.map((i) => i + 1),
      0,
    );
    laplacian.factor(Float64Array.from(ends, (i) => 1 / (i + 1)));
    for (const [v, r] of laplacian.inverseDiagonal().entries()) expect(r).toBeCloseTo((v * (v + 1)) / 2, 10);
  });
});

describe("conjugate gradients", () => {
  test.prop([graphs])("find the potentials of elimination where no conductance is 10⁴ times another", (g) => {
    const near = g.conductance.map((c) => 1 + (c % 1));
    const laplacian = new GroundedLaplacian(g.n, g.a, g.b, g.ground);
    laplacian.factor(near);
    const want = laplacian.solve(g.current);
    const x = conjugateGradients(g.a, g.b, near, Float64Array.from(g.current), g.ground) as Float64Array;
    const size = Math.max(...want.map(Math.abs));
    expect(x[g.ground]).toBe(0);
    for (const [v, y] of want.entries()) expect(Math.abs(x[v] - y)).toBeLessThanOrEqual(1e-11 * size);
  });

  it("say so where conductances are far apart, where a chain is too long, and where nothing is finite", () => {
    const chain = (n: number) => ({
      a: Int32Array.from({ length: n - 1 }, (_, i) => i),
      b: Int32Array.from({ length: n - 1 }, (_, i) => i + 1),
    });
    const solve = (n: number, conductance: (e: number) => number, at: number) => {
      const { a, b } = chain(n);
      const current = new Float64Array(n);
      current[n - 1] = at;
      return conjugateGradients(a, b, Float64Array.from(a, conductance), current, 0);
    };
    expect(solve(3, (e) => 1e5 ** e, 1)).toBeUndefined();
    expect(solve(1000, () => 1, 1)).toBeUndefined();
    expect(solve(3, () => 1, Number.NaN)).toBeUndefined();
    expect(solve(3, (e) => 1e5 ** (1 - e), 1)).toBeUndefined();
    expect(solve(3, (e) => 1e4 ** e, 1)).toBeUndefined();
    expect(solve(3, (e) => 9999 ** e, 1)?.[2]).toBeCloseTo(1 + 1 / 9999, 11);
    // A chain of n is solved in n steps, if these are not too many.
    expect(solve(250, () => 1, 1)?.[249]).toBeCloseTo(249, 8);
    // Nothing flows where nothing comes in.
    expect(solve(5, (e) => 1 + e, 0)?.every((x) => x === 0)).toBe(true);
    // A unit current through resistors of 1: each adds 1 to the potential.
    expect(solve(5, () => 1, 1)?.map(Math.round)).toEqual(Float64Array.of(0, 1, 2, 3, 4));
  });
});

describe("conjugate gradients on a star", () => {
  it("find I/c at each end, whatever current is given at the hub, the ground", () => {
    const conductance = Float64Array.of(1, 30, 500, 7, 2e3, 0.3);
    const hub = 3;
    const ends = [0, 1, 2, 4, 5, 6];
    const solve = (atHub: number) => {
      const current = Float64Array.of(2, -1, 0.5, atHub, 3, 0, -4);
      return conjugateGradients(Int32Array.from(ends), new Int32Array(6).fill(hub), conductance, current, hub);
    };
    const x = solve(0) as Float64Array;
    for (const [e, v] of ends.entries()) {
      expect(x[v]).toBeCloseTo([2, -1, 0.5, 3, 0, -4][e] / conductance[e], 11);
    }
    expect(x[hub]).toBe(0);
    expect(solve(1e6)).toEqual(x);
  });
  it("in a few steps, however many ends and whatever their conductances, and leave the currents as they were", () => {
    const n = 400;
    const conductance = Float64Array.from({ length: n }, (_, e) => 9000 ** (((e * 37) % n) / n));
    const current = Float64Array.from({ length: n + 1 }, (_, v) => ((v * 29) % 11) - 5);
    const given = current.slice();
    const ends = Int32Array.from({ length: n }, (_, e) => e + 1);
    const x = conjugateGradients(ends, new Int32Array(n), conductance, current, 0) as Float64Array;
    for (const [e, c] of conductance.entries()) expect(Math.abs(x[e + 1] - current[e + 1] / c)).toBeLessThan(1e-10);
    expect(current).toEqual(given);
  });
});

describe("an elimination order", () => {
  test.prop([graphs])("has every vertex once, with the neighbours that the elimination itself finds", (g) => {
    const { order, later } = eliminationOrder(g.n, g.a, g.b);
    expect([...order].sort((x, y) => x - y)).toEqual(Array.from({ length: g.n }, (_, v) => v));
    const place = new Map([...order].map((v, k) => [v, k]));
    const neighbours = Array.from({ length: g.n }, () => new Set<number>());
    for (const [e, u] of g.a.entries()) {
      neighbours[u].add(g.b[e]);
      neighbours[g.b[e]].add(u);
    }
    for (const [k, v] of order.entries()) {
      const rest = [...neighbours[v]];
      expect([...later[k]]).toEqual(rest.map((u) => place.get(u) as number).sort((x, y) => x - y));
      for (const u of rest) {
        neighbours[u].delete(v);
        for (const w of rest) if (w !== u) neighbours[u].add(w);
      }
    }
  });

  const filled = (n: number, edges: readonly (readonly [number, number])[]) => {
    const { later } = eliminationOrder(
      n,
      edges.map(([a]) => a),
      edges.map(([, b]) => b),
    );
    return later.reduce((s, list) => s + list.length, 0) - edges.length;
  };
  it("fills nothing in on trees, rings little, and grids half of their band", () => {
    expect(
      filled(
        9,
        [1, 2, 3, 4, 5, 6, 7, 8].map((v) => [0, v] as const),
      ),
    ).toBe(0);
    expect(
      filled(
        31,
        Array.from({ length: 30 }, (_, i) => [i + 1, i >> 1] as const),
      ),
    ).toBe(0);
    expect(
      filled(
        20,
        Array.from({ length: 20 }, (_, i) => [i, (i + 1) % 20] as const),
      ),
    ).toBe(17);
    const side = 12;
    const grid = Array.from({ length: side * side }, (_, v) => v).flatMap((v) => [
      ...(v % side < side - 1 ? [[v, v + 1] as const] : []),
      ...(v + side < side * side ? [[v, v + side] as const] : []),
    ]);
    expect(filled(side * side, grid)).toBeLessThan(((side - 1) * side * side) / 2);
    // Two cliques that share one vertex stay two.
    const clique = (vs: readonly number[]) => vs.flatMap((a, i) => vs.slice(i + 1).map((b) => [a, b] as const));
    expect(filled(9, [...clique([0, 1, 2, 3, 4]), ...clique([4, 5, 6, 7, 8])])).toBe(0);
  });
});

describe("strong components", () => {
  const arcs = fc
    .integer({ min: 1, max: 12 })
    .chain((n) =>
      fc.record({ n: fc.constant(n), arcs: fc.array(fc.tuple(fc.nat(n - 1), fc.nat(n - 1)), { maxLength: 3 * n }) }),
    );
  test.prop([arcs])("are the classes of vertices that reach each other, numbered against the arcs", ({ n, arcs }) => {
    const { count, of } = strongComponents(
      digraph(
        n,
        arcs.map(([a]) => a),
        arcs.map(([, b]) => b),
      ),
    );
    const reach = Array.from({ length: n }, (_, v) => Array.from({ length: n }, (_, u) => u === v));
    for (const [a, b] of arcs) reach[a][b] = true;
    for (let k = 0; k < n; k++)
      for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) reach[i][j] ||= reach[i][k] && reach[k][j];
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        expect(of[i] === of[j]).toBe(reach[i][j] && reach[j][i]);
        if (reach[i][j] && of[i] !== of[j]) expect(of[j]).toBeLessThan(of[i]);
      }
    }
    expect(new Set(of).size).toBe(count);
    expect(Math.max(...of)).toBe(count - 1);
    expect(Math.min(...of)).toBe(0);
  });
  it("of a ring with tails, long enough that recursion would be deep", () => {
    const n = 30_000;
    const from = Array.from({ length: n }, (_, i) => i);
    const ring = strongComponents(
      digraph(
        n,
        from,
        from.map((i) => (i + 1) % n),
      ),
    );
    expect(ring.count).toBe(1);
    const path = strongComponents(digraph(n, from.slice(1), from.slice(0, -1)));
    expect(path.count).toBe(n);
    expect([path.of[0], path.of[n - 1]]).toEqual([0, n - 1]);
  });
  it("a digraph keeps its arcs by their beginnings", () => {
    const { start, target } = digraph(4, [2, 0, 2, 3], [1, 3, 2, 0]);
    expect([...start]).toEqual([0, 1, 1, 3, 4]);
    expect([...target]).toEqual([3, 1, 2, 0]);
  });
});
