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

/** The first SIGINT or SIGTERM raises `signal`, its reason an `Interrupted`. A second one ends the process at once. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** Leaves signals to the system again. */
  release(): void;
}

export function onInterrupt(): Interrupt {
  const control = new AbortController();
  const raise = (name: NodeJS.Signals) => {
    release();
    control.abort(new Interrupted(name));
  };
  const release = () => {
    process.off("SIGINT", raise);
    process.off("SIGTERM", raise);
  };
  process.on("SIGINT", raise);
  process.on("SIGTERM", raise);
  return { signal: control.signal, release };
}
