/** A directed graph in compressed rows: the arcs of vertex v lead to `target[start[v]]` … `target[start[v + 1] − 1]`. */
export interface Digraph {
  readonly start: Int32Array;
  readonly target: Int32Array;
}

/** A partition of the vertices: `of[v]` is the number of the part that holds v, from 0 to `count − 1`. */
export interface Partition {
  readonly count: number;
  readonly of: Int32Array;
}

/** The digraph of n vertices with arcs from[i] → to[i]. */
export function digraph(n: number, from: ArrayLike<number>, to: ArrayLike<number>): Digraph {
  const start = new Int32Array(n + 1);
  for (let a = 0; a < from.length; a++) start[from[a] + 1]++;
  for (let v = 0; v < n; v++) start[v + 1] += start[v];
  const next = start.slice();
  const target = new Int32Array(from.length);
  for (let a = 0; a < from.length; a++) target[next[from[a]]++] = to[a];
  return { start, target };
}

/**
 * The strongly connected components: two vertices share one when each can be reached from the other (Tarjan 1972).
 * Its stack is an array, not the call stack, so a chain of 10⁷ vertices is no deeper than any other graph.
 */
export function strongComponents({ start, target }: Digraph): Partition {
  const n = start.length - 1;
  const of = new Int32Array(n).fill(-1);
  const seen = new Int32Array(n); // the time of discovery, from 1
  const low = new Int32Array(n); // the earliest vertex of the open stack known to be reachable
  const next = start.slice(0, n); // the arc to look at next
  const open = new Int32Array(n); // discovered vertices whose component is not closed
  const path = new Int32Array(n); // from the root to the vertex at hand
  let count = 0;
  let time = 0;
  let opened = 0;
  for (let root = 0; root < n; root++) {
    if (seen[root] > 0) continue;
    let depth = 0;
    const enter = (v: number): void => {
      seen[v] = low[v] = ++time;
      open[opened++] = v;
      path[depth++] = v;
    };
    enter(root);
    while (depth > 0) {
      const v = path[depth - 1];
      if (next[v] < start[v + 1]) {
        const u = target[next[v]++];
        if (seen[u] === 0) enter(u);
        else if (of[u] < 0 && seen[u] < low[v]) low[v] = seen[u];
        continue;
      }
      depth--;
      if (depth > 0 && low[v] < low[path[depth - 1]]) low[path[depth - 1]] = low[v];
      if (low[v] < seen[v]) continue;
      while (of[v] < 0) of[open[--opened]] = count;
      count++;
    }
  }
  return { count, of };
}
