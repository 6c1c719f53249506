import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { BREAK, byFolder, explained, FOLDERS, PAGE, writePage } from "../mutation/page.js";
import { reasons } from "../mutation/reasons.js";
import stryker from "../mutation/stryker.config.js";
import { readFuzz, readFuzzReaders, readSummary } from "../mutation/summary.js";

const summary = readSummary();
const fuzz = readFuzz();
const readers = readFuzzReaders();

describe("the page on mutation testing and fuzzing", () => {
  it("is made of what the runs measured", () => {
    expect(readFileSync(PAGE, "utf8")).toBe(writePage(summary, fuzz, readers));
  });

  it("has every folder, and each file's survivors are as many as it counts", () => {
    expect(byFolder(summary).map(({ folder }) => folder)).toEqual(FOLDERS);
    for (const { files } of byFolder(summary))
      for (const { survived, noCoverage, survivors } of files) expect(survivors.length).toBe(survived + noCoverage);
  });

  it("gives no reason that no survivor has", () => {
    const used = new Set(explained(summary).map(({ reason }) => reason));
    expect(reasons.filter((_, i) => !used.has(i))).toEqual([]);
  });

  it("names the score below which a run fails", () => {
    expect(stryker.thresholds.break).toBe(BREAK);
  });

  it("shows a fuzzing run without a crash", () => {
    expect(fuzz.crashes).toBe(0);
    expect(fuzz.inputs).toBeGreaterThan(fuzz.runs);
    type Counts = { inputs: number; crashes: number }[];
    const [containers, shapes] = [readers.containers, readers.shapes].map((of): Counts => Object.values(of));
    expect([...containers, ...shapes].filter(({ crashes }) => crashes > 0)).toEqual([]);
    for (const { inputs } of containers) expect(inputs).toBe(readers.runs);
  });
});
