import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { violationsOf } from "./axe.js";
import { openSite, type SiteInBrowser } from "./browser.js";
import { SITE } from "./server.js";

const PAGES = readdirSync(SITE).filter((name) => name.endsWith(".html"));

let site: SiteInBrowser;

beforeAll(async () => {
  site = await openSite();
});

afterAll(() => site?.close());

describe.each(PAGES)("%s", (path) => {
  test.each([
    { width: 1280, dark: false },
    { width: 390, dark: true },
  ])("has no violation that axe-core finds, and fits a width of $width", async ({ width, dark }) => {
    const page = await site.open(path, { width, dark });
    await site.picture(page, `${path.replace(".html", "")}-${width}`, true);
    expect(await violationsOf(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await page.close();
  });
});

test.each(["index.html", "api/index.html", "api/functions/exptilt.klDivergence.html"])(
  "%s runs its own scripts, and no other",
  async (path) => {
    const page = await site.open(path);
    const foreign = await page.evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "globalThis.foreign = true";
      document.head.append(script);
      return (globalThis as { foreign?: boolean }).foreign === true;
    });
    expect(foreign).toBe(false);
    // What it complained of is this script alone.
    const complaints = site.trouble.splice(0).filter((line) => !line.includes("script-src"));
    expect(complaints).toEqual([]);
    if (path.startsWith("api")) {
      await page.waitForFunction(() => document.body.style.display !== "none");
      expect(await page.locator("nav.site-bar").isVisible()).toBe(true);
    }
    await page.close();
  },
);

test("no request leaves the site, every answer is there, and no console complains", () => {
  expect(site.trouble).toEqual([]);
});
