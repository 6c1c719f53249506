import { countedQueries } from "./countedQueries.js";

/** A progress line on standard error, drawn only on a terminal: `verify  96 queries  3.2 s`. */
export class Progress {
  readonly #label: string;
  readonly #start = performance.now();
  readonly #shown = process.stderr.isTTY === true;
  #drawn = 0;

  constructor(label: string) {
    this.#label = label;
  }

  /** Redraws, at most ten times a second. */
  update(done: number): void {
    const now = performance.now();
    if (!this.#shown || now - this.#drawn < 100) return;
    this.#drawn = now;
    const seconds = ((now - this.#start) / 1000).toFixed(1);
    process.stderr.write(`\r\x1b[2K${this.#label}  ${countedQueries(done)}  ${seconds} s`);
  }

  /** Wipes the line. */
  end(): void {
    if (this.#shown) process.stderr.write("\r\x1b[2K");
  }
}
