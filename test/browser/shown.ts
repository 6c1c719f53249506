import { expect } from "vitest";

/** The number that a text shows, and half a unit of its last digit. */
function read(text: string): { value: number; half: number } {
  const plain = text.replaceAll("−", "-").replace("∞", "Infinity");
  const [digits, exponent = "0"] = plain.split("e");
  const places = digits.includes(".") ? digits.length - digits.indexOf(".") - 1 : 0;
  return { value: Number(plain), half: 0.5 * 10 ** (Number(exponent) - places) };
}

/** A text shows a number, to every digit that it has. */
export function expectShown(text: string, expected: number, what: string): void {
  const { value, half } = read(text);
  if (Number.isFinite(expected)) {
    expect(Math.abs(value - expected), `${what}: ${text} is shown for ${expected}`).toBeLessThanOrEqual(half * 1.0001);
    // A number that is not 0 is not shown as 0.
    expect(value === 0, `${what}: ${text} is shown for ${expected}`).toBe(expected === 0);
  } else expect(value, what).toBe(expected);
}
