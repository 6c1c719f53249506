import { sum } from "./sum.js";

/** Elimination is faster than more iterations than this. */
const MAX_ITERATIONS = 300;

/** Up to this ratio of two conductances, a residual of rounding size means a solution of nearly that accuracy. */
const MAX_CONDUCTANCE_RATIO = 1e4;

/**
 * The potentials x with L x = current in the Laplacian of a connected weighted graph, x = 0 at the ground, by conjugate
 * gradients preconditioned with the diagonal: some twenty passes over the edges where each vertex has a few random
 * neighbours, and no fill. Undefined where the conductances are far apart, or the graph is too long to converge.
 *
 * @param a one end of each edge
 * @param b the other end
 * @param conductance of each edge, positive
 * @param current the inflow at each vertex; that of the ground is read as the one that brings the sum to 0
 * @param ground the vertex held at 0
 * @param share the iteration ends at this share of the current, in the norm of the preconditioner
 */
export function conjugateGradients(
  a: Int32Array,
  b: Int32Array,
  conductance: Float64Array,
  current: Float64Array,
  ground: number,
  share = 1e-13,
): Float64Array | undefined {
  let [least, most] = [Infinity, 0];
  for (let e = 0; e < conductance.length; e++) {
    const c = conductance[e];
    if (c < least) least = c;
    if (c > most) most = c;
  }
  if (!(most < MAX_CONDUCTANCE_RATIO * least)) return undefined;
  const n = current.length;
  const inverse = new Float64Array(n);
  for (let e = 0; e < a.length; e++) {
    inverse[a[e]] += conductance[e];
    inverse[b[e]] += conductance[e];
  }
  for (let v = 0; v < n; v++) inverse[v] = 1 / inverse[v];
  const x = new Float64Array(n);
  const residual = current.slice();
  residual[ground] -= sum(residual).hi;
  const direction = new Float64Array(n);
  const flow = new Float64Array(n);
  let size = 0;
  for (let v = 0; v < n; v++) {
    direction[v] = residual[v] * inverse[v];
    size += residual[v] * direction[v];
  }
  const enough = size * share * share;
  for (let iteration = 0; iteration < MAX_ITERATIONS && size > enough; iteration++) {
    flow.fill(0);
    for (let e = 0; e < a.length; ) {
      // Edges of one vertex that stand side by side are summed before they are stored.
      const v = a[e];
      const at = direction[v];
      let out = 0;
      for (; e < a.length && a[e] === v; e++) {
        const u = b[e];
        const f = conductance[e] * (at - direction[u]);
        out += f;
        flow[u] -= f;
      }
      flow[v] += out;
    }
    let energy = 0;
    for (let v = 0; v < n; v++) energy += direction[v] * flow[v];
    const step = size / energy;
    let next = 0;
    for (let v = 0; v < n; v++) {
      x[v] += step * direction[v];
      residual[v] -= step * flow[v];
      next += residual[v] * (residual[v] * inverse[v]);
    }
    const turn = next / size;
    for (let v = 0; v < n; v++) direction[v] = residual[v] * inverse[v] + turn * direction[v];
    size = next;
  }
  return size <= enough ? x.map((potential) => potential - x[ground]) : undefined;
}
