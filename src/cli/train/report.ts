import { fromJson } from "../../numeric/json.js";
import type { TrainingState } from "../../optimize/state.js";
import type { TrainingExample } from "../../training/examples.js";
import type { WeightedMleFit } from "../../training/fit.js";
import { figure } from "../terminal/figure.js";
import { jsonOutput } from "../terminal/jsonOutput.js";
import { type Column, formatTable } from "../terminal/table.js";
import { meanOf, type QueryReading } from "./reading.js";

/** What `--output` writes and `--resume` reads. */
export interface StoredPolicy {
  readonly format: "exptilt policy 1";
  readonly beta: number;
  readonly features: readonly string[];
  readonly parameters: Readonly<Record<string, number>>;
  readonly state: TrainingState;
}

/** The policy of a state. */
export function stored(beta: number, features: readonly string[], state: TrainingState): StoredPolicy {
  const parameters = fromJson(state.parameters) as readonly number[];
  const named = features.map((name, j) => [name, parameters[j]]);
  return { format: "exptilt policy 1", beta, features, parameters: Object.fromEntries(named), state };
}

export function json(
  { beta, parameters }: StoredPolicy,
  fitted: WeightedMleFit,
  queries: readonly QueryReading[],
): string {
  const { objective, gradientNorm, iterations, converged, reason, klFromTarget } = fitted;
  const { effectiveFraction, effectiveSampleSize, paretoK } = fitted;
  const reached = { objective, gradientNorm, iterations, converged, reason, klFromTarget };
  return jsonOutput({
    beta,
    parameters,
    training: { ...reached, effectiveFraction, effectiveSampleSize, paretoK },
    queries,
  });
}

const LAWS = ["before", "after", "optimum"] as const;

export function table(
  { features, parameters }: StoredPolicy,
  fitted: WeightedMleFit,
  readings: readonly QueryReading[],
): string {
  const groups = [
    ["trained on", readings.filter((r) => !r.heldOut)],
    ["held out", readings.filter((r) => r.heldOut)],
  ] as const;
  const columns: Column[] = ["", "queries", "", "before", "after", "optimum"].map((heading, c) => ({
    heading,
    ...(c !== 0 && c !== 2 && { align: "right" as const }),
  }));
  const rows = groups.flatMap(([name, group]) => {
    if (group.length === 0) return [];
    const worst = (law: (typeof LAWS)[number]) => group.reduce((w, r) => Math.max(w, r[law].klFromOptimum), 0);
    const quantities = [
      ["reward", LAWS.map((law) => meanOf(group, (r) => r[law].reward))],
      ["gold", LAWS.map((law) => meanOf(group, (r) => r[law].gold))],
      ["KL from optimum", LAWS.map((law) => meanOf(group, (r) => r[law].klFromOptimum))],
      ["… at worst", LAWS.map((law) => worst(law).toFixed(5))],
    ] as const;
    return quantities
      .filter(([, values]) => values.every((x) => x !== undefined))
      .map(([quantity, values], i) => [
        i === 0 ? name : "",
        i === 0 ? String(group.length) : "",
        quantity,
        ...values.map((x) => (typeof x === "object" ? figure(x) : String(x))),
      ]);
  });
  const theta = features.map((name) => `${name} ${parameters[name].toPrecision(6)}`).join(", ");
  const { objective, gradientNorm, iterations, reason, klFromTarget } = fitted;
  const draws =
    fitted.effectiveSampleSize < Infinity
      ? `\nDraws: ${fitted.effectiveSampleSize.toFixed(1)} effective, k̂ ${fitted.paretoK.toFixed(2)} at most.`
      : "";
  return (
    `${formatTable({ columns, rows }, 120)}\n\n± is one standard error, of the draw of the queries.\nθ: ${theta}\n` +
    `Objective ${objective.toPrecision(10)} nats, KL from the target ${klFromTarget.toPrecision(4)}; ` +
    `${iterations} steps to a gradient of ${gradientNorm.toExponential(1)} (${reason}).${draws}\n`
  );
}

/** What the figures do not say. */
export function warnings({ converged, reason }: WeightedMleFit, data: readonly TrainingExample[]): string[] {
  const out: string[] = [];
  if (reason === "unbounded") out.push("the optimum lies at infinity for these features; --ridge makes it finite");
  else if (!converged) out.push(`the training did not converge (${reason})`);
  // A handful of distinct answers always has a large k̂. It does harm only where it costs many draws.
  const poor = data.filter(
    ({ paretoK = -Infinity, effectiveFraction = 1 }) => paretoK >= 0.7 && effectiveFraction < 0.5,
  );
  if (poor.length > 0) {
    out.push(
      `on ${poor.length} of ${data.length} queries less than half of the draws count and k̂ is 0.7 or more: ` +
        "β is too small for the spread of the rewards, or there are too few draws",
    );
  }
  return out;
}
