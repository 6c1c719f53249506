import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import {
  bestOfNLaw,
  type Distribution,
  majorityVoteLaw,
  measure,
  metropolisLaw,
  policyReading,
  rejectionSamplingLaw,
  rlhfOptimum,
  selectionCurve,
  softBestOfNLaw,
  totalVariation,
} from "exptilt";
import { atomicData, ddimLaw, guidanceGap, guidedTarget } from "exptilt/diffusion";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { violationsOf } from "./axe.js";
import { openSite, PATIENCE, rested, type SiteInBrowser } from "./browser.js";
import { expectShown } from "./shown.js";

const PAGE = "explorable/index.html";

let site: SiteInBrowser;

beforeAll(async () => {
  site = await openSite({ ownTime: true });
});

afterAll(() => site?.close());

interface Answer {
  readonly count: number;
  readonly reward: number;
  readonly gold: number;
}

const QUERIES = readFileSync("src/data/humaneval-codegen16b.jsonl", "utf8")
  .trim()
  .split("\n")
  .map((line) => {
    const { query, answers } = JSON.parse(line) as { query: string; answers: Answer[] };
    const ref = measure(
      [...answers.keys()],
      answers.map(({ count }) => count),
    );
    return { query, ref, reward: answers.map(({ reward }) => reward), gold: answers.map(({ gold }) => gold) };
  });

const problemOf = (query: string) => QUERIES.find((known) => known.query === query) as (typeof QUERIES)[number];

const LAWS: Record<string, (problem: (typeof QUERIES)[number], n: number, beta: number) => Distribution<number>> = {
  best: (problem, n) => bestOfNLaw(problem, n),
  soft: (problem, n, beta) => softBestOfNLaw({ ...problem, beta }, n),
  metropolis: (problem, n, beta) => metropolisLaw({ ...problem, beta }, n),
  rejection: (problem, n, beta) => rejectionSamplingLaw({ ...problem, beta }, n).law,
  vote: (problem, n) => majorityVoteLaw(problem.ref, n),
  rlhf: (problem, _, beta) => rlhfOptimum({ ...problem, beta }),
};

/** The handle of the picture over N, and that of the picture over KL. */
const handleN = (page: Page) => page.getByRole("slider", { name: "Number of draws N" });
const handleBeta = (page: Page) => page.getByRole("slider", { name: "Temperature β, by the KL" });
const handleW = (page: Page) => page.getByRole("slider", { name: "Guidance strength w" });

const said = async (handle: Locator) => ((await handle.getAttribute("aria-valuetext")) as string).split(" = ")[1];
const numberOn = async (handle: Locator) => Number((await said(handle)).replaceAll(",", ""));

/** The figures shown are those of a method's law. */
async function expectFigures(page: Page, query: string, method: string, n: number, beta: number): Promise<void> {
  const problem = problemOf(query);
  const { gold, reward, klToRef } = policyReading(problem, LAWS[method](problem, n, beta));
  for (const [name, value] of Object.entries({ gold, reward, kl: klToRef })) {
    const text = (await page.locator(`.draws [data-figure="${name}"]`).textContent()) as string;
    expectShown(text, value as number, `${name} of ${method} at N = ${n}, β = ${beta}`);
  }
}

/** Drags a handle by mouse to a share of the axis, which begins and ends with these ticks. */
async function dragTo(page: Page, handle: Locator, x: number): Promise<void> {
  const box = (await handle.locator(".grip").boundingBox()) as { x: number; y: number; width: number; height: number };
  const [fromX, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(fromX, y);
  await page.mouse.down();
  for (let i = 1; i <= 5; i++) await page.mouse.move(fromX + ((x - fromX) * i) / 5, y - 20);
  await page.mouse.up();
}

/** Where a tick of the axis stands on the page. */
async function tickAt(page: Page, picture: string, text: string): Promise<number> {
  const tick = page
    .getByRole("group", { name: picture })
    .locator(".axis text")
    .filter({ hasText: new RegExp(`^${text}$`) });
  const box = (await tick.boundingBox()) as { x: number; width: number };
  return box.x + box.width / 2;
}

const OVER_N = "Gold and reward against the number of draws";
const OVER_KL = "Gold and reward against the KL divergence from ref";

describe("the figures are the library's", () => {
  test.each([
    ["HumanEval/98", "best", 64, 0.05],
    ["HumanEval/98", "soft", 64, 0.05],
    ["HumanEval/152", "metropolis", 7, 0.3],
    ["HumanEval/0", "rejection", 16, 0.1],
    ["HumanEval/56", "vote", 33, 0.05],
    ["HumanEval/154", "vote", 64, 0.05],
    ["HumanEval/38", "rlhf", 1024, 0.02],
  ])("%s, %s at N = %d and β = %d", async (query, method, n, beta) => {
    const page = await site.open(`${PAGE}#set=${query}&method=${method}&n=${n}&beta=${beta}`);
    await rested(page);
    await expectFigures(page, query, method, n, beta);
    await page.close();
  });

  test("the marks stand where the axes say", async () => {
    const [query, n, beta] = ["HumanEval/98", 64, 0.05] as const;
    const page = await site.open(`${PAGE}#set=${query}&n=${n}&beta=${beta}`);
    await rested(page);
    const drawn = await page.evaluate(readMarks);
    const problem = problemOf(query);
    expect(drawn.map(({ series }) => series).sort()).toEqual(["best", "metropolis", "rejection", "soft", "vote"]);
    for (const { series, gold } of drawn) {
      const { gold: expected = Number.NaN } = policyReading(problem, LAWS[series](problem, n, beta));
      expect(Math.abs(gold - expected), series).toBeLessThan(0.002);
    }
    await page.close();
  });
});

/** In the page: the gold at which each mark of the picture over N stands, by the ticks of its axis. */
function readMarks() {
  const picture = document.querySelector("#explorable-draws .picture") as SVGSVGElement;
  const ticks = [...picture.querySelectorAll(".grid")[0].querySelectorAll("text")].map((text) => ({
    at: Number(text.textContent),
    y: Number(text.getAttribute("y")) - 4,
  }));
  const [low, high] = [ticks[0], ticks[ticks.length - 1]];
  return [...picture.querySelectorAll(".dots")[0].children].map((dot) => {
    const y = Number(/translate\([\d.]+ ([\d.]+)\)/.exec(dot.getAttribute("transform") as string)?.[1]);
    return {
      series: dot.getAttribute("data-series") as string,
      gold: low.at + ((y - low.y) / (high.y - low.y)) * (high.at - low.at),
    };
  });
}

describe("dragging by mouse", () => {
  test("N: the figures and the sentence follow", async () => {
    const page = await site.open(PAGE);
    expect(await numberOn(handleN(page))).toBe(64);
    await dragTo(page, handleN(page), await tickAt(page, OVER_N, "256"));
    expect(await numberOn(handleN(page))).toBeGreaterThan(250);
    expect(await numberOn(handleN(page))).toBeLessThan(262);
    await expectFigures(page, "HumanEval/98", "best", await numberOn(handleN(page)), 0.05);
    await rested(page);
    expect(await page.locator(".draws .sentence").textContent()).toMatch(
      /^At N = 25\d best-of-25\d has reward 0\.\d{4} and gold 0\.0\d{3}, below its best 0\.7397 at N = 11: the reward is over-optimised\. It is worse than one draw\.$/,
    );
    // Beyond the ends it stays at them.
    await dragTo(page, handleN(page), 5);
    expect(await numberOn(handleN(page))).toBe(1);
    await page.close();
  });

  test("β, along the frontier: the law of soft best-of-N follows", async () => {
    const page = await site.open(`${PAGE}#set=HumanEval/98&method=soft&n=16&beta=0.05`);
    await dragTo(page, handleBeta(page), await tickAt(page, OVER_KL, "2"));
    const beta = await numberOn(handleBeta(page));
    expect(beta).toBeLessThan(0.05);
    await expectFigures(page, "HumanEval/98", "soft", 16, beta);
    const problem = problemOf("HumanEval/98");
    expect(policyReading(problem, rlhfOptimum({ ...problem, beta })).klToRef).toBeCloseTo(2, 1);
    await page.close();
  });

  test("a press anywhere in the picture goes there", async () => {
    const page = await site.open(PAGE);
    const box = (await page.getByRole("group", { name: OVER_N }).boundingBox()) as { y: number };
    await page.mouse.click(await tickAt(page, OVER_N, "4"), box.y + 60);
    expect(await numberOn(handleN(page))).toBe(4);
    await page.close();
  });

  test("by touch", async () => {
    const page = await site.open(PAGE, { width: 390 });
    await page.evaluate(() => {
      const surface = document.querySelector("#explorable-draws .surface") as SVGRectElement;
      const { left, width, top } = surface.getBoundingClientRect();
      surface.setPointerCapture = () => undefined;
      surface.hasPointerCapture = () => true;
      for (const [type, share] of [
        ["pointerdown", 0.5],
        ["pointermove", 1],
      ] as const) {
        const at = { clientX: left + share * width, clientY: top + 50, pointerType: "touch", bubbles: true };
        surface.dispatchEvent(new PointerEvent(type, at));
      }
    });
    expect(await numberOn(handleN(page))).toBe(1024);
    await page.close();
  });
});

test("by keyboard alone: method, N, β, tabs", async () => {
  const page = await site.open(PAGE);
  const focusOn = async (wanted: string) => {
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press("Tab");
      const name = await page.evaluate(() => {
        const { activeElement: on } = document;
        return on?.getAttribute("aria-label") ?? (on as HTMLInputElement | null)?.name ?? on?.textContent ?? "";
      });
      if (name.startsWith(wanted)) return;
    }
    throw new Error(`the tab key never reaches ${wanted}`);
  };
  await focusOn("explorable-method");
  await page.keyboard.press("ArrowRight");
  expect(await page.getByRole("radio", { name: "Soft best-of-N" }).isChecked()).toBe(true);
  await focusOn("Number of draws N");
  await page.keyboard.press("Home");
  expect(await numberOn(handleN(page))).toBe(1);
  const ns = [];
  for (let i = 0; i < 6; i++) {
    await page.keyboard.press("ArrowRight");
    ns.push(await numberOn(handleN(page)));
  }
  expect(ns).toEqual([2, 3, 4, 5, 6, 7]);
  await page.keyboard.press("ArrowLeft");
  expect(await numberOn(handleN(page))).toBe(6);
  await page.keyboard.press("PageUp");
  expect(await numberOn(handleN(page))).toBeGreaterThan(10);
  await page.keyboard.press("End");
  expect(await numberOn(handleN(page))).toBe(1024);
  await focusOn("Temperature β");
  await page.keyboard.press("ArrowRight");
  const beta = await numberOn(handleBeta(page));
  expect(beta).toBeLessThan(0.05);
  await expectFigures(page, "HumanEval/98", "soft", 1024, beta);
  await page.keyboard.press("Home");
  expect(await numberOn(handleBeta(page))).toBeGreaterThan(1);
  await page.keyboard.press("End");
  expect(await numberOn(handleBeta(page))).toBeLessThan(0.01);
  await page.getByRole("tab", { name: "Best-of-N" }).focus();
  await page.keyboard.press("ArrowRight");
  expect(await page.getByRole("tab", { name: "Guidance" }).getAttribute("aria-selected")).toBe("true");
  await focusOn("Guidance strength w");
  await page.keyboard.press("PageUp");
  expect(await numberOn(handleW(page))).toBe(2.25);
  await page.close();
});

/** Runs a program as somebody would who has the package, and gives what it prints. */
function run(code: string): string {
  return execFileSync(process.execPath, ["--input-type=module", "-e", code], { encoding: "utf8" });
}

/** A page that may read the clipboard. */
async function openWithClipboard(path: string): Promise<Page> {
  const page = await site.open(path);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  return page;
}

const clipboard = (page: Page) => page.evaluate(() => navigator.clipboard.readText());

describe("what is copied", () => {
  test.each(["best", "soft", "metropolis", "rejection", "vote", "rlhf"])(
    "the code of %s gives the digits shown",
    async (method) => {
      const page = await openWithClipboard(`${PAGE}#set=HumanEval/98&method=${method}&n=64&beta=0.05`);
      await rested(page);
      await page.getByRole("button", { name: "Copy as code" }).click();
      await page.getByText("The code is copied.").waitFor();
      const code = await clipboard(page);
      expect(code.trim().split("\n").length).toBeLessThanOrEqual(11);
      const printed = run(code);
      for (const [figure, name] of [
        ["gold", "gold"],
        ["reward", "reward"],
        ["kl", "klToRef"],
      ]) {
        const value = Number(new RegExp(`${name}: (\\S+?),?\\n`).exec(printed)?.[1]);
        expectShown((await page.locator(`.draws [data-figure="${figure}"]`).textContent()) as string, value, name);
      }
      await page.close();
    },
  );

  test("labels of a link, however odd, stay texts in the code", async () => {
    const odd = encodeURIComponent('a "b" $[c] */ \\ \n`d`');
    const page = await openWithClipboard(`${PAGE}#name=${odd}&answers=${odd},1,0,0;${odd},3,0.5,1;x,2,-Infinity,1&n=3`);
    await page.getByRole("button", { name: "Copy as code" }).click();
    await page.getByText("The code is copied.").waitFor();
    const printed = run(await clipboard(page));
    const gold = Number(/gold: (\S+?),?\n/.exec(printed)?.[1]);
    expectShown((await page.locator('.draws [data-figure="gold"]').textContent()) as string, gold, "gold");
    await page.close();
  });

  test("the code of guidance gives the digits shown", async () => {
    const page = await openWithClipboard(`${PAGE}#tab=guidance&case=middle&w=1.35`);
    await page.getByRole("button", { name: "Copy as code" }).click();
    await page.getByText("The code is copied.").waitFor();
    const value = Number(/^0\.\d+$/m.exec(run(await clipboard(page)))?.[0]);
    expectShown((await page.locator('.guidance [data-figure="distance"]').textContent()) as string, value, "distance");
    await page.close();
  });

  test.each(["set=HumanEval%2F86&method=metropolis&n=23&beta=0.123456789", "tab=guidance&case=uneven&w=3.45"])(
    "the link of %s opens what was shown, to the last digit",
    async (hash) => {
      const page = await openWithClipboard(`${PAGE}#${hash}`);
      await page.getByRole("button", { name: "Copy link" }).click();
      await page.getByText("The link is copied.").waitFor();
      const link = await clipboard(page);
      expect(link).toBe(`${site.origin}/${PAGE}#${hash}`);
      const again = await site.open(link.slice(site.origin.length + 1));
      await Promise.all([rested(page), rested(again)]);
      const shown = (of: Page) => of.locator("[role=tabpanel]:not([hidden])").innerText();
      // The list of all answer sets comes after the first picture: on a slow machine to one page before the other.
      await expect.poll(async () => (await shown(again)) === (await shown(page)), { timeout: PATIENCE }).toBe(true);
      await again.close();
      await page.close();
    },
  );

  test("an answer set of one's own is in the link", async () => {
    const hash = "name=Mine&answers=a%2C%20b,2,0.25,1;c,3,1,0&method=best&n=9&beta=0.1";
    const page = await openWithClipboard(`${PAGE}#${hash}`);
    await page.getByRole("button", { name: "Copy link" }).click();
    await page.getByText("The link is copied.").waitFor();
    expect(await clipboard(page)).toBe(`${site.origin}/${PAGE}#${hash}`);
    await page.close();
  });
});

test.each([
  ["method=worst", 'method must be one of best, soft, metropolis, rejection, vote, rlhf, got "worst"'],
  ["n=0.5", 'n must be a finite number of at least 1, got "0.5"'],
  ["set=nothing", 'there is no set "nothing"'],
  ["tab=guidance&w=11", 'w must be a number from 0 to 10, got "11"'],
  ["colour=red", 'there is no field "colour"'],
])("the address #%s is refused: %s", async (hash, message) => {
  const page = await site.open(`${PAGE}#${hash}`);
  expect(await page.locator("#explorable .said").textContent()).toBe(
    `This address holds no view: ${message}. The first example is shown instead.`,
  );
  expect(await numberOn(handleN(page))).toBe(64);
  await page.close();
});

/** From here on the page's time is what the test lets pass. */
const stopClock = async (page: Page): Promise<void> => page.clock.pauseAt(await page.evaluate(() => Date.now() + 1000));

describe("Play", () => {
  test("moves N up, pauses, and goes on to the end", async () => {
    const page = await site.open(`${PAGE}#set=HumanEval/98&n=2`);
    await stopClock(page);
    const button = page.locator(".play");
    await button.click();
    expect(await button.textContent()).toContain("Pause");
    await page.clock.runFor(1500);
    await button.click();
    const n = await numberOn(handleN(page));
    // From 2 the whole way of 1,024 takes 7 s: in 1.5 s it is 2 · 1024^(1.5/7) = 8.8.
    expect(n).toBe(9);
    await page.clock.runFor(400);
    expect(await numberOn(handleN(page))).toBe(n);
    await expectFigures(page, "HumanEval/98", "best", n, 0.05);
    await button.click();
    await page.clock.runFor(7000);
    expect(await button.textContent()).toContain("Play");
    expect(await numberOn(handleN(page))).toBe(1024);
    await page.close();
  });

  test("steps without motion where that is asked for", async () => {
    const page = await site.open(`${PAGE}#set=HumanEval/98&n=1024`);
    await page.emulateMedia({ reducedMotion: "reduce" });
    await stopClock(page);
    await page.locator(".play").click();
    const seen: number[] = [];
    for (let i = 0; i < 25; i++) {
      seen.push(await numberOn(handleN(page)));
      await page.clock.runFor(100);
    }
    await page.locator(".play").click();
    expect(seen).toEqual([...Array(10).fill(1), ...Array(10).fill(2), ...Array(5).fill(4)]);
    await page.close();
  });
});

test("the list has the queries from those that are hacked most, without those that have no positive reward", async () => {
  const page = await site.open(PAGE);
  const list = page.locator("#explorable-set");
  await list.locator("option").nth(100).waitFor({ state: "attached" });
  const ids = await list
    .locator("option")
    .evaluateAll((all) => all.map((option) => (option as HTMLOptionElement).value));
  const queries = ids.filter((id) => id.startsWith("HumanEval/"));
  expect(queries.length).toBe(QUERIES.length - 18);
  const fall = (query: string) => {
    const problem = problemOf(query);
    const ns = Array.from({ length: 41 }, (_, k) => Math.round(2 ** (k / 4)));
    const gold = selectionCurve({ ...problem, beta: 0 }, ns).map((point) => point.gold as number);
    return Math.max(...gold) - gold[40];
  };
  const falls = queries.map(fall);
  expect(falls).toEqual(falls.toSorted((a, b) => b - a));
  expect(falls[0]).toBeGreaterThan(0.9);
  await list.selectOption(queries[3]);
  await expectFigures(page, queries[3], "best", 64, 0.05);
  await page.close();
});

describe("guidance", () => {
  const data = atomicData({ atoms: [[-1], [0], [1]], classes: { a: [0.5, 0.25, 0.25], b: [0.1, 0.1, 0.8] } });
  const distanceAt = (w: number) => totalVariation(ddimLaw(data, "a", w), guidedTarget(data, "a", w));

  test("w is dragged, and the distance of output and target is the library's", async () => {
    const page = await site.open(PAGE);
    await page.getByRole("tab", { name: "Guidance" }).click();
    const shown = async () => (await page.locator('.guidance [data-figure="distance"]').textContent()) as string;
    expectShown(await shown(), distanceAt(2), "the distance at 2");
    const picture = "Probability of each atom, and the distance from the target, against the strength of guidance";
    await dragTo(page, handleW(page), await tickAt(page, picture, "6"));
    const w = await numberOn(handleW(page));
    expect(Math.abs(w - 6)).toBeLessThanOrEqual(0.1);
    expectShown(await shown(), distanceAt(w), `the distance at ${w}`);
    await rested(page);
    const sentence = (await page.locator(".guidance .sentence").textContent()) as string;
    const [law, target] = [ddimLaw(data, "a", w), guidedTarget(data, "a", w)];
    const numbers = /puts (\S+) on .* \(target (\S+)\) and (\S+) on the atom at 0 \(target (\S+)\)/.exec(sentence);
    for (const [i, expected] of [law.mass[0], target.mass[0], law.mass[1], target.mass[1]].entries()) {
      expectShown(numbers?.[i + 1] as string, expected, sentence);
    }
    await page.close();
  });

  test("the gap of the noise predictors stands where its axis says", async () => {
    const page = await site.open(`${PAGE}#tab=guidance&case=left&w=2`);
    await rested(page);
    const drawn = await page.evaluate(() => {
      const picture = document.querySelectorAll("#explorable-guidance .picture")[1];
      const ticks = [...picture.querySelectorAll(".grid text")].map((t) => [
        Number(t.textContent),
        Number(t.getAttribute("y")) - 4,
      ]);
      const [[a, ya], [b, yb]] = [ticks[0], ticks[ticks.length - 1]];
      const points = [
        ...((picture.querySelector(".line") as SVGPathElement).getAttribute("d") as string).matchAll(
          /[ML]\S+ (\S+?)(?=L|$)/g,
        ),
      ];
      return points.map(([, y]) => a + ((Number(y) - ya) / (yb - ya)) * (b - a));
    });
    const levels = Array.from({ length: 49 }, (_, i) => (i + 1) / 50);
    const gap = guidanceGap(data, "a", 2, levels);
    expect(drawn.length).toBe(gap.length);
    for (const [i, value] of drawn.entries()) expect(Math.abs(value - gap[i])).toBeLessThan(0.0005);
    await page.close();
  });
});

describe("on the explorer", () => {
  test("it shows the same answers, N and β, and moves them", async () => {
    const page = await site.open("explorer/index.html#set=HumanEval/98&n=16&beta=0.1");
    await page.fill("#n", "40");
    expect(await numberOn(handleN(page))).toBe(40);
    await page.selectOption("#preset", "HumanEval/56");
    await expectFigures(page, "HumanEval/56", "best", 40, 0.1);
    await handleN(page).press("ArrowRight");
    expect(Number(await page.inputValue("#n"))).toBe(await numberOn(handleN(page)));
    await handleBeta(page).press("ArrowRight");
    expect(Number(await page.inputValue("#beta"))).toBe(await numberOn(handleBeta(page)));
    await page.close();
  });

  test("answers without gold, with a forbidden one and far settings are shown too", async () => {
    const page = await site.open("explorer/index.html#name=x&answers=a,1,0;b,2,1;c,3,-Infinity&n=1e6&beta=1e-9");
    await rested(page);
    expect(await page.locator(".draws .sentence").textContent()).toContain("no gold reward");
    for (const name of ["Soft best-of-N", "Metropolis", "Rejection", "Majority vote", "RLHF optimum"]) {
      await page.getByText(name, { exact: true }).first().click();
      await rested(page);
      expect(await page.textContent("#set-error")).toBe("");
    }
    await page.fill("#tts", "0");
    expect(await page.textContent("#set-error")).toBe("");
    await page.close();
  });
});

test.each([PAGE, "index.html"])("%s: at 1280 × 720 all controls and both pictures are in sight", async (path) => {
  for (const hash of ["", "#tab=guidance"]) {
    const page = await site.open(`${path}${hash}`);
    await page.setViewportSize({ width: 1280, height: 720 });
    await rested(page);
    const outside = await page.evaluate(() => {
      const section = document.getElementById("explorable") as HTMLElement;
      const { top } = section.getBoundingClientRect();
      return [...section.querySelectorAll("button, select, input, svg, [role=slider], .sentence")]
        .map((on) => ({ on, box: on.getBoundingClientRect() }))
        .filter(({ box }) => box.width > 0 && (box.top < top || box.bottom - top > 720 || box.right > 1280))
        .map(({ on, box }) => `${on.tagName} ${on.className} ends at ${box.bottom - top}`);
    });
    expect(outside).toEqual([]);
    await page.close();
  }
});

describe("axe-core finds no violation, and it fits", () => {
  test.each([
    { name: "explorable-1280", width: 1280, dark: false, hash: "" },
    { name: "explorable-dark-1280", width: 1280, dark: true, hash: "#set=generated&method=soft&beta=0.7" },
    { name: "explorable-390", width: 390, dark: false, hash: "" },
    { name: "explorable-dark-390", width: 390, dark: true, hash: "#set=proxy&method=vote&beta=0.1" },
    { name: "explorable-guidance-1280", width: 1280, dark: true, hash: "#tab=guidance" },
    { name: "explorable-guidance-390", width: 390, dark: false, hash: "#tab=guidance" },
  ])("$name", async ({ name, width, dark, hash }) => {
    const page = await site.open(`${PAGE}${hash}`, { width, dark });
    await rested(page);
    await site.picture(page, name, true);
    expect(await violationsOf(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await page.close();
  });
});

test("no request left the site's origin, every answer was there, and no console complained", () => {
  expect(site.trouble).toEqual([]);
});
