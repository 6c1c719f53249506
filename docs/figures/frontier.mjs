import * as Plot from "@observablehq/plot";
import { curves, problems, spaced, tiltAt } from "./data.mjs";
import { MINUS, picture } from "./picture.mjs";

/** Reward against KL of best-of-N and soft best-of-N, beside the tilt, which no policy can beat. */
export function frontier() {
  const tilts = spaced(100, 1e-5, 140).map(tiltAt);
  /** The reward of the tilt that spends as much KL, β found by bisection: an error of β moves it in second order. */
  const bestAt = (kl) => {
    const above = tilts.findIndex((point) => point.kl > kl);
    let [low, high] = [tilts[above], tilts[above - 1]];
    while (high.beta / low.beta > 1 + 1e-6) {
      const middle = tiltAt(Math.sqrt(low.beta * high.beta));
      if (middle.kl > kl) low = middle;
      else high = middle;
    }
    return low.reward + low.beta * (kl - low.kl);
  };
  const points = curves.flatMap((curve) =>
    curve.points.map((point) => ({ ...point, missed: point.n === 1 ? 0 : bestAt(point.kl) - point.reward })),
  );

  const worst = curves.map(({ label }) =>
    points.filter((point) => point.label === label).reduce((a, b) => (b.missed > a.missed ? b : a)),
  );
  const said = (i) => `${worst[i].missed.toFixed(4)} (N = ${worst[i].n})`;
  const caption =
    `Best-of-N spends its KL almost as well as the tilt, which has the most reward for its KL: it misses at most ${said(0)}. ` +
    `Mean proxy reward over ${problems.length} queries against the mean KL to ref, of the samples' own laws.`;

  const series = (y) => [
    Plot.line(points, { x: "kl", y, z: "label", stroke: (d) => d.colour, strokeWidth: 2.5 }),
    Plot.dot(points, { x: "kl", y, fill: (d) => d.colour, r: 3.5 }),
  ];
  const draw = (width) =>
    picture({
      width,
      title: "Reward against KL of best-of-N, soft best-of-N and the tilt",
      legend: [
        ...curves.map(({ label, colour }) => ({ label, colour })),
        { label: "tilt", colour: "currentColor", dash: "6 4" },
      ],
      panels: [
        {
          title: "Reward against KL to ref",
          x: { label: "nats" },
          y: { grid: true, label: null },
          marks: [
            Plot.line(tilts, { x: "kl", y: "reward", stroke: "currentColor", strokeWidth: 2, strokeDasharray: "6 4" }),
            ...series("reward"),
          ],
        },
        {
          title: "What is missed of the tilt's reward",
          x: { label: "nats" },
          y: { grid: true, label: null },
          marks: series("missed"),
        },
      ],
    });
  return { name: "frontier", caption: caption.replace(MINUS, "−"), draw };
}
