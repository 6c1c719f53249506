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
  const [two, one] = [rlifOptimum(problemAt(2)), rlifOptimum(problemAt(1))];
  const atOne = LENGTH * (one.value - logV);
  const caption =
    `RLIF on four answers of reference probability ${MASS.map((m) => m / 100).join(", ")}, L = ${LENGTH}. For Lβ ≤ 1, where the note is silent, the optimum is the mode alone, ` +
    `and its value Lβ log max ref falls linearly to ${atOne.toFixed(3)} nats at Lβ = 1. Above, it is ∝ ref^a' with a' = Lβ/(Lβ − 1): at Lβ = 2 a' = ${two.exponent} and the mode has ${two.mass[0].toFixed(3)}. ` +
    `As Lβ grows it tends to ref, whose own value is −H(ref) = ${(-entropy(ref)).toFixed(3)}.`;

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
