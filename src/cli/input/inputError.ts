import { printable } from "../terminal/printable.js";

/** The user's input cannot be used. The message names file, line and field, or the option. Exit status 2. */
export class InputError extends Error {
  override readonly name = "InputError";

  constructor(message: string) {
    super(printable(message));
  }
}
