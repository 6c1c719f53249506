import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commandsOf, figuresOf, workplace, writeDataset } from "../../docs/scale/run.mjs";

const text = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

describe("one data set read in many ways gives the same figures, byte for byte", () => {
  const place = workplace();
  const read = (name: string): string => readFileSync(join(place.folder, name), "utf8");
  afterAll(() => place.close());
  beforeAll(() => {
    writeDataset(join(place.folder, "queries.jsonl"), 200, 8);
    place.run("exptilt curve queries.jsonl --beta 0.1 --n 16 --csv > single.csv");
  });

  it.each([
    ["In one process", "jobs.csv"],
    ["GNU parallel", "parallel.csv"],
    ["Slurm", "slurm.csv"],
  ])("by the commands of the guide: %s", (section, printed) => {
    place.run(commandsOf(section));
    expect(read("single.csv")).toMatch(/^beta,n,reward,klToRef,winRate,rewardSe,.*\n0\.1,16,0\.\d+,/);
    expect(read(printed)).toBe(read("single.csv"));
  });

  it("by the commands of the README, GNU parallel's and Slurm's", () => {
    const [, split, parallel, slurm, merge] =
      /^(split -n l\/8 .*?) +# .*\n(parallel .*?) +# .*\n(sbatch .*)\n(exptilt merge .*?) +# .*$/m.exec(
        text("README.md"),
      ) ?? [];
    const whole = place.run("exptilt curve queries.jsonl --beta 0,0.1 --csv");
    for (const shards of [parallel, slurm]) {
      place.run(`rm -f shard-* && ${split} && ${shards}`);
      expect(place.run(`${merge} --csv`)).toBe(whole);
    }
  });

  it("and a shard whose sums are missing is an error, by the command of the guide", () => {
    const merge = commandsOf("GNU parallel").split("\n").at(-2) as string;
    expect(() => place.run(`rm shard-ac.json && ${merge}`)).toThrow("shard-ac.json: there is no such file or folder");
  });
});

it("the figures of the guide are those of the run on record", () => {
  expect(text("docs/scale.md")).toContain(figuresOf(JSON.parse(text("docs/scale/record.json"))));
});
