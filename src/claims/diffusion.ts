import type { Algebra, MeasureOf } from "../exact/algebra.js";
import { type Atoms, atomsOf, density, distance, loss, meanAt, meanOver, squaredError } from "./atoms.js";
import type { Comparison, Erratum, Identity, Sides } from "./claim.js";
import { entries, magnitude, total } from "./vectors.js";

/** The hypotheses of all these claims. */
const BUILT_IN = "the built-in atoms −1, 0, 1 with p(x|c) ∝ 4, 2, 1, the other class reversed, σ = 0.8";

/** The sides of a statement about the built-in atoms. */
const onAtoms =
  (sides: <N>(atoms: Atoms<N>) => readonly Comparison<N>[]): Sides =>
  ({ algebra }) =>
    sides(atomsOf(algebra));

/** Laws that a predictor may be of. */
const lawsOf = <N>({ own, other, marginal, tilted }: Atoms<N>) => [own, other, marginal, tilted];

/** p(x|c)^{1+w} p(x)^{−w}, normalised. */
function target<N>({ A, own, marginal }: Atoms<N>, w: number): MeasureOf<N> {
  return A.normalize(A.product(A.power(own, A.number(1 + w)), A.power(marginal, A.number(-w))));
}

/** E[|ε − ε_q|² − |ε − ε_p|²] over p, and minus the slope u·d/du of KL(p_u‖q_u) from the densities. */
function mismatch<N>(atoms: Atoms<N>, p: MeasureOf<N>, q: MeasureOf<N>): Comparison<N> {
  const { A } = atoms;
  const [theirs, own] = [loss(atoms, p, q), loss(atoms, p, p)];
  const slope = (law: MeasureOf<N>) => meanOver(atoms, p, (i, n) => atoms.slopes(law)[i][n]);
  return { left: [A.subtract(theirs, own)], right: [A.subtract(slope(p), slope(q))], scale: [A.add(theirs, own)] };
}

/** Minimal at the law of the data: E|ε − ε_q|² is larger by E|ε_p − ε_q|². */
function pythagoras<N>(atoms: Atoms<N>, p: MeasureOf<N>): Comparison<N>[] {
  const { A } = atoms;
  return lawsOf(atoms).map((q) => ({
    left: [loss(atoms, p, q)],
    right: [A.add(loss(atoms, p, p), distance(atoms, p, q))],
  }));
}

/** Z⁻¹ E_{p(x|c)}[e^{r/β} |ε − ε_q|²]. */
function weightedLoss<N>(atoms: Atoms<N>, q: MeasureOf<N>): N {
  const { A, own, reward, beta } = atoms;
  const weight = reward.map((r) => A.exp(A.divide(r, beta)));
  const sum = meanOver(atoms, own, (i, n) => A.multiply(weight[i], squaredError(atoms, q, i, n)));
  return A.divide(sum, A.expectation(own, weight));
}

/** E_p[r] − β·E|ε − ε_p(x_t)|² over x₀ ~ p(x|c): what (34) maximises. */
function surrogateObjective<N>(atoms: Atoms<N>, p: MeasureOf<N>): N {
  const { A, own, reward, beta } = atoms;
  return A.subtract(A.expectation(p, reward), A.multiply(beta, loss(atoms, own, p)));
}

/** log p(c|x) as a reward with β = 1/w: guidance as a tilt. */
function guidance<N>({ A, own, posterior }: Atoms<N>, w: number) {
  return { ref: own, reward: posterior.map((p) => A.log(p)), beta: A.divide(A.number(1), A.number(w)) };
}

/** log((1 − σ²)/σ²). */
function logSnr<N>(A: Algebra<N>, sigma: N): N {
  const square = A.multiply(sigma, sigma);
  return A.log(A.divide(A.subtract(A.number(1), square), square));
}

/** ω of (37) for two neighbouring levels, and ½|Δλ| between them. */
function levelWeight<N>(A: Algebra<N>, from: number, to: number): { omega: N; exact: N } {
  const [s, next] = [A.number(from), A.number(to)];
  const [s2, next2] = [A.multiply(s, s), A.multiply(next, next)];
  const omega = A.divide(A.subtract(next2, s2), A.multiply(A.number(2), A.multiply(s2, A.subtract(A.number(1), s2))));
  return { omega, exact: A.multiply(A.number(0.5), A.subtract(logSnr(A, s), logSnr(A, next))) };
}

/** Equations (30)–(39): diffusion on data that are a finite set of atoms. */
export const diffusion: readonly Identity[] = [
  {
    kind: "identity",
    equation: "(30)",
    statement: "E|ε − ε_q(x_t)|² = E|ε − ε*(x_t)|² + E|ε* − ε_q|²: the loss is least at the exact noise predictor ε*",
    hypotheses: BUILT_IN,
    builtIn: true,
    sides: onAtoms((atoms) => pythagoras(atoms, atoms.own)),
  },
  {
    kind: "identity",
    equation: "(31)",
    statement: "p(c|x)^w p(x|c) ∝ p(x|c)^(1+w) p(x)^(−w): guidance tilts p(x|c) by w·log p(c|x)",
    hypotheses: `${BUILT_IN}; w = 0.5, 1, 3`,
    builtIn: true,
    sides: onAtoms((atoms) =>
      [0.5, 1, 3].map((w) => ({
        left: entries(atoms.A.rlhfOptimum(guidance(atoms, w)).mass),
        right: entries(target(atoms, w).mass),
      })),
    ),
  },
  {
    kind: "identity",
    equation: "(32)",
    statement: "E_p[r] − β KL(p‖p_data) is largest at p_data·e^(r/β)/Z, with value β log Z, and falls short by β KL",
    hypotheses: `${BUILT_IN}; r = 0, 0.5, 1, β = 0.5`,
    builtIn: true,
    sides: onAtoms((atoms) => {
      const { A, own, reward, beta, tilted } = atoms;
      const problem = { ref: own, reward, beta };
      const best = A.multiply(
        beta,
        A.log(
          A.expectation(
            own,
            reward.map((r) => A.exp(A.divide(r, beta))),
          ),
        ),
      );
      return lawsOf(atoms).map((p) => ({
        left: [A.rlhfObjective(problem, p)],
        right: [A.subtract(best, A.multiply(beta, A.klDivergence(p, tilted)))],
        scale: [A.number(1)],
      }));
    }),
  },
  {
    kind: "identity",
    equation: "(33)",
    statement: "−2 d/dλ KL(p_λ‖q_λ) = E_p[|ε − ε_q|² − |ε − ε_p|²], so that KL(p‖q) = ½∫ of it dλ over log-SNR λ",
    hypotheses: BUILT_IN,
    builtIn: true,
    sides: onAtoms((atoms) => [atoms.marginal, atoms.other, atoms.tilted].map((q) => mismatch(atoms, atoms.own, q))),
  },
  {
    kind: "identity",
    equation: "(34)",
    statement: "it is not (32): the optimum of (32) scores lower on (34) than the other class does, and higher on (32)",
    hypotheses: `${BUILT_IN}; r = 0, 0.5, 1, β = 0.5`,
    builtIn: true,
    sides: onAtoms((atoms) => {
      const { A, own, reward, beta, tilted, other } = atoms;
      const problem = { ref: own, reward, beta };
      return [
        { left: [surrogateObjective(atoms, tilted)], right: [surrogateObjective(atoms, other)], relation: "<=" },
        { left: [A.rlhfObjective(problem, other)], right: [A.rlhfObjective(problem, tilted)], relation: "<=" },
      ];
    }),
  },
  {
    kind: "identity",
    equation: "(35)",
    statement: "soft best-of-N with weights p(c|x)^w over draws of p(x|c) is within (29)'s rate of the target (31)",
    hypotheses: `${BUILT_IN}; w = 1, N = 256`,
    builtIn: true,
    sides: onAtoms((atoms) => {
      const { A, posterior } = atoms;
      const n = 256;
      const law = A.softBestOfNLaw(guidance(atoms, 1), n).mass;
      const goal = target(atoms, 1).mass;
      const root = A.exp(A.multiply(A.number(0.5), A.log(A.divide(A.log(A.number(n)), A.number(n)))));
      const rate = A.multiply(A.divide(posterior[0], posterior[2]), root);
      return [
        {
          left: entries(law).map((p, i) => magnitude(A, A.subtract(p, goal[i]))),
          right: entries(goal).map((p) => A.multiply(p, rate)),
          relation: "<=",
        },
      ];
    }),
  },
  {
    kind: "identity",
    equation: "(36)",
    statement:
      "2 d/dλ E_ε[log p_λ(x_t|c)/p_λ(x_t)] = E_ε[|ε − ε(x_t)|² − |ε − ε(x_t|c)|²] at each atom: its integral is log p(x|c)/p(x)",
    hypotheses: BUILT_IN,
    builtIn: true,
    sides: onAtoms((atoms) => {
      const { A, own, marginal } = atoms;
      return atoms.points.map((_, i) => {
        const slope = (law: MeasureOf<typeof atoms.u>) => meanAt(atoms, (n) => atoms.slopes(law)[i][n]);
        const error = (law: MeasureOf<typeof atoms.u>) => meanAt(atoms, (n) => squaredError(atoms, law, i, n));
        const [all, conditional] = [error(marginal), error(own)];
        return {
          left: [A.subtract(slope(own), slope(marginal))],
          right: [A.subtract(all, conditional)],
          scale: [A.add(all, conditional)],
        };
      });
    }),
  },
  {
    kind: "identity",
    equation: "(37)",
    statement:
      "ω_t = (σ²_{t+1} − σ²_t)/(2σ²_t(1 − σ²_t)) is the rule for ½∫dλ: above it while σ² < ½, below it past that",
    hypotheses: "levels 0.3, 0.5, 0.6 and 0.8, 0.9, 0.95",
    builtIn: true,
    sides: ({ algebra: A }) => {
      const rise = [levelWeight(A, 0.3, 0.5), levelWeight(A, 0.5, 0.6)];
      const fall = [levelWeight(A, 0.8, 0.9), levelWeight(A, 0.9, 0.95)];
      return [
        { left: rise.map((l) => l.exact), right: rise.map((l) => l.omega), relation: "<=" },
        { left: fall.map((l) => l.omega), right: fall.map((l) => l.exact), relation: "<=" },
      ];
    },
  },
  {
    kind: "identity",
    equation: "(38)",
    statement: "Z⁻¹ E_data[e^(r/β) |ε − ε_θ|²] = E_tilted|ε − ε_θ|²: weights on draws of the data make the tilted loss",
    hypotheses: `${BUILT_IN}; r = 0, 0.5, 1, β = 0.5`,
    builtIn: true,
    sides: onAtoms((atoms) =>
      lawsOf(atoms).map((q) => ({ left: [weightedLoss(atoms, q)], right: [loss(atoms, atoms.tilted, q)] })),
    ),
  },
  {
    kind: "identity",
    equation: "(39)",
    statement:
      "the tilted loss is least at the noise predictor of the tilted atoms, and larger by E|ε* − ε_θ|² elsewhere",
    hypotheses: `${BUILT_IN}; r = 0, 0.5, 1, β = 0.5`,
    builtIn: true,
    sides: onAtoms((atoms) => pythagoras(atoms, atoms.tilted)),
  },
];

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
