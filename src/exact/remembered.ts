import type { BigNumber } from "mathjs";

/** A power of 2. */
const SLOTS = 4096;

/** Values of a function of big numbers, of the arguments asked for last: an argument takes the slot of another. */
export class Remembered {
  readonly #slots = new Array<{ readonly x: BigNumber; readonly y: BigNumber } | undefined>(SLOTS);

  /** The value at x: made unless it is known. */
  get(x: BigNumber, make: () => BigNumber): BigNumber {
    const slot = slotOf(x);
    const known = this.#slots[slot];
    if (known !== undefined && isSame(known.x, x)) return known.y;
    const y = make();
    this.#slots[slot] = { x, y };
    return y;
  }
}

function slotOf({ s, e, d }: BigNumber): number {
  let hash = Math.imul(e, 31) + s;
  for (const word of d) hash = Math.imul(hash, 31) + word;
  return (hash ^ (hash >>> 12)) & (SLOTS - 1);
}

/** Whether two finite numbers are equal, and 0 has the same sign. */
function isSame(a: BigNumber, b: BigNumber): boolean {
  if (a.e !== b.e || a.s !== b.s || a.d.length !== b.d.length) return false;
  for (let i = 0; i < a.d.length; i++) if (a.d[i] !== b.d[i]) return false;
  return true;
}
