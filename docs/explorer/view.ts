import { measure, rlifEquivalent } from "exptilt";

/** Answers with their reference masses and rewards: one query. */
export interface AnswerSet {
  /** What the set is called. */
  readonly name: string;
  /** Whether the masses are logarithms, in nats. */
  readonly logarithmic: boolean;
  /** What each answer is called; names may repeat. */
  readonly labels: readonly string[];
  /** The reference mass of each answer, or its logarithm. */
  readonly mass: readonly number[];
  /** The reward of each answer; −∞ forbids. */
  readonly reward: readonly number[];
  /** The gold reward of each answer, where it has one. */
  readonly gold: readonly (number | undefined)[];
}

/** The temperatures and counts of the methods. */
export interface Settings {
  /** β_hf > 0 of RLHF. */
  readonly beta: number;
  /** β_tts ≥ 0 of soft best-of-N. */
  readonly betaTts: number;
  /** Whether β_tts follows β_hf. */
  readonly tied: boolean;
  /** N ≥ 1, the number of draws. */
  readonly n: number;
  /** L, the number of tokens of an answer. */
  readonly length: number;
  /** β_if ≥ 0 of RLIF. */
  readonly betaIf: number;
  /** Whether β_if follows β_hf so that Lβ_if − 1 = β_hf. */
  readonly matched: boolean;
}

/** All that the page shows, and all that its address holds. */
export interface View {
  readonly set: AnswerSet;
  /** The preset that the set is, where it is one unchanged. */
  readonly preset?: string;
  readonly settings: Settings;
}

/** More rows than a page can be edited with. */
export const MOST_ANSWERS = 1000;

/** |V|: no law depends on it, only the value of the RLIF objective, which the page does not show. */
export const VOCABULARY_SIZE = 2;

/** The settings with what follows β_hf brought after it. */
export function follow(settings: Settings): Settings {
  const { beta, tied, matched, length } = settings;
  return {
    ...settings,
    ...(tied && { betaTts: beta }),
    ...(matched && { betaIf: matchedBetaIf(beta, length) }),
  };
}

/** The β_if with Lβ_if − 1 = β, read off a reference that is its own human preference. */
export function matchedBetaIf(beta: number, length: number): number {
  const ref = measure([0], [1]);
  return rlifEquivalent({ ref, reward: [0], beta }, { length, vocabularySize: VOCABULARY_SIZE }).beta;
}

/** What a number must be, and how that is said. */
export interface Range {
  readonly fits: (x: number) => boolean;
  readonly must: string;
}

/** What each number of the settings must be. */
export const RANGES = {
  beta: { fits: (x) => x > 0 && x < Infinity, must: "be a finite number above 0" },
  betaTts: { fits: (x) => x >= 0 && x < Infinity, must: "be a finite number of at least 0" },
  n: { fits: (x) => x >= 1 && x < Infinity, must: "be a finite number of at least 1" },
  length: { fits: (x) => Number.isSafeInteger(x) && x >= 1, must: "be a whole number of at least 1" },
  betaIf: { fits: (x) => x >= 0 && x < Infinity, must: "be a finite number of at least 0" },
} satisfies Record<string, Range>;

/** What each number of an answer must be. */
export const CELLS = {
  mass: { fits: (x) => x >= 0 && x < Infinity, must: "be a finite number of at least 0" },
  logMass: { fits: (x) => x < Infinity, must: "be a number below ∞ (−∞ for none)" },
  reward: { fits: (x) => x < Infinity, must: "be a number below ∞ (−∞ forbids)" },
  gold: { fits: (x) => Number.isFinite(x), must: "be a finite number, or empty" },
} satisfies Record<string, Range>;

/** What keeps the set as a whole from being one, if anything. */
export function wholeSetError({ logarithmic, mass, reward }: AnswerSet): string | undefined {
  if (mass.length === 0) return "An answer set needs at least one answer.";
  if (mass.length > MOST_ANSWERS)
    return `The page takes at most ${MOST_ANSWERS} answers, and this set has ${mass.length}.`;
  const has = (m: number) => (logarithmic ? m > -Infinity : m > 0);
  if (!mass.some(has)) return "Some reference mass must be above 0.";
  if (!mass.some((m, i) => has(m) && reward[i] > -Infinity))
    return "Some answer with reference mass must have a reward above −∞.";
  return undefined;
}

/** The number that a text is: as JavaScript reads it, with −, ∞ and inf allowed; NaN for anything else. */
export function readNumber(text: string): number {
  const plain = text
    .trim()
    .replaceAll("−", "-")
    .replace(/∞|inf(inity)?$/i, "Infinity");
  return plain === "" ? Number.NaN : Number(plain);
}
