import { show } from "../../numeric/check.js";
import type { Columns } from "./columns.js";
import { InputError } from "./inputError.js";
import { parseJson } from "./jsonText.js";
import type { Query } from "./query.js";

type Fields = Readonly<Record<string, unknown>>;

/** The fields that give a reference probability, and the values that each may have. */
const MASSES = {
  count: {
    fits: (x: number) => Number.isSafeInteger(x) && x >= 0,
    must: (x: unknown) =>
      typeof x === "number" && x >= 2 ** 53
        ? 'be below 2^53, from where on JSON\'s numbers skip whole ones (give each "probability" instead)'
        : "be a whole number of at least 0",
  },
  probability: { fits: (x: number) => x >= 0 && x <= 1, must: () => "be a number from 0 to 1" },
  logProbability: { fits: (x: number) => x <= 0 && x > -Infinity, must: () => "be a finite number of at most 0" },
} as const;

type MassField = keyof typeof MASSES;

/** One line as a query. Every error names the place and the field. */
export function parseQuery(text: string, place: string, _columns?: Columns): Query {
  const record = asObject(parseJson(text, place, "the line"), place, "the line");
  const query = field(record, "query", place, (x) => typeof x === "string", "be a string") as string;
  const answers = field(record, "answers", place, Array.isArray, "be an array") as unknown[];
  if (answers.length === 0) throw new InputError(`${place}: answers must have at least one entry`);
  const records = answers.map((answer, i) => asObject(answer, place, `answers[${i}]`));
  refuseDuplicates(records, place);
  const kind = massField(records[0], place, 0);
  const masses = records.map((answer, i) => {
    if (massField(answer, place, i) !== kind) {
      throw new InputError(`${place}: answers[${i}] must give "${kind}", as the query's first answer does`);
    }
    return numberField(answer, kind, `${place}: answers[${i}]`, MASSES[kind].fits, MASSES[kind].must);
  });
  if (kind !== "logProbability" && !masses.some((m) => m > 0)) {
    throw new InputError(`${place}: answers must have a ${kind} above 0`);
  }
  const reward = records.map((a, i) => rewardOf(a, `${place}: answers[${i}]`));
  if (!reward.some((r, i) => r > -Infinity && (kind === "logProbability" || masses[i] > 0))) {
    throw new InputError(`${place}: answers must have one with a ${kind} above 0 that is not forbidden`);
  }
  return {
    query,
    place,
    ref: kind === "logProbability" ? { logMass: masses } : { mass: masses },
    reward,
    kind: kind === "count" ? "samples" : "law",
    rewards: [reward],
    gold: records.map((a, i) => {
      if (own(a, "gold") === undefined) return undefined;
      return numberField(a, "gold", `${place}: answers[${i}]`, Number.isFinite, () => "be a finite number");
    }),
    text: records.map((a) => own(a, "answer") as string | undefined),
    features: records.map((a, i) => featuresOf(a, `${place}: answers[${i}]`)),
  };
}

/** How a file forbids an answer: JSON has no infinities. */
const FORBIDDEN = "-Infinity";

/** The field `reward`. */
function rewardOf(answer: Fields, place: string): number {
  if (own(answer, "reward") === FORBIDDEN) return -Infinity;
  return numberField(answer, "reward", place, Number.isFinite, () => `be a finite number or "${FORBIDDEN}"`);
}

/** The field `features`, an object of finite numbers. */
function featuresOf(answer: Fields, place: string): Readonly<Record<string, number>> {
  const given = own(answer, "features");
  if (given === undefined) return {};
  const record = asObject(given, place, "features");
  for (const [name, x] of Object.entries(record)) {
    if (typeof x !== "number" || !Number.isFinite(x)) {
      throw new InputError(`${place}.features[${show(name)}] must be a finite number, got ${show(x)}`);
    }
  }
  return record as Readonly<Record<string, number>>;
}

/** A field of the record itself, not an inherited one. */
function own(record: Fields, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function asObject(value: unknown, place: string, what: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InputError(`${place}: ${what} must be an object, got ${show(value)}`);
  }
  return value as Fields;
}

function field(record: Fields, name: string, place: string, fits: (x: unknown) => boolean, must: string): unknown {
  const value = required(record, name, place);
  if (!fits(value)) throw new InputError(`${place}: ${name} must ${must}, got ${show(value)}`);
  return value;
}

function required(record: Fields, name: string, place: string): unknown {
  const value = own(record, name);
  if (value === undefined) throw new InputError(`${place}: the field "${name}" is missing`);
  return value;
}

function numberField(
  record: Fields,
  name: string,
  place: string,
  fits: (x: number) => boolean,
  must: (value: unknown) => string,
): number {
  const value = required(record, name, place);
  if (typeof value !== "number" || !fits(value))
    throw new InputError(`${place}.${name} must ${must(value)}, got ${show(value)}`);
  return value;
}

function massField(answer: Fields, place: string, i: number): MassField {
  const given = (Object.keys(MASSES) as MassField[]).filter((name) => own(answer, name) !== undefined);
  if (given.length === 1) return given[0];
  const names = Object.keys(MASSES).join(", ");
  throw new InputError(
    `${place}: answers[${i}] must have one of the fields ${names}, got ${given.join(" and ") || "none"}`,
  );
}

function refuseDuplicates(answers: readonly Fields[], place: string): void {
  const seen = new Map<string, number>();
  for (const [i, record] of answers.entries()) {
    const answer = own(record, "answer");
    if (answer === undefined) continue;
    if (typeof answer !== "string")
      throw new InputError(`${place}: answers[${i}].answer must be a string, got ${show(answer)}`);
    const first = seen.get(answer);
    if (first !== undefined) throw new InputError(`${place}: answers[${i}].answer repeats answers[${first}].answer`);
    seen.set(answer, i);
  }
}
