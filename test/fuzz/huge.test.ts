import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const bin = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/** `curve` on standard input with a heap of 768 MB, where a parser alone would take gigabytes for some of these. */
function curve(input: string) {
  const args = ["--max-old-space-size=768", bin, "curve", "-", "--beta", "0.1", "--n", "16", "--csv", "--plug-in"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { input, encoding: "utf8" });
  return { status, stdout, stderr };
}

const good = '{"query":"q","answers":[{"count":1,"reward":0}]}';

describe("a huge line is read or refused, in bounded memory", () => {
  it.each([
    ["no end of line", () => "x".repeat(2 ** 26 + 1), "the line is longer than 64 MiB"],
    ["brackets 10⁷ deep", () => "[".repeat(1e7), "the line is nested deeper than 64 levels"],
    ["a query 10⁶ objects deep", () => `{"query":${'{"a":'.repeat(1e6)}1${"}".repeat(1e6)}}`, "nested deeper than 64"],
    ["5·10⁶ empty answers", () => `{"answers":[${"{},".repeat(5e6)}{}]}`, "the line has more than 4194304 values"],
    ["2·10⁶ empty answers", () => `{"query":"q","answers":[${"{},".repeat(2e6)}{}]}`, "answers[0] must have one of"],
    [
      "10⁵ keys",
      () => `{${Array.from({ length: 1e5 }, (_, i) => `"k${i}":1`).join(",")}}`,
      "the line has an object of more than 65536 keys",
    ],
    [
      "a name of 10⁷ characters",
      () => `{"${"n".repeat(1e7)}":1,"${"n".repeat(1e7)}":2}`,
      "is given twice in one object",
    ],
  ])("%s", (_, line, complaint) => {
    const { status, stderr } = curve(`${good}\n${line()}\n`);
    expect(status).toBe(2);
    expect(stderr).toContain("exptilt: standard input:2: ");
    expect(stderr).toContain(complaint);
    expect(stderr.length).toBeLessThan(300);
  });

  it("10⁵ answers, a text of 10⁷ characters and a number of 10⁷ digits are data like any other", () => {
    const answers = Array.from({ length: 1e5 }, (_, i) => ({ answer: `a${i}`, count: 1, reward: i / 1e5 }));
    const many = curve(JSON.stringify({ query: "q", answers }));
    expect([many.status, many.stderr]).toEqual([0, ""]);
    // Uniform rewards on [0, 1): at β > 0 and N → ∞ the mean of the density ∝ e^{r/β}, 1 − β + 1/(e^{1/β} − 1).
    const mean = Number(many.stdout.trim().split("\n")[2].split(",")[2]);
    expect(mean).toBeCloseTo(1 - 0.1 + 1 / Math.expm1(10), 4);
    const long = `{"query":"${"é".repeat(1e7)}","answers":[{"count":1,"reward":0.${"1".repeat(1e7)}}]}`;
    expect(curve(long).stdout).toContain(`0.1,16,${1 / 9},0,0.5`);
  });
});
