import { expm1, log, log1p } from "../numeric/elementary.js";
import { floats } from "../numeric/floats.js";
import { gridFor } from "./grid.js";
import type { Ladder } from "./ladder.js";
import { expOfSum, laplaceTransforms } from "./laplace.js";
import { nodesOf } from "./nodes.js";
import type { RatioToRef } from "./problem.js";
import { keptByPoisson } from "./ratio.js";

/**
 * The ratios of soft selection among 1 + Poisson(λ) draws, by level: N φ^{N−1} averaged over N is (1 + λφ) e^{λ(φ−1)},
 * so P/ref = w ∫ e^{−tw} (1 + λφ) e^{λ(φ−1)} dt. Forbidden draws are drawn again.
 */
export function softPoissonRatios(ladder: Ladder, rate: number): RatioToRef {
  const size = ladder.x.length;
  const grid = gridFor(true);
  const nodes = nodesOf(ladder, grid, { least: 1, most: rate + 1, lead: 9 });
  const logF = nodes.logPhi.map((logPhi) => {
    const decay = expm1(logPhi);
    return log1p(rate * (1 + decay)) + rate * decay;
  });
  const { steps, factor } = nodes.windows;
  const { step } = grid;
  const [{ value, whole, part }] = laplaceTransforms(nodes, [{ logF, order: 0 }]);
  const { kept, logKept } = keptByPoisson(ladder, rate);
  const out = { ratio: floats(size), logRatio: floats(size) };
  for (let i = 0; i < size; i++) {
    // Far left of the first node, where nothing else has begun, the answer wins whenever it is drawn.
    const found = value[i] > 0;
    const exponent = whole[i] + steps[i] * step;
    const logRatio = found ? exponent + (part[i] + log(factor[i] * value[i])) : log1p(rate);
    out.ratio[i] = (found ? value[i] * factor[i] * expOfSum(exponent, part[i]) : 1 + rate) / kept;
    out.logRatio[i] = logRatio - logKept;
  }
  return out;
}
