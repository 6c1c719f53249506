import type { Point } from "./curves.js";

/** The least and the greatest of what is drawn. It only grows while one set is shown, so that what is dragged keeps its scale. */
export class Extent {
  readonly gold: [number, number] = [Infinity, -Infinity];
  readonly reward: [number, number] = [Infinity, -Infinity];
  #kl = 0;

  /** Where the axis of KL ends. */
  get kl(): number {
    return this.#kl > 0 ? this.#kl : 1;
  }

  include(points: readonly Point[]): void {
    for (const { gold, reward, kl } of points) {
      widen(this.gold, gold);
      widen(this.reward, reward);
      if (Number.isFinite(kl)) this.#kl = Math.max(this.#kl, kl);
    }
  }
}

function widen(ends: [number, number], x: number): void {
  if (!Number.isFinite(x)) return;
  ends[0] = Math.min(ends[0], x);
  ends[1] = Math.max(ends[1], x);
}
