import { legend, panelsOf, pointOf, sets } from "./budget.mjs";
import { meanOf } from "./data.mjs";
import { MINUS, picture } from "./picture.mjs";

/** KL to ref against N for each way to spend the draws. */
export function budgetKl() {
  const [code] = sets;
  const kl = (set, label, n) => {
    const { mean, error } = meanOf(pointOf(set, label, n).kls);
    return `${mean.toFixed(3)} ± ${error.toFixed(3)}`;
  };
  const caption =
    `Best-of-N spends the most KL: on HumanEval at N = 64 ${kl(code, "best-of-N", 64)} nats, and Metropolis ${kl(code, "Metropolis", 64)}. ` +
    `Means over the queries of exact laws, with the samples' shares for ref; bands and ± are one standard error.`;
  const draw = (width) =>
    picture({
      width,
      title: "KL to ref against N of six ways to spend N draws",
      legend,
      panels: panelsOf("KL to ref", ({ kls }) => kls),
    });
  return { name: "budgetKl", caption: caption.replace(MINUS, "−"), draw };
}
