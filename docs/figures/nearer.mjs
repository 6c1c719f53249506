import { estimateMetropolis, estimateSoftBestOfN } from "exptilt";
import { panel, percent, sets } from "./budget.mjs";
import { meanOf } from "./data.mjs";
import { MINUS, picture } from "./picture.mjs";

/** The temperatures of each data set, from the smallest up. */
const BETAS = { HumanEval: [0.05, 0.1, 0.2], "AIME 2025": [3, 10, 30] };
const LEGEND = [
  { label: "smallest β", colour: "var(--series-2)" },
  { label: "middle β", colour: "var(--series-1)" },
  { label: "largest β", colour: "var(--series-3)" },
];

/** Gold of Metropolis, which is nearer to the optimum, less that of soft best-of-N, on the same queries. */
export function nearer() {
  const groups = sets.map(({ name, problems, draws }) => {
    const lines = BETAS[name].map((beta, i) => {
      const each = problems.map((problem) => {
        const samples = { ...problem, beta };
        const soft = estimateSoftBestOfN(samples, draws);
        return estimateMetropolis(samples, draws).map(({ gold }, k) => gold - soft[k].gold);
      });
      return { ...LEGEND[i], beta, points: draws.map((n, k) => [n, each.map((gains) => gains[k])]) };
    });
    return { name, draws, lines };
  });
  const [code, math] = groups;
  const gain = ({ lines }, i, n) => percent(meanOf(lines[i].points.find((point) => point[0] === n)[1]), 2);
  const caption =
    `Gold of Metropolis less that of soft best-of-N on the same queries, in points, without bias from the samples; bands and ± are one standard error of the difference. ` +
    `Both tend to the RLHF optimum, and Metropolis is nearer to it, but not always better: on HumanEval at β = ${code.lines[0].beta} it has ${gain(code, 0, 4)} at N = 4 and ${gain(code, 0, 32)} at N = 32. ` +
    `On AIME 2025 it has ${gain(math, 0, 8)} at N = 8 and β = ${math.lines[0].beta}, and ${gain(math, 2, 2)} at N = 2 and β = ${math.lines[2].beta}.`;
  const draw = (width) =>
    picture({
      width,
      title: "Gold of Metropolis less that of soft best-of-N, against N",
      legend: LEGEND,
      panels: groups.map(({ name, draws, lines }) =>
        panel(`Gain: ${name}, β = ${BETAS[name].join(", ")}`, draws, lines, {
          tickFormat: (share) => (100 * share).toFixed(1).replace("-", "−"),
        }),
      ),
    });
  return { name: "nearer", caption: caption.replace(MINUS, "−"), draw };
}
