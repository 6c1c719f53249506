import {
  BELOW_INFINITY,
  FINITE,
  NON_NEGATIVE,
  outOfRange,
  POSITIVE,
  requireInteger,
  requireLength,
  requireNumber,
  requireNumbers,
  wrongType,
} from "../numeric/check.js";
import { log } from "../numeric/elementary.js";
import { type AtomicInstance, atomsFrom, requireAtoms } from "./atomicInstance.js";

/** A concrete problem on which every claim can be checked: plain numbers, each meant at its exact value. */
export interface Instance {
  /** The masses of the reference policy, one an answer, or their logarithms in `logMass`. */
  readonly mass?: readonly number[];
  /** The log-masses of the reference policy, in nats, where `mass` is left out. */
  readonly logMass?: readonly number[];
  /** A finite reward for each answer. */
  readonly reward: readonly number[];
  /** β = β_hf = β_tts. */
  readonly beta: number;
  /** L, the number of tokens of an answer. */
  readonly length: number;
  /** |V|, the number of tokens in the vocabulary. */
  readonly vocabularySize: number;
  /** Masses of a policy to compare with the optimum, positive only where the reference is; built from it when left out. */
  readonly policy?: readonly number[];
  /** The atoms that the diffusion half is checked on; made from the answers when left out. */
  readonly atoms?: AtomicInstance;
}

/** A checked instance; `mass` is undefined where the instance gives log-masses. */
export interface CheckedInstance {
  readonly mass: readonly number[] | undefined;
  readonly logMass: readonly number[];
  readonly reward: readonly number[];
  readonly beta: number;
  readonly length: number;
  readonly vocabularySize: number;
  readonly policy: readonly number[] | undefined;
  readonly atoms: AtomicInstance;
}

/** Reads and checks an instance; `logMass` is always there, rounded where the instance gives masses. */
export function requireInstance(caller: string, instance: Instance): CheckedInstance {
  if (typeof instance !== "object" || instance === null)
    throw wrongType(caller, "instance", "be an object with mass or logMass, reward, beta, …", instance);
  if (instance.mass === undefined && instance.logMass === undefined)
    throw wrongType(caller, "instance", "have mass or logMass", instance);
  const mass = instance.mass === undefined ? undefined : requireMass(caller, "mass", instance.mass);
  const logMass = mass === undefined ? requireLogMass(caller, instance.logMass) : mass.map((m) => log(m));
  requireLength(caller, "reward", instance.reward, logMass.length);
  const policy = instance.policy === undefined ? undefined : requireMass(caller, "policy", instance.policy);
  if (policy !== undefined) requireLength(caller, "policy", policy, logMass.length);
  const reward = [...requireNumbers(caller, "reward", instance.reward, FINITE)];
  const beta = requireNumber(caller, "beta", instance.beta, POSITIVE);
  return {
    mass,
    logMass,
    reward,
    beta,
    length: requireInteger(caller, "length", instance.length, 1),
    vocabularySize: requireInteger(caller, "vocabularySize", instance.vocabularySize, 1),
    policy,
    atoms: instance.atoms === undefined ? atomsFrom(logMass, reward, beta) : requireAtoms(caller, instance.atoms),
  };
}

function requireMass(caller: string, argument: string, values: unknown): readonly number[] {
  const mass = requireNumbers(caller, argument, values, NON_NEGATIVE);
  if (!mass.some((m) => m > 0)) throw outOfRange(caller, argument, "have a positive total", 0);
  return [...mass];
}

function requireLogMass(caller: string, values: unknown): readonly number[] {
  const logMass = requireNumbers(caller, "logMass", values, BELOW_INFINITY);
  if (!logMass.some((l) => l > -Infinity))
    throw outOfRange(caller, "logMass", "have an entry above -Infinity", -Infinity);
  return [...logMass];
}
