import { legend, panelsOf, pointOf, sets } from "./budget.mjs";
import { meanOf } from "./data.mjs";
import { MINUS, picture } from "./picture.mjs";

/** KL to ref against N for each way to spend the draws. */
export function budgetKl() {
  const [code, math] = sets;
  const kl = (set, label, n) => {
    const { mean, error } = meanOf(pointOf(set, label, n).kls);
    return `${mean.toFixed(3)} ± ${error.toFixed(3)}`;
  };
  const caption =
    `KL to ref of the exact laws, with the samples' shares for ref: means over the queries, bands and ± are one standard error. ` +
    `HumanEval, N = 64: ${kl(code, "Metropolis", 64)} nats for Metropolis, ${kl(code, "soft best-of-N", 64)} for soft best-of-N, ${kl(code, "weighted vote", 64)} for the weighted vote and ${kl(code, "best-of-N", 64)} for best-of-N. ` +
    `AIME 2025, N = 64: ${kl(math, "majority vote", 64)} for the majority vote, and ${kl(math, "Metropolis", 64)} for Metropolis.`;
  const draw = (width) =>
    picture({
      width,
      title: "KL to ref against N of six ways to spend N draws",
      legend,
      panels: panelsOf("KL to ref", ({ kls }) => kls),
    });
  return { name: "budgetKl", caption: caption.replace(MINUS, "−"), draw };
}
