import { InputError } from "./inputError.js";

/**
 * The numbers of a list like `0,0.02,0.1` or `1,2,4,…,1024`. An ellipsis (… or ...) continues the numbers before it, by the
 * same factor or else by the same step, and must meet the number after it.
 */
export function numberList(name: string, text: string, fits: (x: number) => boolean, must: string): number[] {
  const wrong = (what: string) => new InputError(`--${name} must be a list of numbers, each ${must}; ${what}`);
  const items = text.split(",").map((item) => item.trim());
  const numbers: number[] = [];
  for (const [i, item] of items.entries()) {
    if (item === "…" || item === "...") {
      const end = toNumber(items[i + 1]);
      const between = numbers.length < 2 ? undefined : continued(numbers, end);
      if (between === undefined)
        throw wrong(`"${items.slice(Math.max(0, i - 3), i + 2).join(",")}" does not tell how to go on`);
      numbers.push(...between);
      continue;
    }
    const x = toNumber(item);
    if (!fits(x)) throw wrong(`got ${JSON.stringify(item)}`);
    numbers.push(x);
  }
  return numbers;
}

function toNumber(item: string | undefined): number {
  return item === undefined || item === "" ? Number.NaN : Number(item);
}

/** A longer progression is a typing error. */
const MAX_NUMBERS = 100_000;

/** The numbers strictly between the last and the end, or undefined where no progression meets the end. */
function continued(numbers: readonly number[], end: number): number[] | undefined {
  const [a, b, c] = [numbers.at(-3), numbers.at(-2) ?? Number.NaN, numbers.at(-1) ?? Number.NaN];
  const near = (x: number, y: number) => Math.abs(x - y) <= 1e-9 * Math.abs(y);
  const geometric = (k: number) => c * (c / b) ** k;
  const arithmetic = (k: number) => c + (c - b) * k;
  const progressions = [
    { at: geometric, holds: a === undefined || near(c / b, b / a) },
    { at: arithmetic, holds: a === undefined || near(c - b, b - a) },
  ];
  for (const { at, holds } of progressions) {
    if (!holds) continue;
    const between: number[] = [];
    for (let k = 1; between.length < MAX_NUMBERS; k++) {
      const x = at(k);
      if (near(x, end)) return between;
      if (!((c < b && x > end) || (c > b && x < end))) break;
      between.push(x);
    }
  }
  return undefined;
}
