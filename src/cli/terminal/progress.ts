import { countedQueries } from "./countedQueries.js";

/** How far a data set is read, in bytes; no size where it comes from a pipe. */
export interface Extent {
  readonly size: number | undefined;
  readonly position: number;
}

/** Off a terminal one line is written when the work takes longer, so that a log shows that it goes on. */
const QUIET_MS = 2000;

/**
 * A progress line on standard error. On a terminal it is redrawn: `curve  96 queries  12 %  3.2 s, 23 s left`. Elsewhere one
 * line is written after two seconds, and no more.
 */
export class Progress {
  readonly #label: string;
  readonly #extent: Extent | undefined;
  readonly #start = performance.now();
  readonly #terminal = process.stderr.isTTY === true;
  #drawn = 0;

  constructor(label: string, extent?: Extent) {
    this.#label = label;
    this.#extent = extent;
  }

  /** Redraws, at most ten times a second. */
  update(done: number): void {
    const now = performance.now();
    if (this.#terminal) {
      if (now - this.#drawn < 100) return;
      this.#drawn = now;
      process.stderr.write(`\r\x1b[2K${this.#line(done, now)}`);
    } else if (this.#drawn === 0 && now - this.#start >= QUIET_MS) {
      this.#drawn = now;
      process.stderr.write(`exptilt: ${this.#line(done, now)}\n`);
    }
  }

  #line(done: number, now: number): string {
    const seconds = (now - this.#start) / 1000;
    const { size, position = 0 } = this.#extent ?? {};
    const share = size === undefined || size === 0 ? 0 : Math.min(1, position / size);
    const known = share > 0 ? `  ${Math.floor(100 * share)} %` : "";
    const left = share > 0.01 ? `, about ${Math.ceil((seconds / share) * (1 - share))} s left` : "";
    return `${this.#label}  ${countedQueries(done)}${known}  ${seconds.toFixed(1)} s${left}`;
  }

  /** Wipes the line. */
  end(): void {
    if (this.#terminal) process.stderr.write("\r\x1b[2K");
  }
}
