import type { Algebra, MeasureOf } from "../exact/algebra.js";
import { type Atoms, atomsOf, distance, loss, meanAt, meanOver, squaredError } from "./atoms.js";
import type { Comparison, Identity, Sides } from "./claim.js";
import { entries, magnitude } from "./vectors.js";

/** The hypotheses of all these claims. */
export const BUILT_IN = "the built-in atoms −1, 0, 1 with p(x|c) ∝ 4, 2, 1, the other class reversed, σ = 0.8";

/** The sides of a statement about the built-in atoms. */
export const onAtoms =
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
export function mismatch<N>(atoms: Atoms<N>, p: MeasureOf<N>, q: MeasureOf<N>): Comparison<N> {
  const { A } = atoms;
  const [theirs, own] = [loss(atoms, p, q), loss(atoms, p, p)];
  const slope = (law: MeasureOf<N>) => meanOver(atoms, p, (i, n) => atoms.slopes(law)[i][n]);
  return { left: [A.subtract(theirs, own)], right: [A.subtract(slope(p), slope(q))], scale: [A.add(theirs, own)] };
}

/** The slope of E_ε[log p_λ(x_t|c)/p_λ(x_t)] at an atom, from the densities, and the difference of squared errors. */
function ratioSlope<N>(atoms: Atoms<N>, i: number): Comparison<N> {
  const { A, own, marginal } = atoms;
  const slope = (law: MeasureOf<N>) => meanAt(atoms, (n) => atoms.slopes(law)[i][n]);
  const error = (law: MeasureOf<N>) => meanAt(atoms, (n) => squaredError(atoms, law, i, n));
  const [all, conditional] = [error(marginal), error(own)];
  return {
    left: [A.subtract(slope(own), slope(marginal))],
    right: [A.subtract(all, conditional)],
    scale: [A.add(all, conditional)],
  };
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
export function weightedLoss<N>(atoms: Atoms<N>, q: MeasureOf<N>): N {
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
export function levelWeight<N>(A: Algebra<N>, from: number, to: number): { omega: N; exact: N } {
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
    sides: onAtoms((atoms) => atoms.points.map((_, i) => ratioSlope(atoms, i))),
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
