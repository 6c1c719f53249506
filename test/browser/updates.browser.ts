import { afterAll, beforeAll, expect, test } from "vitest";
import { openSite, type SiteInBrowser } from "./browser.js";

/** A few show that pages follow; the figures of docs and notes are of MOVES=300. */
const MOVES = Number(process.env.MOVES ?? 50);
const DRAGS = Math.ceil(MOVES / 2.5);

let site: SiteInBrowser;

beforeAll(async () => {
  site = await openSite();
});

afterAll(() => site?.close());

test("how long an update takes at 200 answers", async () => {
  const page = await site.open("explorer/index.html#set=generated");
  await page.waitForTimeout(1500);
  const first = await page.locator("#readings").textContent();
  const clock = await page.evaluate(moveSliders, MOVES);
  expect(await page.locator("#readings").textContent()).not.toBe(first);
  const processor = await site.frameTimes(page, () => page.evaluate(moveSliders, MOVES));
  expect(processor.length).toBeGreaterThanOrEqual(MOVES);
  console.log(
    `An update at 200 answers, ${MOVES} moves, from the input to the painted frame\n` +
      `  by the clock:   ${figures(clock)}\n  processor time: ${figures(processor.slice(-MOVES))}`,
  );
  await page.close();
});

test.each(["best", "soft", "metropolis", "rejection", "rlhf", "vote"])(
  "how long dragging N and β takes in the explorable at 200 answers, method %s",
  async (method) => {
    const page = await site.open(`explorable/index.html#set=generated&method=${method}&n=64&beta=0.7`);
    await page.waitForTimeout(3000);
    for (const [name, place] of [
      ["N", 0],
      ["β", 1],
    ] as const) {
      const first = await page.locator(".draws .handle").nth(place).getAttribute("aria-valuetext");
      const processor = await site.frameTimes(page, () => page.evaluate(dragHandle, [place, DRAGS] as const));
      expect(await page.locator(".draws .handle").nth(place).getAttribute("aria-valuetext")).not.toBe(first);
      expect(processor.length).toBeGreaterThanOrEqual(DRAGS);
      console.log(`${method}, ${name} dragged at 200 answers, processor time: ${figures(processor.slice(-DRAGS))}`);
    }
    await page.close();
  },
);

/** The times are figures, not conditions: by the clock they are also those of whatever else the machine does. */
function figures(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => `${sorted[Math.ceil(share * sorted.length) - 1].toFixed(1)} ms`;
  const late = times.filter((t) => t >= 16).length;
  return `median ${at(0.5)}, 95% within ${at(0.95)}, worst ${at(1)}, ${late} of ${times.length} not under 16 ms`;
}

/** In the page: moves a slider at the start of each frame; gives the times until the frame is painted, in ms. */
async function moveSliders(moves: number): Promise<number[]> {
  const times: number[] = [];
  const { port1, port2 } = new MessageChannel();
  for (let i = 0; i < moves; i++) {
    const id = `${["beta", "tts", "n", "length", "lbeta"][i % 5]}-slider`;
    const slider = document.getElementById(id) as HTMLInputElement;
    await new Promise((frame) => requestAnimationFrame(frame));
    const start = performance.now();
    slider.value = String((i * 37) % 600);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    // A message is delivered once the frame is painted.
    await new Promise((painted) => {
      port1.onmessage = painted;
      port2.postMessage("");
    });
    times.push(performance.now() - start);
  }
  return times;
}

/** In the page: drags a handle of the explorable to and fro, a move a frame. */
async function dragHandle([place, moves]: readonly [number, number]): Promise<void> {
  const surface = document.querySelectorAll<SVGRectElement>("#explorable-draws .surface")[place];
  const { left, top, width } = surface.getBoundingClientRect();
  surface.setPointerCapture = () => undefined;
  surface.hasPointerCapture = () => true;
  const send = (type: string, share: number) =>
    surface.dispatchEvent(new PointerEvent(type, { clientX: left + share * width, clientY: top + 40, bubbles: true }));
  send("pointerdown", 0.1);
  for (let i = 0; i < moves; i++) {
    await new Promise((frame) => requestAnimationFrame(frame));
    send("pointermove", ((i * 37) % moves) / moves);
  }
  await new Promise((frame) => requestAnimationFrame(frame));
}
