import { printable } from "../terminal/printable.js";

/** What the user gave cannot be used: the message names file, line and field, or the option. Exit status 2. */
export class InputError extends Error {
  override readonly name = "InputError";

  constructor(message: string) {
    super(printable(message));
  }
}
