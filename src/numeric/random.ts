import tychei from "seedrandom/lib/tychei.js";
import { FINITE, outOfRange, requireInteger, requireNumber, show, wrongType } from "./check.js";

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
 * Different texts give different streams.
 *
 * @param seed a text, a finite number (read as its text, a bigint as the number that it is), or the state of a source, from
 * which the new one goes on
 * @returns the source
 * @throws TypeError when the seed is none of these
 * @throws RangeError when the seed is a number that is not finite or a bigint beyond ±(2⁵³ − 1), or a state does not hold
 * whole numbers of 32 bits or repeats itself within a few steps, as that of four zeros does
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
  if (typeof seed === "string") return endingInText(seed);
  // A bigint as the number that it is.
  if (typeof seed !== "number" && typeof seed !== "bigint")
    throw wrongType("randomSource", "seed", "be a string, a number or a state", seed);
  return String(requireNumber("randomSource", "seed", seed, FINITE));
}

/**
 * The generator mixes a text in one character a step, and then takes steps without one, as after a character of code 0: a
 * text with such characters at its end would only be some steps ahead of the text without them. So these get a character
 * of code 1, and what already looks like that another one, which keeps different texts different.
 */
function endingInText(seed: string): string {
  let end = seed.length;
  while (end > 0 && seed.charCodeAt(end - 1) === 1) end--;
  return end > 0 && seed.charCodeAt(end - 1) === 0 ? `${seed}\u0001` : seed;
}

function requireState({ generator, a, b, c, d }: RandomState): { a: number; b: number; c: number; d: number } {
  if (generator !== "tychei") throw wrongType("randomSource", "seed.generator", 'be "tychei"', generator);
  const state = { a, b, c, d };
  for (const [name, word] of Object.entries(state)) {
    requireInteger("randomSource", `seed.${name}`, word, -(2 ** 31));
    if (word >= 2 ** 32) throw outOfRange("randomSource", `seed.${name}`, "have 32 bits", word);
  }
  const next = tychei("", { state });
  const now = () => Object.values(next.state()).join();
  for (let step = 0, before = ""; step < STEPS_CHECKED; step++, next()) {
    if (now() === before) throw outOfRange("randomSource", "seed", "not repeat itself", `state ${a}, ${b}, ${c}, ${d}`);
    before = now();
  }
  return state;
}

/**
 * Steps of a restored state that are looked at. Tyche-i has three states that are their own successors, four zeros among
 * them. Few other states lead to these, and those get there at once; no seed does.
 */
const STEPS_CHECKED = 256;

/**
 * A source of uniform numbers, as an argument: the same numbers, each checked. A stub that gives 1, NaN or nothing would
 * else make a sampler give answers that there are not.
 */
export function requireRandom(caller: string, rng: unknown): () => number {
  if (typeof rng !== "function") throw wrongType(caller, "rng", "be a function", rng);
  return () => {
    const u: unknown = rng();
    if (typeof u === "number" && u >= 0 && u < 1) return u;
    const message = `${caller}: rng must return numbers in [0, 1), got ${show(u)}`;
    throw typeof u === "number" ? new RangeError(message) : new TypeError(message);
  };
}

/** What is thrown where draws were rejected so often that the source cannot be random. */
export function stuck(caller: string, times: number): RangeError {
  return new RangeError(`${caller}: rng must return numbers that vary, but ${times} draws in a row were rejected`);
}
