import type { BigNumber } from "mathjs";
import { requireForm, requirePolicyOf } from "../alignment/autoregressive.js";
import { requireEnumerable, requireSequence } from "../alignment/sequences.js";
import { knownSupport, requireSameSupport } from "../measure/support.js";
import type { Arithmetic } from "./arithmetic.js";
import { divergenceOf } from "./information.js";
import { type ExactDistribution, ofMass, readMeasure } from "./measure.js";
import type { AutoregressivePolicyOf } from "./problems.js";

type Input = number | BigNumber;
type Form = "variant" | "original";

/** A prefix that can be met, with its probability and the law of the token that follows. */
interface Prefix {
  readonly tokens: readonly unknown[];
  readonly mass: BigNumber;
  /** The divergences from uniform of the laws before this one, added up. */
  readonly certainty: BigNumber;
}

/** A policy whose laws are read at this precision. */
function readPolicy(arithmetic: Arithmetic, caller: string, policy: AutoregressivePolicyOf<Input>) {
  return requirePolicyOf(caller, policy, (argument, vocabulary, given) => {
    const { law } = readMeasure(arithmetic, caller, argument, given);
    requireSameSupport(caller, vocabulary, law.support);
    return law;
  });
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

/** Every complete sequence, length by length: each prefix is put in place of itself followed by each token. */
function complete(
  arithmetic: Arithmetic,
  caller: string,
  given: AutoregressivePolicyOf<Input>,
  certainty: (law: ExactDistribution) => BigNumber,
): Prefix[] {
  const policy = requireEnumerable(caller, readPolicy(arithmetic, caller, given));
  const { vocabulary, length, end } = policy;
  const ended = ({ tokens }: Prefix) => tokens.length > 0 && end !== undefined && Object.is(tokens.at(-1), end);
  let prefixes: Prefix[] = [{ tokens: Object.freeze([]), mass: arithmetic.one, certainty: arithmetic.zero }];
  for (let i = 0; i < length; i++) {
    prefixes = prefixes.flatMap((prefix) => {
      if (ended(prefix)) return [prefix];
      const law = policy.conditional(prefix.tokens);
      const sum = prefix.certainty.plus(certainty(law));
      return vocabulary.map((token, v) => ({
        tokens: Object.freeze([...prefix.tokens, token]),
        mass: prefix.mass.times(law.mass[v]),
        certainty: sum,
      }));
    });
  }
  return prefixes;
}

export function sequenceDistribution(arithmetic: Arithmetic, policy: AutoregressivePolicyOf<Input>): ExactDistribution {
  const sequences = complete(arithmetic, "sequenceDistribution", policy, () => arithmetic.zero);
  const support = knownSupport(sequences.map(({ tokens }) => tokens));
  return ofMass(arithmetic, support, Object.freeze(sequences.map(({ mass }) => mass))).law.normalized();
}

export function selfCertainty(
  arithmetic: Arithmetic,
  policy: AutoregressivePolicyOf<Input>,
  sequence: readonly unknown[],
  form: Form = "variant",
): BigNumber {
  const caller = "selfCertainty";
  requireForm(caller, form);
  const own = readPolicy(arithmetic, caller, policy);
  const length = requireSequence(caller, own, sequence);
  const terms = Array.from({ length }, (_, i) =>
    certaintyOf(own.conditional(Object.freeze(sequence.slice(0, i))), form),
  );
  return arithmetic.sum(terms).div(length);
}

export function expectedSelfCertainty(
  arithmetic: Arithmetic,
  policy: AutoregressivePolicyOf<Input>,
  form: Form = "variant",
): BigNumber {
  const caller = "expectedSelfCertainty";
  requireForm(caller, form);
  const sequences = complete(arithmetic, caller, policy, (law) => certaintyOf(law, form));
  const terms = sequences.map(({ tokens, mass, certainty }) =>
    mass.isZero() ? mass : mass.times(certainty).div(tokens.length),
  );
  return arithmetic.sum(terms);
}
