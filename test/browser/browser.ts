import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { CHROMIUM, FLAGS } from "./chromium.js";
import { serveSite } from "./server.js";

const SCREENSHOTS = fileURLToPath(new URL("screenshots/", import.meta.url));
/** Pictures are for looking at: no test reads them, and to paint whole pages takes long. */
const PICTURES = process.env.PICTURES !== undefined;

/** How long is waited for what should come at once, in ms: no test fails because a machine is slow. */
export const PATIENCE = 240_000;

interface Look {
  readonly width?: number;
  readonly dark?: boolean;
  /** Whether the test runs scripts of its own in the page, which the policy of the site forbids. */
  readonly injects?: boolean;
}

/** The site in a browser, watched: what a page asks for elsewhere and what its console complains of. */
export interface SiteInBrowser {
  readonly origin: string;
  /** A page of the site, opened in a profile of its own. */
  readonly open: (path: string, look?: Look) => Promise<Page>;
  /** Requests to another origin, answers that were errors, and complaints on the console, of all pages so far. */
  readonly trouble: string[];
  /** The processor time, in ms, of each frame that scripts of the page drew while something was done. */
  readonly frameTimes: (page: Page, done: () => Promise<unknown>) => Promise<number[]>;
  /** Saves what a page shows, where pictures are asked for. */
  readonly picture: (page: Page, name: string, fullPage?: boolean) => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * Lets a second pass on a page's own clock, in which what waits until the controls rest is done: however slow the machine is,
 * and in no time.
 */
export const rested = (page: Page): Promise<void> => page.clock.fastForward(1000);

/** @param ownTime whether the pages have a clock of their own, which `rested` moves on */
export async function openSite({ ownTime = false } = {}): Promise<SiteInBrowser> {
  const { origin, server } = await serveSite();
  const browser: Browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  const trouble: string[] = [];
  const watch = (page: Page) => {
    page.on("request", (request) => {
      const url = request.url();
      if (![`${origin}/`, "data:", "file:", "blob:"].some((own) => url.startsWith(own)))
        trouble.push(`${page.url()} asks for ${url}`);
    });
    page.on("response", (response) => {
      if (response.status() >= 400) trouble.push(`${response.url()} is answered by ${response.status()}`);
    });
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) trouble.push(`${page.url()} logs ${message.text()}`);
    });
    page.on("pageerror", (error) => trouble.push(`${page.url()} throws ${error.stack}`));
  };
  mkdirSync(SCREENSHOTS, { recursive: true });
  return {
    origin,
    trouble,
    open: async (path, { width = 1280, dark = false, injects = false } = {}) => {
      const page = await browser.newPage({
        viewport: { width, height: width < 600 ? 844 : 900 },
        colorScheme: dark ? "dark" : "light",
        bypassCSP: injects,
      });
      page.setDefaultTimeout(PATIENCE);
      watch(page);
      if (ownTime) await page.clock.install();
      await page.goto(`${origin}/${path}`);
      return page;
    },
    frameTimes: async (page, done) => {
      await browser.startTracing(page, { categories: ["devtools.timeline", "disabled-by-default-devtools.timeline"] });
      await done();
      return framesOf(JSON.parse((await browser.stopTracing()).toString()).traceEvents);
    },
    picture: async (page, name, fullPage = false) => {
      // What is out of sight is not drawn, but where the whole page is the picture.
      if (fullPage) {
        await page.evaluate(() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync("* { content-visibility: visible !important }");
          document.adoptedStyleSheets.push(sheet);
        });
      }
      if (PICTURES) await page.screenshot({ path: `${SCREENSHOTS}${name}.png`, fullPage });
    },
    close: async () => {
      await browser.close();
      server.close();
    },
  };
}

/** What is read of an event of a trace: times in µs, `tdur` the processor time. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
}

/** The tasks in which an animation frame was run: script, style, layout and paint of the frame. */
function framesOf(events: readonly TraceEvent[]): number[] {
  const frames = events.filter(({ name }) => name === "FireAnimationFrame");
  return events
    .filter(({ name }) => name === "RunTask")
    .filter(({ pid, tid, ts, dur = 0 }) =>
      frames.some((frame) => frame.pid === pid && frame.tid === tid && frame.ts >= ts && frame.ts <= ts + dur),
    )
    .map(({ tdur = Number.NaN }) => tdur / 1000);
}
