import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";

/** What the frame of the site loads on every page that lies one folder down. */
const OF_THE_SITE = ["../site.js", "../style.css", "../theme.js", "data:,"];

/** A page with scripts of its own, built before the tests of a file. */
export interface BuiltPage {
  /** The files that its script was made of, from the top of the repository. */
  readonly sources: () => readonly string[];
  readonly read: (name: string) => string;
  /** The scripts, styles and pictures of index.html that are not those of every page. */
  readonly loaded: () => string[];
}

/** Builds a page into a folder of its own, which is removed after the tests. */
export function builtPage(build: (folder: string) => Promise<readonly string[]>): BuiltPage {
  let folder: string;
  let sources: readonly string[];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "page-"));
    sources = await build(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const read = (name: string) => readFileSync(join(folder, name), "utf8");
  return {
    sources: () => sources,
    read,
    loaded: () =>
      [...read("index.html").matchAll(/<(?:script|link|img)[^>]*(?:src|href)="([^"]*)"/g)]
        .map(([, address]) => address as string)
        .filter((address) => !OF_THE_SITE.includes(address))
        .sort(),
  };
}

/** What a script holds that asks for something elsewhere. */
export const REQUESTS: RegExp = /\bfetch\(|XMLHttpRequest|sendBeacon|\bimport\(|\brequire\(/;
