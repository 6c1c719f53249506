import * as Plot from "@observablehq/plot";
import { curves, problems, spaced, tiltAt } from "./data.mjs";
import { MINUS, picture } from "./picture.mjs";

/** Gold reward against N on the real data, and against KL beside the RLHF frontier. */
export function gold() {
  const frontier = spaced(100, 1e-5, 140).map(tiltAt);
  const rough = best(frontier).beta;
  const [hard, cool, soft] = curves;
  const [top, higher, peak, single] = [
    best(hard.points),
    best(cool.points),
    best(spaced(1.13 * rough, rough / 1.13, 61).map(tiltAt)),
    hard.points[0],
  ];
  const caption =
    `Share of answers that pass the hidden tests, exact means over ${problems.length} queries. ` +
    `Best-of-N peaks at N = ${top.n} with ${percent(top.gold)} and falls to ${percent(hard.points.at(-1).gold)} at N = ${hard.points.at(-1).n}, ` +
    `below the ${percent(single.gold)} of a single draw; soft best-of-N at β = ${soft.beta} still has ${percent(soft.points.at(-1).gold)} there. ` +
    `Against the KL that is spent, the RLHF optima over all β peak at ${percent(peak.gold)} and ${peak.kl.toFixed(2)} nats, where β = ${peak.beta.toPrecision(2)}, ` +
    `a little below soft best-of-N at β = ${cool.beta} and N = ${higher.n} with ${percent(higher.gold)}.`;

  const points = curves.flatMap((curve) => curve.points);
  const series = (x) => [
    Plot.line(points, { x, y: "gold", z: "label", stroke: (d) => d.colour, strokeWidth: 2.5 }),
    Plot.dot(points, { x, y: "gold", fill: (d) => d.colour, r: 3.5 }),
  ];
  const y = { grid: true, label: null, domain: [0.2, 0.315], tickFormat: (share) => `${Math.round(100 * share)} %` };
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
          x: { type: "log", base: 2, label: "draws N", ticks: [1, 4, 16, 64, 256, 1024], tickFormat: String },
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
const percent = (share) => `${(100 * share).toFixed(1)} %`;
