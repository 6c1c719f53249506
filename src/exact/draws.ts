/** How often each of some answers may be drawn in n draws, every way of it; undefined where there are too many. */
export function drawsFrom(size: number, n: number, most: number): number[][] | undefined {
  let ways = 1;
  for (let i = 1; i < size; i++) ways = (ways * (n + i)) / i;
  if (!(ways <= most)) return undefined;
  return countsOf(size, n);
}

function countsOf(size: number, n: number): number[][] {
  if (size === 1) return [[n]];
  return Array.from({ length: n + 1 }, (_, first) => first).flatMap((first) =>
    countsOf(size - 1, n - first).map((rest) => [first, ...rest]),
  );
}
