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
  const [code] = groups;
  const gain = ({ lines }, i, n) => percent(meanOf(lines[i].points.find((point) => point[0] === n)[1]), 2);
  const caption =
    `Nearer to the optimum is not always better: on HumanEval at β = ${code.lines[0].beta} Metropolis gains ${gain(code, 0, 4)} points over soft best-of-N at N = 4, and ${gain(code, 0, 32)} at N = 32. ` +
    `Differences of gold on the same queries, without bias from the samples; bands and ± are one standard error of the difference.`;
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
