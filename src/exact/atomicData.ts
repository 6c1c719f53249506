import { requireSameSupport, requireSupport } from "../measure/support.js";
import { outOfRange, requireObject, wrongType } from "../numeric/check.js";
import type { Arithmetic } from "./arithmetic.js";
import type { InputAtoms, InputData } from "./input.js";
import { type ExactDistribution, type ExactMeasure, ofMass, readMeasure } from "./measure.js";
import { finite, type Numbers, nonNegative, requireNumber, requireNumbers } from "./read.js";

/** The coordinates of atoms on a line. */
export function pointsOf(arithmetic: Arithmetic, caller: string, atoms: InputAtoms, size: number): Numbers {
  return requireNumbers(arithmetic, caller, "atoms", atoms, size, finite);
}

/** The names of the classes, and the prior on them. */
export function readPrior(arithmetic: Arithmetic, caller: string, data: InputData): ExactDistribution {
  const { classes, prior } = requireObject(caller, "data", data);
  const names = Object.keys(requireObject(caller, "data.classes", classes));
  if (names.length === 0) throw outOfRange(caller, "data.classes", "name at least one class", classes);
  requireObject(caller, "data.prior", prior);
  const mass = names.map((c) => requireNumber(arithmetic, caller, `data.prior.${c}`, prior[c], nonNegative));
  if (!mass.some((p) => p.gt(0))) throw outOfRange(caller, "data.prior", "have a positive total", 0);
  return ofMass(arithmetic, requireSupport(caller, names), Object.freeze(mass)).law;
}

/** p(x|c) of each class, on the same atoms, with p(c). */
export interface Classes {
  readonly prior: ExactDistribution;
  readonly conditional: ReadonlyMap<string, ExactMeasure>;
}

function readClasses(arithmetic: Arithmetic, caller: string, data: InputData): Classes {
  const prior = readPrior(arithmetic, caller, data);
  const names = prior.support as readonly string[];
  const conditional = new Map(
    names.map((c) => [c, readMeasure(arithmetic, caller, `data.classes.${c}`, data.classes[c])]),
  );
  const [first, ...others] = [...conditional].map(([c, { support }]) => ({ name: `data.classes.${c}`, support }));
  for (const { name, support } of others) requireSameSupport(caller, first.support, support, [first.name, name]);
  return { prior, conditional };
}

/** The classes, and the one of a label. */
export function readClass(
  arithmetic: Arithmetic,
  caller: string,
  data: InputData,
  label: string,
  argument = "label",
): Classes & { readonly own: ExactMeasure } {
  const all = readClasses(arithmetic, caller, data);
  if (typeof label !== "string") throw wrongType(caller, argument, "be the name of a class", label);
  const own = all.conditional.get(label);
  if (own === undefined) throw outOfRange(caller, argument, `be one of ${all.prior.support.join(", ")}`, label);
  return { ...all, own };
}

/** p(c) p(x|c) of each class. */
export function jointOf({ prior, conditional }: Classes): Map<string, Numbers> {
  return new Map([...conditional].map(([c, { law }], k) => [c, law.mass.map((m) => m.times(prior.mass[k]))]));
}

/** p(x). */
export function marginalOf(classes: Classes): Numbers {
  const joint = [...jointOf(classes).values()];
  return joint[0].map((_, i) => classes.prior.arithmetic.sum(joint.map((mass) => mass[i])));
}
