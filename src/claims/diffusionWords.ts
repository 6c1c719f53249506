import type { Algebra, DistributionOf } from "../exact/algebra.js";
import type { Comparison, Identity } from "./claim.js";
import { type Few, fewOf } from "./fewAnswers.js";
import { entries, minus } from "./sums.js";
import { isSame, isWritten, logSum, writtenLaw } from "./written.js";

/** The strength of guidance in the claims. */
const STRENGTH = 1;

/** The few answers as sequences of one token, or of two tokens of which each is 0 or 1. */
const oneToken = (k: number) => [k];
const twoTokens = (k: number) => [k >> 1, k & 1];

/** A law of the few answers, on sequences. */
function onSequences<N>(A: Algebra<N>, law: DistributionOf<N>, sequence: (k: number) => number[]) {
  const support = law.support.map((_, k) => sequence(k));
  return A.fromLogMass(support, law.logMass);
}

/** The few answers with a conditional law, ref, and an unconditional one, ref weighted by ranks. */
function guided<N>(A: Algebra<N>, { ref, policies }: Few<N>) {
  const [own, all] = [ref, policies[1]];
  const law = (sequence: (k: number) => number[], w: number, normalized = false) =>
    A.maskedGuidanceLaw(onSequences(A, own, sequence), onSequences(A, all, sequence), A.number(w), { normalized });
  /** log p_c^{1+w} p^{−w} of the answers of a partial sequence. */
  const tilted = (on: readonly number[]) => {
    const [a, b] = [own, all].map(({ logMass }) => {
      const logs = on.map((k) => logMass[k]);
      return logSum(A, logs);
    });
    return A.add(a, A.multiply(A.number(STRENGTH), A.subtract(a, b)));
  };
  return { own, law, tilted };
}

/** The jump chain of two positions, written out: either one is revealed first, and then the other. */
function twoJumps<N>(A: Algebra<N>, few: Few<N>, normalized: boolean): { logMass: N[] } {
  const { own, tilted } = guided(A, few);
  const answers = entries(own.logMass).map((_, k) => k);
  const alike = (position: number, k: number) =>
    answers.filter((j) => twoTokens(j)[position] === twoTokens(k)[position]);
  const firsts = [0, 1].map((position) => {
    const heads = answers.filter((k) => alike(position, k)[0] === k);
    return heads.map((k) => tilted(alike(position, k)));
  });
  const half = minus(A, A.log(A.number(2)));
  const logMass = answers.map((k) => {
    const ways = [0, 1].map((position) => {
      const partial = alike(position, k);
      const others = partial.map((j) => tilted([j]));
      const first = A.subtract(tilted(partial), logSum(A, normalized ? firsts[position] : firsts.flat()));
      const second = A.subtract(tilted([k]), logSum(A, others));
      return A.add(normalized ? A.add(half, first) : first, second);
    });
    return logSum(A, ways);
  });
  return { logMass };
}

/** ᾱ in the claim of noise levels. */
const LEVELS = [1 / 16, 1 / 2, 15 / 16];

/** The other forms of a level of ᾱ: σ², ᾱσ_VE² and (1 − ᾱ)e^λ. */
function forms<N>(A: Algebra<N>, level: number): Comparison<N> {
  const kept = A.number(level);
  const lost = A.subtract(A.number(1), kept);
  const [sigma, ve, snr] = (["sigma", "sigmaVe", "logSnr"] as const).map((to) =>
    A.convertNoiseLevel(kept, "alphaBar", to),
  );
  return {
    left: [A.multiply(sigma, sigma), A.multiply(kept, A.multiply(ve, ve)), A.multiply(lost, A.exp(snr))],
    right: [lost, lost, kept],
  };
}

/** Claims (56) and (57), which are the library's own: masked diffusion's guidance, and the names of noise levels. */
export const diffusionWords: readonly Identity[] = [
  {
    kind: "identity",
    equation: "(56)",
    statement:
      "masked guidance with rates p_c(v|s)^(1+w) p(v|s)^(−w) is its jump chain; at one position it is the tilt ∝ p_c^(1+w) p^(−w), at w = 0 it is p_c",
    hypotheses:
      "the first 4 answers with mass, as sequences of one token and of two; p is p_c weighted by ranks; w = 1; rates raw and normalized",
    sides: (world) => {
      const { algebra: A } = world;
      const few = fewOf(world);
      const { own, law, tilted } = guided(A, few);
      const logs = entries(own.logMass).map((_, k) => tilted([k]));
      return [
        ...isWritten(A, law(oneToken, STRENGTH), writtenLaw(A, logs)),
        ...isSame(A, law(twoTokens, 0), own),
        ...[false, true].flatMap((normalized) =>
          isWritten(A, law(twoTokens, STRENGTH, normalized), twoJumps(A, few, normalized)),
        ),
      ];
    },
  },
  {
    kind: "identity",
    equation: "(57)",
    statement:
      "σ² = 1 − ᾱ, σ_VE² = (1 − ᾱ)/ᾱ and λ = log ᾱ/(1 − ᾱ); a schedule has ᾱ = Π(1 − β); Karras' σ^(1/ρ) are evenly spaced; a scale is 1 + w",
    hypotheses:
      "ᾱ = 1/16, 1/2, 15/16; two steps with β = 1/4 and 1/2; from 1 to 9 at ρ = 2; the scale β of the instance",
    sides: ({ algebra: A, beta }) => {
      const number = (x: number) => A.number(x);
      const steps = A.betaSchedule("linear", { steps: 2, betaStart: number(1 / 4), betaEnd: number(1 / 2) });
      const squares = (column: ArrayLike<typeof beta>) => entries(column).map((x) => A.multiply(x, x));
      const weight = A.guidanceWeight(beta, "imagen");
      return [
        ...LEVELS.map((level) => forms(A, level)),
        { left: entries(steps.beta), right: [1 / 4, 1 / 2].map(number) },
        { left: entries(steps.alphaBar), right: [3 / 4, 3 / 8].map(number) },
        { left: squares(steps.sigma), right: [1 / 4, 5 / 8].map(number) },
        {
          left: entries(steps.alphaBar).map((a, i) => A.multiply(a, squares(steps.sigmaVe)[i])),
          right: [1 / 4, 5 / 8].map(number),
        },
        { left: entries(steps.logSnr).map((l) => A.exp(l)), right: [number(3), A.divide(number(3), number(5))] },
        {
          left: entries(A.karrasSchedule(3, { sigmaMin: number(1), sigmaMax: number(9), rho: number(2) })),
          right: [1, 4, 9].map(number),
        },
        { left: [A.add(weight, number(1))], right: [beta], scale: [A.add(beta, number(1))] },
        { left: [A.guidanceScale(beta, "imagen")], right: [A.add(beta, number(1))] },
      ];
    },
  },
];
