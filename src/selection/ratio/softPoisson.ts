import { expm1, log, log1p } from "../../numeric/elementary.js";
import { floats, Workspace } from "../../numeric/floats.js";
import { expOfSum, laplaceTransforms } from "../integral/laplaceTransform.js";
import { nodesOf } from "../integral/logPhi.js";
import { gridFor } from "../integral/trapezoid.js";
import type { Weights } from "../integral/weights.js";
import { keptByPoisson } from "./kept.js";
import type { RatioToRef } from "./levelRatios.js";

/** The arrays of an integral, used again by the next one: integrals are not nested. */
const workspace = new Workspace();

/**
 * The ratios of soft selection among 1 + Poisson(λ) draws, by level: N φ^{N−1} averaged over N is (1 + λφ) e^{λ(φ−1)},
 * so P/ref = w ∫ e^{−tw} (1 + λφ) e^{λ(φ−1)} dt. Forbidden draws are drawn again.
 */
export function softPoissonRatios(weights: Weights, rate: number): RatioToRef {
  const size = weights.x.length;
  const grid = gridFor(true);
  const { lift } = weights;
  const lifted = rate * 2 ** -lift;
  workspace.begin();
  const nodes = nodesOf(workspace, weights, grid, {
    least: lift === 0 ? 1 : lifted,
    most: lift === 0 ? rate + 1 : lifted,
    lead: 4.5,
    fall: (_, gap) => lifted * gap - log1p(rate),
  });
  const logF = nodes.logPhi.map((logPhi) => {
    const decay = lift === 0 ? expm1(logPhi) : logPhi;
    // Lifted, φ is 1 wherever e^{λ(φ − 1)} is not 0.
    return log1p(lift === 0 ? rate * (1 + decay) : rate) + lifted * decay;
  });
  const { steps, factor } = nodes.windows;
  const { step } = grid;
  const [{ value, whole, part }] = laplaceTransforms(nodes, [{ logF, order: 0 }]);
  const { kept, logKept } = keptByPoisson(weights.levels, rate);
  const out = { ratio: floats(size), logRatio: floats(size) };
  for (let i = 0; i < size; i++) {
    // An answer far left of the first node wins whenever it is drawn.
    const found = value[i] > 0;
    const exponent = whole[i] + steps[i] * step;
    const logRatio = found ? exponent + (part[i] + log(factor[i] * value[i])) : log1p(rate);
    out.logRatio[i] = logRatio - logKept;
    out.ratio[i] = (found ? expOfSum(exponent, part[i], value[i] * factor[i]) : 1 + rate) / kept;
  }
  return out;
}
