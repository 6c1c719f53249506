/** A number to be read: four decimals, or three digits and a power of ten where those would show nothing or too much; 0 is exact. */
export function show(x: number): string {
  if (x === 0) return "0";
  if (Number.isNaN(x)) return "–";
  if (x === Infinity) return "∞";
  if (x === -Infinity) return "−∞";
  const size = Math.abs(x);
  const text = size < 5e-4 || size >= 1e5 ? x.toExponential(2) : x.toFixed(4);
  return text.replace(/-/g, "−");
}

/** A number to be edited: every digit that it needs. */
export function exact(x: number): string {
  return String(x).replace("Infinity", "∞").replace(/^-/, "−");
}

/** A parameter in a sentence: four digits at most, and whole numbers in full. */
export function brief(x: number): string {
  return Number.isSafeInteger(x) ? x.toLocaleString("en") : String(Number(x.toPrecision(4)));
}
