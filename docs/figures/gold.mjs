import * as Plot from "@observablehq/plot";
import { curves, meanOf, problems, spaced, tiltAt } from "./data.mjs";
import { MINUS, picture } from "./picture.mjs";

/** Gold reward against N on the real data, and against KL beside the RLHF frontier. */
export function gold() {
  const frontier = spaced(100, 1e-5, 140).map(tiltAt);
  const [hard] = curves;
  const [top, last] = [best(hard.points), hard.points.at(-1)];
  const apart = (a, b) => points100(meanOf(a.golds.map((x, i) => x - b.golds[i])));
  const caption =
    `Best-of-N over-optimises: from N = ${top.n} to N = ${last.n} the share of answers that pass the hidden tests falls by ${apart(top, last)} points. ` +
    `Means over ${problems.length} queries, without bias from 100 samples of each; bands and ± are one standard error. KL and the RLHF frontier are of the samples' own law.`;

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
const points100 = ({ mean, error }) => `${(100 * mean).toFixed(1)} ± ${(100 * error).toFixed(1)}`;
