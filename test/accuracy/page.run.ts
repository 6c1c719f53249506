import { test } from "vitest";
import { assess } from "./assess.js";
import { alignment } from "./families/alignment.js";
import { information } from "./families/information.js";
import { measures } from "./families/measure.js";
import { numeric } from "./families/numeric.js";

const only = process.env.ONLY?.split(",");
const short = (x: unknown) => {
  const t = JSON.stringify(x, (_, v) => (typeof v === "number" && !Number.isFinite(v) ? String(v) : v));
  return t.length > 260 ? `${t.slice(0, 260)}…` : t;
};
test.each(
  [...numeric, ...measures, ...information, ...alignment].filter(
    (s) => !only || only.some((o) => s.name.startsWith(o)),
  ),
)("$name", (s) => {
  const t = performance.now();
  const a = assess(s);
  const f = (x: number) => x.toPrecision(3);
  console.log(
    `${a.name}: plain ${f(a.plain.max)} mean ${f(a.plain.mean)} scaled ${f(a.scaled.max)} mean ${f(a.scaled.mean)} | ${Object.entries(
      a.peers,
    )
      .map(([k, v]) => `${k} ${f(v.max)}/${f(v.median)}`)
      .join(
        ", ",
      )} | ${(performance.now() - t).toFixed(0)} ms | ${a.worst.at}[${a.worst.entry}] got ${a.worst.got} want ${a.worst.want} ${short(a.worst.inputs)}`,
  );
});
