import type { MeasureOf } from "../exact/algebra.js";
import { type Atoms, density, loss } from "./atoms.js";
import type { Comparison, Erratum } from "./claim.js";
import { BUILT_IN, levelWeight, mismatch, onAtoms, weightedLoss } from "./diffusion.js";
import { total } from "./vectors.js";

/** Points at which fields are compared. */
const PLACES = [-1.25, -0.25, 0.5, 2];

/** ε − its printed or corrected form, at some places. */
function fields<N>(atoms: Atoms<N>, left: (x: N) => N, right: (x: N) => N): Comparison<N>[] {
  const places = PLACES.map((x) => atoms.A.number(x));
  return [{ left: places.map(left), right: places.map(right), scale: places.map(() => atoms.A.number(1)) }];
}

/** The exact noise predictor of a law at this level. */
const predictorOf =
  <N>({ A, points, sigma }: Atoms<N>, law: MeasureOf<N>) =>
  (x: N) =>
    A.noisePrediction(points, law, x, sigma);

/** ∇ log of the density of scale·X + σε. */
const scoreOf =
  <N>(atoms: Atoms<N>, law: MeasureOf<N>, scale: N) =>
  (x: N) => {
    const { value, slope } = density(atoms, law, scale, x);
    return atoms.A.divide(slope, value);
  };

/** p(x|c)/p(x) of the last atom, and e^{−L/Ω} with Ω the total weight of a grid, or 1. */
function ratioRule<N>({ A, own, marginal }: Atoms<N>, normalised: boolean): Comparison<N>[] {
  const ratio = A.divide(own.mass[2], marginal.mass[2]);
  const grid = [0.05, 0.1, 0.3, 0.5, 0.8, 0.9, 0.95];
  const omega = total(
    A,
    grid.slice(1).map((to, t) => levelWeight(A, grid[t], to).omega),
  );
  // L = −log p(x|c)/p(x) with unnormalised weights, (36).
  const power = normalised ? A.divide(A.number(1), omega) : A.number(1);
  return [{ left: [ratio], right: [A.exp(A.multiply(power, A.log(ratio)))] }];
}

/** Misprints of the diffusion half. */
export const diffusionErrata: readonly Erratum[] = [
  {
    kind: "erratum",
    equation: "E2",
    statement: "(37)'s weights ω_t are no distribution: normalised by Ω = Σω_t, (36) gives the power 1/Ω of the ratio",
    hypotheses: `${BUILT_IN}; the last atom, and a grid of seven levels`,
    builtIn: true,
    printed: onAtoms((atoms) => ratioRule(atoms, true)),
    corrected: onAtoms((atoms) => ratioRule(atoms, false)),
  },
  {
    kind: "erratum",
    equation: "E3",
    statement:
      "the guided predictor is (1+w)ε_c − w·ε, not (1+w)ε_c − ε: −σ times the slope of log p_t(x|c)^(1+w) p_t(x)^(−w)",
    hypotheses: `${BUILT_IN}; w = 3`,
    builtIn: true,
    printed: onAtoms((atoms) => guidedField(atoms, 1)),
    corrected: onAtoms((atoms) => guidedField(atoms, 3)),
  },
  {
    kind: "erratum",
    equation: "E4",
    statement: "(38) and (39) are minimised, not maximised: the predictor of the tilted atoms has the least loss",
    hypotheses: `${BUILT_IN}; r = 0, 0.5, 1, β = 0.5`,
    builtIn: true,
    printed: onAtoms((atoms) => [
      { left: [weightedLoss(atoms, atoms.own)], right: [weightedLoss(atoms, atoms.tilted)], relation: "<=" },
    ]),
    corrected: onAtoms((atoms) =>
      [atoms.own, atoms.other, atoms.marginal].map((q) => ({
        left: [weightedLoss(atoms, atoms.tilted)],
        right: [weightedLoss(atoms, q)],
        relation: "<=" as const,
      })),
    ),
  },
  {
    kind: "erratum",
    equation: "E5",
    statement: "ε̃ is −σ_t times the score of √(1−σ_t²)·X̃₀ + σ_tε, not the score of X̃₀ + σ_tε",
    hypotheses: BUILT_IN,
    builtIn: true,
    printed: onAtoms((atoms) =>
      fields(atoms, predictorOf(atoms, atoms.tilted), scoreOf(atoms, atoms.tilted, atoms.A.number(1))),
    ),
    corrected: onAtoms((atoms) => {
      const { A, tilted, alpha, sigma } = atoms;
      const score = scoreOf(atoms, tilted, alpha);
      return fields(atoms, predictorOf(atoms, tilted), (x) => A.subtract(A.number(0), A.multiply(sigma, score(x))));
    }),
  },
  {
    kind: "erratum",
    equation: "E6",
    statement:
      "(33)'s surrogate E|ε − ε_θ|² is not KL: it is not 0 at p_θ = p_data, where only E[|ε − ε_q|² − |ε − ε_p|²] is",
    hypotheses: BUILT_IN,
    builtIn: true,
    printed: onAtoms((atoms) => [
      { left: [atoms.A.klDivergence(atoms.own, atoms.own)], right: [loss(atoms, atoms.own, atoms.own)] },
    ]),
    corrected: onAtoms((atoms) => [atoms.own, atoms.other].map((q) => mismatch(atoms, atoms.own, q))),
  },
];

/** (1+w)ε_c − v·ε beside −σ times the slope of log p_t(x|c)^{1+w} p_t(x)^{−w}, w = 3. */
function guidedField<N>(atoms: Atoms<N>, v: number): Comparison<N>[] {
  const { A, own, marginal, alpha, sigma } = atoms;
  const [conditional, all] = [predictorOf(atoms, own), predictorOf(atoms, marginal)];
  const [scoreOwn, scoreAll] = [scoreOf(atoms, own, alpha), scoreOf(atoms, marginal, alpha)];
  const combine = (a: N, b: N, c: number) => A.subtract(A.multiply(A.number(4), a), A.multiply(A.number(c), b));
  return fields(
    atoms,
    (x) => combine(conditional(x), all(x), v),
    (x) => A.subtract(A.number(0), A.multiply(sigma, combine(scoreOwn(x), scoreAll(x), 3))),
  );
}
