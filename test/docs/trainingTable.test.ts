import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = new URL("../../", import.meta.url);
const bin = fileURLToPath(new URL("dist/cli/main.js", root));
const page = readFileSync(new URL("docs/training.md", root), "utf8");
const rows = [...page.matchAll(/^\| (`[^|]*`|none: ref|the exact optimum) \| ([^|]*) \| ([^|]*) \| ([^|]*) \|$/gm)];

interface Reading {
  readonly reward: number;
  readonly gold: number;
  readonly klFromOptimum: number;
}
interface Trained {
  readonly queries: readonly ({ readonly heldOut: boolean } & Record<"before" | "after" | "optimum", Reading>)[];
}

describe("the table of held-out queries in the guide on training is what the command gives", () => {
  it("has a row for every list of features, for ref and for the optimum", () => {
    expect(rows.map(([, name]) => name)).toEqual(expect.arrayContaining(["none: ref", "`rank`", "the exact optimum"]));
    expect(rows.length).toBeGreaterThanOrEqual(8);
  });

  it.each(rows.map(([, name, ...figures]) => ({ name, figures })))("$name", ({ name, figures }) => {
    const features = name.startsWith("`") ? name.slice(1, -1) : "reward";
    const args = ["train", "--holdout", "0.5", "--features", features, "--json"];
    const { stdout } = spawnSync(process.execPath, [bin, ...args], { encoding: "utf8" });
    const held = (JSON.parse(stdout) as Trained).queries.filter((query) => query.heldOut);
    const column = name === "none: ref" ? "before" : name.startsWith("`") ? "after" : "optimum";
    for (const [i, field] of (["reward", "gold", "klFromOptimum"] as const).entries()) {
      const mean = held.reduce((s, query) => s + query[column][field], 0) / held.length;
      const digits = figures[i].trim().split(".")[1]?.length ?? 0;
      expect(Math.abs(mean).toFixed(digits)).toBe(figures[i].trim());
    }
  });
});
