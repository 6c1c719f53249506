import { divideBy } from "../measure/law.js";
import type { Measure } from "../measure/measure.js";
import { NOT_NAN, outOfRange, requireNumber, wrongType } from "../numeric/check.js";
import { log } from "../numeric/elementary.js";
import { floats } from "../numeric/floats.js";
import { logSumExp } from "../numeric/logSumExp.js";
import { type LikelihoodPart, type TargetLaw, targetLaw } from "./objective.js";
import { type Policy, policyOn } from "./policies/policy.js";

/**
 * What the policy is to imitate on one query: the result of `importanceWeights`, `selfCertaintyWeights` or `drawnWeights`
 * with the query beside it, or any measure as `target`.
 *
 * @typeParam Q the type of a query
 * @typeParam A the type of an answer
 */
export interface TrainingExample<Q = unknown, A = unknown> {
  /** The query, for policies that depend on one. */
  readonly query?: Q;
  /** The law to imitate: any measure on answers of the policy, read as the law proportional to it. */
  readonly target: Measure<A>;
  /** The reference policy, needed where `klToRef` is asked for. */
  readonly ref?: Measure<A>;
  /** ESS/n, or its limit, of the weights that made the target. */
  readonly effectiveFraction?: number;
  /** The effective number of draws, where the target comes from draws. */
  readonly effectiveSampleSize?: number;
  /** k̂ of the draws' weights, where the target comes from draws. */
  readonly paretoK?: number;
}

/** One target or several, each with the name that errors give it. */
export function requireExamples<Q, A>(
  caller: string,
  argument: string,
  data: unknown,
): readonly { readonly name: string; readonly example: TrainingExample<Q, A> }[] {
  const examples: readonly unknown[] = Array.isArray(data) ? data : [data];
  if (examples.length === 0) throw outOfRange(caller, argument, "have at least one target", data);
  // Unlike `map`, `from` reads holes too.
  return Array.from(examples, (example, q) => {
    const name = Array.isArray(data) ? `${argument}[${q}]` : argument;
    if (typeof example !== "object" || example === null || !("target" in example))
      throw wrongType(caller, name, "be an object with a target", example);
    const own = example as TrainingExample<Q, A>;
    const read = (member: "effectiveFraction" | "effectiveSampleSize" | "paretoK") =>
      own[member] === undefined ? undefined : requireNumber(caller, `${name}.${member}`, own[member], NOT_NAN);
    const { query, target, ref } = own;
    const worth = {
      effectiveFraction: read("effectiveFraction"),
      effectiveSampleSize: read("effectiveSampleSize"),
      paretoK: read("paretoK"),
    };
    return { name, example: { query, target, ref, ...worth } as TrainingExample<Q, A> };
  });
}

/** One query's share of the likelihood: (target + λ ref)/Q on the policy's answers. */
export function partOf<Q, A>(
  caller: string,
  policy: Policy<Q, A>,
  { query, target, ref }: TrainingExample<Q, A>,
  name: string,
  lambda: number,
  queries: number,
): { readonly part: LikelihoodPart<A>; readonly target: Float64Array } {
  const on = policyOn(caller, policy, query as Q);
  const imitated = targetLaw(caller, `${name}.target`, target, on.support);
  const coefficient = divideBy(imitated.coefficient, queries, floats(imitated.coefficient.length));
  let reference: TargetLaw | undefined;
  if (lambda > 0) {
    if (ref === undefined) throw wrongType(caller, `${name}.ref`, "be a measure where klToRef is above 0", ref);
    reference = targetLaw(caller, `${name}.ref`, ref, on.support);
    for (let o = 0; o < coefficient.length; o++) coefficient[o] += (lambda * reference.coefficient[o]) / queries;
  }
  const logCoefficient = () => {
    const own = imitated.logCoefficient().map((l) => l - log(queries));
    const added = reference?.logCoefficient();
    return added === undefined ? own : own.map((l, o) => logSumExp([l, added[o] + log(lambda / queries)]));
  };
  return { part: { on, coefficient, logCoefficient }, target: imitated.coefficient };
}
