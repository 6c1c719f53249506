import { readFileSync } from "node:fs";
import { type Distribution, totalVariation } from "exptilt";
import { type AtomicData, logClassProbability } from "exptilt/diffusion";
import { beforeAll, describe, expect, it } from "vitest";

interface Reading {
  readonly logClass: number;
  readonly share: number;
  readonly atoms: number;
}
interface Digits {
  makeDigits(): { images: Uint8Array[]; labels: number[] };
  dataOf(made: { images: Uint8Array[]; labels: number[] }): AtomicData;
  lawsOf(data: AtomicData): { name: string; law: Distribution<number> }[];
  readLaw(law: Distribution<number>, logClass: Float64Array, labels: number[]): Reading;
  guidedSamples(data: AtomicData, w: number, count: number): { atoms: number[]; off: number[] };
}

const folder = new URL("../../docs/", import.meta.url);
const page = readFileSync(new URL("diffusion.md", folder), "utf8");
const record: {
  readonly table: readonly (readonly string[])[];
  readonly finer: { readonly levels: number; readonly sameAtom: number; readonly share: string };
  readonly samples: number;
  /** How far the farthest sample is from an atom. */
  readonly farthest: number;
} = JSON.parse(readFileSync(new URL("figures/digits.json", folder), "utf8"));
const picture = readFileSync(new URL("figures/digits.svg", folder), "utf8");

/** The cells of each row of the table, by the name in its first. */
const rows = new Map(
  [...page.matchAll(/^\| (.*?) \|$/gm)].map(([, row]) => {
    const [name, ...cells] = row.split(" | ").map((cell) => cell.replaceAll("\\|", "|"));
    return [name, cells] as const;
  }),
);

let digits: Digits;
let made: ReturnType<Digits["makeDigits"]>;
let data: AtomicData;

beforeAll(async () => {
  digits = await import(/* @vite-ignore */ new URL("figures/digits.mjs", folder).href);
  made = digits.makeDigits();
  data = digits.dataOf(made);
});

describe("the worked example of the guide on diffusion is what its script gives", () => {
  it("180 images a digit of 64 pixels from 0 to 16, all of positive weight in every class", () => {
    expect(made.labels.filter((label) => label === 3)).toHaveLength(180);
    expect([data.size, data.dimension]).toEqual([1800, 64]);
    expect(made.images.every((pixels) => pixels.every((v) => v >= 0 && v <= 16))).toBe(true);
    expect(Math.min(...logClassProbability(data, "3"))).toBeGreaterThan(-Infinity);
  });

  it("the exact laws have the figures of the table", () => {
    const laws = digits.lawsOf(data);
    const logClass = logClassProbability(data, "3");
    for (const [i, { name, law }] of laws.entries()) {
      const f = digits.readLaw(law, logClass, made.labels);
      const distance = i < 3 ? "0" : totalVariation(law, laws[i - 2].law).toFixed(3);
      expect(rows.get(name), name).toEqual([f.logClass.toFixed(3), f.share.toFixed(3), f.atoms.toFixed(0), distance]);
    }
  });

  it("the table and the finer grid have the figures of the run that drew the picture", () => {
    expect([...rows.keys()].slice(-record.table.length)).toEqual(record.table.map(([name]) => name));
    for (const [name, ...cells] of record.table) expect(rows.get(name)).toEqual(cells);
    const { levels, sameAtom, share } = record.finer;
    expect(page.replaceAll("\n", " ")).toContain(
      `on ${levels} levels ${sameAtom} of the ${record.samples} starts end at the same atom at w = 3, and ${share} of them are drawn as 3`,
    );
    expect(record.farthest).toBeLessThan(1e-15);
  });

  it.each(["DDIM, w = 0", "guided DDIM, w = 1", "guided DDIM, w = 3"])(
    "%s: the picture says what the table says",
    (name) => {
      const said = picture.match(new RegExp(`${name}: mean log p\\(3\\|x\\) (\\S+), (\\d+) % drawn as 3`));
      const [logClass, share] = (rows.get(name) ?? []).map(Number.parseFloat);
      expect(Math.abs(Number(said?.[1]) - logClass)).toBeLessThan(0.0056);
      expect(Math.abs(Number(said?.[2]) - 100 * share)).toBeLessThan(0.56);
    },
  );

  it("guided samples end at atoms", () => {
    const { off } = digits.guidedSamples(data, 3, 5);
    expect(Math.max(...off)).toBeLessThan(1e-6);
  });
});
