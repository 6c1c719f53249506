/**
 * Every public function, called wrongly: a new export is covered by its own example. Each call of these is changed in one
 * place; here in some of its changes, in `edges.deep.ts` in all.
 */
import { afterAll, describe, expect, it } from "vitest";
import { exportedFunctions, legalCalls } from "../support/legalCalls.js";
import { expectEdges, noCounts } from "./edges.js";

const calls = await legalCalls();
const counts = noCounts();

describe("a call that does not fit is refused in words that name function and argument, or answered rightly", () => {
  it("every exported function has an example that calls it", () => {
    expect(exportedFunctions().filter((path) => !calls.has(path))).toEqual([]);
  });
  let offset = 0;
  for (const [path, [legal]] of calls) {
    const start = offset++;
    // Left out, and one change in some: another one for each function.
    it(path, () => expectEdges(legal, (i) => i < legal.args.length || (i + start) % 61 === 0, counts));
  }
  afterAll(() => console.log(counts));
});
