import * as Plot from "@observablehq/plot";
import { curves, meanOf, problems, spaced, tiltAt } from "./data.mjs";
import { MINUS, picture } from "./picture.mjs";

/** Gold reward against N on the real data, and against KL beside the RLHF frontier. */
export function gold() {
  const frontier = spaced(100, 1e-5, 140).map(tiltAt);
  const [hard, , soft] = curves;
  const [single, top, last, mild] = [hard.points[0], best(hard.points), hard.points.at(-1), soft.points.at(-1)];
  const apart = (a, b) => points100(meanOf(a.golds.map((x, i) => x - b.golds[i])));
  const caption =
    `Share of answers that pass the hidden tests: means over ${problems.length} queries, without bias from 100 samples of each; bands and ± are one standard error. ` +
    `Best-of-N has ${percent(single)} at N = 1 and ${percent(top)} at N = ${top.n}, ${apart(top, single)} points more on the same queries, and falls to ${percent(last)} at N = ${last.n}, ${apart(top, last)} points below N = ${top.n}. ` +
    `There soft best-of-N at β = ${soft.beta} has ${percent(mild)}, ${apart(mild, last)} points more. ` +
    `KL and the RLHF frontier are those of the samples' own law.`;

  const points = curves.flatMap((curve) => curve.points);
  const series = (x) => [
    Plot.areaY(points, { x, y1: "low", y2: "high", z: "label", fill: (d) => d.colour, fillOpacity: 0.12 }),
    Plot.line(points, { x, y: "gold", z: "label", stroke: (d) => d.colour, strokeWidth: 2.5 }),
    Plot.dot(points, { x, y: "gold", fill: (d) => d.colour, r: 3.5 }),
  ];
  const y = { grid: true, label: null, domain: [0.19, 0.34], tickFormat: (share) => `${Math.round(100 * share)} %` };
  const draw = (width) =>
    picture({
      width,
      title: "Gold reward of hard and soft best-of-N and of the RLHF optima",
      legend: [
        ...curves.map(({ label, colour }) => ({ label, colour })),
        { label: "RLHF frontier", colour: "currentColor", dash: "6 4" },
      ],
      panels: [
        {
          title: "Gold reward against N",
          x: { type: "log", base: 2, label: "draws N", ticks: [1, 2, 4, 8, 16, 32, 64], tickFormat: String },
          y,
          marks: series("n"),
        },
        {
          title: "Gold reward against KL to ref",
          x: { label: "nats" },
          y,
          marks: [
            Plot.line(frontier, { x: "kl", y: "gold", stroke: "currentColor", strokeWidth: 2, strokeDasharray: "6 4" }),
            ...series("kl"),
          ],
        },
      ],
    });
  return { name: "gold", caption: caption.replace(MINUS, "−"), draw };
}

const best = (points) => points.reduce((a, b) => (b.gold > a.gold ? b : a));
const percent = ({ gold, error }) => `${points100({ mean: gold, error })} %`;
const points100 = ({ mean, error }) => `${(100 * mean).toFixed(1)} ± ${(100 * error).toFixed(1)}`;
