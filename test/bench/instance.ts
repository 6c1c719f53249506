import { readFileSync } from "node:fs";
import { randomSource } from "exptilt";

/** K answers with masses in (0, 1) and rewards in [0, 1): the same ones every time. */
export function instance(size: number): { support: number[]; mass: Float64Array; reward: Float64Array } {
  const rng = randomSource(size);
  const mass = Float64Array.from({ length: size }, rng);
  const reward = Float64Array.from({ length: size }, rng);
  return { support: [...mass.keys()], mass, reward };
}

/** `10`, `1,000`, `10⁶`: a count as the tables write it. */
export function count(n: number): string {
  const exponent = Math.log10(n);
  if (exponent < 4 || exponent % 1 !== 0) return n.toLocaleString("en");
  return `10${[...String(exponent)].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]).join("")}`;
}

/** The nodes and steps of ∫ f(t) dt with t = e^u by the trapezoidal rule, as the plain loops and numpy take them. */
export function trapezoid(n: number, spread: number): { t: number; step: number }[] {
  const nodes: { t: number; step: number }[] = [];
  const step = 0.3;
  const last = Math.log(40) + spread + step;
  for (let u = -Math.log(n) - 22; u < last; u += step) nodes.push({ t: Math.exp(u), step: step * Math.exp(u) });
  return nodes;
}

/** The counts, rewards and gold rewards of each query of the embedded HumanEval data. */
export function humanEval(): { count: number[]; reward: number[]; gold: number[] }[] {
  const lines = readFileSync(new URL("../../src/data/humaneval-codegen16b.jsonl", import.meta.url), "utf8");
  return lines
    .trimEnd()
    .split("\n")
    .map((line) => {
      const { answers } = JSON.parse(line) as { answers: { count: number; reward: number; gold: number }[] };
      return {
        count: answers.map(({ count }) => count),
        reward: answers.map(({ reward }) => reward),
        gold: answers.map(({ gold }) => gold),
      };
    });
}
