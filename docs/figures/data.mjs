/** The real data of the figures: queries with measured rewards and gold. */
import { readFileSync } from "node:fs";
import { estimateSoftBestOfN, expectation, klDivergence, measure, rlhfOptimum, selectionCurve } from "exptilt";

/** One problem a query of an embedded data set, without β. */
function problemsOf(file) {
  const text = readFileSync(new URL(`../../src/data/${file}`, import.meta.url), "utf8");
  const lines = text.trimEnd().split("\n");
  return lines.map((line) => {
    const { query, answers } = JSON.parse(line);
    const column = (name) => answers.map((answer) => answer[name]);
    return {
      query,
      count: column("count"),
      ref: measure([...answers.keys()], column("count")),
      reward: column("reward"),
      gold: column("gold"),
    };
  });
}

/** 164 programming queries with 100 samples each. */
export const problems = problemsOf("humaneval-codegen16b.jsonl");

/** 30 mathematical queries with 160 samples each. */
export const mathProblems = problemsOf("aime2025-Phi-4-reasoning.jsonl");

/** `count` numbers from `first` to `last`, evenly spaced in their logarithms. */
export function spaced(first, last, count) {
  return Array.from({ length: count }, (_, i) => first * (last / first) ** (i / (count - 1)));
}

/** What the RLHF optima of the samples' own laws at one β give, averaged over the queries. */
export function tiltAt(beta) {
  const total = { beta, reward: 0, gold: 0, kl: 0 };
  for (const problem of problems) {
    const optimum = rlhfOptimum({ ...problem, beta });
    total.reward += expectation(optimum, problem.reward) / problems.length;
    total.gold += expectation(optimum, problem.gold) / problems.length;
    total.kl += klDivergence(optimum, problem.ref) / problems.length;
  }
  return total;
}

/** The temperatures that the figures on the real data compare, 0 for best-of-N, with the colours of their series. */
const SERIES = [
  { beta: 0, label: "best-of-N", colour: "var(--series-2)" },
  { beta: 0.02, label: "soft, β = 0.02", colour: "var(--series-3)" },
  { beta: 0.1, label: "soft, β = 0.1", colour: "var(--series-1)" },
];

/** 1, 2, 4, …, 64: each query has 100 samples. */
const DRAWS = Array.from({ length: 7 }, (_, i) => 2 ** i);

/** The mean of one number a query, and its standard error. */
export function meanOf(values) {
  const mean = values.reduce((total, x) => total + x, 0) / values.length;
  const squares = values.reduce((total, x) => total + (x - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (values.length - 1) / values.length) };
}

/**
 * What hard and soft best-of-N give at each of these N, averaged over the queries: a curve for each temperature. Reward and
 * gold are unbiased, over all subsets of N samples; KL is that of the samples' own law.
 */
export const curves = SERIES.map((series) => {
  const { beta } = series;
  const each = problems.map((problem) => ({
    estimates: estimateSoftBestOfN({ ...problem, beta }, DRAWS),
    laws: selectionCurve({ ...problem, beta }, DRAWS),
  }));
  const points = DRAWS.map((n, i) => {
    const golds = each.map(({ estimates }) => estimates[i].gold);
    const { mean, error } = meanOf(golds);
    return {
      label: series.label,
      colour: series.colour,
      n,
      golds,
      gold: mean,
      low: mean - error,
      high: mean + error,
      error,
      kl: meanOf(each.map(({ laws }) => laws[i].klToRef)).mean,
      // Of the samples' own law, as the KL is: what a law can have for its KL is a bound for nothing else.
      reward: meanOf(each.map(({ laws }) => laws[i].reward)).mean,
    };
  });
  return { ...series, points };
});
