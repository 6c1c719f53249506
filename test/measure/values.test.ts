/** Laws are values: they print, and they go through JSON, structured clones, spreads, workers and other copies of the library. */
import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { Worker } from "node:worker_threads";
import { fc } from "@fast-check/vitest";
import type * as Library from "exptilt";
import * as library from "exptilt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { test } from "../support/test.js";

const {
  bestOfNLaw,
  distribution,
  escort,
  fromLogMass,
  generalizedKlDivergence,
  klDivergence,
  measure,
  normalize,
  power,
  product,
  rlhfOptimum,
  rlifOptimum,
  softBestOfNLaw,
  tilt,
  uniform,
} = library;

const mass = fc.oneof(
  { weight: 4, arbitrary: fc.double({ min: 1e-6, max: 10, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 1, 5e-324, 1e-310, 1e-200, 1e200) },
);
const logMass = fc.oneof(
  { weight: 3, arbitrary: fc.double({ min: -6000, max: 10, noNaN: true }) },
  { weight: 2, arbitrary: fc.double({ min: -3, max: 0, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(-Infinity, 0, -740, -745, -708.4, 800) },
);
const reward = fc.oneof(
  { weight: 4, arbitrary: fc.double({ min: -5, max: 5, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(0, -1000, 1000, -Infinity) },
);
const rows = fc
  .array(fc.tuple(mass, logMass, reward), { minLength: 1, maxLength: 12 })
  .filter((all) => all.some(([m, l, r]) => m > 0 && l > -Infinity && r > -Infinity));

/** The measures that functions of every kind make of some numbers: as given, tilted, escorted, selected, multiplied. */
const measures: fc.Arbitrary<Library.Measure<string>[]> = rows.map((all) => {
  const support = all.map((_, i) => `answer ${i}`);
  const scores = all.map((row) => row[2]);
  const p = measure(
    support,
    all.map((row) => row[0]),
  );
  const q = fromLogMass(
    support,
    all.map((row) => row[1]),
  );
  const of = (ref: Library.Measure<string>) => [
    ref,
    normalize(ref),
    tilt(ref, scores, 0.01),
    rlhfOptimum({ ref, reward: scores, beta: 2 }),
    escort(ref, 3),
    rlifOptimum({ ref, length: 2, beta: 1, vocabularySize: 9 }),
    rlifOptimum({ ref, length: 2, beta: 0.25, vocabularySize: 9 }),
    bestOfNLaw({ ref, reward: scores }, 3),
    softBestOfNLaw({ ref, reward: scores, beta: 1 }, 4),
  ];
  return [...of(p), ...of(q), tilt(tilt(q, scores), scores, 0.1), uniform(support)];
});

/** Measures computed from others, whose masses and log-masses are rounded: their law is known apart. */
const computed = fc.tuple(measures, measures).map(([[p], all]) => {
  const q = all[10];
  return [power(p, 2), power(q, 2), power(q, 0.1), product(q, q), product(p, p)];
});

const words = (values: Float64Array) =>
  Array.from(values, (x) => (x === Infinity ? "Infinity" : x === -Infinity ? "-Infinity" : x));
const fromJson = (p: Library.Measure): Library.Measure => JSON.parse(JSON.stringify(p));
/** What KL gains by the rounding of masses: some squares of 2⁻⁵³. */
const ROUNDING = 1e-30;
/** The same of log-masses of some thousands of nats. */
const LOG_ROUNDING = 1e-22;

describe("a structured clone and a spread are read as the same law", () => {
  for (const [name, copyOf] of [
    ["structuredClone", (p: Library.Measure<string>) => structuredClone(p)],
    ["spread", (p: Library.Measure<string>) => ({ ...p })],
  ] as const) {
    test.prop([measures])(`${name}: KL(copy‖law) = KL(law‖copy) = 0, and the numbers are the same`, (all) => {
      for (const p of all) {
        const copy = copyOf(p);
        expect(klDivergence(copy, p)).toBe(0);
        expect(klDivergence(p, copy)).toBe(0);
        const [again, law] = [normalize(copy), normalize(p)];
        expect(again.mass).toEqual(law.mass);
        for (const [i, l] of again.logMass.entries()) expectUlps(l, law.logMass[i]);
        if (!("logNormalizer" in p)) expect(generalizedKlDivergence(copy, p)).toBe(0);
      }
    });
  }

  test.prop([computed])(
    "of measures computed from others: the same masses, and the same law to their rounding",
    (all) => {
      for (const p of all) {
        for (const copy of [structuredClone(p), { ...p }, fromJson(p)]) {
          expect(klDivergence(copy, p)).toBeLessThan(LOG_ROUNDING);
          expect(klDivergence(p, copy)).toBeLessThan(LOG_ROUNDING);
          expect(generalizedKlDivergence(copy, p)).toBe(0);
        }
      }
    },
  );

  it("a clone holds plain data, and nothing of a law's origin", () => {
    const ref = measure(["a", "b"], [1, 3]);
    expect(structuredClone(ref)).toEqual({ support: ["a", "b"], mass: Float64Array.of(1, 3) });
    const logs = fromLogMass(["a", "b"], [-800, -803]);
    expect(structuredClone(logs)).toEqual({ support: ["a", "b"], logMass: Float64Array.of(-800, -803) });
    expect(Object.keys(structuredClone(tilt(ref, [0, 1])))).toEqual(["support", "law"]);
    expect(Object.keys(Reflect.get(structuredClone(tilt(ref, [0, 1])), "law"))).toEqual([
      "weight",
      "total",
      "fromLog",
      "mass",
      "logMass",
    ]);
  });

  it("a spread keeps the law from which it comes, and what is written over it counts", () => {
    const ref = uniform(["a", "b"]);
    const law = tilt(ref, [0, 1e-10]);
    expect(klDivergence({ ...law }, ref)).toBe(klDivergence(law, ref));
    expect(normalize({ ...law, mass: Float64Array.of(1, 3) }).mass).toEqual(Float64Array.of(0.25, 0.75));
  });

  it("a clone whose data were changed is refused by name", () => {
    const copy = structuredClone(tilt(measure(["a", "b"], [1, 3]), [0, 1])) as never as { law: object };
    const changed = (data: object) => () => normalize({ ...copy, law: { ...copy.law, ...data } } as never);
    expect(changed({ mass: [1, Number.NaN] })).toThrow("normalize: p.law.mass[1] must be non-negative and finite");
    expect(changed({ mass: [1] })).toThrow("normalize: p.law.mass must have length 2");
    expect(changed({ logMass: [0, Infinity] })).toThrow("normalize: p.law.logMass[1] must be a number below Infinity");
    expect(() => normalize({ ...copy, law: 3 } as never)).toThrow("normalize: p.law must be an object");
    expect(() => normalize({ ...tilt(uniform(["a", "b"]), [0, 1]), support: ["a"] })).toThrow("p.law.weight");
  });
});

/** The logarithms of a law read from weights agree to the last digits. */
function expectUlps(a: number, b: number, tolerance = 1e-15): void {
  if (a !== b) expect(Math.abs(a - b)).toBeLessThan(tolerance * Math.max(1, Math.abs(b)));
}

describe("JSON", () => {
  test.prop([measures])("has every mass and log-mass, and is read as the law to the rounding of its masses", (all) => {
    for (const p of all) {
      const copy = fromJson(p);
      expect(copy.support).toEqual(p.support);
      expect(copy.mass).toEqual(words(p.mass));
      expect(copy.logMass).toEqual(words(p.logMass));
      expect(klDivergence(copy, p)).toBeLessThan(ROUNDING);
      expect(klDivergence(p, copy)).toBeLessThan(ROUNDING);
      const [again, law] = [normalize(copy).logMass, normalize(p).logMass];
      for (const [i, l] of law.entries()) expectUlps(again[i], l, 4e-15);
    }
  });

  it("has what else is known of a distribution", () => {
    const ref = distribution(["a", "b"], [1, 3]);
    expect(Object.keys(JSON.parse(JSON.stringify(ref)))).toEqual(["support", "mass", "logMass", "logNormalizer"]);
    const optimum = rlifOptimum({ ref, length: 1, beta: 1, vocabularySize: 2 });
    const { regime, exponent, modes, unique } = optimum;
    expect([regime, exponent, modes, unique]).toEqual(["mode", Infinity, ["b"], true]);
    expect(JSON.parse(JSON.stringify(optimum))).toMatchObject({
      ...{ regime, modes, unique },
      exponent: "Infinity",
      logMass: ["-Infinity", 0],
    });
  });

  it("answers are what JSON makes of them, and two that it makes one are refused", () => {
    expect(fromJson(uniform<unknown>(["a", new Date(0), Number.NaN])).support).toEqual([
      "a",
      new Date(0).toJSON(),
      null,
    ]);
    for (const two of [
      [null, Number.NaN],
      ["a", { toJSON: () => "a" }],
      [[undefined], [Number.NaN]],
    ])
      expect(() => JSON.stringify(uniform<unknown>(two))).toThrow(
        "toJSON: support[1] must differ from every other answer",
      );
    expect(() => JSON.stringify(uniform([1n]))).toThrow(TypeError);
  });

  it("answers of text, numbers, booleans, null, arrays and plain objects go through", () => {
    const answers = ["a", 1.5, true, null, [1, ["b"]], { a: [2] }];
    expect(fromJson(uniform<unknown>(answers)).support).toEqual(answers);
  });
});

describe("masses and log-masses of any object are read together", () => {
  const support = ["a", "b"];
  it("log-masses alone are a measure", () => {
    const p = { support, logMass: [-800, -801] } as never as Library.Measure;
    expect(normalize(p).logMass).toEqual(normalize(fromLogMass(support, [-800, -801])).logMass);
  });
  it("where a mass has left the doubles its logarithm counts", () => {
    const read = (masses: number[], logMass: (number | string)[]) =>
      normalize({ support, mass: masses, logMass } as never).logMass;
    expect(read([1, 0], [0, -800])).toEqual(Float64Array.of(0, -800));
    expect(read([0, 0], [-6000, -6001])).toEqual(normalize(fromLogMass(support, [0, -1])).logMass);
    expect(read([Infinity, Infinity], [800, 801])).toEqual(normalize(fromLogMass(support, [-1, 0])).logMass);
    expect(read([1, 0], [0, "-Infinity"])).toEqual(Float64Array.of(0, -Infinity));
  });
  it("a mass that its logarithm contradicts there is refused", () => {
    const read = (masses: number[], logMass: number[]) => () => normalize({ support, mass: masses, logMass } as never);
    expect(read([1, 0], [0, -1])).toThrow("normalize: p.mass[1] must be e^-1, as logMass says, got 0");
    expect(read([1, Infinity], [0, -1])).toThrow("normalize: p.mass[1] must be e^-1");
    expect(read([1, 1e-320], [0, -1])).toThrow("normalize: p.mass[1] must be e^-1");
    expect(read([1, 0], [0])).toThrow("normalize: p.logMass must have length 2");
  });
});

describe("console.log in Node prints answers and masses", () => {
  const ref = measure(["42", "41", "I don't know"], [20, 50, 30]);
  it("of a measure its masses, of a distribution probabilities", () => {
    expect(inspect(ref)).toBe(`Measure(3) { '42' => 20, '41' => 50, "I don't know" => 30 }`);
    expect(inspect(rlhfOptimum({ ref, reward: [1, 0.2, 0], beta: 0.5 })).split("\n")).toEqual([
      "Distribution(3) {",
      "  '42' => 0.585568,",
      "  '41' => 0.29556,",
      `  "I don't know" => 0.118872`,
      "}",
    ]);
  });
  it("a mass that no double holds by its logarithm, and 0 as 0", () => {
    const p = fromLogMass(["a", "b", "c", "d"], [-800, 0, -Infinity, 1000]);
    expect(inspect(p)).toBe("Measure(4) { 'a' => e^-800, 'b' => 1, 'c' => 0, 'd' => e^1000 }");
  });
  it("a hundred answers of a long law, and the number of the others", () => {
    const text = inspect(measure([...Array(1000).keys()], new Float64Array(1000).fill(1)));
    expect(text).toMatch(/^Measure\(1000\) \{/);
    expect(text.match(/=>/g)?.length).toBe(100);
    expect(text).toContain("answersNotPrinted: 900");
  });
  it("inside other objects, down to the depth asked for, and through a Proxy", () => {
    expect(inspect({ a: { b: { c: uniform(["x"]) } } })).toContain("[Distribution(1)]");
    expect(inspect({ a: ref })).toContain("'42' => 20");
    expect(inspect(new Proxy(ref, {}))).toBe(inspect(ref));
    expect(inspect(uniform([{ deep: { er: { still: 1 } } }]), { depth: 1 })).toContain("[Object]");
  });
});

describe("a worker", () => {
  /** Runs in the worker: says what it reads of a law that was posted, and posts a tilt of it. */
  const code = `
    const { parentPort, workerData } = require("node:worker_threads");
    import(workerData).then(({ entropy, normalize, tilt }) => {
      parentPort.on("message", (law) =>
        parentPort.postMessage({
          entropy: entropy(law),
          logMass: normalize(law).logMass,
          tilted: tilt(law, (answer) => Number(answer === "b")),
        }),
      );
    });`;
  let worker: Worker;
  beforeAll(() => {
    worker = new Worker(code, { eval: true, workerData: new URL("../../dist/index.js", import.meta.url).href });
  });
  afterAll(() => worker?.terminate());

  it("reads a law that was posted to it, and posts laws that are read here", async () => {
    const ref = fromLogMass(["a", "b", "c"], [0, -1, -6000]);
    for (const law of [ref, normalize(ref), tilt(ref, [0, 1, 2], 0.01)]) {
      const answer = new Promise<{ entropy: number; logMass: Float64Array; tilted: Library.Measure }>((resolve) =>
        worker.once("message", resolve),
      );
      worker.postMessage(law);
      const { entropy, logMass: logs, tilted } = await answer;
      expect(entropy).toBe(library.entropy(law));
      expect(logs).toEqual(normalize(law).logMass);
      expect(
        klDivergence(
          tilted,
          tilt(law, (a) => Number(a === "b")),
        ),
      ).toBeLessThan(ROUNDING);
    }
  });
});

describe("laws of another copy of the library keep their digits", () => {
  const copies = (): Promise<(typeof Library)[]> =>
    Promise.all(
      ["dist/index.js", "dist/node/index.js"].map(
        (path) => import(/* @vite-ignore */ new URL(`../../${path}`, import.meta.url).href),
      ),
    );
  const support = ["a", "b", "c"];
  const masses = [1, 2, 5];
  const score = [0, 1e-10, 2e-10];

  it("KL between a law and its tilt made by another copy, as by one", async () => {
    for (const one of await copies()) {
      for (const other of [library, ...(await copies())]) {
        for (const ref of [one.measure(support, masses), one.fromLogMass(support, [0, -1, -2]), one.uniform(support)]) {
          const law = other.tilt(ref, score);
          const alone = one.tilt(ref, score);
          for (const third of [library, ...(await copies())]) {
            expect(third.klDivergence(law, ref)).toBe(one.klDivergence(alone, ref));
            expect(third.klDivergence(ref, law)).toBe(one.klDivergence(ref, alone));
            expect(third.totalVariation(law, ref)).toBe(one.totalVariation(alone, ref));
          }
          expect(library.klDivergence(law, ref)).toBeGreaterThan(1e-21);
          expect(library.klDivergence(law, ref)).toBeLessThan(1e-20);
        }
      }
    }
  });

  it("KL from the root of a tilt that another door made, as by one", async () => {
    for (const path of ["training/index.js", "node/training.js"]) {
      const { importanceWeights } = await import(
        /* @vite-ignore */ new URL(`../../dist/${path}`, import.meta.url).href
      );
      for (const one of [library, ...(await copies())]) {
        const ref = one.measure(support, masses);
        const { target } = importanceWeights({ ref, reward: score, beta: 1 });
        const alone = one.rlhfOptimum({ ref, reward: score, beta: 1 });
        for (const third of [library, ...(await copies())])
          expect(third.klDivergence(target, ref)).toBe(one.klDivergence(alone, ref));
        expect(library.klDivergence(target, ref)).toBeLessThan(1e-20);
      }
    }
  });

  it("two laws of log-masses have the counting measure in common, whoever made them", async () => {
    const logs = [0, -1, -2];
    const near = logs.map((l, i) => l + score[i]);
    const [one, other] = await copies();
    const alone = library.klDivergence(fromLogMass(support, near), fromLogMass(support, logs));
    expect(library.klDivergence(one.fromLogMass(support, near), other.fromLogMass(support, logs))).toBe(alone);
    expect(alone).toBeLessThan(1e-19);
  });

  it("a measure keeps its kind: normalising a distribution of another copy changes nothing", async () => {
    const [one] = await copies();
    const p = one.distribution(support, masses);
    expect(normalize(p).logNormalizer).toBe(0);
    expect(normalize(one.measure(support, masses)).logNormalizer).toBe(p.logNormalizer);
  });

  it("the brand names this version: measures of another one are read by mass and logMass", () => {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    const brand = Symbol.for(`exptilt ${version} law`);
    expect(Reflect.get(uniform(support), brand)).toBe(true);
    class Older {
      readonly support = support;
      readonly law = { weight: "of another form" };
      get mass(): Float64Array {
        return Float64Array.of(1, 0, 0);
      }
      get logMass(): Float64Array {
        return Float64Array.of(0, -800, -Infinity);
      }
    }
    expect(normalize(new Older()).logMass).toEqual(Float64Array.of(0, -800, -Infinity));
    // A Proxy of a law hides what the law keeps apart: the masses count.
    const proxied = { support, get: uniform(support) };
    const deep = new Proxy(proxied.get, {
      get: (target, key) => (key === "law" ? new Proxy(Reflect.get(target, key), {}) : Reflect.get(target, key)),
    });
    expect(normalize(deep).mass).toEqual(uniform(support).mass);
  });
});
