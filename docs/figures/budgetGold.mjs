import { apart, legend, panelsOf, percent, pointOf, sets } from "./budget.mjs";
import { meanOf } from "./data.mjs";
import { MINUS, picture } from "./picture.mjs";

/** Gold against N for each way to spend the draws. */
export function budgetGold() {
  const [code, math] = sets;
  const gold = (set, label, n) => percent(meanOf(pointOf(set, label, n).golds));
  const more = (set, one, other, n) => percent(apart(pointOf(set, one, n), pointOf(set, other, n)));
  const caption =
    `Share of right answers: means over ${code.problems.length} and ${math.problems.length} queries, without bias from 100 and 160 samples of each; bands and ± are one standard error over the queries. ` +
    `AIME 2025, N = 64: the majority is right in ${gold(math, "majority vote", 64)} %, soft best-of-N in ${gold(math, "soft best-of-N", 64)} %, and best-of-N, which takes the shortest answer, in ${gold(math, "best-of-N", 64)} %. ` +
    `HumanEval, N = 64, votes by classes of programs of equal reward and gold: the weighted vote has ${gold(code, "weighted vote", 64)} %, ${more(code, "weighted vote", "soft best-of-N", 64)} points more than soft best-of-N on the same queries and ${more(code, "weighted vote", "majority vote", 64)} more than the majority. ` +
    `The cap of rejection is the largest reward there can be, ${code.cap} and ${math.cap}.`;
  const draw = (width) =>
    picture({
      width,
      title: "Gold reward against N of six ways to spend N draws",
      legend,
      panels: panelsOf("Gold", ({ golds }) => golds, { tickFormat: (share) => `${Math.round(100 * share)} %` }),
    });
  return { name: "budgetGold", caption: caption.replace(MINUS, "−"), draw };
}
