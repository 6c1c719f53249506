import type { BigNumber } from "mathjs";
import { requireForm } from "../alignment/autoregressive.js";
import { requireEnumerable, requireSequence, walk } from "../alignment/sequences.js";
import { knownSupport } from "../measure/support.js";
import type { Arithmetic } from "./arithmetic.js";
import { divergenceOf } from "./information.js";
import type { Exact, InputPolicy } from "./input.js";
import { type ExactDistribution, ofMass } from "./measure.js";
import { readSequencePolicy } from "./problem.js";

type Form = "variant" | "original";

/** A complete sequence with its probability. */
interface Sequence {
  readonly tokens: readonly unknown[];
  readonly mass: BigNumber;
  /** The sum of the divergences from uniform of the laws on its way. */
  readonly certainty: BigNumber;
}

/** KL(π‖Unif) = Σ π log(|V|π) of one law, or KL(Unif‖π). */
function certaintyOf(law: ExactDistribution, form: Form): BigNumber {
  const { arithmetic, support } = law;
  const uniform = ofMass(
    arithmetic,
    support,
    support.map(() => arithmetic.one),
  ).law;
  return form === "variant" ? divergenceOf(law, uniform) : divergenceOf(uniform, law);
}

/** Every complete sequence, in the order of the vocabulary with the first token slowest. */
function complete(
  arithmetic: Arithmetic,
  caller: string,
  given: InputPolicy,
  certainty: (law: ExactDistribution) => BigNumber,
): Sequence[] {
  const policy = requireEnumerable(caller, readSequencePolicy(arithmetic, caller, given));
  const sequences: Sequence[] = [];
  walk(
    policy,
    { mass: arithmetic.one, certainty: arithmetic.zero },
    (prefix, before) => {
      const law = policy.conditional(prefix);
      return { law, mass: before.mass, certainty: before.certainty.plus(certainty(law)) };
    },
    ({ law, mass, certainty: sum }, v) => ({ mass: mass.times(law.mass[v]), certainty: sum }),
    (tokens, sums) => sequences.push({ tokens, ...sums }),
  );
  return sequences;
}

export const sequenceDistribution: Exact<"sequenceDistribution"> = (arithmetic, policy) => {
  const sequences = complete(arithmetic, "sequenceDistribution", policy, () => arithmetic.zero);
  const support = knownSupport(sequences.map(({ tokens }) => tokens));
  return ofMass(arithmetic, support, Object.freeze(sequences.map(({ mass }) => mass))).law.normalized();
};

export const selfCertainty: Exact<"selfCertainty"> = (arithmetic, policy, sequence, form = "variant") => {
  const caller = "selfCertainty";
  requireForm(caller, form);
  const own = readSequencePolicy(arithmetic, caller, policy);
  const length = requireSequence(caller, own, sequence);
  const terms = Array.from({ length }, (_, i) =>
    certaintyOf(own.conditional(Object.freeze(sequence.slice(0, i))), form),
  );
  return arithmetic.sum(terms).div(length);
};

export const expectedSelfCertainty: Exact<"expectedSelfCertainty"> = (arithmetic, policy, form = "variant") => {
  const caller = "expectedSelfCertainty";
  requireForm(caller, form);
  const sequences = complete(arithmetic, caller, policy, (law) => certaintyOf(law, form));
  const terms = sequences.map(({ tokens, mass, certainty }) =>
    mass.isZero() ? mass : mass.times(certainty).div(tokens.length),
  );
  return arithmetic.sum(terms);
};
