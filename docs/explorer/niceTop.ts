/** The largest of masses, 0 where there are none. */
export function largest(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, values[i]);
  return most;
}

/** The end of a scale from 0: the next round number. */
export function niceTop(x: number): number {
  const power = 10 ** Math.floor(Math.log10(x));
  const step = [1, 1.5, 2, 3, 4, 5, 6, 8].find((s) => s * power >= x * (1 - 1e-9)) ?? 10;
  return Math.min(1, Number((step * power).toPrecision(2)));
}
