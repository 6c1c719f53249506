import { geometricMean, increasingRoot } from "./increasingRoot.js";

/** A function of x > 0, and its derivative or what has the sign of it. */
export interface SlopedPoint {
  readonly value: number;
  readonly slope: number;
}

/** A root, and whether the function rises through it. */
export interface SignedRoot {
  readonly x: number;
  readonly rises: boolean;
}

/** What a function does on a grid. */
export interface RootsOnGrid {
  readonly roots: readonly SignedRoot[];
  /** Where the value is largest. */
  readonly highest: number;
}

/**
 * All roots of a smooth function between the first and the last point of an increasing grid of positive numbers, which must
 * be so fine that the slope changes its sign at most once from point to point: its turning points first, then the root
 * between each two of them.
 */
export function allRoots(f: (x: number) => SlopedPoint, grid: readonly number[]): RootsOnGrid {
  const turns: number[] = [grid[0]];
  let before = f(grid[0]).slope;
  for (let i = 1; i < grid.length; i++) {
    const { slope } = f(grid[i]);
    const sign = before < 0 ? 1 : -1;
    if (before * slope < 0) {
      turns.push(increasingRoot((x) => sign * f(x).slope, grid[i - 1], grid[i], geometricMean));
    }
    if (slope !== 0) before = slope;
  }
  turns.push(grid[grid.length - 1]);
  const values = turns.map((x) => f(x).value);
  const roots: SignedRoot[] = [];
  for (let i = 1; i < turns.length; i++) {
    const rises = values[i - 1] < 0 && values[i] >= 0;
    if (!rises && !(values[i - 1] >= 0 && values[i] < 0)) continue;
    const sign = rises ? 1 : -1;
    roots.push({ x: increasingRoot((x) => sign * f(x).value, turns[i - 1], turns[i], geometricMean), rises });
  }
  return { roots, highest: turns[values.indexOf(Math.max(...values))] };
}
