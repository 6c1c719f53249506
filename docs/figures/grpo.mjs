import * as Plot from "@observablehq/plot";
import { expectation, grpoOptimum, measure, rlhfOptimum } from "exptilt";
import { spaced } from "./data.mjs";
import { HACKED } from "./objectives.mjs";
import { picture } from "./picture.mjs";

const KL = { penalty: "kl" };
const binary = (success) => ({ ref: measure(["right", "wrong"], [success, 1 - success]), reward: [1, 0] });
const BINARY = [
  { success: 0.9, label: "ref succeeds in 90 %", colour: "var(--series-3)" },
  { success: 0.5, label: "in 50 %", colour: "var(--series-1)" },
  { success: 0.1, label: "in 10 %", colour: "var(--series-2)" },
];

/**
 * The fixed points π = tilt at T = β·sd(π) as a curve in T, with β = T/sd: one piece for each stretch where β rises with T,
 * which attracts, or falls, which repels.
 */
function branches(problem, least, most, read) {
  const points = spaced(least, most, 1200).map((temperature) => {
    const policy = rlhfOptimum({ ...problem, beta: temperature });
    const mean = expectation(policy, problem.reward);
    const variance = expectation(
      policy,
      problem.reward.map((r) => (r - mean) ** 2),
    );
    return { beta: temperature / Math.sqrt(variance), y: read({ policy, mean }) };
  });
  let part = 0;
  return points.slice(1).flatMap((point, i) => {
    const attracts = point.beta > points[i].beta;
    const before = i === 0 ? attracts : points[i].beta > points[i - 1].beta;
    if (attracts !== before) part++;
    return [
      { ...points[i], part, attracts },
      { ...point, part, attracts },
    ];
  });
}

/** Where GRPO with a penalty of KL ends, in large groups, against β: fixed points that attract, and those that repel. */
export function grpo() {
  const ends = (problem, beta) => grpoOptimum({ ...problem, beta }, KL);
  const collapse = ({ success }) => ends(binary(success), 1).collapse.toFixed(3);
  const caption =
    `GRPO keeps more than one end alive only above some β: with a success of ref of 50 %, below β = ${collapse(BINARY[1])} success 1 is the only end. ` +
    `Fixed points against β in large groups, solid where they attract and dashed where they repel; left two rewards, right three.`;

  const beta = (most) => ({ domain: [0, most], label: "β" });
  const lines = (points, most, stroke) =>
    [true, false].map((attracts) =>
      Plot.line(
        points.filter((point) => point.attracts === attracts && point.beta <= most),
        { x: "beta", y: "y", z: "part", strokeWidth: 2.5, stroke, ...(!attracts && { strokeDasharray: "6 4" }) },
      ),
    );
  const success = BINARY.flatMap(({ success: p, colour }) =>
    lines(
      branches(binary(p), 0.02, 1e3, ({ policy }) => policy.mass[0]),
      6,
      colour,
    ),
  );
  const reward = lines(
    branches(HACKED, 0.004, 1e3, ({ mean }) => mean),
    4,
    "var(--series-4)",
  );
  const collapsed = (top) => Plot.ruleY([top], { stroke: "currentColor", strokeWidth: 2.5 });
  const draw = (width) =>
    picture({
      width,
      title: "Fixed points of GRPO with a penalty of KL against β",
      legend: [
        ...BINARY.map(({ label, colour }) => ({ label, colour })),
        { label: "three rewards", colour: "var(--series-4)" },
        { label: "attracts", colour: "currentColor" },
        { label: "repels", colour: "currentColor", dash: "6 4" },
      ],
      panels: [
        {
          title: "Success, two rewards",
          x: beta(6),
          y: { grid: true, label: null, domain: [0, 1], tickFormat: (share) => `${100 * share} %` },
          marks: [collapsed(1), ...success],
        },
        {
          title: "Mean reward, three rewards",
          x: beta(4),
          y: { grid: true, label: null, domain: [0.6, 1.2] },
          marks: [collapsed(HACKED.reward[1]), ...reward],
        },
      ],
    });
  return { name: "grpo", caption, draw };
}
