/** The search of the built site: what it finds first, and how the keyboard works it. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { violationsOf } from "./axe.js";
import { openSite, type SiteInBrowser } from "./browser.js";
import { SITE } from "./server.js";

let site: SiteInBrowser;
let page: Page;

beforeAll(async () => {
  site = await openSite();
  page = await site.open("getting-started.html");
});

afterAll(() => site?.close());

const options = (on: Page = page) => on.locator("#site-results [role=option]");

async function ask(query: string, on: Page = page): Promise<void> {
  await on.locator("#site-query").fill("");
  await on.locator("#site-query").fill(query);
  await options(on).first().waitFor();
}

describe("what is found first", () => {
  test.each([
    ["temperature", "glossary.html#term-temperature"],
    ["pass@k", "api/functions/exptilt.passAtK.html"],
    ["reward hacking", "glossary.html#term-reward-hacking"],
    ["goodhart", "glossary.html#term-reward-hacking"],
    ["bon", "glossary.html#term-best-of-n"],
    ["best of n", "glossary.html#term-best-of-n"],
    ["kl", "api/functions/exptilt.klDivergence.html"],
    ["kl divergence", "api/functions/exptilt.klDivergence.html"],
    ["klDivergence", "api/functions/exptilt.klDivergence.html"],
    ["dpo", "api/functions/exptilt.dpoOptimum.html"],
    ["self-consistency", "glossary.html#term-majority-vote"],
    ["maj@n", "glossary.html#term-majority-vote"],
    ["tempreature", "glossary.html#term-temperature"],
    ["errata", "errata.html"],
    ["install", "getting-started.html"],
    ["parquet", "format.html"],
    ["slurm", "scale.html"],
    ["explorer", "explorer/index.html"],
  ])("for %s", async (query, href) => {
    await ask(query);
    expect(await options().first().getAttribute("href")).toBe(href);
  });
});

test("the list is one that axe-core finds nothing wrong with", async () => {
  await ask("entropy");
  expect(await violationsOf(page)).toEqual([]);
  await site.picture(page, "search-1280");
});

test("/ goes to the search, arrows choose, Enter follows, Escape closes", async () => {
  await page.goto(`${site.origin}/api/functions/exptilt.entropy.html`);
  const query = page.locator("#site-query");
  await page.keyboard.press("/");
  await page.keyboard.type("total variation");
  await options().first().waitFor();
  expect(await query.inputValue()).toBe("total variation");
  expect(await query.getAttribute("aria-expanded")).toBe("true");
  expect(await page.locator("#site-found").textContent()).toContain("results");

  const chosen = () => page.locator("#site-results [aria-selected=true]");
  for (const [key, i] of [
    ["ArrowDown", 0],
    ["ArrowDown", 1],
    ["ArrowUp", 0],
  ] as const) {
    await page.keyboard.press(key);
    expect(await query.getAttribute("aria-activedescendant")).toBe(`site-result-${i}`);
    expect(await chosen().count()).toBe(1);
  }
  await page.keyboard.press("Escape");
  expect(await page.locator("#site-results").isVisible()).toBe(false);
  expect(await query.getAttribute("aria-expanded")).toBe("false");

  await query.fill("total variatio");
  await options().first().waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL("**/exptilt.totalVariation.html");
});

test("what is not found is said", async () => {
  await page.goto(`${site.origin}/index.html`);
  await page.locator("#site-query").fill("qqqqxzzz");
  await page.getByText("Nothing is found.").first().waitFor();
});

test("a site that is opened from the disk is searched too", async () => {
  const local = await site.open("index.html");
  await local.goto(pathToFileURL(join(SITE, "api/functions/exptilt.klDivergence.html")).href);
  await ask("reward hacking", local);
  await local.keyboard.press("Enter");
  await local.waitForURL("**/glossary.html#term-reward-hacking");
  await local.close();
});

test("no console complains, and no request leaves the site", () => {
  expect(site.trouble).toEqual([]);
});
