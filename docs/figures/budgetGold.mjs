import { legend, panelsOf, percent, pointOf, sets } from "./budget.mjs";
import { meanOf } from "./data.mjs";
import { MINUS, picture } from "./picture.mjs";

/** Gold against N for each way to spend the draws. */
export function budgetGold() {
  const [code, math] = sets;
  const gold = (set, label, n) => percent(meanOf(pointOf(set, label, n).golds));
  const caption =
    `Where the reward misleads, a vote is best: on AIME 2025 at N = 64 the majority is right in ${gold(math, "majority vote", 64)} %, and best-of-N, which takes the shortest answer, in ${gold(math, "best-of-N", 64)} %. ` +
    `Means over ${code.problems.length} and ${math.problems.length} queries, without bias from 100 and 160 samples of each; bands and ± are one standard error. HumanEval votes by classes of programs of equal reward and gold.`;
  const draw = (width) =>
    picture({
      width,
      title: "Gold reward against N of six ways to spend N draws",
      legend,
      panels: panelsOf("Gold", ({ golds }) => golds, { tickFormat: (share) => `${Math.round(100 * share)} %` }),
    });
  return { name: "budgetGold", caption: caption.replace(MINUS, "−"), draw };
}
