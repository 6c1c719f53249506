import { outOfRange, requireArrayLike, requireInteger, wrongType } from "../numeric/check.js";
import { fromJson, type JsonNumber, toJson } from "../numeric/json.js";

/** Written into every state, so that another file is not taken for one. */
const FORMAT = "exptilt training state 1";

/**
 * A training run as plain data: `JSON.stringify` and `JSON.parse` keep it to the last bit, and a run that is resumed from
 * it ends as the uninterrupted one does.
 */
export interface TrainingState {
  /** What this is, and in which version. */
  readonly format: typeof FORMAT;
  /** The method that was used. */
  readonly method: string;
  /** The steps taken. */
  readonly iteration: number;
  /** θ. */
  readonly parameters: readonly JsonNumber[];
  /** The vectors that the method carries from step to step. */
  readonly memory: readonly (readonly JsonNumber[])[];
}

export function stateOf(
  method: string,
  iteration: number,
  parameters: Float64Array,
  memory: readonly Float64Array[],
): TrainingState {
  const numbers = (values: Float64Array) => Array.from(values, toJson);
  return { format: FORMAT, method, iteration, parameters: numbers(parameters), memory: memory.map(numbers) };
}

/** A state with its vectors as arrays. */
export interface ReadState {
  readonly method: string;
  readonly iteration: number;
  readonly parameters: Float64Array;
  readonly memory: Float64Array[];
}

/** What a state holds, checked against the policy it is to go on with. */
export function readState(caller: string, state: TrainingState, size: number): ReadState {
  if (typeof state !== "object" || state === null || state.format !== FORMAT) {
    throw wrongType(caller, "options.resume", `be a state of format "${FORMAT}"`, state);
  }
  const vector = (name: string, values: unknown) => {
    const array = requireArrayLike(caller, name, fromJson(values)) as ArrayLike<number>;
    if (array.length !== size) throw wrongType(caller, name, `have length ${size}`, array);
    return Float64Array.from(array, (x, i) => {
      if (!(typeof x === "number" && x < Infinity))
        throw outOfRange(caller, `${name}[${i}]`, "be a number below Infinity", x);
      return x;
    });
  };
  const { method, memory } = state;
  if (typeof method !== "string") throw wrongType(caller, "options.resume.method", "be a string", method);
  if (!Array.isArray(memory)) throw wrongType(caller, "options.resume.memory", "be an array", memory);
  return {
    method,
    iteration: requireInteger(caller, "options.resume.iteration", state.iteration, 0),
    parameters: vector("options.resume.parameters", state.parameters),
    memory: memory.map((m, i) => vector(`options.resume.memory[${i}]`, m)),
  };
}
