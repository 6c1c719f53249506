import { write } from "../explorer/dom.js";

/** How long it takes to play from the first value to the last, in ms. */
const DURATION = 7000;

/** Where motion is not wanted, the values are stepped through, each for so long. */
const STEP = 1000;

/** A button that plays a number from one end to the other. */
export class Play {
  readonly #button: HTMLButtonElement;
  readonly #go: (share: number) => void;
  readonly #steps: () => number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #frame: number | undefined;

  /**
   * @param share how far the number is, from 0 to 1
   * @param go brings it to a share
   * @param steps in how many steps it goes without motion
   */
  constructor(button: HTMLButtonElement, share: () => number, go: (share: number) => void, steps: () => number) {
    this.#button = button;
    this.#go = go;
    this.#steps = steps;
    button.addEventListener("click", () => {
      if (this.playing) this.stop();
      else this.#start(share() > 0.999 ? 0 : share());
    });
    this.#label();
  }

  get playing(): boolean {
    return this.#timer !== undefined || this.#frame !== undefined;
  }

  stop(): void {
    clearTimeout(this.#timer);
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#timer = undefined;
    this.#frame = undefined;
    this.#label();
  }

  #start(from: number): void {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) this.#step(from);
    else this.#run(from, performance.now());
    this.#label();
  }

  #step(share: number): void {
    const steps = this.#steps();
    this.#go(share);
    if (share >= 1) {
      this.stop();
      return;
    }
    const next = Math.min(1, (Math.floor(share * steps + 1e-9) + 1) / steps);
    this.#timer = setTimeout(() => this.#step(next), STEP);
  }

  #run(from: number, since: number): void {
    this.#frame = requestAnimationFrame((now) => {
      const share = Math.min(1, Math.max(from, from + (now - since) / DURATION));
      this.#go(share);
      if (share >= 1) this.stop();
      else if (this.#frame !== undefined) this.#run(from, since);
    });
  }

  #label(): void {
    write(this.#button, this.playing ? "❚❚ Pause" : "▶ Play");
  }
}
