import { categoricalSampler } from "../../measure/sampler.js";
import { randomSource } from "../../numeric/random.js";
import type { ProgressListener, StopReason } from "../../optimize/minimize.js";
import type { TrainingMethod } from "../../optimize/options.js";
import type { TrainingState } from "../../optimize/state.js";
import type { TrainingExample } from "../../training/examples.js";
import { fitWeightedMle } from "../../training/fit.js";
import { logLinearPolicy } from "../../training/policies/logLinear.js";
import type { Policy } from "../../training/policies/policy.js";
import { drawnWeights, importanceWeights } from "../../training/weights/importanceWeights.js";
import { InputError } from "../input/inputError.js";
import type { Query } from "../input/query.js";
import { refOf } from "../input/reference.js";
import { featureRows } from "./features.js";
import { readTrained, type Seen } from "./reading.js";
import { json, type StoredPolicy, stored, table, warnings } from "./report.js";

/** What a training is asked for, as checked options. */
export interface TrainSettings {
  readonly beta: number;
  readonly features: readonly string[];
  /** The draws of each query; 0 for the exact expectation. */
  readonly samples: number;
  readonly seed: number;
  readonly ridge: number;
  readonly klToRef: number;
  readonly maxIterations: number;
  readonly method?: TrainingMethod;
  readonly resume?: TrainingState;
  /** The file that an error of the training names. */
  readonly blamed: string;
  readonly json: boolean;
}

/** What comes of a training: its report, the policy to be stored, and what the figures do not say. */
export interface Trained {
  readonly report: string;
  readonly policy: StoredPolicy;
  readonly warnings: readonly string[];
  readonly converged: boolean;
  readonly reason: StopReason;
}

/** Trains on the queries that are not held out, and reads the policy on all. */
export async function trained(
  seen: readonly Seen[],
  settings: TrainSettings,
  signal: AbortSignal,
  onProgress: ProgressListener,
): Promise<Trained> {
  const { beta, features, ridge, klToRef, maxIterations, method, resume } = settings;
  const policy = policyOf(features);
  const data = seen.flatMap((one, i) => {
    if (one.heldOut) return [];
    return [inWords(one.query.place, () => exampleOf(one.query, settings, i))];
  });
  const fitted = await fitWeightedMle(policy, data, {
    ridge,
    klToRef,
    maxIterations,
    signal,
    onProgress,
    ...(method !== undefined && { method }),
    ...(resume && { resume }),
  }).catch((error) => {
    // Only the data show that a stored state is out of range.
    throw inputError(settings.blamed, error);
  });
  const own = stored(beta, features, fitted.save());
  const readings = seen.map((one) => inWords(one.query.place, () => readTrained(one, beta, policy, fitted.parameters)));
  return {
    report: settings.json ? json(own, fitted, readings) : table(own, fitted, readings),
    policy: own,
    warnings: warnings(fitted, data),
    converged: fitted.converged,
    reason: fitted.reason,
  };
}

/** The policy ∝ ref·e^{θ·features}. The answers of a query are their indices. */
function policyOf(features: readonly string[]): Policy<Query, number> {
  const rows = new Map<Query, number[][]>();
  return logLinearPolicy<number, Query>({
    size: features.length,
    base: (query) => {
      rows.set(query, featureRows(query, features));
      return refOf(query);
    },
    features: (query, answer) => rows.get(query)?.[answer] ?? [],
  });
}

/** A query to train on, with the exact weights of every answer or those of draws. */
function exampleOf(
  query: Query,
  { beta, samples, seed }: TrainSettings,
  index: number,
): TrainingExample<Query, number> {
  const problem = { ref: refOf(query), reward: query.reward, beta };
  if (samples === 0) return { query, ...importanceWeights(problem) };
  // Each query has its own stream of random numbers: its draws do not depend on the rest of the file.
  const draw = categoricalSampler(problem.ref, randomSource(`${seed}/${index}`));
  return { query, ...drawnWeights(problem, Array.from({ length: samples }, draw)) };
}

/** An error of the library about data that it cannot use, as an error of the command. */
function inputError(place: string, error: unknown): unknown {
  if (!(error instanceof RangeError || error instanceof TypeError)) return error;
  return new InputError(`${place}: ${error.message.replace(/^\w+: /, "")}`);
}

function inWords<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw inputError(place, error);
  }
}
