/** A list in stretches of so many entries, the last with what is left. */
export function stretches<T>(all: readonly T[], size: number): (readonly T[])[] {
  if (all.length <= size) return all.length === 0 ? [] : [all];
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}
