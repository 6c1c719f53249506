import {
  bestOfNLaw,
  humanPreference,
  limitDistance,
  measure,
  normalize,
  policyReading,
  rlhfOptimum,
  rlhfRegret,
  rlifOptimum,
  softBestOfNLaw,
  totalVariation,
} from "exptilt";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { violationsOf } from "./axe.js";
import { openSite, rested, type SiteInBrowser } from "./browser.js";
import { SITE } from "./server.js";
import { expectShown } from "./shown.js";

const EXPLORER = "explorer/index.html";

let site: SiteInBrowser;

beforeAll(async () => {
  site = await openSite({ ownTime: true });
});

afterAll(() => site?.close());

interface Answers {
  readonly mass: readonly number[];
  readonly reward: readonly number[];
  readonly gold?: readonly number[];
}

interface Settings {
  readonly beta: number;
  readonly betaTts: number;
  readonly n: number;
  readonly length: number;
  readonly betaIf: number;
}

const README: Answers = { mass: [20, 50, 30], reward: [1, 0.2, 0] };
const AT_FIRST: Settings = { beta: 0.5, betaTts: 0.5, n: 16, length: 8, betaIf: 0.25 };

/** Every number that the page shows of a view is the library's. */
async function expectView(page: Page, { mass, reward, gold }: Answers, settings: Settings): Promise<void> {
  const { beta, betaTts, n, length, betaIf } = settings;
  const ref = measure([...mass.keys()], mass);
  const problem = { ref, reward, beta, ...(gold && { gold }) };
  const rlhf = rlhfOptimum(problem);
  const laws = {
    ref: normalize(ref),
    hp: humanPreference(ref.support, reward),
    rlhf,
    rlif: rlifOptimum({ ref, length, beta: betaIf, vocabularySize: 50257 }),
    best: bestOfNLaw(problem, n),
    soft: softBestOfNLaw({ ref, reward, beta: betaTts }, n),
  };
  const shown = await page.evaluate(readPage);
  expect(shown.readings.length).toBe(6 * 6);
  expect(shown.probabilities.length).toBe(6 * mass.length);
  expect(shown.marked.length).toBe(6);
  for (const [name, law] of Object.entries(laws)) {
    const of = <T extends { law: string }>(all: readonly T[]) => all.filter((entry) => entry.law === name);
    const figures: Record<string, number> = {
      ...policyReading(problem, law),
      totalVariation: totalVariation(law, rlhf),
      regret: rlhfRegret(problem, law),
    };
    for (const { figure, text } of of(shown.readings)) {
      if (figure === "gold" && !gold) expect(text).toBe("–");
      else expectShown(text, figures[figure], `${figure} of ${name}`);
    }
    for (const [i, { text }] of of(shown.probabilities).entries()) expectShown(text, law.mass[i], `${name} of ${i}`);
    for (const { text } of of(shown.marked)) expectShown(text, law.mass[shown.at], `${name} beside its panel`);
  }
}

/** In the page: every number that it shows of the laws. */
function readPage() {
  const all = (selector: string) => [...document.querySelectorAll<HTMLElement>(selector)];
  const lawOf = (on: HTMLElement) => (on.closest("[data-law]") as HTMLElement).dataset.law as string;
  const text = (on: HTMLElement) => on.textContent as string;
  return {
    at: Number((document.getElementById("cursor") as HTMLInputElement).value),
    readings: all("#readings td").map((on) => ({
      law: lawOf(on),
      figure: on.dataset.figure as string,
      text: text(on),
    })),
    probabilities: all("#rows td[data-law]").map((on) => ({ law: lawOf(on), text: text(on) })),
    marked: all(".panel .value").map((on) => ({ law: lawOf(on), text: text(on) })),
  };
}

async function fill(page: Page, id: string, text: string): Promise<void> {
  await page.locator(`#${id}`).fill(text);
}

async function press(page: Page, id: string, key: string, times = 1): Promise<void> {
  await page.locator(`#${id}`).focus();
  for (let i = 0; i < times; i++) await page.keyboard.press(key);
}

const card = (page: Page, name: string) => page.locator(`[data-card="${name}"]`);
const lit = async (page: Page, name: string) => (await card(page, name).getAttribute("data-lit")) !== null;

describe("the numbers shown are the library's", () => {
  test("at first: the README's example", async () => {
    const page = await site.open(EXPLORER);
    await expectView(page, README, AT_FIRST);
    await page.close();
  });

  test("after every field was moved, into the regime of modes and far out", async () => {
    const page = await site.open(EXPLORER);
    await fill(page, "beta", "0.02");
    await expectView(page, README, { ...AT_FIRST, beta: 0.02, betaTts: 0.02 });
    await fill(page, "tts", "0");
    await fill(page, "n", "1e6");
    await fill(page, "length", "3");
    await expectView(page, README, { beta: 0.02, betaTts: 0, n: 1e6, length: 3, betaIf: 0.25 });
    await fill(page, "lbeta", "1.5");
    await expectView(page, README, { beta: 0.02, betaTts: 0, n: 1e6, length: 3, betaIf: 0.5 });
    await page.close();
  });

  test("after the sliders were moved by keyboard", async () => {
    const page = await site.open(EXPLORER);
    await press(page, "beta-slider", "ArrowRight", 7);
    await press(page, "n-slider", "PageUp", 3);
    await press(page, "length-slider", "Home");
    await press(page, "lbeta-slider", "End");
    const [beta, n] = await Promise.all(["beta", "n"].map(async (id) => Number(await page.inputValue(`#${id}`))));
    expect(beta).toBeGreaterThan(0.5);
    expect(n).toBeGreaterThan(16);
    await expectView(page, README, { beta, betaTts: beta, n, length: 1, betaIf: 100 });
    await page.close();
  });

  test("after answers were edited, added, sorted and removed", async () => {
    const page = await site.open(EXPLORER);
    await page.getByLabel("Reference mass of answer 2").fill("5");
    await page.getByLabel("Reward of answer 3", { exact: true }).fill("−0.75");
    await expectView(page, { mass: [20, 5, 30], reward: [1, 0.2, -0.75] }, AT_FIRST);
    await page.getByRole("button", { name: "Add an answer" }).click();
    await page.keyboard.type("never");
    await page.getByLabel("Reward of answer 4", { exact: true }).fill("-inf");
    await page.getByLabel("Reference mass of answer 4").fill("10");
    await expectView(page, { mass: [20, 5, 30, 10], reward: [1, 0.2, -0.75, -Infinity] }, AT_FIRST);
    await page.getByRole("button", { name: "Sort by reward" }).click();
    await expectView(page, { mass: [10, 30, 5, 20], reward: [-Infinity, -0.75, 0.2, 1] }, AT_FIRST);
    await page.getByRole("button", { name: "Remove answer 1" }).click();
    const gold = [0, 1, 0.5];
    for (const [i, x] of gold.entries()) await page.getByLabel(`Gold reward of answer ${i + 1}`).fill(String(x));
    await expectView(page, { mass: [30, 5, 20], reward: [-0.75, 0.2, 1], gold }, AT_FIRST);
    await page.close();
  });

  test("on every page of 200 answers", async () => {
    const page = await site.open(`${EXPLORER}#set=generated`);
    const read = (column: string) =>
      page
        .locator(`#rows .${column}`)
        .evaluateAll((all) => all.map((f) => Number((f as HTMLInputElement).value.replace("−", "-"))));
    const [mass, reward]: [number[], number[]] = [[], []];
    const shown: string[] = [];
    for (;;) {
      mass.push(...(await read("mass")));
      reward.push(...(await read("reward")));
      shown.push(...(await page.locator('#rows td[data-law="soft"]').allTextContents()));
      if ((await page.getAttribute("#rows-after", "aria-disabled")) === "true") break;
      await page.click("#rows-after");
    }
    expect(mass.length).toBe(200);
    const { mass: expected } = softBestOfNLaw({ ref: measure([...mass.keys()], mass), reward, beta: 0.7 }, 64);
    for (const [i, text] of shown.entries()) expectShown(text, expected[i], `answer ${i}`);
    await page.close();
  });

  test("on a query of the embedded data, with gold, for an answer that is pointed at", async () => {
    const page = await site.open(EXPLORER);
    await page.selectOption("#preset", "HumanEval/98");
    const bar = page.locator('.panel[data-law="best"] svg');
    const { width = 0, height = 0 } = (await bar.boundingBox()) ?? {};
    await bar.hover({ position: { x: width * (10.5 / 12), y: height / 2 } });
    expect(await page.textContent("#cursor-name")).toBe("answer 11");
    const counts = [31, 2, 1, 12, 1, 1, 2, 21, 1, 4, 23, 1];
    expect(
      await page.locator("#rows .mass").evaluateAll((all) => all.map((f) => Number((f as HTMLInputElement).value))),
    ).toEqual(counts);
    const read = (column: string) =>
      page.locator(`#rows .${column}`).evaluateAll((all) => all.map((f) => Number((f as HTMLInputElement).value)));
    const answers = { mass: counts, reward: await read("reward"), gold: await read("gold") };
    await expectView(page, answers, { ...AT_FIRST, beta: 0.05, betaTts: 0.05 });
    await page.close();
  });
});

test.each([
  { beta: "1e-300", n: "1e15", lbeta: "1" },
  { beta: "1e300", n: "1e15", lbeta: "1e300" },
  { beta: "0.001", n: "1.5", lbeta: "1.0000000001" },
])("far out nothing breaks: $beta, $n, $lbeta", async ({ beta, n, lbeta }) => {
  for (const preset of ["readme", "generated"]) {
    const page = await site.open(`${EXPLORER}#set=${preset}`);
    await fill(page, "beta", beta);
    await fill(page, "n", n);
    await fill(page, "lbeta", lbeta);
    await rested(page);
    expect(await page.textContent("#set-error")).toBe("");
    const shown = await page.evaluate(readPage);
    expect(shown.readings.filter(({ figure, text }) => text === "–" && figure !== "gold")).toEqual([]);
    await page.close();
  }
});

describe("the equivalences light up where their hypotheses hold, and only there", () => {
  test("RLIF is RLHF where ref = hp and β_hf = Lβ_if − 1", async () => {
    const page = await site.open(EXPLORER);
    expect(await lit(page, "rlif")).toBe(false);
    await expect(await card(page, "rlif").locator(".state").textContent()).toBe("Two laws: ref ≠ hp, βhf ≠ Lβif − 1");
    await card(page, "rlif").getByRole("button", { name: "Set r = log ref" }).click();
    expect(await lit(page, "rlif")).toBe(false);
    // The slider meets β_hf + 1 at one step of its way, and there alone is the card lit.
    await fill(page, "lbeta", "1.4");
    const states = [];
    for (let i = 0; i < 12; i++) {
      await press(page, "lbeta-slider", "ArrowRight");
      states.push([Number(await page.inputValue("#lbeta")), await lit(page, "rlif")]);
    }
    expect(states.filter(([, on]) => on)).toEqual([[1.5, true]]);
    await page.locator("#lbeta-follows").check();
    await fill(page, "beta", "3.7");
    await fill(page, "length", "7");
    expect(await lit(page, "rlif")).toBe(true);
    const gap = await card(page, "rlif").locator(".gap").textContent();
    expect(Number(gap?.replace(" apart", "").replace("−", "-"))).toBeLessThan(1e-15);
    await page.close();
  });

  test("soft best-of-N tends to RLHF where β_tts = β_hf, and the gap at N is the library's", async () => {
    const page = await site.open(EXPLORER);
    const problem = { ref: measure([0, 1, 2], README.mass), reward: README.reward, beta: 0.5 };
    for (const n of [2, 1000, 1e9]) {
      await fill(page, "n", String(n));
      expect(await lit(page, "limit")).toBe(true);
      const gap = (await card(page, "limit").locator(".gap").textContent())?.split(" ")[0] as string;
      expectShown(gap, limitDistance(problem, n).totalVariation, `the gap at ${n}`);
    }
    await press(page, "tts-slider", "ArrowLeft");
    expect(await lit(page, "limit")).toBe(false);
    await press(page, "tts-slider", "ArrowRight");
    expect(await lit(page, "limit")).toBe(true);
    await page.close();
  });

  test("soft best-of-N tends to RLIF where ref = hp and β_tts = Lβ_if − 1", async () => {
    const page = await site.open(EXPLORER);
    await page.locator("#tts-follows").uncheck();
    await fill(page, "tts", "0.8");
    await page.getByRole("button", { name: "Set reward to log ref" }).click();
    await card(page, "rlifLimit").getByRole("button", { name: "Set Lβif = βtts + 1" }).click();
    expect([await lit(page, "rlif"), await lit(page, "limit"), await lit(page, "rlifLimit")]).toEqual([
      false,
      false,
      true,
    ]);
    // The keyboard goes on from the card whose button went away.
    expect(await page.evaluate(() => document.activeElement?.getAttribute("data-card"))).toBe("rlifLimit");
    await page.close();
  });
});

describe("the address holds the view", () => {
  test("a view that was edited is restored from it, to the last digit", async () => {
    const page = await site.open(EXPLORER);
    await page.getByLabel("Label of answer 1").fill("a, b; c&d=é#%");
    await page.getByLabel("Reward of answer 2", { exact: true }).fill("0.1234567890123456");
    await page.getByRole("button", { name: "Set reward to log ref" }).click();
    await fill(page, "beta", "0.30000000000000004");
    await page.locator("#lbeta-follows").check();
    await rested(page);
    const address = page.url();
    const again = await site.open(address.slice(site.origin.length + 1));
    for (const id of ["beta", "tts", "n", "length", "lbeta"])
      expect(await again.inputValue(`#${id}`)).toBe(await page.inputValue(`#${id}`));
    const texts = (of: Page) =>
      of.locator("#rows input").evaluateAll((all) => all.map((field) => (field as HTMLInputElement).value));
    expect(await texts(again)).toEqual(await texts(page));
    expect(await lit(again, "rlif")).toBe(true);
    await again.close();
    await page.close();
  });

  test.each([
    ["beta=-1&set=readme", 'beta must be a finite number above 0, got "-1"'],
    ["set=readme&n=0.5", 'n must be a finite number of at least 1, got "0.5"'],
    ["set=nothing", 'there is no set "nothing"'],
    ["answers=a,1,0;b,x,1", 'answers[1].mass must be a finite number of at least 0, got "x"'],
    ["answers=a,1", 'answers[0] must be label,mass,reward or label,mass,reward,gold, got "a,1"'],
    ["colour=red", 'there is no field "colour"'],
    ["set=%E0%A4%A", 'set is not well encoded: "%E0%A4%A"'],
  ])("#%s is refused: %s", async (hash, message) => {
    const page = await site.open(`${EXPLORER}#${hash}`);
    expect(await page.textContent("#address-error")).toBe(
      `This address holds no view: ${message}. The first example is shown instead.`,
    );
    await expectView(page, README, AT_FIRST);
    await page.close();
  });

  test("following another address changes the view; going to a part of the page does not", async () => {
    const page = await site.open(EXPLORER);
    await page.evaluate(() => {
      location.hash = "#set=proxy&n=4";
    });
    await page.waitForFunction(() => (document.getElementById("n") as HTMLInputElement).value === "4");
    await page.getByRole("link", { name: "Edit the answers" }).click();
    expect(await page.inputValue("#n")).toBe("4");
    await rested(page);
    expect(page.url()).toContain("#set=proxy&");
    await page.close();
  });
});

describe("JSON lines", () => {
  const line = (query: string, reward: unknown) =>
    JSON.stringify({
      query,
      answers: [
        { answer: "x", count: 3, reward },
        { count: 1, reward: 1 },
      ],
    });

  async function paste(page: Page, text: string): Promise<void> {
    await page.getByText("Paste JSON lines").click();
    await page.fill("#lines", text);
    await page.getByRole("button", { name: "Read" }).click();
  }

  test("of two queries the first is shown and the second can be chosen", async () => {
    const page = await site.open(EXPLORER);
    await paste(page, `${line("first", 0)}\n\n${line("second", 0.5)}`);
    await expectView(page, { mass: [3, 1], reward: [0, 1] }, AT_FIRST);
    await page.selectOption("#preset", { label: "second" });
    await expectView(page, { mass: [3, 1], reward: [0.5, 1] }, AT_FIRST);
    await page.close();
  });

  test.each([
    ["what is no JSON", "{", /^line 1: the line is not JSON \(/],
    [
      "a wrong field",
      `${line("first", 0)}\n${line("second", "high")}`,
      /^line 2: answers\[0\]\.reward must be a finite number or "-Infinity", got "high"$/,
    ],
    ["nothing", " \n", /^There is no line/],
  ])("%s is refused with line and field, and the view stays", async (_, text, message) => {
    const page = await site.open(EXPLORER);
    await paste(page, text);
    expect(await page.textContent("#lines-error")).toMatch(message);
    expect(await page.getAttribute("#lines", "aria-invalid")).toBe("true");
    await expectView(page, README, AT_FIRST);
    await page.close();
  });
});

describe("what cannot be read is said and the view stays", () => {
  test.each([
    ["beta", "0", "β_hf must be a finite number above 0."],
    ["n", "many", "N must be a finite number of at least 1."],
    ["length", "2.5", "L must be a whole number of at least 1."],
  ])("the field %s holding %s", async (id, text, message) => {
    const page = await site.open(EXPLORER);
    await fill(page, id, text);
    expect(await page.textContent(`#${id}-error`)).toBe(message);
    await expectView(page, README, AT_FIRST);
    await page.close();
  });

  test.each([
    ["Reference mass of answer 2", "-1", "Reference mass of answer 2 must be a finite number of at least 0, got “-1”."],
    ["Reward of answer 1", "", "Reward of answer 1 must be a number below ∞ (−∞ forbids), got “”."],
  ])("%s being %j", async (label, text, message) => {
    const page = await site.open(EXPLORER);
    await page.getByLabel(label, { exact: true }).fill(text);
    expect(await page.textContent("#set-error")).toBe(message);
    expect(await page.getByLabel(label, { exact: true }).getAttribute("aria-invalid")).toBe("true");
    await expectView(page, README, AT_FIRST);
    await page.close();
  });
});

test("a screen reader is told the view when the controls rest", async () => {
  const page = await site.open(EXPLORER);
  await fill(page, "n", "4");
  await rested(page);
  expect(await page.getByRole("status").filter({ hasText: "ref earns" }).textContent()).toMatch(
    /RLHF optimum at βhf = 0\.5 earns 0\.6447 for 0\.3636 nats, best-of-4 .* RLIF and RLHF are two laws\.$/,
  );
  await press(page, "cursor", "ArrowRight");
  expect(await page.getAttribute("#cursor", "aria-valuetext")).toMatch(
    /^41: Reference 0\.5000, Human preference 0\.2473,/,
  );
  await page.close();
});

test("every control can be reached by the tab key", async () => {
  const page = await site.open(EXPLORER);
  const reached = new Set<string>();
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press("Tab");
    reached.add(await page.evaluate(() => document.activeElement?.id ?? ""));
  }
  const controls = await page
    .locator(".explorer :is(input, select, button, textarea, summary, [tabindex='0'])[id]:not([tabindex='-1']):visible")
    .evaluateAll((all) => all.map((control) => control.id));
  expect(controls.length).toBeGreaterThan(15);
  expect(controls.filter((id) => !reached.has(id))).toEqual([]);
  await page.close();
});

test("every link of the page leads to a page of the site", async () => {
  const page = await site.open(EXPLORER);
  const links = await page.locator("a").evaluateAll((all) => all.map((a) => (a as HTMLAnchorElement).href));
  const pages = new Set(links.map((link) => link.split("#")[0]));
  expect(pages.size).toBeGreaterThan(10);
  for (const link of pages) expect((await page.request.get(link)).status(), link).toBe(200);
  await page.close();
});

test("the page works offline, and from a file", async () => {
  const page = await site.open(EXPLORER);
  await page.context().setOffline(true);
  await page.selectOption("#preset", "HumanEval/38");
  await page.selectOption("#preset", "readme");
  await expectView(page, README, AT_FIRST);
  await page.close();
  const local = await site.open(EXPLORER);
  await local.goto(`file://${SITE}${EXPLORER}`);
  await expectView(local, README, AT_FIRST);
  await local.close();
});

describe("axe-core finds no violation, and the page reads well", () => {
  test.each([
    { name: "explorer-1280", width: 1280, dark: false, hash: "" },
    { name: "explorer-390", width: 390, dark: false, hash: "" },
    { name: "explorer-dark-1280", width: 1280, dark: true, hash: "#set=HumanEval/98&n=64" },
    { name: "explorer-dark-390", width: 390, dark: true, hash: "#set=generated" },
    { name: "explorer-200-1280", width: 1280, dark: false, hash: "#set=generated" },
    { name: "explorer-lit-1280", width: 1280, dark: false, hash: "#name=Faithful&answers=a,50,0;b,50,0&if=matched" },
    { name: "explorer-error-390", width: 390, dark: false, hash: "#set=nothing" },
  ])("$name", async ({ name, width, dark, hash }) => {
    const page = await site.open(`${EXPLORER}${hash}`, { width, dark });
    await rested(page);
    await site.picture(page, name);
    await site.picture(page, `${name}-whole`, true);
    expect(await violationsOf(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await page.close();
  });
});

test("no request left the site's origin, every answer was there, and no console complained", () => {
  expect(site.trouble).toEqual([]);
});
