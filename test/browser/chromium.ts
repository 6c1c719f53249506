import { existsSync } from "node:fs";

const SHELL = "/usr/bin/chromium-headless-shell";

/** Debian's Chromium, or another one named by CHROMIUM; without a window around the pages where there is that one, which takes half the time. */
export const CHROMIUM: string = process.env.CHROMIUM ?? (existsSync(SHELL) ? SHELL : "/usr/bin/chromium");

/** How it is started: without a sandbox, which root may not have, and without asking the network for anything. */
export const FLAGS: string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
