import { test } from "vitest";
import { measure, klDivergence, rlhfOptimum } from "exptilt";
import { caseOf } from "../accuracy/assess.js";
import { alignment } from "../accuracy/families/alignment.js";
import { measures } from "../accuracy/families/measure.js";
test("x", () => {
  const s = alignment.find((x) => x.name.startsWith("klDivergence("))!;
  const { inputs } = caseOf(s, 157) as any;
  console.log(JSON.stringify(inputs), s.float64(inputs), String(s.exact(inputs,inputs)));
  const ref = measure([...inputs.mass.keys()], inputs.mass);
  console.log(klDivergence(rlhfOptimum({...inputs, ref}), ref));
  const opt = rlhfOptimum({...inputs, ref}); console.log(opt.mass, ref.logMass, (opt as any).law.weight);
  const t = measures.find((x) => x.name === "tilt().mass")!; const c = caseOf(t, 184) as any; console.log(JSON.stringify(c.inputs), t.float64(c.inputs), Array.from(t.exact(c.inputs, c.inputs) as any, Number));
});
