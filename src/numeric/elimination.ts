/**
 * An order in which to eliminate the vertices of an undirected graph, and what each elimination joins: when a vertex
 * goes, its remaining neighbours become neighbours of one another.
 */
export interface Elimination {
  /** The vertices in the order of their elimination. */
  readonly order: Int32Array;
  /** From this place on, all remaining vertices count as neighbours of one another. */
  readonly dense: number;
  /** For each place before, the places of the remaining neighbours, increasing. */
  readonly later: readonly Int32Array[];
}

/** So many vertices, of which each has half of the others for neighbours, are taken for a clique: their order costs more. */
const MIN_CLIQUE = 64;

/**
 * Eliminates a vertex of least degree first, which keeps sparse graphs sparse: chains and trees gain no edge at all.
 *
 * An eliminated vertex leaves a clique, which is kept as a clique, not as edges. A clique within a newer one is
 * dropped, so the work is proportional to the result. Degrees are upper bounds (Amestoy, Davis and Duff 1996).
 *
 * @param n the number of vertices
 * @param a one end of each edge
 * @param b the other end; no edge joins a vertex to itself
 */
export function eliminationOrder(n: number, a: ArrayLike<number>, b: ArrayLike<number>): Elimination {
  const edges = Array.from({ length: n }, () => new Set<number>());
  for (let e = 0; e < a.length; e++) {
    edges[a[e]].add(b[e]);
    edges[b[e]].add(a[e]);
  }
  const cliques = Array.from({ length: n }, (): number[] => []); // of each vertex, by the vertex that left them
  const members: number[][] = Array.from({ length: n }, () => []);
  const dead = new Uint8Array(n); // cliques that another one covers
  const place = new Int32Array(n);
  const order = new Int32Array(n);
  const mark = new Int32Array(n).fill(-1);
  const outside = new Int32Array(n); // of a clique: how many of its members the new clique does not hold
  const measured = new Int32Array(n).fill(-1);
  const byDegree = Array.from({ length: n }, () => new Set<number>());
  const degree = Int32Array.from(edges, (set) => set.size);
  for (let v = 0; v < n; v++) byDegree[degree[v]].add(v);

  let dense = n;
  for (let step = 0, least = 0; step < n; step++) {
    while (byDegree[least].size === 0) least++;
    if (n - step >= MIN_CLIQUE && 2 * least >= n - step) {
      dense = step;
      for (const left of byDegree) {
        for (const v of left) {
          place[v] = step;
          order[step++] = v;
        }
      }
      break;
    }
    const v = byDegree[least].values().next().value as number;
    byDegree[least].delete(v);
    place[v] = step;
    order[step] = v;

    // The new clique: all that v has an edge to or shares a clique with. It covers those cliques.
    mark[v] = step;
    const clique: number[] = [];
    const join = (u: number): void => {
      if (mark[u] === step) return;
      mark[u] = step;
      clique.push(u);
    };
    for (const u of edges[v]) join(u);
    for (const c of cliques[v]) {
      for (const u of members[c]) join(u);
      dead[c] = 1;
    }
    members[v] = clique;
    edges[v].clear();

    for (const u of clique) {
      for (const c of cliques[u]) {
        if (dead[c] === 1) continue;
        if (measured[c] !== step) {
          measured[c] = step;
          outside[c] = members[c].length;
        }
        outside[c]--;
      }
    }
    for (const u of clique) {
      // The clique stands for the edges within it.
      edges[u].delete(v);
      if (edges[u].size > clique.length) for (const w of clique) edges[u].delete(w);
      else for (const w of edges[u]) if (mark[w] === step) edges[u].delete(w);
      let bound = edges[u].size + clique.length - 1;
      cliques[u] = cliques[u].filter((c) => dead[c] === 0 && outside[c] > 0);
      for (const c of cliques[u]) bound += outside[c];
      if (clique.length > 1) cliques[u].push(v);
      bound = Math.min(bound, n - step - 2);
      if (bound === degree[u]) continue;
      byDegree[degree[u]].delete(u);
      byDegree[bound].add(u);
      degree[u] = bound;
      if (bound < least) least = bound;
    }
  }
  const later = Array.from(order.subarray(0, dense), (v) => Int32Array.from(members[v], (u) => place[u]).sort());
  return { order, later, dense };
}
