import { afterAll, beforeAll, expect, test } from "vitest";
import { openSite, type SiteInBrowser } from "./browser.js";

const MOVES = 300;

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
