import tychei from "seedrandom/lib/tychei.js";
import { outOfRange, requireInteger, wrongType } from "./check.js";

/** Where a random source stands, as plain data that JSON keeps: four whole numbers of 32 bits. */
export interface RandomState {
  /** The generator: Tyche-i of Neves and Araujo (2011). */
  readonly generator: "tychei";
  /** The first word of its state. */
  readonly a: number;
  /** The second word. */
  readonly b: number;
  /** The third word. */
  readonly c: number;
  /** The fourth word. */
  readonly d: number;
}

/** A stream of uniform random numbers in (0, 1), 53 bits each, that can be saved and resumed. */
export interface RandomSource {
  /** The next number. */
  (): number;
  /** Where the stream stands: `randomSource` of it goes on from there. */
  state(): RandomState;
}

/**
 * A stream of uniform random numbers in (0, 1) with 53 random bits each, the same for the same seed on every machine.
 *
 * The generator is Tyche-i (Neves and Araujo 2011) of the package seedrandom. Every function that draws takes such a
 * source, or any other function that gives numbers in [0, 1), and computes what it draws by operations that every engine
 * rounds alike: a seed gives the same draws bit by bit everywhere, but for what the caller's own functions (a reward, a noise
 * predictor, features) leave to the engine.
 *
 * @param seed a text, a finite number (read as its text), or the state of a source, from which the new one goes on
 * @returns the source
 * @throws TypeError when the seed is none of these
 * @throws RangeError when the seed is a number that is not finite, or a state does not hold whole numbers of 32 bits
 * @example
 * ```ts
 * import { randomSource } from "exptilt";
 * const rng = randomSource("an experiment");
 * const first = rng();
 * const resumed = randomSource(JSON.parse(JSON.stringify(rng.state())));
 * rng() === resumed() // => true
 * randomSource("an experiment")() === first // => true
 * ```
 */
export function randomSource(seed: string | number | RandomState): RandomSource {
  const generator =
    typeof seed === "object" && seed !== null
      ? tychei("", { state: requireState(seed) })
      : tychei(requireSeed(seed), { state: true });
  const next = generator.double;
  return Object.assign(() => next(), {
    state: (): RandomState => ({ generator: "tychei", ...generator.state() }),
  });
}

function requireSeed(seed: unknown): string {
  if (typeof seed === "string") return seed;
  if (typeof seed !== "number") throw wrongType("randomSource", "seed", "be a string, a number or a state", seed);
  if (!Number.isFinite(seed)) throw outOfRange("randomSource", "seed", "be finite", seed);
  return String(seed);
}

function requireState({ generator, a, b, c, d }: RandomState): { a: number; b: number; c: number; d: number } {
  if (generator !== "tychei") throw wrongType("randomSource", "seed.generator", 'be "tychei"', generator);
  for (const [name, word] of Object.entries({ a, b, c, d })) {
    requireInteger("randomSource", `seed.${name}`, word, -(2 ** 31));
    if (word >= 2 ** 32) throw outOfRange("randomSource", `seed.${name}`, "have 32 bits", word);
  }
  return { a, b, c, d };
}

/** A source of uniform numbers, as an argument. */
export function requireRandom(caller: string, rng: unknown): () => number {
  if (typeof rng !== "function") throw wrongType(caller, "rng", "be a function", rng);
  return rng as () => number;
}
