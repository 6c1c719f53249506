import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import fc from "fast-check";
import { parquetWriteBuffer } from "hyparquet-writer";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { gzipFile, parts, zstdFile } from "../support/containerFiles.js";
import { violationsOf } from "./axe.js";
import { openSite, type SiteInBrowser } from "./browser.js";
import { SITE } from "./server.js";

const PAGE = "your-file/index.html";
const BIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const EMBEDDED = readFileSync(new URL("../../src/data/humaneval-codegen16b.jsonl", import.meta.url), "utf8");
const LINES = EMBEDDED.trimEnd().split("\n");

const folder = mkdtempSync(join(tmpdir(), "your-file-"));
let site: SiteInBrowser;

beforeAll(async () => {
  site = await openSite();
});

afterAll(async () => {
  await site?.close();
  rmSync(folder, { recursive: true });
});

/** A file in the folder. */
function written(name: string, contents: string | Uint8Array): string {
  writeFileSync(join(folder, name), contents);
  return name;
}

/** What the command prints of a file, called as the page calls it: by its name alone. */
function printed(command: "curve" | "choose", name: string, ...options: string[]): string {
  const args = [BIN, command, name, ...options];
  return execFileSync(process.execPath, args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}

/** What the command complains of. */
function complaint(name: string, ...options: string[]): string {
  const { stderr } = spawnSync(process.execPath, [BIN, "curve", name, ...options], { cwd: folder, encoding: "utf8" });
  return stderr.trimEnd().split("\n").at(-1)?.replace("exptilt: ", "") ?? "";
}

const choose = (page: Page, name: string) => page.locator("#file").setInputFiles(join(folder, name));

/** Waits for the end of a reading. */
const done = (page: Page) => page.locator("#bar").waitFor({ state: "hidden" });

/** What a button saves. */
async function saved(page: Page, section: "choice" | "curve", button: RegExp): Promise<Buffer> {
  const waiting = page.waitForEvent("download");
  await page.locator(`#${section}`).getByRole("button", { name: button }).click();
  return readFileSync(await (await waiting).path());
}

const csvOf = async (page: Page) => (await saved(page, "curve", /CSV/)).toString();
const jsonOf = async (page: Page) => (await saved(page, "choice", /JSON/)).toString();

/** The cells of the table of a section, as texts. */
const cells = (page: Page, section: "choice" | "curve") => page.locator(`#${section} td`).allTextContents();

/** The figures of a table in a text of the command line, without headings. */
const figuresIn = (text: string): string[] => text.match(/-?\d+\.\d{5}( ± \d+\.\d{5})?/g) ?? [];

/** What the page shows and saves is what the commands print of the same file. */
async function expectPrinted(page: Page, name: string, options: string[] = [], own: string[] = []): Promise<void> {
  expect(await csvOf(page)).toBe(printed("curve", name, "--csv", ...options));
  expect(await jsonOf(page)).toBe(printed("choose", name, "--json", ...options, ...own));
  const shown = (all: string[]) => all.filter((cell) => /\.\d{5}/.test(cell));
  const [table] = printed("curve", name, ...options).split(/^\d+ quer/m);
  expect(shown(await cells(page, "curve"))).toEqual(figuresIn(table));
  const [choice] = printed("choose", name, ...options, ...own).split("\n\n");
  expect(shown(await cells(page, "choice"))).toEqual(figuresIn(choice));
}

/** Rows of a sample each: some answers without a comma, some with quotes. */
const ROWS = LINES.slice(0, 12).flatMap((line) => {
  const { query, answers } = JSON.parse(line) as {
    query: string;
    answers: { count: number; reward: number; gold: number }[];
  };
  return answers.flatMap(({ count, reward, gold }, i) =>
    Array.from({ length: count }, () => ({
      task_id: query,
      completion: `a "${i}", é`,
      score: reward,
      passed: gold > 0,
    })),
  );
});
const NAMES = ["task_id", "completion", "score", "passed"] as const;
const rowsAs = (delimiter: string): string => {
  const field = (x: unknown) => `"${String(x).replaceAll('"', '""')}"`;
  return [NAMES, ...ROWS.map((row) => NAMES.map((name) => field(row[name])))]
    .map((row) => row.join(delimiter))
    .join("\n");
};
const parquet = (codec: "SNAPPY" | "UNCOMPRESSED") => {
  const columnData = NAMES.map((name) => ({ name, data: ROWS.map((row) => row[name]) }));
  return new Uint8Array(parquetWriteBuffer({ columnData, codec }));
};
const jsonl = ROWS.map((row) => JSON.stringify(row)).join("\n");
const members = (bytes: Buffer) => parts(bytes, [20_000, 3, 0, 1]);

describe("every container gives the figures of the command line", () => {
  test.each<[string, string | Uint8Array]>([
    ["native.jsonl", LINES.slice(0, 30).join("\n")],
    ["rows.jsonl", jsonl],
    ["rows.json", JSON.stringify(ROWS, undefined, 1)],
    ["rows.csv", rowsAs(",")],
    ["rows.tsv", rowsAs("\t")],
    ["plain.parquet", parquet("UNCOMPRESSED")],
    ["snappy.parquet", parquet("SNAPPY")],
    ["rows.jsonl.gz", gzipSync(jsonl)],
    ["members.csv.gz", gzipFile(members(Buffer.from(rowsAs(","))))],
    ["rows.parquet.gz", gzipSync(parquet("SNAPPY"))],
    ["frames.jsonl.zst", zstdFile(members(Buffer.from(jsonl)), 5000, true)],
  ])("%s", async (name, contents) => {
    written(name, contents);
    const page = await site.open(PAGE);
    await choose(page, name);
    await done(page);
    expect(await page.textContent("#error")).toBe("");
    await expectPrinted(page, name);
    await page.close();
  });

  test("dropped on the page, with what was told of its columns", async () => {
    written("dropped.jsonl", jsonl);
    const page = await site.open(PAGE);
    const transfer = await page.evaluateHandle((text) => {
      const all = new DataTransfer();
      all.items.add(new File([text], "dropped.jsonl"));
      return all;
    }, jsonl);
    await page.locator("#drop").dispatchEvent("dragenter", { dataTransfer: transfer });
    expect(await page.getAttribute("#drop", "data-over")).toBe("");
    await page.locator("#drop").dispatchEvent("drop", { dataTransfer: transfer });
    expect(await page.getAttribute("#drop", "data-over")).toBe(null);
    await done(page);
    expect(await page.locator("#lines li").allTextContents()).toEqual([
      "dropped.jsonl: one row a sample: query = task_id, reward = score, gold = passed, 12 queries × 100",
    ]);
    await expectPrinted(page, "dropped.jsonl");
    await page.close();
  });

  test("the embedded samples, from the page alone", async () => {
    written("humaneval-codegen16b.jsonl", EMBEDDED);
    const page = await site.open(PAGE);
    await page.getByRole("button", { name: "Read the HumanEval samples" }).click();
    await done(page);
    await expectPrinted(page, "humaneval-codegen16b.jsonl");
    expect(await page.locator("#choice p").allTextContents()).toEqual(
      expect.arrayContaining([
        "N = 4 at β = 0.0142 is as good as the best, as far as these queries tell.",
        expect.stringMatching(/^At β = 0 the reward hurts: from N = 16 on gold falls/),
      ]),
    );
    await page.close();
  });
});

describe("the options", () => {
  test("are those of the command line", async () => {
    const name = written("options.jsonl", jsonl);
    const page = await site.open(PAGE);
    await page.locator("#options summary").click();
    await page.getByLabel("Temperatures β").fill("0, 0.1");
    await page.getByLabel("Numbers of draws N").fill("8,2");
    await page.getByLabel("soft best-of-N").check();
    await page.getByLabel("Metropolis").check();
    await page.getByLabel("At most so much KL").fill("0.5");
    await page.getByLabel("Reward, a column").fill("0.5*score - 1");
    await page.getByLabel("Gold, a column").fill("score");
    await choose(page, name);
    await done(page);
    const options = ["--beta", "0,0.1", "--n", "8,2", "--method", "soft,metropolis", "--gold", "score"];
    await expectPrinted(page, name, [...options, "--reward", "0.5*score - 1"], ["--kl", "0.5"]);
    await page.close();
  });

  test("read the same file again, and by plug-in nothing is chosen", async () => {
    const name = written("again.jsonl", jsonl);
    const page = await site.open(PAGE);
    await choose(page, name);
    await done(page);
    await page.locator("#options summary").click();
    await page.getByLabel("Samples are read as if").check();
    await page.getByRole("button", { name: "Read the file with these options" }).click();
    await done(page);
    expect(await csvOf(page)).toBe(printed("curve", name, "--csv", "--plug-in"));
    expect(await page.textContent("#choice")).toContain("Nothing is chosen by plug-in figures");
    await page.close();
  });

  test.each([
    ["Temperatures β", "-1", ["--beta=-1"]],
    ["Numbers of draws N", "0.5", ["--n", "0.5"]],
    ["Query", "task", ["--query", "task"]],
    ["Gold, a column", "mean(", ["--gold", "mean("]],
  ])("%s refuses %s in the words of the command line", async (label, text, options) => {
    const name = written("refused.jsonl", jsonl);
    const page = await site.open(PAGE);
    await page.locator("#options summary").click();
    await page.getByLabel(label, { exact: false }).first().fill(text);
    await choose(page, name);
    await done(page);
    expect(await page.textContent("#error")).toBe(complaint(name, ...options));
    expect(await page.locator("#results").isVisible()).toBe(false);
    await page.close();
  });
});

describe("a file that is bad", () => {
  const bad = LINES.slice(0, 6).with(4, '{"query": "x", "answers": [{"count": 3, "reward": "high"}]}').join("\n");

  test("from some line on gives all before it, and the words of the command line", async () => {
    const name = written("bad.jsonl", bad);
    const page = await site.open(PAGE);
    await choose(page, name);
    await done(page);
    const said = complaint(name);
    expect(said).toContain('bad.jsonl:5: answers[0].reward must be a finite number or "-Infinity", got "high"');
    expect(await page.textContent("#error")).toBe(said.replace("above", "below"));
    expect(await csvOf(page)).toBe(
      spawnSync(process.execPath, [BIN, "curve", name, "--csv"], { cwd: folder }).stdout.toString(),
    );
    await page.close();
  });

  const gzipped = gzipSync(jsonl);
  test.each<[string, string | Uint8Array]>([
    ["cut.jsonl.gz", gzipped.subarray(0, Math.floor(gzipped.length * 0.7))],
    ["damaged.jsonl.gz", Buffer.from(gzipped).fill(0, gzipped.length - 6, gzipped.length - 4)],
    ["cut.parquet", parquet("SNAPPY").subarray(0, 500)],
    ["empty.jsonl", ""],
    ["workbook.xlsx", "PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x13\0\0\0[Content_Types].xml"],
    ["text.txt", "Nothing of the kind.\n"],
    ["one.jsonl", LINES[0]],
  ])("%s", async (name, contents) => {
    written(name, contents);
    const page = await site.open(PAGE);
    await choose(page, name);
    await done(page);
    const { stdout, status } = spawnSync(process.execPath, [BIN, "curve", name, "--csv"], { cwd: folder });
    const said = status === 0 ? "" : complaint(name, "--csv");
    expect(await page.textContent("#error")).toBe(said.replace("above", "below"));
    expect(await page.locator("#results").isVisible()).toBe(stdout.length > 0);
    if (stdout.length > 0) expect(await csvOf(page)).toBe(stdout.toString());
    await page.close();
  });
});

describe("gzip by what the browser has", () => {
  /** What becomes of some files in the browser, each given in pieces. */
  async function gunzipped(files: readonly (readonly Buffer[])[]): Promise<{ bytes: Buffer; failed: string | null }[]> {
    const { outputFiles } = await build({
      entryPoints: [fileURLToPath(new URL("../../docs/your-file/node/gunzip.ts", import.meta.url))],
      bundle: true,
      write: false,
      format: "iife",
      globalName: "gzip",
      tsconfigRaw: {},
    });
    const page = await site.open(PAGE);
    await page.evaluate(`${outputFiles[0].text}globalThis.Gunzip = gzip.Gunzip;`);
    const texts = files.map((pieces) => pieces.map((piece) => piece.toString("latin1")));
    const all = await page.evaluate(async (texts) => {
      const latin1 = (bytes: Uint8Array) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
      const { Gunzip } = globalThis as unknown as {
        Gunzip: typeof import("../../docs/your-file/node/gunzip.js").Gunzip;
      };
      const results: { text: string; failed: string | null }[] = [];
      for (const pieces of texts) {
        const gunzip = new Gunzip();
        let text = "";
        for (const piece of pieces) {
          if (gunzip.failed !== undefined) break;
          for (const out of await gunzip.write(Uint8Array.from(piece, (c) => c.charCodeAt(0)))) text += latin1(out);
        }
        if (gunzip.failed === undefined) for (const out of await gunzip.end()) text += latin1(out);
        gunzip.close();
        results.push({ text, failed: gunzip.failed ?? null });
      }
      return results;
    }, texts);
    await page.close();
    return all.map(({ text, failed }) => ({ bytes: Buffer.from(text, "latin1"), failed }));
  }

  test("several members come out, wherever they are cut, also where their contents look like the beginnings of members", async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 4 });
    const some = fc.oneof(fc.constantFrom([0x1f, 0x8b, 0x08], [0, 0, 0, 0]), fc.array(fc.nat(255), { maxLength: 9 }));
    const content = fc.array(some).map((all) => Buffer.from(all.flat()));
    const cases = fc
      .sample(fc.tuple(content, sizes, sizes, fc.constantFrom(0, 6)), 500)
      .map(([bytes, members, cuts, level]) => ({
        bytes,
        pieces: parts(Buffer.concat(parts(bytes, members).map((part) => gzipSync(part, { level }))), cuts),
      }));
    const found = await gunzipped(cases.map(({ pieces }) => pieces));
    for (const [i, { bytes }] of cases.entries()) expect(found[i]).toEqual({ bytes, failed: null });
  });

  test("what is cut off or damaged gives what comes before", async () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * i) % 251));
    const stored = gzipFile([bytes, bytes]);
    const bad = Buffer.from(stored);
    bad[stored.length - 6] ^= 1;
    const [cut, damaged] = await gunzipped([
      parts(stored.subarray(0, -9), [5000]),
      [...parts(bad.subarray(0, -8), [5000]), bad.subarray(-8)],
    ]);
    expect(cut.failed).toBe("cut off");
    expect(cut.bytes.length).toBeGreaterThan(1.9 * bytes.length);
    expect(damaged.failed).toBe("damaged");
    expect(damaged.bytes.equals(Buffer.concat([bytes, bytes]))).toBe(true);
  });
});

test("Cancel ends a reading midway, and what was read before it is reported", async () => {
  const many = Array.from({ length: 40 }, (_, i) =>
    LINES.map((line) => line.replace('"HumanEval', `"${i}: HumanEval`)),
  );
  const name = written("long.jsonl", many.flat().join("\n"));
  const page = await site.open(PAGE);
  await page.locator("#options summary").click();
  await page.getByLabel("Temperatures β").fill("0,0.1");
  await choose(page, name);
  await page.waitForFunction(() => /Reading: \d{2,} quer/.test(document.getElementById("progress")?.textContent ?? ""));
  expect(await page.textContent("#progress")).toMatch(/^Reading: \d+ queries, \d+\.\d+ of \d+\.\d MB$/);
  await page.getByRole("button", { name: "Cancel" }).click();
  await done(page);
  const [, queries] =
    /^cancelled \(the (\d+) queries before it are reported below\)$/.exec((await page.textContent("#error")) ?? "") ??
    [];
  expect(Number(queries)).toBeGreaterThan(0);
  expect(Number(queries)).toBeLessThan(40 * LINES.length);
  expect(await csvOf(page)).toBe(printed("curve", name, "--csv", "--beta", "0,0.1", "--limit", queries));
  // And the page goes on to the next file.
  await choose(page, written("next.jsonl", LINES.slice(0, 5).join("\n")));
  await done(page);
  expect(await page.textContent("#status")).toBe("Read 5 queries.");
  expect(await page.locator("#error").isVisible()).toBe(false);
  await page.close();
});

test("the keyboard alone chooses a file, sets options, reads and saves", async () => {
  const name = written("keys.jsonl", LINES.slice(0, 10).join("\n"));
  const page = await site.open(PAGE);
  const to = async (selector: string) => {
    for (let i = 0; i < 80; i++) {
      await page.keyboard.press("Tab");
      if (await page.evaluate((s) => document.activeElement?.matches(s) ?? false, selector)) return;
    }
    throw new Error(`no tab leads to ${selector}`);
  };
  // Before the first key: the browser is told of it on another way than of keys.
  const chooser = page.waitForEvent("filechooser");
  await to("#file");
  await page.keyboard.press("Space");
  await (await chooser).setFiles(join(folder, name));
  await done(page);
  await to("#options summary");
  await page.keyboard.press("Enter");
  await to("[name=beta]");
  await page.keyboard.type("0.2");
  await page.keyboard.press("Enter");
  await done(page);
  await to("#choice .scroll");
  await to("#choice button");
  await to("#curve .scroll");
  const waiting = page.waitForEvent("download");
  for (const _ of ["SVG", "PNG", "CSV"]) await to("#curve button");
  await page.keyboard.press("Enter");
  const download = await waiting;
  expect(download.suggestedFilename()).toBe("keys-curve.csv");
  expect(readFileSync(await download.path(), "utf8")).toBe(printed("curve", name, "--csv", "--beta", "0.2"));
  await page.close();
});

test("the pictures are those of --svg, and can be saved as pixels", async () => {
  const name = written("drawn.jsonl", LINES.slice(0, 20).join("\n"));
  const page = await site.open(PAGE);
  await choose(page, name);
  await done(page);
  for (const command of ["curve", "choose"] as const) {
    const section = command === "curve" ? "curve" : "choice";
    printed(command, name, "--svg", "drawn.svg");
    const svg = readFileSync(join(folder, "drawn.svg"), "utf8");
    expect((await saved(page, section, /SVG/)).toString()).toBe(svg);
    const png = await saved(page, section, /PNG/);
    expect(png.toString("latin1", 1, 4)).toBe("PNG");
    const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? [];
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([2 * Number(width), 2 * Number(height)]);
    const image = page.locator(`#${section} img`);
    expect(await image.evaluate((on) => (on as HTMLImageElement).naturalWidth)).toBeGreaterThan(0);
    expect(await image.getAttribute("alt")).toContain(`on ${name}, 20 queries`);
  }
  await page.close();
});

test("the page works offline, and from a file", async () => {
  const name = written("local.jsonl", LINES.slice(0, 5).join("\n"));
  const page = await site.open(PAGE);
  await page.context().setOffline(true);
  await choose(page, name);
  await done(page);
  await expectPrinted(page, name);
  await page.close();
  const local = await site.open(PAGE);
  await local.goto(`file://${SITE}${PAGE}`);
  await choose(local, name);
  await done(local);
  await expectPrinted(local, name);
  await local.close();
});

test("nothing can be sent: the policy of the page forbids every request, also to its own origin", async () => {
  const page = await site.open(PAGE);
  const sent = await page.evaluate(() =>
    fetch(location.href).then(
      () => true,
      () => false,
    ),
  );
  expect(sent).toBe(false);
  // What it complained of is this request alone.
  expect(site.trouble.splice(0).filter((line) => !/connect-src|Refused to connect/.test(line))).toEqual([]);
  await page.close();
});

describe("axe-core finds no violation, and the page fits", () => {
  test.each([
    { width: 1280, dark: false },
    { width: 1280, dark: true },
    { width: 390, dark: false },
    { width: 390, dark: true },
  ])("a width of $width, dark: $dark", async ({ width, dark }) => {
    const name = written("looks.jsonl", LINES.slice(0, 30).with(20, "{").join("\n"));
    const page = await site.open(PAGE, { width, dark });
    const look = async (what: string) => {
      await site.picture(page, `your-file-${what}-${width}${dark ? "-dark" : ""}`, true);
      expect(await violationsOf(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    };
    await look("empty");
    await choose(page, name);
    await done(page);
    await look("read");
    await page.locator("#options summary").click();
    await look("options");
    await page.close();
  });
});

test("no request left the site's origin, every answer was there, and no console complained", () => {
  expect(site.trouble).toEqual([]);
});
