import { expNormal, expOfMultiples } from "../../numeric/expLog.js";
import { floats, type Workspace } from "../../numeric/floats.js";
import type { Grid } from "./trapezoid.js";
import type { Weights } from "./weights.js";

/** Up to this many exponentials are kept from the first pass over the levels for the second. */
const MAX_KEPT_EXPONENTIALS = 1 << 13;

/**
 * Weighted levels on a grid, w = factor·e^{steps·step}, and e^{−t·w} of each at the nodes of its window, where t·w is
 * neither small nor has e^{−t·w} gone. At the nodes of a window t·w runs through the same powers for every level.
 */
export class Windows {
  readonly grid: Grid;
  /** The whole number of steps in each log-weight. */
  readonly steps: Float64Array;
  /** The rest of each weight, in [1, e^step). */
  readonly factor: Float64Array;
  /** The number of nodes in a whole window. */
  readonly width: number;
  /** The exponentials, those of level i from `at(i)`. */
  readonly values: Float64Array;
  readonly #kept: boolean;
  readonly #last: number;
  #filled = 0;

  /** @param last the last node: windows end with it */
  constructor(grid: Grid, { x, low, weight, byWeight }: Weights, last: number, workspace: Workspace) {
    const { step, far } = grid;
    const size = x.length;
    this.grid = grid;
    this.#last = last;
    this.steps = floats(size);
    this.factor = floats(size);
    for (let i = 0; i < size; i++) {
      const steps = Math.floor(x[i] / step);
      const whole = steps * step;
      this.steps[i] = steps;
      this.factor[i] =
        byWeight && whole > -700 && whole < 700 ? weight[i] * expNormal(-whole) : expNormal(x[i] - whole + low[i]);
    }
    this.width = far - 1 - grid.low;
    this.#kept = size * this.width <= MAX_KEPT_EXPONENTIALS;
    this.values = workspace.table(this.width * (this.#kept ? size : 1));
  }

  /** The number of nodes in the window of level i. */
  widthOf(i: number): number {
    return Math.max(0, Math.min(this.width, this.#last + this.steps[i] - this.grid.low));
  }

  /** The place of the first exponential of level i. Levels come in order, from the first, in each pass. */
  at(i: number): number {
    const { width, values } = this;
    if (!this.#kept) {
      expOfMultiples(values, 0, this.grid.power, 1, this.widthOf(i), -this.factor[i]);
      return 0;
    }
    for (; this.#filled <= i; this.#filled++) {
      const j = this.#filled;
      expOfMultiples(values, j * width, this.grid.power, 1, this.widthOf(j), -this.factor[j]);
    }
    return i * width;
  }
}
