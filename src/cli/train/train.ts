import { show } from "../../numeric/check.js";
import type { TrainingProgress } from "../../optimize/minimize.js";
import type { TrainingMethod } from "../../optimize/options.js";
import { readState, type TrainingState } from "../../optimize/state.js";
import { type Piece, take } from "../input/dataset.js";
import { InputError } from "../input/inputError.js";
import { parseJson } from "../input/jsonText.js";
import { withDataset } from "../input/openDataset.js";
import { type OptionTable, oneFile, parseOptions, type Usage } from "../input/options.js";
import { optionValue, wholeNumber } from "../input/optionValue.js";
import { READING_OPTIONS, readingSettings, requireOneReward } from "../input/reading.js";
import { readText } from "../input/readText.js";
import { onInterrupt } from "../terminal/interrupt.js";
import { print } from "../terminal/output.js";
import { requireOutputs, writeText } from "../terminal/outputFile.js";
import { say } from "../terminal/say.js";
import { FEATURE_HELP, featureNames } from "./features.js";
import { type StoredPolicy, stored } from "./report.js";
import type { TrainSettings } from "./trained.js";
import { Trainer } from "./trainer.js";

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
  const settings: TrainSettings = {
    beta,
    features,
    samples: wholeNumber("samples", options.samples, 1, 0),
    seed: wholeNumber("seed", options.seed, 0, 0),
    ridge,
    klToRef,
    maxIterations: wholeNumber("iterations", options.iterations, 1, 10_000),
    ...(method !== undefined && { method }),
    ...(resume && { resume }),
    blamed: options.resume ?? file ?? "the data set",
    json: options.json === true,
  };
  const { signal, release } = onInterrupt();
  const write = (policy: StoredPolicy) => {
    if (options.output !== undefined) writeText(options.output, `${JSON.stringify(policy, undefined, 2)}\n`);
  };
  const open = { again: false, texts: true, rewardNeeded: true, say, signal };
  return withDataset(file, reading, open, async (dataset) => {
    const trainer = new Trainer(dataset.columns, settings, signal, showProgress);
    try {
      await dataset.read((pieces) => giveAll(take(pieces, limit), holdout, trainer, file), signal);
      const result = await trainer.train();
      if (process.stderr.isTTY) process.stderr.write("\r\x1b[2K");
      if (result === undefined) {
        // The worker is in a step that takes longer than a signal can wait. What it has reached is kept.
        if (trainer.state !== undefined) {
          say(`the training was at step ${trainer.state.iteration}; no figures were made of it`);
          write(stored(beta, features, trainer.state));
        }
        throw signal.reason;
      }
      await print(result.report);
      write(result.policy);
      for (const warning of result.warnings) say(warning);
      if (result.reason === "aborted") throw signal.reason;
      return result.converged ? 0 : 1;
    } finally {
      release();
      await trainer.close();
    }
  });
}

/** Gives all queries to the trainer. A share of them is held out, evenly spread over the file. */
async function giveAll(
  pieces: AsyncIterable<Piece>,
  holdout: number,
  trainer: Trainer,
  file: string | undefined,
): Promise<void> {
  trainer.again();
  let [i, trainedOn] = [0, 0];
  try {
    for await (const piece of pieces) {
      const heldOut = Math.floor((i + 1) * holdout) > Math.floor(i * holdout);
      await trainer.add(piece, heldOut);
      i++;
      if (!heldOut) trainedOn++;
    }
  } finally {
    // What is wrong with an earlier query is the error, whatever ended the reading.
    await trainer.parsed();
  }
  if (trainedOn === 0) throw new InputError(`${file ?? "the data set"}: there are no queries`);
}

function showProgress({ iteration, objective, gradientNorm }: Omit<TrainingProgress, "save">): void {
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
