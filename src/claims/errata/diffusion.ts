import type { MeasureOf } from "../../exact/algebra.js";
import type { Atoms } from "../builtInAtoms.js";
import type { Comparison, Erratum } from "../claim.js";
import { divergence, lossOnGrid, mismatch, ON_ATOMS, onAtoms, weightedExcess } from "../diffusion.js";
import { entries, magnitude, minus, total } from "../sums.js";

/** Levels whose weights ω_t total far more than 1. */
const GRID = [0.05, 0.1, 0.3, 0.5, 0.8, 0.9, 0.95];

/** p(x|c)/p(x) at the point where it is farthest from 1, beside e^{−L/Ω} with L by the predictors and Ω = 1 or Σω_t. */
function ratioRule<N>(atoms: Atoms<N>, normalised: boolean): Comparison<N> {
  const { A, own, marginal, farthest } = atoms;
  const weights = A.densityRatioWeights(GRID.map((sigma) => A.number(sigma)));
  const omega = normalised ? total(A, entries(weights)) : A.number(1);
  const exponent = A.divide(atoms.ratioLoss(farthest), omega);
  return {
    left: [A.divide(atoms.atPoint(own, farthest), atoms.atPoint(marginal, farthest))],
    right: [A.exp(minus(A, exponent))],
  };
}

/** Two fields at some noisy points, as the sides of a comparison; `size` bounds their terms. */
function fields<N>(atoms: Atoms<N>, left: (x: N) => N, right: (x: N) => N, size: (x: N) => N): Comparison<N> {
  const { places } = atoms;
  return { left: places.map(left), right: places.map(right), scale: places.map(size) };
}

/** The exact noise predictor of a law. */
const predictorOf =
  <N>({ A, points, level }: Atoms<N>, law: MeasureOf<N>) =>
  (x: N) =>
    A.noisePrediction(points, law, x, level[0]);

/** w of the guided field. */
const STRENGTH = 3;

/** (1+w)·own − v·all of two fields. */
const combined =
  <N>({ A }: Atoms<N>, own: (x: N) => N, all: (x: N) => N, v: number) =>
  (x: N) =>
    A.subtract(A.multiply(A.number(1 + STRENGTH), own(x)), A.multiply(A.number(v), all(x)));

/** The library's guided field beside (1+w)ε_c − v·ε, and beside −σ times the slope of log p_t(x|c)^{1+w} p_t(x)^{−w}. */
function guidedField<N>(atoms: Atoms<N>, v: number): Comparison<N>[] {
  const { A, data, own, marginal, level } = atoms;
  const field = atoms.field();
  const [ours, theirs] = [predictorOf(atoms, own), predictorOf(atoms, marginal)];
  const slopes = combined(atoms, field.minusScore(own, field.alpha), field.minusScore(marginal, field.alpha), STRENGTH);
  const guided = (x: N) => A.guidedNoisePrediction(data, x, level[0], "own", A.number(STRENGTH));
  const size = (x: N) => A.multiply(A.number(2 * STRENGTH + 1), A.add(magnitude(A, ours(x)), magnitude(A, theirs(x))));
  return [
    fields(atoms, guided, combined(atoms, ours, theirs, v), size),
    fields(atoms, combined(atoms, ours, theirs, v), slopes, size),
  ];
}

/** The noise predictor of the tilted atoms beside −σ times a score of noised data: of scale·X̃₀ + σε. */
function tiltedField<N>(atoms: Atoms<N>, scale: N): Comparison<N> {
  const predicted = predictorOf(atoms, atoms.tilted);
  return fields(atoms, predicted, atoms.field().minusScore(atoms.tilted, scale), predicted);
}

/** Misprints of the diffusion half. */
export const diffusionErrata: readonly Erratum[] = [
  {
    kind: "erratum",
    equation: "E2",
    statement:
      "(37)'s weights ω_t are no distribution: divided by Ω = Σω_t the loss L gives, by (36), the power 1/Ω of the ratio",
    hypotheses: `${ON_ATOMS}, 0.9 and 0.95; Ω of a grid of seven levels; p(x|c) is not p(x)`,
    printed: onAtoms((atoms) => [ratioRule(atoms, true)]),
    corrected: onAtoms((atoms) => [ratioRule(atoms, false), lossOnGrid(atoms, atoms.farthest)]),
  },
  {
    kind: "erratum",
    equation: "E3",
    statement:
      "the guided predictor is (1+w)ε_c − w·ε, not (1+w)ε_c − ε: −σ times the slope of log p_t(x|c)^(1+w) p_t(x)^(−w)",
    hypotheses: `${ON_ATOMS}; w = 3`,
    printed: onAtoms((atoms) => guidedField(atoms, 1)),
    corrected: onAtoms((atoms) => guidedField(atoms, STRENGTH)),
  },
  {
    kind: "erratum",
    equation: "E4",
    statement:
      "(38) and (39) are minimised, not maximised: every other predictor's loss exceeds that of the tilted atoms' by E|ε* − ε_θ|²",
    hypotheses: `${ON_ATOMS}; a reward that grows with the rank of the atom`,
    printed: onAtoms((atoms) =>
      weightedExcess(atoms).map(({ left }) => ({ left, right: [atoms.A.number(0)], relation: "<=" as const })),
    ),
    corrected: onAtoms(weightedExcess),
  },
  {
    kind: "erratum",
    equation: "E5",
    statement: "ε̃ is −σ_t times the score of √(1−σ_t²)·X̃₀ + σ_tε, not of X̃₀ + σ_tε",
    hypotheses: `${ON_ATOMS}; some tilted atom is not at 0`,
    printed: onAtoms((atoms) => [tiltedField(atoms, atoms.A.number(1))]),
    corrected: onAtoms((atoms) => {
      const { A, points, tilted, level } = atoms;
      const predicted = predictorOf(atoms, tilted);
      const score = (x: (typeof points)[number]) =>
        A.multiply(minus(A, level[0]), A.score(points, tilted, x, level[0]));
      return [tiltedField(atoms, atoms.field().alpha), fields(atoms, predicted, score, predicted)];
    }),
  },
  {
    kind: "erratum",
    equation: "E6",
    statement:
      "(33)'s surrogate E|ε − ε_θ|² is not KL: it is not 0 at p_θ = p_data, where only E[|ε − ε_q|² − |ε − ε_p|²] is",
    hypotheses: ON_ATOMS,
    printed: onAtoms((atoms) => [
      { left: [atoms.A.klDivergence(atoms.own, atoms.own)], right: [atoms.loss(atoms.own, atoms.own)] },
    ]),
    corrected: onAtoms((atoms) => [
      ...[atoms.own, atoms.marginal].map((q) => mismatch(atoms, q)),
      ...[atoms.own, atoms.marginal].map((q) => divergence(atoms, q)),
    ]),
  },
];
