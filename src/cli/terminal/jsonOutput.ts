/** JSON to print. JSON has no infinities and no NaN: they become strings. */
export function jsonOutput(value: unknown): string {
  const text = (_: string, x: unknown) => (typeof x === "number" && !Number.isFinite(x) ? String(x) : x);
  return `${JSON.stringify(value, text, 2)}\n`;
}
