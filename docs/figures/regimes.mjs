import * as Plot from "@observablehq/plot";
import { entropy, measure, rlifOptimalValue, rlifOptimum } from "exptilt";
import { MINUS, picture } from "./picture.mjs";

const MASS = [40, 30, 20, 10];
const LENGTH = 8;
const VOCABULARY = 50257;

/** The optimum of RLIF, and its value, over Lβ: the escort law above 1, a mode of ref below. */
export function regimes() {
  const ref = measure(["a", "b", "c", "d"], MASS);
  const problemAt = (a) => ({ ref, length: LENGTH, beta: a / LENGTH, vocabularySize: VOCABULARY });
  const grid = Array.from({ length: 401 }, (_, i) => i / 100);
  const optima = grid.flatMap((a) => {
    const { mass } = rlifOptimum(problemAt(a));
    return ref.support.map((answer, i) => ({ a, answer, probability: mass[i] }));
  });
  const logV = Math.log(VOCABULARY);
  const values = grid.map((a) => ({ a, value: LENGTH * (rlifOptimalValue(problemAt(a)) - logV) }));
  const two = rlifOptimum(problemAt(2));
  const caption =
    `RLIF has two regimes: up to Lβ = 1 its optimum is the mode of ref alone; above it is ∝ ref^a' with a' = Lβ/(Lβ − 1), which gives the mode ${two.mass[0].toFixed(3)} at Lβ = 2. ` +
    `Four answers of reference probability ${MASS.map((m) => m / 100).join(", ")}, L = ${LENGTH}.`;

  const palette = ["var(--series-1)", "var(--series-2)", "var(--series-3)", "var(--series-4)"];
  const colour = (answer) => palette[ref.support.indexOf(answer)];
  const x = { label: "Lβ", domain: [0, 4] };
  const edge = Plot.ruleX([1], { stroke: "currentColor", strokeDasharray: "3 5" });
  const draw = (width) =>
    picture({
      width,
      title: "The optimum of RLIF and its value over Lβ",
      legend: [
        ...ref.support.map((answer) => ({ label: answer, colour: colour(answer) })),
        { label: "ref itself", colour: "currentColor", dash: "6 4" },
      ],
      panels: [
        {
          title: "Probability under the optimum",
          x,
          y: { grid: true, label: null, domain: [0, 1] },
          marks: [
            edge,
            Plot.ruleY(MASS, { y: (m) => m / 100, stroke: "currentColor", strokeDasharray: "6 4", strokeOpacity: 0.5 }),
            Plot.line(optima, {
              x: "a",
              y: "probability",
              z: "answer",
              stroke: (d) => colour(d.answer),
              strokeWidth: 2.5,
            }),
          ],
        },
        {
          title: "L·(value − log|V|), nats",
          x,
          y: { grid: true, label: null },
          marks: [
            edge,
            Plot.ruleY([-entropy(ref)], { stroke: "currentColor", strokeDasharray: "6 4" }),
            Plot.line(values, { x: "a", y: "value", stroke: "currentColor", strokeWidth: 2.5 }),
          ],
        },
      ],
    });
  return { name: "regimes", caption: caption.replace(MINUS, "−"), draw };
}
