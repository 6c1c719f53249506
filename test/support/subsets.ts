/** Samples with log-weights, and means over all subsets of so many of them, by adding one sample after the other. */

export interface Sample {
  readonly x: number;
  readonly f: number;
}

/**
 * For each n the means over the subsets of n of e^{−Σz} and of Σ f z e^{−Σz}, z = e^{u + x}: as means, which never
 * overflow.
 */
export function meansOverSubsets(samples: readonly Sample[], ns: readonly number[], u: number) {
  const most = Math.max(...ns);
  const a = new Float64Array(most + 1);
  const d = new Float64Array(most + 1);
  a[0] = 1;
  for (const [i, { x, f }] of samples.entries()) {
    const z = Math.exp(u + x);
    const keep = Math.exp(-z);
    for (let m = Math.min(most, i + 1); m >= 1; m--) {
      const share = m / (i + 1);
      d[m] = d[m] * (1 - share) + share * keep * (d[m - 1] + (keep === 0 ? 0 : f * z) * a[m - 1]);
      a[m] = a[m] * (1 - share) + share * keep * a[m - 1];
    }
  }
  return ns.map((n) => ({ a: a[n], d: d[n] }));
}

/** Samples over so many nats, the first the heaviest. */
export function spreadSamples(size: number, width: number, seed: number): Sample[] {
  let state = seed;
  const random = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  return Array.from({ length: size }, (_, i) => ({ x: i === 0 ? 0 : -width * random(), f: random() }));
}
