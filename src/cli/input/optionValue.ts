import { InputError } from "./inputError.js";

/** The number that an option's text stands for. */
export function optionValue(name: string, text: string, fits: (x: number) => boolean, must: string): number {
  const x = text.trim() === "" ? Number.NaN : Number(text);
  if (!fits(x)) throw new InputError(`--${name} must be ${must}, got ${JSON.stringify(text)}`);
  return x;
}

/** The same for a whole number of at least `least`; `otherwise` where the option is left out. */
export function wholeNumber(name: string, text: string | undefined, least: number, otherwise: number): number {
  const fits = (x: number) => Number.isSafeInteger(x) && x >= least;
  return text === undefined ? otherwise : optionValue(name, text, fits, `a whole number of at least ${least}`);
}
