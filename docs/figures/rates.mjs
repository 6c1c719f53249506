import * as Plot from "@observablehq/plot";
import { firstOrderExpansion, limitDistance, rlhfOptimum, softBestOfNBounds } from "exptilt";
import { printedRate } from "exptilt/claims";
import { problems, spaced } from "./data.mjs";
import { MINUS, picture, powerOfTen } from "./picture.mjs";

const BETA = 0.2;

/** How fast soft best-of-N comes to its limit on one query: the exact KL, and what is said of it. */
export function rates() {
  const { query, ...plain } = problems[0];
  const problem = { ...plain, beta: BETA };
  const optimum = rlhfOptimum(problem);
  const order = firstOrderExpansion(problem);
  const at = (n) => {
    // KL(π*‖P_N) is at most what the lower bound on P_N leaves, the lower bound itself being ≤ P_N.
    const { lower } = softBestOfNBounds(problem, n);
    const bound = optimum.mass.reduce((kl, p, i) => kl + (p > 0 ? p * Math.log(p / lower[i]) : 0), 0);
    // |P_N/π* − 1| ≤ δ < 1 with mean 0 under π* allows a KL of ½ log 1/(1 − δ²): half the mass at either end.
    const delta = printedRate(problem, n);
    return {
      n,
      exact: limitDistance(problem, n).kl,
      first: order.kl / n ** 2,
      bound,
      envelope: delta < 1 && n > 1 ? -0.5 * Math.log1p(-delta * delta) : undefined,
    };
  };
  const points = spaced(1, 2 ** 30, 31).map((n) => at(Math.round(n)));
  const thousand = at(1000);
  const caption =
    `Soft best-of-N nears its limit as 1/N²: at N = 1000 KL(π*‖P_N) is ${thousand.exact.toExponential(2)} nats, and the first-order rate Var(w)/(2μ²N²) gives ${thousand.first.toExponential(2)}. ` +
    `The printed envelope of (29) falls as log N/N. ${query}, β = ${BETA}.`;

  const line = (y, stroke, more) => Plot.line(points, { x: "n", y, stroke, strokeWidth: 2.5, ...more });
  const draw = (width) =>
    picture({
      width,
      title: "KL to the limit against N, with the first-order rate, the bound and the printed envelope",
      legend: [
        { label: "exact", colour: "var(--series-1)" },
        { label: "first order", colour: "currentColor", dash: "3 5" },
        { label: "rigorous bound", colour: "var(--series-3)" },
        { label: "what (29) allows", colour: "var(--series-2)" },
      ],
      panels: [
        {
          title: "KL(π*‖P_N), nats",
          height: 340,
          x: { type: "log", label: "draws N", tickFormat: powerOfTen, ticks: width < 600 ? 4 : 9 },
          y: { type: "log", grid: true, label: null, tickFormat: powerOfTen, ticks: 9 },
          marks: [
            line("bound", "var(--series-3)"),
            line("envelope", "var(--series-2)"),
            line("exact", "var(--series-1)"),
            line("first", "currentColor", { strokeDasharray: "3 5", strokeWidth: 1.5 }),
          ],
        },
      ],
    });
  return { name: "rates", caption: caption.replace(MINUS, "−"), draw };
}
