/** Every public function, called wrongly, in all the ways of `edges.test.ts`. */
import { afterAll, describe, it } from "vitest";
import { legalCalls } from "../support/legalCalls.js";
import { expectEdges, noCounts } from "./edges.js";

const counts = noCounts();

describe("a call that does not fit is refused in words that name function and argument, or answered rightly", async () => {
  for (const [path, legal] of await legalCalls()) {
    it(path, async () => {
      for (const call of legal) await expectEdges(call, () => true, counts);
    });
  }
  afterAll(() => console.log(counts));
});
