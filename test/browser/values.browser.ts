/** Laws are values in Chromium: clones, JSON, a worker, and two copies of the library on one page. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type * as Library from "exptilt";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSite, type SiteInBrowser } from "./browser.js";

/** What the page has: two copies of the library, and the text of one for a worker. */
interface Globals {
  readonly one: typeof Library;
  readonly other: typeof Library;
  readonly source: string;
}

let site: SiteInBrowser;
let page: Page;

beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("../../dist/index.js", import.meta.url))],
    bundle: true,
    format: "iife",
    globalName: "exptilt",
    write: false,
  });
  const source = outputFiles[0].text;
  site = await openSite();
  page = await site.open("index.html", { injects: true });
  await page.evaluate((text) => {
    const copy = () => new Function(`${text}; return exptilt;`)();
    Object.assign(globalThis, { one: copy(), other: copy(), source: text });
  }, source);
});

afterAll(() => site?.close());

test("a clone, a spread and JSON of a law are read as the law", async () => {
  const divergences = await page.evaluate(() => {
    const { one } = globalThis as never as Globals;
    const law = one.tilt(one.fromLogMass(["a", "b", "c"], [0, -1, -6000]), [0, 1, 2], 0.1);
    return [structuredClone(law), { ...law }, JSON.parse(JSON.stringify(law))].map((copy) => [
      one.klDivergence(copy, law),
      one.normalize(copy).logMass[2] - law.logMass[2],
    ]);
  });
  for (const [kl, difference] of divergences) {
    expect(kl).toBeLessThan(1e-30);
    expect(Math.abs(difference)).toBeLessThan(1e-11);
  }
});

test("a worker reads a law that was posted to it", async () => {
  const [there, here] = await page.evaluate(async () => {
    const { one, source } = globalThis as never as Globals;
    const law = one.tilt(one.uniform(["a", "b"]), [0, 800]);
    const code = `${source}; onmessage = ({ data }) => postMessage(exptilt.normalize(data).logMass);`;
    const worker = new Worker(URL.createObjectURL(new Blob([code])));
    const logMass = await new Promise<Float64Array>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
      worker.postMessage(law);
    });
    worker.terminate();
    return [[...logMass], [...law.logMass]];
  });
  expect(there).toEqual(here);
});

test("KL between a law and its tilt by another copy on the page keeps its digits", async () => {
  const [across, alone] = await page.evaluate(() => {
    const { one, other } = globalThis as never as Globals;
    const ref = one.measure(["a", "b"], [1, 3]);
    const kl = (tilted: Library.Measure) => one.klDivergence(tilted, ref);
    return [kl(other.tilt(ref, [0, 1e-10])), kl(one.tilt(ref, [0, 1e-10]))];
  });
  expect(across).toBe(alone);
  expect(across).toBeGreaterThan(1e-22);
});
