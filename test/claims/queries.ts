import { fc } from "@fast-check/vitest";
import type { Settings } from "../../src/cli/verify/check.js";

/** A line of a data set as `exptilt verify` reads it, and the options of the command. */
export interface Case {
  readonly text: string;
  readonly settings: Settings;
}

// Each part of a range as likely as another: `fc.double` takes each double to be as likely, and most of those are near 0.
const unit = fc.integer({ min: 0, max: 2 ** 52 }).map((n) => n / 2 ** 52);
const between = (min: number, max: number) => unit.map((u) => min + (max - min) * u);
/** From 10^min to 10^max, each decade as likely as another. */
const decades = (min: number, max: number) => between(min, max).map((e) => 10 ** e);

/** One field of every answer. */
type Fields = readonly Readonly<Record<string, number>>[];

/** Log-probabilities of sequences: levels from −10 to −6,000 nats, up to 5,000 apart, ties and all. */
const logProbabilities = (size: number): fc.Arbitrary<Fields> =>
  fc
    .record({
      level: fc.oneof(between(10, 6000), fc.constantFrom(0, 35.5, 800)),
      spread: fc.oneof(between(0, 5000), decades(-6, 3), fc.constantFrom(0, 89, 760)),
      places: places(size),
    })
    .map(({ level, spread, places }) => places.map((u) => ({ logProbability: 0 - level - spread * u })));

/** Where each of so many values stands in its range: anywhere, on few steps (ties), at one end but for one, or all at one. */
const places = (size: number): fc.Arbitrary<number[]> => {
  const all = (value: fc.Arbitrary<number>) => fc.array(value, { minLength: size, maxLength: size });
  return fc.oneof(
    { weight: 4, arbitrary: all(unit) },
    { weight: 2, arbitrary: all(fc.integer({ min: 0, max: 3 }).map((n) => n / 3)) },
    { weight: 1, arbitrary: all(fc.constant(0)).map((u) => u.with(0, 1)) },
    { weight: 1, arbitrary: all(fc.constant(0.5)) },
  );
};

/** Probabilities, from 1 down to the least double, and 0. */
const probabilities = (size: number): fc.Arbitrary<Fields> =>
  positiveSomewhere(
    fc.array(
      fc.oneof(
        { weight: 4, arbitrary: unit },
        { weight: 2, arbitrary: decades(-320, 0) },
        { weight: 1, arbitrary: fc.constantFrom(0, 1, 0.5, 5e-324, 1e-160) },
      ),
      { minLength: size, maxLength: size },
    ),
    "probability",
  );

const counts = (size: number): fc.Arbitrary<Fields> =>
  positiveSomewhere(
    fc.array(
      fc.oneof(
        { weight: 4, arbitrary: fc.nat(100) },
        { weight: 1, arbitrary: fc.nat(2 ** 40) },
        { weight: 1, arbitrary: fc.constant(0) },
      ),
      { minLength: size, maxLength: size },
    ),
    "count",
  );

function positiveSomewhere(values: fc.Arbitrary<number[]>, name: string): fc.Arbitrary<Fields> {
  return values
    .map((all) => (all.some((x) => x > 0) ? all : all.with(-1, 1)))
    .map((all) => all.map((x) => ({ [name]: x })));
}

/** Rewards of a size from 1e-6 to 1e6 around an offset of none, or of their size, or far above it; ties among them. */
const rewards = (size: number): fc.Arbitrary<number[]> =>
  fc
    .record({
      scale: fc.oneof(decades(-6, 6), fc.constantFrom(0, 1, 400, 2000)),
      offset: fc.oneof(fc.constantFrom(0, 0, -0.5, 1, 1200), decades(0, 6)),
      places: places(size),
    })
    .map(({ scale, offset, places }) => places.map((u) => offset + scale * u));

const settings: fc.Arbitrary<Settings> = fc.record({
  beta: fc.oneof(decades(-4, 6), fc.constantFrom(0.1, 1, 1e-4, 1e6)),
  length: fc.oneof(fc.constantFrom(1, 2, 3, 16, 1024), fc.integer({ min: 1, max: 2 ** 40 })),
  vocabularySize: fc.oneof(fc.constantFrom(1, 2, 27, 50257), fc.integer({ min: 1, max: 2 ** 40 })),
  digits: fc.constant(60),
});

/** A query with so many answers. */
function queryOf(size: number): fc.Arbitrary<string> {
  return fc
    .tuple(fc.oneof(logProbabilities(size), probabilities(size), counts(size)), rewards(size))
    .map(([masses, reward]) =>
      JSON.stringify({ query: "q", answers: masses.map((mass, i) => ({ ...mass, reward: reward[i] })) }),
    );
}

/** Queries with the numbers of answers given, and options. */
export function casesOf(size: fc.Arbitrary<number>): fc.Arbitrary<Case> {
  return fc.record({ text: size.chain(queryOf), settings });
}
