import type { SetProblem } from "../explorer/laws.js";
import type { AnswerSet } from "../explorer/view.js";
import { drawsOf, type Method } from "./methods.js";

/** How each method's law is called. */
const CALLS: Readonly<Record<Method, { readonly name: string; readonly call: (n: number) => string }>> = {
  best: { name: "bestOfNLaw", call: (n) => `bestOfNLaw(problem, ${n})` },
  soft: { name: "softBestOfNLaw", call: (n) => `softBestOfNLaw(problem, ${n})` },
  metropolis: { name: "metropolisLaw", call: (n) => `metropolisLaw(problem, ${n})` },
  rejection: { name: "rejectionSamplingLaw", call: (n) => `rejectionSamplingLaw(problem, ${n}).law` },
  vote: { name: "weightedVoteLaw", call: (n) => `weightedVoteLaw({ ...problem, beta: Infinity }, ${n})` },
  rlhf: { name: "rlhfOptimum", call: () => "rlhfOptimum(problem)" },
};

/** The limit β → 0 of the RLHF optimum. */
const LIMIT = { name: "selectionLimit", call: () => "selectionLimit(problem)" };

/** A program that prints what is shown: the law, and what is read off it. */
export function drawsCode(set: AnswerSet, problem: SetProblem, method: Method, n: number, beta: number): string {
  const { name, call } = method === "rlhf" && beta === 0 ? LIMIT : CALLS[method];
  const [build, list] = [set.logarithmic ? "fromLogMass" : "measure", (xs: readonly number[]) => `[${xs.join(", ")}]`];
  const names = [build, "policyReading", name].sort((a, b) => a.localeCompare(b));
  const isDistinct = new Set(set.labels).size === set.labels.length;
  const labels = JSON.stringify(isDistinct ? set.labels : set.labels.map((label, i) => `${i + 1}: ${label}`));
  return `import { ${names.join(", ")} } from "exptilt";

// ${oneLine(set.name)}
const ref = ${build}(${labels}, ${list(set.mass)});
const reward = ${list(problem.reward)};
${problem.gold === undefined ? "" : `const gold = ${list(problem.gold)};\n`}const problem = { ref, reward, ${problem.gold === undefined ? "" : "gold, "}beta: ${beta} };
${method === "vote" ? "// Where only the number of draws counts, the weighted vote is the majority vote.\n" : ""}const law = ${call(drawsOf(method, n))};
console.log(law.mass);
console.log(policyReading(problem, law));
`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}
