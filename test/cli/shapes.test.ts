/** The same samples in the forms that other programs write are the same queries. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { fc } from "@fast-check/vitest";
import { afterAll, describe, expect, it } from "vitest";
import { readCurve } from "../../src/cli/curve/readCurve.js";
import type { Query } from "../../src/cli/input/query.js";
import { counted, dataFolder, FORMS, type Form, jsonLines, type Sampled, sampled } from "../support/dataFiles.js";
import { readFile } from "../support/readFile.js";

const bin = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const folder = dataFolder();
afterAll(() => folder.remove());

const exptilt = (args: readonly string[], input: string | Uint8Array = "") =>
  spawnSync(process.execPath, [bin, ...args], { encoding: "utf8", input });

/** What a query has, its answers in one list. */
const content = ({ query, kind, ref, reward, gold, text }: Query) => ({
  query,
  kind,
  answers: reward.map((r, i) => ({
    text: text[i],
    reward: r,
    gold: gold[i],
    count: "mass" in ref ? ref.mass[i] : Number.NaN,
  })),
});

/** A file in a form, and what is to come of it. */
function made(form: Form, data: readonly Sampled[]) {
  const file = form.write(data);
  const { name = (query) => query.name, samples = (query) => query.samples, keep = (sample) => sample } = file;
  const queries = data.map((query) => ({
    query: name(query),
    kind: "samples",
    answers: counted(samples(query).map(keep)).map(({ text, reward, gold, count }) => ({ text, reward, gold, count })),
  }));
  return { path: folder.write("data", file.content), queries };
}

const CURVE = { rewards: [{ name: "reward", betas: [0, 0.3] }], ns: [1, 2, 7], plugIn: false };
const args = ({ options = {} }: Form) =>
  Object.entries(options).flatMap(([name, values]) => [values].flat().flatMap((value) => [`--${name}`, value]));

describe.each(Object.entries(FORMS))("%s", (_, form) => {
  it("is read as the queries that it was made of, with their curves, whatever they are", async () => {
    await fc.assert(
      fc.asyncProperty(sampled, async (data) => {
        const { path, queries } = made(form, data);
        const read = await readFile(path, form.options);
        expect([read.complaint, read.lacks]).toEqual([undefined, [0, 0]]);
        expect(read.queries.map(content)).toEqual(queries);
        // The curves are those of the same answers written out in the native form.
        const native = jsonLines(
          queries.map(({ query, answers }) => ({ query, answers: answers.map(({ text: _, ...answer }) => answer) })),
        );
        const direct = await readFile(folder.write("native", native));
        const curves = (queries: readonly Query[]) => queries.map((query) => readCurve(query, CURVE).cells);
        expect(curves(read.queries)).toEqual(curves(direct.queries));
      }),
      { numRuns: 25 },
    );
  });

  it("is converted to the native form, which is converted to itself", () => {
    const [data] = fc.sample(sampled, 1);
    const { path, queries } = made(form, data);
    const first = exptilt(["convert", path, ...args(form)]);
    expect([first.status, first.stderr]).toEqual([0, expect.not.stringContaining("    at ")]);
    const lines = first.stdout.trim().split("\n");
    expect(lines.map((line) => JSON.parse(line).query)).toEqual(queries.map(({ query }) => query));
    const again = exptilt(["convert", "-"], first.stdout);
    expect([again.status, again.stderr, again.stdout]).toEqual([0, expect.any(String), first.stdout]);
  });
});
