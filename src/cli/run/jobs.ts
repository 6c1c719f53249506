import { availableParallelism } from "node:os";
import { wholeNumber } from "../input/optionValue.js";
import { say } from "../terminal/say.js";

/** What `--jobs` asks for, no more than the machine has cores; `otherwise` where it is left out. */
export function jobsOf(text: string | undefined, otherwise: number): number {
  const [asked, cores] = [wholeNumber("jobs", text, 1, otherwise), availableParallelism()];
  if (asked <= cores) return asked;
  say(
    `--jobs ${asked}: there ${cores === 1 ? "is 1 core" : `are ${cores} cores`}, and more workers would be no faster; ${cores} are used`,
  );
  return cores;
}
