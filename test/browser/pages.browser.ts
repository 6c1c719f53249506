import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { violationsOf } from "./axe.js";
import { openSite, type SiteInBrowser } from "./browser.js";
import { SITE } from "./server.js";

const ALL = readdirSync(SITE, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".html"));
const GUIDES = ALL.filter((name) => !name.includes("/"));
/** One page of the reference of each kind. */
const REFERENCE = [
  "api/index.html",
  "api/modules/exptilt.html",
  "api/functions/exptilt.klDivergence.html",
  "api/functions/exptilt_training.fitWeightedMle.html",
  "source/selection/softBestOfN.ts.html",
  "api/interfaces/exptilt.SelectionProblem.html",
  "api/types/exptilt.SelectionMethod.html",
  "api/variables/exptilt_claims.claims.html",
];
/** A page of each part of the site. */
const PARTS = ["index.html", "best-of-n.html", "explorer/index.html", "api/functions/exptilt.klDivergence.html"];

let site: SiteInBrowser;

beforeAll(async () => {
  site = await openSite();
});

afterAll(() => site?.close());

describe.each([...GUIDES, ...REFERENCE])("%s", (path) => {
  test.each([
    { width: 1280, dark: false },
    { width: 390, dark: true },
  ])("has no violation that axe-core finds, and fits a width of $width", async ({ width, dark }) => {
    const page = await site.open(path, { width, dark });
    await site.picture(page, `${path.replace(".html", "").replaceAll("/", "-")}-${width}`, true);
    expect(await violationsOf(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await page.close();
  });
});

test("no page has a script or a style within it, and the policy of each lets none take effect", () => {
  for (const path of ALL) {
    const html = readFileSync(join(SITE, path), "utf8");
    expect(html, path).toMatch(
      /Content-Security-Policy" content="default-src 'none'; script-src 'self'(?: 'wasm-unsafe-eval')?; style-src 'self';/,
    );
    expect(html, path).not.toContain("unsafe-inline");
    expect(html.match(/<script(?! src=)[^>]*>|<style|<[a-z][^>]* (style|on[a-z]+)="/g), path).toBeNull();
  }
});

test.each(PARTS)("%s runs its own scripts and styles, and no others", async (path) => {
  const page = await site.open(path);
  const foreign = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "globalThis.foreign = true";
    const style = document.createElement("style");
    style.textContent = "body { margin-top: 77px }";
    document.head.append(script, style);
    const { foreign: ran } = globalThis as { foreign?: boolean };
    return [ran === true, getComputedStyle(document.body).marginTop];
  });
  expect(foreign).toEqual([false, "0px"]);
  // What it complained of are these two alone.
  const complaints = site.trouble
    .splice(0)
    .filter((line) => !/Executing inline script|Applying inline style/.test(line));
  expect(complaints).toEqual([]);
  await page.close();
});

describe("the theme", () => {
  const background = (page: Page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

  test("that is chosen on one page holds on every other, and is there before the page is painted", async () => {
    const page = await site.open("getting-started.html");
    const light = await background(page);
    await page.locator("#site-theme").selectOption("dark");
    const dark = await background(page);
    expect(dark).not.toBe(light);
    for (const path of PARTS) {
      // The first style that is computed, while the body is still read.
      await page.addInitScript(() => {
        new MutationObserver((_, observer) => {
          if (document.body === null) return;
          Object.assign(globalThis, { first: document.documentElement.dataset.theme });
          observer.disconnect();
        }).observe(document, { childList: true, subtree: true });
      });
      await page.goto(`${site.origin}/${path}`);
      expect(await page.evaluate(() => (globalThis as { first?: string }).first), path).toBe("dark");
      expect(await background(page), path).toBe(dark);
    }
    await page.locator("#site-theme").selectOption("os");
    expect(await background(page)).toBe(light);
    await page.close();
  });

  test("that is chosen is that of the figures too", async () => {
    const look = async (dark: boolean, theme: string) => {
      const page = await site.open("best-of-n.html", { dark });
      await page.locator("#site-theme").selectOption(theme);
      const picture = await page.locator("figure img").first().screenshot();
      await page.close();
      return picture.toString("base64");
    };
    const dark = await look(true, "os");
    expect(await look(false, "dark")).toBe(dark);
    expect(await look(false, "os")).not.toBe(dark);
  });
});

describe("the button on a block of code", () => {
  test("is reached by the keyboard, copies what was typed, and says so", async () => {
    const page = await site.open("your-samples.html");
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: site.origin });
    const block = page.locator(".site-code", { hasText: "$ exptilt choose" }).first();
    await block.locator("pre").focus();
    await page.keyboard.press("Tab");
    const button = block.getByRole("button");
    expect(await button.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.press("Enter");
    await block.getByRole("button", { name: "Copied" }).waitFor();
    expect(await block.getByRole("status").textContent()).toBe("Copied");
    const shown = (await block.locator("pre").textContent()) ?? "";
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toMatch(/^exptilt choose/);
    expect(shown).toContain(`$ ${copied.split("\n")[0]}`);
    await page.close();
  });
});

test("the first screen of the home page says what it is for, how to run it on one's own, and whether it is right", async () => {
  const page = await site.open("index.html");
  await page.setViewportSize({ width: 1280, height: 720 });
  for (const text of ["What is it for?", "your-samples.html", "verification.html"]) {
    const place = text.endsWith(".html")
      ? page.locator(`.home-questions a[href="${text}"]`)
      : page.getByText(text, { exact: true });
    const box = await place.boundingBox();
    expect((box?.y ?? Number.NaN) + (box?.height ?? Number.NaN), text).toBeLessThanOrEqual(720);
  }
  expect(await page.locator(".home-doors section").count()).toBe(3);
  await page.close();
});

describe("the reference", () => {
  const read = (path: string) => readFileSync(join(SITE, path), "utf8");

  test("lists the functions of a door by the categories of the table of methods, the types last, each with one line", async () => {
    const page = await site.open("api/modules/exptilt.html");
    const categories = await page.locator("#content h2").allTextContents();
    expect(categories[0]).toBe("Measures and laws");
    expect(categories.at(-1)).toBe("Types");
    const empty = await page
      .locator(".api-list dd")
      .evaluateAll((all) => all.filter((dd) => dd.textContent === "").length);
    expect(empty).toBe(0);
    await page.close();
  });

  test("has no TeX and no formula in signs outside code", () => {
    for (const path of ALL) {
      const prose = read(path)
        .replace(/<(pre|code|math|nav)[ >].*?<\/\1>|<div class="tsd-signature.*?<\/div>/gs, " ")
        .replace(/<[^>]*>/g, "");
      expect(prose.match(/\\[a-zA-Z]+|\$|\^|_\{/g), path).toBeNull();
    }
  });

  test("has a link on every public name in code, but on its own and on those of its parameters", () => {
    const names = new Set(ALL.flatMap((path) => /^api\/(?!modules).*\.(\w+)\.html$/.exec(path)?.[1] ?? []));
    for (const path of ALL.filter((name) => name.startsWith("api/"))) {
      const main = /<main.*<\/main>/s.exec(read(path))?.[0] ?? "";
      const own = new Set([...main.matchAll(/tsd-kind-parameter">(\w+)</g)].map(([, name]) => name));
      own.add(path.split(".").at(-2) ?? "");
      const prose = main.replace(/<(pre|a|h1)[ >].*?<\/\1>/gs, "");
      const bare = [...prose.matchAll(/<code>(\w+)(?:\([^<]*\))?<\/code>/g)].map(([, name]) => name);
      expect(
        bare.filter((name) => names.has(name) && !own.has(name)),
        path,
      ).toEqual([]);
    }
  });

  test("leads from a name in a comment to its page, and from a function to those beside it", () => {
    const page = read("api/types/exptilt.SelectionMethod.html");
    expect(page).toContain('<a href="../functions/exptilt.softBestOfNLaw.html"><code>softBestOfNLaw</code></a>');
    const [, also] =
      /<h2 id="see-also">See also<\/h2>\n<p>(.*?)<\/p>/.exec(read("api/functions/exptilt.klDivergence.html")) ?? [];
    expect(also).toContain('<a href="exptilt.totalVariation.html">');
    expect(also).toContain('<a href="../../conventions.html">');
  });
});

test("no request leaves the site, every answer is there, and no console complains", () => {
  expect(site.trouble).toEqual([]);
});
