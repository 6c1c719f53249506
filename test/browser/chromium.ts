/** Debian's Chromium, or another one named by CHROMIUM. */
export const CHROMIUM: string = process.env.CHROMIUM ?? "/usr/bin/chromium";

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
