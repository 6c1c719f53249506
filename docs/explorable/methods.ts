import {
  bestOfNLaw,
  type Distribution,
  metropolisLaw,
  type PolicyReading,
  policyReading,
  rejectionSamplingLaw,
  rlhfOptimum,
  type SpentDraws,
  selectionCurve,
  selectionLimit,
  softBestOfNLaw,
  weightedVoteLaw,
} from "exptilt";
import type { SetProblem } from "../explorer/laws.js";

/** The methods in the order in which the page shows them. */
export const METHODS = ["best", "soft", "metropolis", "rejection", "vote", "rlhf"] as const;

export type Method = (typeof METHODS)[number];

interface Words {
  readonly title: string;
  /** The method in a sentence, at N draws. */
  readonly at: (n: string) => string;
  readonly usesN: boolean;
  readonly usesBeta: boolean;
  /** The function of the library that gives its law. */
  readonly api: string;
}

export const METHOD_WORDS: Readonly<Record<Method, Words>> = {
  best: { title: "Best-of-N", at: (n) => `best-of-${n}`, usesN: true, usesBeta: false, api: "bestOfNLaw" },
  soft: {
    title: "Soft best-of-N",
    at: (n) => `soft best-of-${n}`,
    usesN: true,
    usesBeta: true,
    api: "softBestOfNLaw",
  },
  metropolis: {
    title: "Metropolis",
    at: (n) => `Metropolis among ${n}`,
    usesN: true,
    usesBeta: true,
    api: "metropolisLaw",
  },
  rejection: {
    title: "Rejection",
    at: (n) => `rejection among ${n}`,
    usesN: true,
    usesBeta: true,
    api: "rejectionSamplingLaw",
  },
  vote: {
    title: "Majority vote",
    at: (n) => `the majority of ${n}`,
    usesN: true,
    usesBeta: false,
    api: "majorityVoteLaw",
  },
  rlhf: { title: "RLHF optimum", at: () => "the RLHF optimum", usesN: false, usesBeta: true, api: "rlhfOptimum" },
};

/** Votes of more draws than these would take seconds to count. */
const MOST_VOTES = 1024;

/** The draws that a method is shown with: votes are counted for whole N, and not for more than `MOST_VOTES`. */
export function drawsOf(method: Method, n: number): number {
  return method === "vote" ? Math.min(MOST_VOTES, Math.round(n)) : n;
}

/** The exact law of the answer that a method gives. */
export function lawOf(method: Method, problem: SetProblem, n: number, beta: number): Distribution<number> {
  const draws = drawsOf(method, n);
  switch (method) {
    case "best":
      return bestOfNLaw(problem, draws);
    case "soft":
      return softBestOfNLaw({ ...problem, beta }, draws);
    case "metropolis":
      return metropolisLaw({ ...problem, beta }, draws);
    case "rejection":
      return rejectionSamplingLaw({ ...problem, beta }, draws).law;
    case "vote":
      // β = ∞ is the majority vote, here among the answers that no reward of −∞ forbids.
      return weightedVoteLaw({ ...problem, beta: Infinity }, draws);
    case "rlhf":
      // At β = 0, which soft best-of-N takes too, there is only the limit.
      return beta === 0 ? selectionLimit({ ...problem, beta }) : rlhfOptimum({ ...problem, beta });
  }
}

/** What the library calls the method, and its β. */
function spendingOf(method: Exclude<Method, "rlhf">, beta: number): { method: SpentDraws["method"]; beta: number } {
  if (method === "best") return { method: "soft", beta: 0 };
  return { method, beta: method === "vote" ? Infinity : beta };
}

/** What a method gives at one N. */
export function readingAt(method: Method, problem: SetProblem, n: number, beta: number): PolicyReading {
  if (method === "rlhf") return policyReading(problem, lawOf(method, problem, n, beta));
  const { method: name = "soft", beta: at } = spendingOf(method, beta);
  return policyReading({ ...problem, beta: at }, { method: name, n: drawsOf(method, n) });
}

/** What a method gives at many N. */
export function readingsAlong(
  method: Exclude<Method, "rlhf">,
  problem: SetProblem,
  ns: readonly number[],
  beta: number,
): PolicyReading[] {
  const { method: name = "soft", beta: at } = spendingOf(method, beta);
  return selectionCurve({ ...problem, beta: at }, ns, { method: name });
}
