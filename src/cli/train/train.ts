import { categoricalSampler } from "../../measure/sampler.js";
import { show } from "../../numeric/check.js";
import { randomSource } from "../../numeric/random.js";
import type { TrainingProgress } from "../../optimize/minimize.js";
import type { TrainingMethod } from "../../optimize/options.js";
import { readState, type TrainingState } from "../../optimize/state.js";
import type { TrainingExample } from "../../training/examples.js";
import { fitWeightedMle } from "../../training/fit.js";
import { logLinearPolicy } from "../../training/policies/logLinear.js";
import type { Policy } from "../../training/policies/policy.js";
import { drawnWeights, importanceWeights } from "../../training/weights/importanceWeights.js";
import { type Query, queryOf, take } from "../input/dataset.js";
import { InputError } from "../input/inputError.js";
import { parseJson } from "../input/jsonText.js";
import { withDataset } from "../input/openDataset.js";
import { type OptionTable, oneFile, parseOptions, type Usage } from "../input/options.js";
import { optionValue, wholeNumber } from "../input/optionValue.js";
import { READING_OPTIONS, type ReadingSettings, readingSettings, requireOneReward } from "../input/reading.js";
import { readText } from "../input/readText.js";
import { refOf } from "../input/reference.js";
import { onInterrupt } from "../terminal/interrupt.js";
import { print } from "../terminal/output.js";
import { requireOutputs, writeText } from "../terminal/outputFile.js";
import { say } from "../terminal/say.js";
import { FEATURE_HELP, featureNames, featureRows } from "./features.js";
import { readTrained, type Seen } from "./reading.js";
import { json, type StoredPolicy, table, warn } from "./report.js";

const OPTIONS = {
  beta: { value: "B", help: "temperature β of RLHF (default 0.1)" },
  features: { value: "LIST", help: "features of an answer, between commas (default reward)" },
  holdout: { value: "F", help: "share of the queries to hold out, spread evenly over the file (default 0)" },
  samples: { value: "N", help: "train on N draws of ref for each query in place of the exact expectation" },
  seed: { value: "S", help: "seed of the draws (default 0)" },
  method: { value: "M", help: "newton, lbfgs or adam (default: newton)" },
  ridge: { value: "R", help: "penalty ½R|θ|² (default 0)" },
  "kl-to-ref": { value: "L", help: "penalty L·KL(ref‖π) (default 0)" },
  iterations: { value: "I", help: "the most steps to take (default 10000)" },
  limit: { value: "N", help: "read the first N queries only" },
  output: { value: "OUT", help: "write the policy as JSON to this file" },
  resume: { value: "FILE", help: "go on from a policy written before" },
  json: { help: "print JSON, with every query, in place of the table" },
  ...READING_OPTIONS,
} satisfies OptionTable;

export const usage: Usage = {
  line: "exptilt train [FILE] [options]",
  about:
    "Train a log-linear policy ∝ ref·e^(θ·features), one θ for all queries of FILE (- for standard input; the embedded data\n" +
    "when left out), towards the RLHF optimum by weighted maximum likelihood, and say how near it came: before is ref, and\n" +
    `optimum the exact RLHF optimum of each query. Exit status 1 when the training did not converge.\n\nFeatures (or names in an answer's own "features"):\n${FEATURE_HELP}`,
  options: OPTIONS,
  readsQueries: true,
};

/** Runs `exptilt train` and gives its exit status: 1 when the training did not converge. */
export async function train(args: readonly string[]): Promise<number> {
  const { files, options } = parseOptions("train", OPTIONS, args);
  const file = oneFile("train", files, options);
  const penalty = (name: "ridge" | "kl-to-ref") =>
    optionValue(name, options[name] ?? "0", (x) => x >= 0 && x < Infinity, "a number of at least 0");
  const beta = optionValue("beta", options.beta ?? "0.1", (x) => x > 0 && x < Infinity, "a positive number");
  const holdout = optionValue("holdout", options.holdout ?? "0", (x) => x >= 0 && x < 1, "at least 0 and below 1");
  const [ridge, klToRef] = [penalty("ridge"), penalty("kl-to-ref")];
  const method = options.method as TrainingMethod | undefined;
  if (method !== undefined && !["newton", "lbfgs", "adam"].includes(method)) {
    throw new InputError(`--method must be newton, lbfgs or adam, got ${JSON.stringify(method)}`);
  }
  const features = featureNames(options.features ?? "reward");
  const resume = options.resume === undefined ? undefined : readPolicy(options.resume, features);
  const reading = readingSettings(options);
  requireOneReward("train", reading);
  requireOutputs({ output: options.output }, [file], { output: "output", input: options.resume });
  const limit = wholeNumber("limit", options.limit, 1, Infinity);
  const interrupt = onInterrupt();
  const seen = await readAll(file, reading, limit, holdout, interrupt.signal);

  const policy = policyOf(features);
  const samples = wholeNumber("samples", options.samples, 1, 0);
  const seed = wholeNumber("seed", options.seed, 0, 0);
  const data = seen.flatMap((one, i) => {
    if (one.heldOut) return [];
    return [inWords(one.query.place, () => exampleOf(one.query, beta, samples, `${seed}/${i}`))];
  });
  const fitted = await fitWeightedMle(policy, data, {
    ridge,
    klToRef,
    maxIterations: wholeNumber("iterations", options.iterations, 1, 10_000),
    signal: interrupt.signal,
    onProgress: showProgress,
    ...(method !== undefined && { method }),
    ...(resume && { resume }),
  }).catch((error) => {
    // Only the data show that a stored state is out of range.
    throw inputError(resume ? (options.resume as string) : (file ?? "the data set"), error);
  });
  interrupt.release();
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[2K");

  const stored: StoredPolicy = {
    format: "exptilt policy 1",
    beta,
    features,
    parameters: Object.fromEntries(features.map((name, j) => [name, fitted.parameters[j]])),
    state: fitted.save(),
  };
  const readings = seen.map((one) => inWords(one.query.place, () => readTrained(one, beta, policy, fitted.parameters)));
  await print(options.json ? json(stored, fitted, readings) : table(stored, fitted, readings));
  if (options.output !== undefined) writeText(options.output, `${JSON.stringify(stored, undefined, 2)}\n`);
  warn(fitted, data);
  if (fitted.reason === "aborted") throw interrupt.signal.reason;
  return fitted.converged ? 0 : 1;
}

/** All queries. A share of them is held out, evenly spread over the file. */
async function readAll(
  file: string | undefined,
  reading: ReadingSettings,
  limit: number,
  holdout: number,
  signal: AbortSignal,
): Promise<Seen[]> {
  let seen: Seen[] = [];
  await withDataset(file, reading, { again: false, texts: true, rewardNeeded: true, say, signal }, (dataset) =>
    dataset.read(async (pieces) => {
      seen = [];
      for await (const piece of take(pieces, limit)) {
        const i = seen.length;
        const heldOut = Math.floor((i + 1) * holdout) > Math.floor(i * holdout);
        seen.push({ query: queryOf(piece, dataset.columns), heldOut });
      }
    }, signal),
  );
  if (!seen.some(({ heldOut }) => !heldOut)) throw new InputError(`${file ?? "the data set"}: there are no queries`);
  return seen;
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
function exampleOf(query: Query, beta: number, samples: number, seed: string): TrainingExample<Query, number> {
  const problem = { ref: refOf(query), reward: query.reward, beta };
  if (samples === 0) return { query, ...importanceWeights(problem) };
  // Each query has its own stream of random numbers: its draws do not depend on the rest of the file.
  const draw = categoricalSampler(problem.ref, randomSource(seed));
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

function showProgress({ iteration, objective, gradientNorm }: TrainingProgress): void {
  if (!process.stderr.isTTY) return;
  const at = `step ${iteration}  objective ${objective.toFixed(8)}  gradient ${gradientNorm.toExponential(1)}`;
  process.stderr.write(`\r\x1b[2Ktrain  ${at}`);
}

/** The state in a file that `--output` wrote, of a policy on the same features. */
export function readPolicy(file: string, features: readonly string[]): TrainingState {
  const stored = parseJson(readText(file), file, "it") as Partial<StoredPolicy> | null;
  if (stored?.format !== "exptilt policy 1") throw new InputError(`${file}: not a policy of exptilt train`);
  if (JSON.stringify(stored.features) !== JSON.stringify(features))
    throw new InputError(`${file}: the policy's features are ${show(String(stored.features))}, not ${features}`);
  const state = stored.state as TrainingState;
  try {
    readState("train", state, features.length);
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) throw new InputError(`${file}: ${error.message}`);
    throw error;
  }
  return state;
}
