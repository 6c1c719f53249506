import { constants } from "node:os";

/** The user or a scheduler ended the run. The exit status is 128 + the signal's number, as in a shell. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  readonly status: number;

  constructor(signal: NodeJS.Signals) {
    super(signal === "SIGINT" ? "interrupted" : `ended by ${signal}`);
    this.status = 128 + constants.signals[signal];
  }
}

/** What ends a run: Ctrl-C, a scheduler whose time is up, a terminal that is closed. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** A program that starts this one, such as npx, may pass on a signal that came to both: so soon after the first it is the same. */
const SAME_MS = 100;

/** The first of `SIGNALS` raises `signal`, its reason an `Interrupted`. A second one ends the process at once. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** Leaves signals to the system again: at once, or soon after the first. */
  release(): void;
}

export function onInterrupt(): Interrupt {
  const control = new AbortController();
  const leave = () => {
    for (const name of SIGNALS) process.off(name, raise);
  };
  const raise = (name: NodeJS.Signals) => {
    if (control.signal.aborted) return;
    setTimeout(leave, SAME_MS).unref();
    control.abort(new Interrupted(name));
  };
  for (const name of SIGNALS) process.on(name, raise);
  return { signal: control.signal, release: () => control.signal.aborted || leave() };
}
