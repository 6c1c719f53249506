/** What an entropy and a divergence read of a law: what costs time is done once, and only where it is needed. */
import { fc } from "@fast-check/vitest";
import { fromLogMass, type Measure, measure, tilt } from "exptilt";
import { describe, expect } from "vitest";
import { klOf } from "../../src/information/divergence.js";
import { entropyOf } from "../../src/information/entropy.js";
import { type Law, MIN_SIZE_FOR_KEPT_LOGS } from "../../src/measure/law.js";
import { lawOf } from "../../src/measure/measure.js";
import { test } from "../support/test.js";

/** A measure's law, what was read of it, and how often one of its weights was. */
function watched(p: Measure) {
  const law = lawOf("watched", "p", p);
  const fields = new Set<string | symbol>();
  let reads = 0;
  const weight = watch(law.weight, (key) => {
    if (typeof key === "string" && /^\d+$/.test(key)) reads++;
  });
  const seen = watch(law, (key) => fields.add(key), { weight });
  return { law: seen, fields, reads: () => reads };
}

/** An object that tells what is read of it; `instead` has other values of some fields. */
function watch<T extends object>(object: T, tell: (key: string | symbol) => void, instead: Partial<T> = {}): T {
  return new Proxy(object, {
    get(target, key) {
      tell(key);
      const value = key in instead ? instead[key as keyof T] : Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

const MANY = MIN_SIZE_FOR_KEPT_LOGS;
const sizes = fc.constantFrom(2, 3, 50, MANY - 1, MANY, MANY + 1, 2 * MANY);
const measureOf = (masses: readonly number[]) => measure([...masses.keys()], masses);
/** Masses of a spread-out law: from 1 to 9, some of them 0. */
const spread = (size: number, seed: number) =>
  Array.from({ length: size }, (_, i) => (i > 1 ? (seed * (i + 3)) % 10 : 1 + i));
const seeds = fc.constantFrom(1, 3, 7, 9, 11);

describe("an entropy", () => {
  const readOf = (p: Measure) => {
    const { law, fields } = watched(p);
    entropyOf(law);
    return { keptLogs: fields.has("scaledLogs"), rest: fields.has("rest"), logs: fields.has("logProbabilities") };
  };

  test.prop([sizes, seeds])(
    "of many answers is from the logarithms that the law keeps, else from the weights",
    (size, seed) => {
      // Answers without mass make no difference, neither in masses nor in log-masses nor in tilts.
      const masses = spread(size, seed);
      const p = measureOf(masses);
      for (const law of [
        p,
        fromLogMass(p.support, masses.map(Math.log)),
        tilt(p, masses),
        tilt(tilt(p, masses), masses),
      ])
        expect(readOf(law)).toEqual({ keptLogs: size >= MANY, rest: size < MANY, logs: false });
    },
  );

  test.prop([sizes])("near 0 is from the weights after all", (size) => {
    const masses = [1, ...Array<number>(size - 1).fill(1e-9 / size)];
    expect(readOf(measureOf(masses))).toEqual({ keptLogs: size >= MANY, rest: true, logs: false });
  });

  test.prop([sizes])("with masses that only a logarithm holds is from all logarithms", (size) => {
    const p = fromLogMass([...Array(size).keys()], [-720, ...Array<number>(size - 1).fill(0)]);
    expect(readOf(p)).toEqual({ keptLogs: false, rest: false, logs: true });
  });
});

describe("a divergence reads each weight", () => {
  const readsOf = (p: Measure, q: Measure) => {
    const [a, b] = [watched(p), watched(q)];
    klOf(a.law, b.law);
    return { times: a.reads() / p.mass.length, keptLogs: a.fields.has("scaledLogs") && b.fields.has("scaledLogs") };
  };

  test.prop([sizes, seeds])(
    "once where the laws are apart, and the logarithms that many answers keep",
    (size, seed) => {
      const masses = (large: number) => spread(size, seed).map((m, i) => m * (i % 2 === large ? 100 : 1));
      const [p, q] = [masses(0), masses(1)].map(measureOf);
      const reward = masses(0).map((_, i) => (i % 2) * 10);
      const once = { times: 1, keptLogs: size >= MANY };
      expect(readsOf(p, q)).toEqual(once);
      expect(readsOf(p, tilt(p, reward, 1))).toEqual(once);
    },
  );

  test.prop([sizes, seeds])("again where they are near, for the careful way", (size, seed) => {
    const p = spread(size, seed);
    const q = measureOf(p.map((m, i) => m * (1 + 1e-9 * (i % 2))));
    expect(readsOf(measureOf(p), q)).toEqual({ times: size < MANY ? 2 : 3, keptLogs: size >= MANY });
  });

  test.prop([sizes])("without making logarithms where some answers have nothing else", (size) => {
    const p = fromLogMass([...Array(size).keys()], [-720, ...Array<number>(size - 1).fill(0)]);
    const q = measureOf(spread(size, 3));
    expect(readsOf(p, q).keptLogs).toBe(false);
    expect(readsOf(q, p).keptLogs).toBe(false);
  });
});

/** That what is watched is the law itself. */
test.prop([seeds])("a watched law has the entropy of the law", (seed) => {
  const p = measureOf(spread(40, seed));
  const law: Law = lawOf("entropyOf", "p", p);
  expect(entropyOf(watched(p).law)).toBe(entropyOf(law));
});
