/** What is made once and kept, dealt out, or written as JSON. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cached, lazily, lazy } from "../../src/numeric/cache.js";
import { deal } from "../../src/numeric/deal.js";
import { fromJson, toJson } from "../../src/numeric/json.js";
import { made } from "../../src/numeric/made.js";
import { test } from "../support/test.js";

describe("a value that is kept", () => {
  it("is made once, when it is first asked for", () => {
    let calls = 0;
    const make = () => ++calls;
    const cache = new Map<string, number>();
    expect([cached(cache, "a", make), cached(cache, "a", make), cached(cache, "b", make)]).toEqual([1, 1, 2]);
    expect([...cache]).toEqual([
      ["a", 1],
      ["b", 2],
    ]);
    // A value that is undefined counts as made where nothing but the function holds it.
    let asked = 0;
    const nothing = lazy(() => {
      asked++;
    });
    expect([asked, nothing(), nothing(), asked]).toEqual([0, undefined, undefined, 1]);
    let seen = 0;
    const object = lazily({
      a: () => ++seen,
      b: (): number => object.a + 10,
    });
    expect(seen).toBe(0);
    expect([object.b, object.a, object.b, seen]).toEqual([11, 1, 11, 1]);
    expect(Object.keys(object)).toEqual(["a", "b"]);
  });
  it("stands in its own field", () => {
    const array = Float64Array.of(1, 2);
    expect(made(3)).toBe(3);
    expect(made(() => 4)).toBe(4);
    expect(made(array)).toBe(array);
    expect(made(() => array)).toBe(array);
  });
});

describe("units that are dealt into parts", () => {
  it.each([
    [4, 2],
    [5, 3],
    [3, 3],
    [4, 1],
    [2, 5],
  ])("%i into %i: every way to deal them as often", (units, parts) => {
    const seen = new Map<string, number>();
    // All that a source may say: one of i + 1 places for each unit but the first.
    const walk = (chosen: readonly number[]) => {
      const left = units - chosen.length;
      if (left > 1) {
        for (let j = 0; j < left; j++) walk([...chosen, (j + 0.5) / left]);
        return;
      }
      const draws = [...chosen];
      const part = deal(units, parts, () => draws.shift() as number);
      expect(draws).toEqual([]);
      const sizes = Array.from({ length: parts }, (_, p) => part.filter((x) => x === p).length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      seen.set(part.join(), (seen.get(part.join()) ?? 0) + 1);
    };
    walk([]);
    expect(new Set(seen.values()).size).toBe(1);
    // Each unit comes into each of the parts.
    for (let i = 0; i < units; i++)
      expect(new Set([...seen.keys()].map((k) => k.split(",")[i])).size).toBe(Math.min(units, parts));
  });
});

describe("numbers in JSON", () => {
  test.prop([fc.array(fc.double({ noNaN: true }))])("come back to the last bit, infinities as words", (values) => {
    const numbers = values.map((x) => x + 0);
    expect(fromJson(JSON.parse(JSON.stringify(numbers.map(toJson))))).toEqual(numbers);
  });
  it("stand beside what is no number, and what is no list", () => {
    expect([toJson(Infinity), toJson(-Infinity), toJson(3)]).toEqual(["Infinity", "-Infinity", 3]);
    expect(fromJson(["Infinity", "-Infinity", "NaN", "1", null, 2])).toEqual([
      Infinity,
      -Infinity,
      "NaN",
      "1",
      null,
      2,
    ]);
    expect(fromJson("Infinity")).toBe("Infinity");
  });
});
