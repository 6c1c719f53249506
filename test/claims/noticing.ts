import { checkClaim, claimHolds, claims, float64Algebra, gapTolerance, type Instance, worldOf } from "exptilt";
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

/** The ways to be off by 1 %: of a law, in its masses, its log-masses, both, or one answer at the cost of the others. */
const ways = ["all", "mass", "logMass", "first"] as const;
type Way = (typeof ways)[number];

function isMeasure<N>(value: object): value is MeasureOf<N> {
  return "support" in value && "mass" in value && "logMass" in value;
}

/** A result of the library that is off by 1 %, whatever its shape; a whole number of tokens or draws stays what it is. */
function off<N>(A: Algebra<N>, value: unknown, way: Way): unknown {
  const more = (x: N) => A.multiply(x, A.number(1.01));
  if (isNumber(A, value)) return more(value);
  if (typeof value !== "object" || value === null) return value;
  if (isMeasure<N>(value)) return offMeasure(A, value, way);
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<N>, more);
  const kept = new Set([
    "support",
    "ref",
    "length",
    "vocabularySize",
    "converged",
    "iterations",
    "effectiveSampleSize",
  ]);
  const own = Object.entries(Object.getOwnPropertyDescriptors(value)).map(([key]) => key);
  return Object.fromEntries(
    own.map((key) => {
      const entry = (value as Record<string, unknown>)[key];
      return [key, kept.has(key) ? entry : off(A, entry, way)];
    }),
  );
}

function isNumber<N>(A: Algebra<N>, value: unknown): value is N {
  const sample: unknown = A.number(1);
  if (typeof sample === "number") return typeof value === "number";
  return typeof value === "object" && value !== null && value.constructor === (sample as object).constructor;
}

function offMeasure<N>(A: Algebra<N>, law: MeasureOf<N>, way: Way): MeasureOf<N> {
  const factor = A.number(1.01);
  const [mass, logMass] = [Array.from(law.mass), Array.from(law.logMass)];
  const scaled = { mass: mass.map((m) => A.multiply(m, factor)), logMass: logMass.map((l) => A.add(l, A.log(factor))) };
  const rest = "logNormalizer" in law ? { logNormalizer: (law as DistributionOf<N>).logNormalizer } : {};
  const { support } = law;
  if (way === "all") return { support, ...scaled, ...rest };
  if (way === "mass") return { support, mass: scaled.mass, logMass, ...rest };
  if (way === "logMass") return { support, mass, logMass: scaled.logMass, ...rest };
  const first = mass.findIndex((m) => A.toNumber(m) > 0);
  mass[first] = scaled.mass[first];
  const total = mass.reduce((s, m) => A.add(s, m));
  const share = mass.map((m) => A.divide(m, total));
  return { support, mass: share, logMass: share.map((m) => A.log(m)), ...rest };
}

/** The algebra with one function that is off. */
function withOff<N>(A: Algebra<N>, name: Member, way: Way): Algebra<N> {
  const right = A[name] as (...args: never[]) => unknown;
  return { ...A, [name]: (...args: never[]) => off(A, right(...args), way) };
}

/** The algebra that keeps account of what is asked of it. */
function listening<N>(A: Algebra<N>): { algebra: Algebra<N>; heard: Set<string> } {
  const heard = new Set<string>();
  const algebra = { ...A };
  for (const name of members) {
    const right = A[name] as (...args: never[]) => unknown;
    Object.assign(algebra, {
      [name]: (...args: never[]) => {
        heard.add(name);
        return right(...args);
      },
    });
  }
  return { algebra, heard };
}

/** How a claim takes a function that is off by 1 %: it fails in every way, in some, in none, or does not call it. */
export type Notice = "every" | "some" | "none" | "-";

/** For each claim and each function, whether the claim fails when the function is off by 1 %. */
export function noticing<N>(
  A: Algebra<N>,
  digits: number | undefined,
  functions: readonly Member[] = members,
  instances: readonly Instance[] = plainInstances,
): Map<string, Notice>[] {
  const tolerances = instances.map((instance) => gapTolerance(instance, digits));
  return claims.map((claim) => {
    const heard = instances.map((instance) => {
      const ear = listening(A);
      checkClaim(claim, worldOf(ear.algebra, instance));
      return ear.heard;
    });
    return new Map(
      functions.map((name) => {
        const here = instances.flatMap((_, i) => (heard[i].has(name) ? [i] : []));
        if (here.length === 0) return [name, "-"];
        const fails = ways.map((way) => {
          const wrong = withOff(A, name, way);
          return here.some((i) => !claimHolds(claim, checkClaim(claim, worldOf(wrong, instances[i])), tolerances[i]));
        });
        return [name, fails.every(Boolean) ? "every" : fails.some(Boolean) ? "some" : "none"];
      }),
    );
  });
}
