import type { Contender } from "./harness.js";

/** What one would write instead of an exact law: draws by Math.random and a binary search, run after run, in plain loops. */

/** A function that draws a place with probability ∝ mass. */
export function drawer(mass: ArrayLike<number>): () => number {
  const cumulative = Float64Array.from(mass);
  for (let i = 1; i < cumulative.length; i++) cumulative[i] += cumulative[i - 1];
  const last = cumulative.length - 1;
  return () => {
    const u = Math.random() * cumulative[last];
    let low = 0;
    let high = last;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle] > u) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

/** The mean of a random number over some runs. */
export function plainSimulation(runs: number, what: string, once: () => number): Contender {
  return {
    name: `plain loop, ${runs.toLocaleString("en")} ${what} simulated`,
    run: () => {
      let total = 0;
      for (let run = 0; run < runs; run++) total += once();
      return total / runs;
    },
  };
}

/** The place of the largest count·weight, of tied ones each as often. */
export function winner(count: Float64Array, weight: ArrayLike<number>): number {
  let [best, most, tied] = [0, -1, 0];
  for (let i = 0; i < count.length; i++) {
    const score = count[i] * weight[i];
    if (score < most) continue;
    tied = score > most ? 1 : tied + 1;
    most = score;
    if (Math.random() * tied < 1) best = i;
  }
  return best;
}
