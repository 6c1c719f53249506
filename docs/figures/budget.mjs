/** Five ways to spend N draws, best-of-N beside them, on both data sets: the numbers of the figures on them. */
import * as Plot from "@observablehq/plot";
import {
  estimateBestOfN,
  estimateMajorityVote,
  estimateMetropolis,
  estimateRejectionSampling,
  estimateSoftBestOfN,
  selectionCurve,
} from "exptilt";
import { mathProblems, meanOf, problems } from "./data.mjs";

/** Each way by its label: its unbiased estimates from the samples of a query, and its name in `selectionCurve`. */
const WAYS = {
  "best-of-N": {
    colour: "var(--series-2)",
    estimate: (samples, ns) => estimateBestOfN(samples, ns),
    law: { method: "soft", beta: 0 },
  },
  "soft best-of-N": { colour: "var(--series-1)", estimate: estimateSoftBestOfN, law: { method: "soft" } },
  Metropolis: { colour: "var(--series-3)", estimate: estimateMetropolis, law: { method: "metropolis" } },
  rejection: { colour: "var(--series-4)", estimate: estimateRejectionSampling, law: { method: "rejection" } },
  "majority vote": {
    colour: "var(--series-5)",
    estimate: ({ count, gold }, ns) => estimateMajorityVote({ count, gold }, ns),
    law: { method: "vote" },
  },
  "weighted vote": { colour: "currentColor", estimate: estimateMajorityVote, law: { method: "weighted-vote" } },
};

/** The data sets, a temperature for each, the largest reward there can be, and numbers of draws that all queries have. */
const SETS = [
  { name: "HumanEval", problems, beta: 0.1, cap: 1, doublings: 6 },
  { name: "AIME 2025", problems: mathProblems, beta: 10, cap: 0, doublings: 7 },
];

/** For each data set and way what it gives at each N: gold and KL to ref of every query. */
export const sets = SETS.map(({ doublings, ...set }) => {
  const draws = Array.from({ length: doublings + 1 }, (_, i) => 2 ** i);
  const ways = Object.entries(WAYS).map(([label, { colour, estimate, law }]) => {
    const { method, beta = set.beta } = law;
    const cap = method === "rejection" && { cap: set.cap };
    const estimates = set.problems.map((problem) => estimate({ ...problem, beta, ...cap }, draws));
    const laws = set.problems.map((problem) => selectionCurve({ ...problem, beta }, draws, { method, ...cap }));
    const points = draws.map((n, i) => ({
      n,
      golds: estimates.map((each) => each[i].gold),
      kls: laws.map((each) => each[i].klToRef),
    }));
    return { label, colour, points };
  });
  return { ...set, draws, ways };
});

/** A way's point at N draws. */
export function pointOf({ ways }, label, n) {
  return ways.find((way) => way.label === label).points.find((point) => point.n === n);
}

/** The mean over the queries of one point less another, and its standard error. */
export function apart(one, other) {
  return meanOf(one.golds.map((gold, q) => gold - other.golds[q]));
}

/** All ways, for a legend. */
export const legend = Object.entries(WAYS).map(([label, { colour }]) => ({ label, colour }));

/** A panel for each data set: for each way the mean of what `read` gives of the queries, against N. */
export function panelsOf(what, read, y) {
  return sets.map((set) => {
    const lines = set.ways.map(({ colour, points }) => ({ colour, points: points.map((p) => [p.n, read(p)]) }));
    return panel(`${what}: ${set.name}, β = ${set.beta}`, set.draws, lines, y);
  });
}

/** Lines over N, with bands of one standard error: at each N a number a query. */
export function panel(title, draws, lines, y) {
  const points = lines.flatMap(({ colour, points }) =>
    points.map(([n, values]) => {
      const { mean, error } = meanOf(values);
      return { colour, n, mean, low: mean - error, high: mean + error };
    }),
  );
  return {
    title,
    x: { type: "log", base: 2, label: "draws N", ticks: draws, tickFormat: String },
    y: { grid: true, label: null, ...y },
    marks: [
      Plot.areaY(points, { x: "n", y1: "low", y2: "high", z: "colour", fill: (d) => d.colour, fillOpacity: 0.1 }),
      Plot.line(points, { x: "n", y: "mean", z: "colour", stroke: (d) => d.colour, strokeWidth: 2.5 }),
      Plot.dot(points, { x: "n", y: "mean", fill: (d) => d.colour, r: 3 }),
    ],
  };
}

/** `29.7 ± 2.8`, in percent or points. */
export function percent({ mean, error }, digits = 1) {
  return `${(100 * mean).toFixed(digits)} ± ${(100 * error).toFixed(digits)}`;
}
