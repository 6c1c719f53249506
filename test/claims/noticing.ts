import { checkClaim, claimHolds, claims, float64Algebra, gapTolerance, type Instance, worldOf } from "exptilt/claims";
import type { Algebra, DistributionOf, MeasureOf } from "exptilt/exact";

/** Members that are the arithmetic itself, which claims are written in and say nothing of. */
const ARITHMETIC = new Set(["number", "toNumber", "add", "subtract", "multiply", "divide", "exp", "log"]);

type Member = Exclude<keyof Algebra<unknown>, "name">;

/** The functions of the library that an algebra holds. */
export const members = (Object.keys(float64Algebra) as (keyof typeof float64Algebra)[]).filter(
  (name): name is Member => typeof float64Algebra[name] === "function" && !ARITHMETIC.has(name),
);

/** Plain instances, on which nothing is extreme: masses, log-masses, a mass of 0 and ties. */
export const plainInstances: readonly Instance[] = [
  { mass: [4, 3, 2, 1], reward: [0.1, 0.7, 0.3, 1], beta: 0.5, length: 2, vocabularySize: 2 },
  { logMass: [-1, -2.5, -0.3, -4], reward: [0.2, -0.4, 0.9, 0.9], beta: 1.3, length: 3, vocabularySize: 5 },
  { mass: [1, 0, 2, 5, 2, 1], reward: [1, 3, 0, 0.5, 0.25, 1], beta: 0.2, length: 1, vocabularySize: 7 },
];

/** What stays as it is in a result: what was given, and whole numbers of tokens. */
const GIVEN = new Set(["support", "ref", "length", "vocabularySize", "vocabulary", "end"]);

const SPOTS_OF_A_LAW = ["mass and logMass", "mass", "logMass", "one answer"];

/**
 * The places where a result can be off by 1 %: a number, all numbers of an array, each field of an object, or of all objects
 * of a list; a law in all of its masses (as masses, as logarithms, or both), or in one of them at the cost of the others; a
 * function as its results can.
 */
function spotsOf<N>(A: Algebra<N>, value: unknown): readonly string[] {
  if (isList(A, value)) return spotsOf(A, value[0]).map((spot) => `each/${spot}`);
  if (isNumber(A, value) || isArray(value)) return [""];
  if (typeof value === "function") return SPOTS_OF_A_LAW;
  if (typeof value !== "object" || value === null) return [];
  if (isMeasure(value)) return SPOTS_OF_A_LAW;
  return Object.keys(value).flatMap((key) => {
    if (GIVEN.has(key)) return [];
    return spotsOf(A, (value as Record<string, unknown>)[key]).map((spot) => `${key}/${spot}`);
  });
}

/** A result that is off by 1 % in one place. */
function off<N>(A: Algebra<N>, value: unknown, spot: string): unknown {
  const more = (x: N) => A.multiply(x, A.number(1.01));
  if (isNumber(A, value)) return more(value);
  if (isList(A, value)) return value.map((one) => off(A, one, spot.slice(spot.indexOf("/") + 1)));
  if (isArray<N>(value)) return Array.from(value, more);
  if (typeof value === "function") return (...args: unknown[]) => off(A, value(...args), spot);
  if (isMeasure<N>(value as object)) return offMeasure(A, value as MeasureOf<N>, spot);
  const [key, inner] = [spot.slice(0, spot.indexOf("/")), spot.slice(spot.indexOf("/") + 1)];
  const copy = Object.fromEntries(
    Object.keys(value as object).map((name) => [name, (value as Record<string, unknown>)[name]]),
  );
  return { ...copy, [key]: off(A, copy[key], inner) };
}

function isNumber<N>(A: Algebra<N>, value: unknown): value is N {
  const sample: unknown = A.number(1);
  if (typeof sample === "number") return typeof value === "number";
  return typeof value === "object" && value !== null && value.constructor === (sample as object).constructor;
}

function isArray<N>(value: unknown): value is ArrayLike<N> {
  return Array.isArray(value) || ArrayBuffer.isView(value);
}

/** A list of results, each of which has parts. */
function isList<N>(A: Algebra<N>, value: unknown): value is object[] {
  return Array.isArray(value) && value.length > 0 && typeof value[0] === "object" && !isNumber(A, value[0]);
}

function isMeasure<N>(value: object): value is MeasureOf<N> {
  return "support" in value && "mass" in value && "logMass" in value;
}

function offMeasure<N>(A: Algebra<N>, law: MeasureOf<N>, spot: string): MeasureOf<N> {
  const factor = A.number(1.01);
  const [mass, logMass] = [Array.from(law.mass), Array.from(law.logMass)];
  const scaled = { mass: mass.map((m) => A.multiply(m, factor)), logMass: logMass.map((l) => A.add(l, A.log(factor))) };
  const rest = "logNormalizer" in law ? { logNormalizer: (law as DistributionOf<N>).logNormalizer } : {};
  const { support } = law;
  if (spot === "mass and logMass") return { support, ...scaled, ...rest };
  if (spot === "mass") return { support, mass: scaled.mass, logMass, ...rest };
  if (spot === "logMass") return { support, mass, logMass: scaled.logMass, ...rest };
  const first = mass.findIndex((m) => A.toNumber(m) > 0);
  mass[first] = scaled.mass[first];
  const total = mass.reduce((s, m) => A.add(s, m));
  const share = mass.map((m) => A.divide(m, total));
  return { support, mass: share, logMass: share.map((m) => A.log(m)), ...rest };
}

/** The algebra with one function that is off in one place. */
function withOff<N>(A: Algebra<N>, name: Member, spot: string): Algebra<N> {
  const right = A[name] as (...args: never[]) => unknown;
  return { ...A, [name]: (...args: never[]) => off(A, right(...args), spot) };
}

/** The algebra that keeps account of what is asked of it, with the places where each answer could be off. */
function listening<N>(A: Algebra<N>): { algebra: Algebra<N>; heard: Map<Member, readonly string[]> } {
  const heard = new Map<Member, readonly string[]>();
  const algebra = { ...A };
  for (const name of members) {
    const right = A[name] as (...args: never[]) => unknown;
    Object.assign(algebra, {
      [name]: (...args: never[]) => {
        const result = right(...args);
        if (!heard.has(name)) heard.set(name, spotsOf(A, result));
        return result;
      },
    });
  }
  return { algebra, heard };
}

/** How a claim takes a function that is off by 1 %: it fails wherever that is, somewhere, nowhere, or does not call it. */
export type Notice = "every" | "some" | "none" | "-";

/** For each claim and each function, whether the claim fails when the function is off by 1 %, on one of the instances. */
export function noticing<N>(
  A: Algebra<N>,
  digits: number | undefined,
  functions: readonly Member[] = members,
  instances: readonly Instance[] = plainInstances,
): Map<Member, Notice>[] {
  const tolerances = instances.map((instance) => gapTolerance(instance, digits));
  return claims.map((claim) => {
    const heard = instances.map((instance) => {
      const ear = listening(A);
      checkClaim(claim, worldOf(ear.algebra, instance));
      return ear.heard;
    });
    return new Map(
      functions.map((name) => {
        const spots = heard.map((by) => by.get(name)).find((all) => all !== undefined);
        if (spots === undefined) return [name, "-"];
        const fails = spots.map((spot) => {
          const wrong = withOff(A, name, spot);
          return instances.some(
            (instance, i) =>
              heard[i].has(name) && !claimHolds(claim, checkClaim(claim, worldOf(wrong, instance)), tolerances[i]),
          );
        });
        return [name, fails.every(Boolean) ? "every" : fails.some(Boolean) ? "some" : "none"];
      }),
    );
  });
}
