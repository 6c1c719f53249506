import { test } from "vitest";
import { appendFileSync, writeFileSync } from "node:fs";
import { legalCalls, exportedFunctions } from "../support/legalCalls.js";
import { badCalls, legalAnswer, outcomesOf, onCurrent } from "../support/badCalls.js";
test("probe", async () => {
  const calls = await legalCalls();
  const log = process.env.OUT ?? "/tmp/contracts.out";
  writeFileSync(log, "");
  const only = process.env.FN; const counts: Record<string, number> = {};
  const strict = [`"1"`, `true`, `""`, "null", "{}", "Symbol()", "a function"];
  for (const [path, list] of calls) {
    if (path.includes("float64Algebra") || path.includes("checkClaim")) continue;
    if (only && !new RegExp(only).test(path)) continue;
    const t = performance.now(); let n = 0;
    appendFileSync(log, `## ${path}\n`);
    for (const legal of list.slice(0, Number(process.env.EACH ?? 1))) {
      let expected: string | undefined;
      try { expected = await legalAnswer(legal); } catch (e) { appendFileSync(log, `${path}\tlegal fails\t${String(e)}\n`); }
      onCurrent((bad) => process.env.NOW && writeFileSync(log + ".now", `${path} ${bad.place} ${bad.change}`));
      const bads = [...badCalls(legal)];
      const outs = await outcomesOf(legal, bads, expected);
      for (const [i, bad] of bads.entries()) {
        n++;
        const o = outs[i];
        counts[o.kind] = (counts[o.kind] ?? 0) + 1;
        if (o.kind === "refused" && process.env.REFUSED === undefined) continue;
        if (o.kind === "answered" && !(strict.includes(bad.change))) continue;
        appendFileSync(log, `${o.kind}\t${path}\t${bad.place}\t${bad.change}\t${o.text.slice(0, 300).replaceAll("\n", " ")}\n`);
      }
    }
    appendFileSync(log, `-- ${path} ${n} calls ${Math.round(performance.now() - t)} ms\n`);
  }
  console.log(counts);
}, 6e6);
