import * as Plot from "@observablehq/plot";
import { totalVariation } from "exptilt";
import { atomicData, ddimLaw, guidedTarget } from "exptilt/diffusion";
import { MINUS, picture } from "./picture.mjs";

const ATOMS = [-1, 0, 1];
const CLASSES = { left: [0.75, 0.25, 0], right: [0.1, 0.3, 0.6] };

/** What classifier-free guidance samples, exactly, against the target it states, over w. */
export function guidance() {
  const data = atomicData({ atoms: ATOMS.map((x) => [x]), classes: CLASSES });
  const at = (w) => {
    const [law, target] = [ddimLaw(data, "right", w), guidedTarget(data, "right", w)];
    return { w, law, target, distance: totalVariation(law, target) };
  };
  const points = Array.from({ length: 41 }, (_, i) => at(i / 10));
  const most = points.reduce((a, b) => (b.distance > a.distance ? b : a));
  const caption =
    `Guidance does not sample its target (31): at w = ${most.w} the two laws are ${most.distance.toFixed(4)} apart in total variation. ` +
    `Three atoms at ${ATOMS.join(", ")}, a class with probabilities ${CLASSES.right.join(", ")} and another with ${CLASSES.left.join(", ")}.`;

  const palette = ["var(--series-2)", "var(--series-3)", "var(--series-1)"];
  const names = ATOMS.map((x) => `atom ${x}`.replace(MINUS, "−"));
  const lines = points.flatMap(({ w, law, target }) =>
    names.map((name, i) => ({ w, name, colour: palette[i], law: law.mass[i], target: target.mass[i] })),
  );
  const x = { label: "w" };
  const curve = (y, more) =>
    Plot.line(lines, { x: "w", y, z: "name", stroke: (d) => d.colour, strokeWidth: 2.5, ...more });
  const draw = (width) =>
    picture({
      width,
      title: "The output law of classifier-free guidance against its target over w",
      legend: [
        ...names.map((label, i) => ({ label, colour: palette[i] })),
        { label: "output", colour: "currentColor" },
        { label: "target", colour: "currentColor", dash: "6 4" },
      ],
      panels: [
        {
          title: "Probability of each atom",
          x,
          y: { grid: true, label: null, domain: [0, 1] },
          marks: [curve("law"), curve("target", { strokeDasharray: "6 4" })],
        },
        {
          title: "Total variation from the target",
          x,
          y: { grid: true, label: null },
          marks: [Plot.line(points, { x: "w", y: "distance", stroke: "currentColor", strokeWidth: 2.5 })],
        },
      ],
    });
  return { name: "guidance", caption: caption.replace(MINUS, "−"), draw };
}
