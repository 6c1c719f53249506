/** The package where it runs: pages without a bundler in Chromium and Firefox, workers, Node, Bun and Deno. */
import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM, FLAGS } from "../browser/chromium.js";
import { doors } from "../support/doors.js";
import { consumer } from "./consumer.js";

const top = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const project = consumer();
const recorded = readFileSync(top("test/contracts/draws.txt"), "utf8");
const file = join(project.installed, "dist/browser/exptilt.js");
const code = readFileSync(file, "utf8");

afterAll(() => project.close());

/** The file of a command on the path or among the development tools; undefined where there is none. */
const found = (name: string): string | undefined =>
  [top("node_modules/.bin"), ...(process.env.PATH ?? "").split(delimiter)]
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));

const FIREFOX = found("firefox-esr") ?? found("firefox");

/** The script of the draws on record as a module, that imports the package by its name or from a file beside it. */
async function drawsModule(by: "name" | "file", end: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { draws } from ${JSON.stringify(top("test/contracts/draws.ts"))};\n${end}`,
      resolveDir: top(""),
    },
    bundle: true,
    write: false,
    format: "esm",
    external: ["node:*"],
    plugins: [
      {
        name: "the package",
        setup: (esbuild) =>
          esbuild.onResolve({ filter: /^exptilt/ }, ({ path }) => ({
            path: by === "name" ? path : "./exptilt.js",
            external: true,
          })),
      },
    ],
  });
  return outputFiles[0].text;
}

const PORT = 'import { parentPort } from "node:worker_threads";';

describe("exptilt/browser", () => {
  it("imports nothing, and exports what the three doors of float64 do", async () => {
    const { metafile } = await build({
      entryPoints: [file],
      metafile: true,
      bundle: true,
      external: ["*"],
      write: false,
    });
    expect(Object.values(metafile.inputs).map(({ imports }) => imports)).toEqual([[]]);
    const { exptilt, "exptilt/training": training, "exptilt/diffusion": diffusion } = doors;
    const expected = Object.keys({ ...exptilt, ...training, ...diffusion }).sort();
    expect(Object.keys(await import(file)).sort()).toEqual(expected);
  });

  it("is as large as the guide says, and keeps its lines", () => {
    const kB = (bytes: number) => Math.round(bytes / 1000);
    const guide = readFileSync(top("docs/getting-started.md"), "utf8").replaceAll(/\s+/g, " ");
    const [, size, gzipped] = /one file that imports nothing \((\d+) kB, (\d+) kB gzipped\)/.exec(guide) ?? [];
    expect(Math.abs(Number(size) - kB(code.length))).toBeLessThanOrEqual(5);
    expect(Math.abs(Number(gzipped) - kB(gzipSync(code, { level: 9 }).length))).toBeLessThanOrEqual(2);
    expect(code.split("\n").length).toBeGreaterThan(5000);
  });

  it.each(["exptilt", "exptilt/browser"])(
    "an error of %s that nobody catches prints less than 2,000 characters",
    (from) => {
      const script = `import { measure } from ${JSON.stringify(from)}; measure(["a"], [-1])`;
      const { stderr } = project.run("node", "--input-type=module", "-e", script);
      expect(stderr).toContain("RangeError: measure: mass[0] must be non-negative and finite, got -1");
      expect(stderr.length).toBeLessThan(2000);
    },
  );
});

describe("the draws are those on record, bit by bit", () => {
  let server: Server;
  let origin: string;
  let site: string;
  /** What the pages sent, by their addresses. */
  const sent = new Map<string, (text: string) => void>();

  beforeAll(async () => {
    site = mkdtempSync(join(tmpdir(), "exptilt-site-"));
    const send = `draws().then((body) => fetch("/sent" + location.pathname, { method: "POST", body }));`;
    const map = { imports: Object.fromEntries(Object.keys(doors).map((door) => [door, "./exptilt.js"])) };
    const page = (body: string) => `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">${body}`;
    const files = {
      "byName.js": await drawsModule("name", send),
      "byFile.js": await drawsModule("file", send),
      "worker.js": await drawsModule("file", "draws().then((text) => postMessage(text));"),
      "map.html": page(
        `<script type="importmap">${JSON.stringify(map)}</script><script type="module" src="byName.js"></script>`,
      ),
      "script.html": page(`<script type="module" src="byFile.js"></script>`),
      "worker.html": page(
        `<script>new Worker("worker.js", { type: "module" }).onmessage = ({ data: body }) => fetch("/sent/worker.html", { method: "POST", body });</script>`,
      ),
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(site, name), text);
    copyFileSync(file, join(site, "exptilt.js"));
    server = createServer(async (request, response) => {
      const path = request.url ?? "/";
      if (request.method === "POST") {
        const pieces: Buffer[] = [];
        for await (const piece of request) pieces.push(piece);
        response.end();
        sent.get(path.slice("/sent".length))?.(Buffer.concat(pieces).toString());
        return;
      }
      const asked = join(site, path.slice(1));
      if (!existsSync(asked)) return void response.writeHead(404).end();
      const type = extname(asked) === ".js" ? "text/javascript" : "text/html; charset=utf-8";
      response.writeHead(200, { "content-type": type }).end(readFileSync(asked));
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(() => {
    server.close();
    server.closeAllConnections();
    rmSync(site, { recursive: true, force: true });
  });

  /** Opens a page, and waits for what it sends. */
  async function sentBy(page: string, open: (address: string) => Promise<unknown>): Promise<string> {
    const text = new Promise<string>((resolve) => sent.set(`/${page}`, resolve));
    await open(`${origin}/${page}`);
    return text;
  }

  const PAGES = ["map.html", "script.html", "worker.html"];

  it.skipIf(!existsSync(CHROMIUM)).each(PAGES)("in Chromium, on %s", async (page) => {
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
    try {
      const opened = await browser.newPage();
      expect(await sentBy(page, (address) => opened.goto(address))).toBe(recorded);
    } finally {
      await browser.close();
    }
  });

  const shown = ["README.md", "docs/getting-started.md"].flatMap((page) =>
    [...readFileSync(top(page), "utf8").matchAll(/^```html\n(.*?)^```/gms)].map(([, html], i) => ({
      page,
      block: i + 1,
      html: html as string,
    })),
  );

  it.skipIf(!existsSync(CHROMIUM)).each(shown)("the HTML of $page, $block, runs in Chromium", async ({ html }) => {
    // From where a project has the package.
    const installed = join(site, "node_modules/exptilt/dist/browser");
    mkdirSync(installed, { recursive: true });
    copyFileSync(file, join(installed, "exptilt.js"));
    const use = `<script type="module">import * as all from "exptilt"; globalThis.all = all;</script>`;
    writeFileSync(join(site, "shown.html"), html.includes("importmap") ? html + use : html);
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
    try {
      const opened = await browser.newPage();
      const errors: string[] = [];
      opened.on("pageerror", (error) => errors.push(String(error)));
      await opened.goto(`${origin}/shown.html`, { waitUntil: "load" });
      expect(errors).toEqual([]);
      const loaded = await opened.evaluate(() =>
        performance.getEntriesByType("resource").map(({ name }) => name.split("/").at(-1)),
      );
      expect(loaded).toContain("exptilt.js");
    } finally {
      await browser.close();
    }
  });

  // Skipped where there is no Firefox.
  it.skipIf(FIREFOX === undefined).each(PAGES)("in Firefox, on %s", async (page) => {
    const profile = mkdtempSync(join(tmpdir(), "exptilt-firefox-"));
    let firefox: ChildProcess | undefined;
    try {
      const text = await sentBy(page, async (address) => {
        const args = ["--headless", "--no-remote", "--profile", profile, address];
        firefox = spawn(FIREFOX as string, args, { stdio: "ignore", env: { ...process.env, HOME: profile } });
      });
      expect(text).toBe(recorded);
    } finally {
      const ended = new Promise((resolve) => firefox?.on("exit", resolve));
      firefox?.kill();
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    }
  });

  it("in a worker thread of Node", async () => {
    const folder = join(project.folder, "threads");
    mkdirSync(folder);
    copyFileSync(file, join(folder, "exptilt.js"));
    const script = join(folder, "worker.mjs");
    writeFileSync(script, await drawsModule("file", `${PORT} draws().then((text) => parentPort.postMessage(text));`));
    const worker = new Worker(script);
    try {
      expect(await new Promise((resolve, reject) => worker.on("message", resolve).on("error", reject))).toBe(recorded);
    } finally {
      await worker.terminate();
    }
  });

  /** How each runtime runs a script. */
  const RUNTIMES: readonly (readonly [name: string, ...args: string[]])[] = [["node"], ["bun", "run"], ["deno", "run"]];
  describe.each(RUNTIMES)("in %s", (name, ...args) => {
    const command = name === "node" ? process.execPath : found(name);
    const log = "draws().then((text) => console.log(text.trimEnd()));";

    // Skipped where the runtime is not installed.
    it.skipIf(command === undefined)("by the package's name", async () => {
      const script = project.write("byName.mjs", await drawsModule("name", log));
      const { stdout, stderr } = project.run(command as string, ...args, script);
      expect(stdout, stderr).toBe(recorded);
    });

    it.skipIf(command === undefined)("from the one file", async () => {
      copyFileSync(file, join(project.folder, "exptilt.js"));
      const script = project.write("byFile.mjs", await drawsModule("file", log));
      const { stdout, stderr } = project.run(command as string, ...args, script);
      expect(stdout, stderr).toBe(recorded);
    });
  });
});
