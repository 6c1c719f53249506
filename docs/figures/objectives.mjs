import * as Plot from "@observablehq/plot";
import {
  klPenaltyOptimum,
  maxAtKOptimum,
  measure,
  nashOptimum,
  passAtKUtility,
  regularizedOptimum,
  rlhfOptimum,
  utilityOptimum,
} from "exptilt";
import { spaced } from "./data.mjs";
import { picture, powerOfTen } from "./picture.mjs";

/** The problem of the guide: the reward prefers a wrong answer, of which ref has 1 %. */
export const HACKED = { ref: measure(["right", "hacked", "wrong"], [60, 1, 39]), reward: [1, 1.2, 0] };

const TOP = Math.max(...HACKED.reward);
const PREFERENCE = HACKED.reward.map((a) => HACKED.reward.map((b) => 1 / (1 + Math.exp(b - a))));
const regularized = (regularizer) => (beta) => regularizedOptimum({ ...HACKED, beta }, regularizer);

const KL = {
  label: "KL(π‖ref): RLHF",
  colour: "currentColor",
  law: (beta) => rlhfOptimum({ ...HACKED, beta }),
};
const DIVERGENCES = [
  {
    label: "KL(ref‖π): k3 as a loss",
    colour: "var(--series-2)",
    law: (beta) => klPenaltyOptimum({ ...HACKED, beta }, { estimator: "k3", place: "loss" }),
  },
  { label: "Jensen–Shannon", colour: "var(--series-4)", law: regularized("jensenShannon") },
  { label: "½χ²", colour: "var(--series-3)", law: regularized({ alpha: 2 }) },
  { label: "KL + ½χ²: χPO", colour: "var(--series-1)", law: regularized("klPlusChiSquared") },
];
const DASH = "6 4";
const OTHERS = [
  { label: "max@4 (best of 4)", colour: "var(--series-2)", law: (beta) => maxAtKOptimum({ ...HACKED, beta }, 4) },
  {
    label: "pass@4, r/1.2",
    colour: "var(--series-3)",
    law: (beta) =>
      utilityOptimum(
        { ref: HACKED.ref, reward: HACKED.reward.map((r) => r / TOP), beta: beta / TOP },
        passAtKUtility(4),
      ).policy,
  },
  {
    label: "Nash learning",
    colour: "var(--series-1)",
    law: (beta) => nashOptimum({ ref: HACKED.ref, preference: PREFERENCE, beta }),
  },
].map((series) => ({ ...series, dash: DASH }));

/** The share of the hacked answer against β, one line an objective. */
export function objectives() {
  const betas = spaced(0.01, 10, 181);
  const hacked = ({ law }, beta) => law(beta).mass[1];
  const percent = (series, beta) => `${(100 * hacked(series, beta)).toFixed(1)} %`;
  const [, jensenShannon, chiSquared] = DIVERGENCES;
  const caption =
    `The divergence decides how much is hacked: at β = 0.1 KL gives the hacked answer ${percent(KL, 0.1)}, ½χ² ${percent(chiSquared, 0.1)} and Jensen–Shannon ${percent(jensenShannon, 0.1)}. ` +
    `ref has 1 % of it, and the reward prefers it by 0.2. Exact optima.`;

  const panel = (title, series) => ({
    title,
    x: { type: "log", label: "β", ticks: [0.01, 0.1, 1, 10], tickFormat: powerOfTen },
    y: { grid: true, label: null, domain: [0, 1], tickFormat: (share) => `${100 * share} %` },
    marks: [KL, ...series].map((one) =>
      Plot.line(betas, {
        x: (beta) => beta,
        y: (beta) => hacked(one, beta),
        stroke: one.colour,
        strokeWidth: 2.5,
        ...(one.dash && { strokeDasharray: one.dash }),
      }),
    ),
  });
  const draw = (width) =>
    picture({
      width,
      title: "Share of the hacked answer against β under each objective",
      legend: [KL, ...DIVERGENCES, ...OTHERS].map(({ label, colour, dash }) => ({ label, colour, dash })),
      panels: [panel("Hacked share: other divergences", DIVERGENCES), panel("Hacked share: other objectives", OTHERS)],
    });
  return { name: "objectives", caption, draw };
}
