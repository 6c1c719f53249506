import * as Plot from "@observablehq/plot";
import { expectation, normalize } from "exptilt";
import { fitWeightedMle, importanceWeights, logLinearPolicy } from "exptilt/training";
import { problems } from "./data.mjs";
import { MINUS, picture, powerOfTen } from "./picture.mjs";

const BETA = 0.1;
/** The learning rate of Adam at the start; it falls as the steps go on. */
const RATE = 2;
const METHODS = [
  { method: "newton", label: "Newton", colour: "var(--series-1)" },
  { method: "lbfgs", label: "L-BFGS", colour: "var(--series-3)" },
  { method: "adam", label: "Adam", colour: "var(--series-2)" },
];

/** The chance that a draw of ref has a lower reward than each answer, ties half. */
function ranks({ ref, reward }) {
  return reward.map((r) =>
    expectation(
      ref,
      reward.map((other) => (other < r ? 1 : other === r ? 0.5 : 0)),
    ),
  );
}

/** How the trainer's methods close the gap to the optimum, one θ for all queries of the real data. */
export async function convergence() {
  const features = new Map(
    problems.map((problem) => {
      const { logMass } = normalize(problem.ref);
      const top = Math.max(...problem.reward);
      const rank = ranks(problem);
      return [problem, problem.reward.map((r, i) => [rank[i], logMass[i], logMass[i] ** 2, r === top ? 1 : 0])];
    }),
  );
  const policy = logLinearPolicy({
    size: 4,
    base: (problem) => problem.ref,
    features: (problem, answer) => features.get(problem)[answer],
  });
  const data = problems.map((problem) => ({ query: problem, ...importanceWeights({ ...problem, beta: BETA }) }));
  const best = await fitWeightedMle(policy, data);
  const runs = [];
  for (const series of METHODS) {
    const points = [];
    await fitWeightedMle(policy, data, {
      method: series.method,
      maxIterations: 1000,
      learningRate: RATE,
      onProgress: ({ iteration, objective }) => points.push({ step: iteration, gap: best.objective - objective }),
    });
    runs.push({ ...series, points });
  }

  const [newton, lbfgs, adam] = runs;
  const reached = ({ points }, gap) => points.find((point) => point.gap <= gap).step;
  const caption =
    `Newton's method needs the fewest steps: ${reached(newton, 1e-6)} to a gap of 1e−6, L-BFGS ${reached(lbfgs, 1e-6)}, Adam ${reached(adam, 1e-6)} at a learning rate of ${RATE}. ` +
    `One log-linear policy for ${problems.length} queries, four features of an answer, β = ${BETA}.`;

  const points = runs.flatMap(({ label, colour, points }) => points.map((point) => ({ label, colour, ...point })));
  // Below this a gap is the rounding of the objective; and a logarithmic axis has no step 0.
  const drawn = points.filter(({ step, gap }) => step > 0 && gap > 1e-15);
  const draw = (width) =>
    picture({
      width,
      title: "Gap to the optimum against steps of Newton's method, L-BFGS and Adam",
      legend: runs.map(({ label, colour }) => ({ label, colour })),
      panels: [
        {
          title: "Objective below the optimum, nats",
          height: 340,
          x: { type: "log", label: "steps", ticks: [1, 10, 100, 1000], tickFormat: String },
          y: { type: "log", grid: true, label: null, tickFormat: powerOfTen, ticks: 9 },
          marks: [
            Plot.line(drawn, { x: "step", y: "gap", z: "label", stroke: (d) => d.colour, strokeWidth: 2.5 }),
            Plot.dot(
              drawn.filter(({ label }) => label !== "Adam"),
              { x: "step", y: "gap", fill: (d) => d.colour, r: 3.5 },
            ),
          ],
        },
      ],
    });
  return { name: "convergence", caption: caption.replace(MINUS, "−"), draw };
}
