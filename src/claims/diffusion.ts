import type { Algebra, MeasureOf } from "../exact/algebra.js";
import { cached } from "../numeric/cache.js";
import { square } from "../numeric/elementary.js";
import type { Atoms } from "./builtInAtoms.js";
import type { Comparison, Identity, Sides } from "./claim.js";
import type { World } from "./instance.js";
import { entries, largest, magnitude, minus, positions, sign, total } from "./sums.js";
import { isWritten, writtenLaw, writtenTilt } from "./written.js";

/** The hypotheses of all these claims. */
export const ON_ATOMS = "atoms on a line in two classes, made from three answers, p(c) = 3/8, σ = 0.8";

/** The sides of a statement about the instance's atoms, computed once for each, with the precision of their integrals. */
export function onAtoms(sides: <N>(atoms: Atoms<N>) => readonly Comparison<N>[]): Sides {
  const known = new WeakMap<object, readonly Comparison<unknown>[]>();
  return <N>({ atoms }: World<N>) => {
    const make = () => sides(atoms).map((comparison) => ({ precision: atoms.precision, ...comparison }));
    return cached(known, atoms, make) as readonly Comparison<N>[];
  };
}

/** A loss plus E[ε²] = 1: the error of a quadrature over the noise is relative to this, however small the loss is. */
function beside<N>(A: Algebra<N>, loss: N): N {
  return A.add(A.number(1), loss);
}

/** E_p[|ε − ε_q|² − |ε − ε_p|²] by the library's losses, beside −u·d/du KL(p_u‖q_u) by the densities. */
export function mismatch<N>(atoms: Atoms<N>, q: MeasureOf<N>): Comparison<N> {
  const { A, own } = atoms;
  const [theirs, ours] = [atoms.loss(own, q), atoms.loss(own, own)];
  const slope = (law: MeasureOf<N>) => atoms.average(own, atoms.field().slopes(law));
  return {
    left: [A.subtract(theirs, ours)],
    right: [A.subtract(slope(own), slope(q))],
    scale: [beside(A, A.add(theirs, ours))],
  };
}

/** KL(p(x|c)‖q) by the predictors, beside the divergence of the laws of points. */
export function divergence<N>(atoms: Atoms<N>, q: MeasureOf<N>): Comparison<N> {
  return { left: [atoms.divergence(q)], right: [atoms.A.klDivergence(atoms.onPoints(atoms.own), atoms.onPoints(q))] };
}

/** The slope of E_ε[log p_λ(x_t|c)/p_λ(x_t)] at each atom by the densities, beside the difference of squared errors. */
function ratioSlopes<N>(atoms: Atoms<N>): Comparison<N> {
  const { A, own, marginal } = atoms;
  const field = atoms.field();
  const [conditional, all] = [field.errors(own), field.errors(marginal)];
  const slopes = field.slopes(marginal);
  return {
    left: field.slopes(own).map((slope, i) => A.subtract(slope, slopes[i])),
    right: all.map((error, i) => A.subtract(error, conditional[i])),
    scale: all.map((error, i) => beside(A, A.add(error, conditional[i]))),
  };
}

/** The library's loss, beside that of its predictors and beside the least loss, at q = p, plus E|ε_p − ε_q|². */
function pythagoras<N>(atoms: Atoms<N>, p: MeasureOf<N>): Comparison<N>[] {
  const field = atoms.field();
  return atoms.laws.map((q) => {
    const excess = atoms.A.add(atoms.loss(p, p), field.distance(p, q));
    const [loss, size] = [atoms.loss(p, q), beside(atoms.A, excess)];
    return { left: [loss, loss], right: [field.loss(p, q), excess], scale: [size, size] };
  });
}

/** Z⁻¹ E_{p(x|c)}[e^{r/β} |ε − ε_q|²], by the predictors. */
function weighted<N>(atoms: Atoms<N>, q: MeasureOf<N>): N {
  const { A, own, reward, beta } = atoms;
  const weight = reward.map((r) => A.exp(A.divide(r, beta)));
  const terms = atoms
    .field()
    .errors(q)
    .map((error, i) => A.multiply(weight[i], error));
  return A.divide(atoms.average(own, terms), A.expectation(own, weight));
}

/** By how much the weighted loss of each law exceeds that of the tilt, beside E_tilted|ε_tilted − ε_q|². */
export function weightedExcess<N>(atoms: Atoms<N>): Comparison<N>[] {
  const { A, tilted } = atoms;
  return [atoms.own, atoms.marginal].map((q) => ({
    left: [A.subtract(atoms.weightedLoss(q), atoms.weightedLoss(tilted))],
    right: [atoms.field().distance(tilted, q)],
    scale: [beside(A, atoms.weightedLoss(q))],
  }));
}

/** The loss of (37) on the grid of levels at an atom, by the library, beside that of its weights and predictors. */
export function lossOnGrid<N>(atoms: Atoms<N>, i: number): Comparison<N> {
  const { A, data, points, own, marginal, levels } = atoms;
  const terms = entries(A.densityRatioWeights(levels)).map((omega, t) => {
    const error = (law: MeasureOf<N>) => A.multiply(omega, atoms.field(t).errors(law)[i]);
    return { conditional: error(own), all: error(marginal) };
  });
  const differences = terms.map(({ conditional, all }) => A.subtract(conditional, all));
  const sums = terms.map(({ conditional, all }) => A.add(conditional, all));
  return {
    left: [A.densityRatioLoss(data, points[i], "own", levels)],
    right: [total(A, differences)],
    scale: [beside(A, total(A, sums))],
  };
}

/** log((1 − σ²)/σ²). */
function logSnr<N>(A: Algebra<N>, sigma: N): N {
  const square = A.multiply(sigma, sigma);
  return A.log(A.divide(A.subtract(A.number(1), square), square));
}

/** ω of (37) between neighbouring levels: the library's, the formula's, and ½|Δλ|. */
function levelWeights<N>(A: Algebra<N>, levels: readonly number[]) {
  const grid = levels.map((sigma) => A.number(sigma));
  const squares = grid.map((sigma) => A.multiply(sigma, sigma));
  const formula = squares.slice(1).map((next, t) => {
    const twice = A.multiply(A.number(2), A.multiply(squares[t], A.subtract(A.number(1), squares[t])));
    return A.divide(A.subtract(next, squares[t]), twice);
  });
  const half = A.number(0.5);
  const exact = grid.slice(1).map((next, t) => A.multiply(half, A.subtract(logSnr(A, grid[t]), logSnr(A, next))));
  return { omega: entries(A.densityRatioWeights(grid)), formula, exact };
}

/** e^{−L(x;c)} beside p(x|c)/p(x) at the point of an atom, and the classifier of both losses beside p(c|x). */
function ratio<N>(atoms: Atoms<N>, i: number): Comparison<N>[] {
  const { A, data, points, own, other, marginal } = atoms;
  const [logOwn, logOther] = [A.logDensityRatio(data, points[i], "own"), A.logDensityRatio(data, points[i], "other")];
  const loss = atoms.ratioLoss(i);
  const of = (law: MeasureOf<N>) => A.divide(atoms.atPoint(law, i), atoms.atPoint(marginal, i));
  return [
    { left: [A.exp(minus(A, loss))], right: [of(own)] },
    // Where the ratio is near 1, its logarithm has the absolute error of the masses.
    { left: [loss], right: [minus(A, logOwn)], scale: [A.number(1)] },
    ...isWritten(A, A.classify(data, { own: loss, other: minus(A, logOther) }), {
      logMass: [A.multiply(data.prior.own, of(own)), A.multiply(data.prior.other, of(other))].map((p) => A.log(p)),
    }),
  ];
}

/** E_p[r] − β·E|ε − ε_p(x_t)|² for x₀ ~ p(x|c): what (34) maximises, by the library's losses. */
function surrogate<N>(atoms: Atoms<N>, p: MeasureOf<N>): N {
  const { A, own, reward, beta } = atoms;
  return A.subtract(A.expectation(p, reward), A.multiply(beta, atoms.loss(own, p)));
}

/** N for soft best-of-N with 1/N² below the precision of the integrals, and 1/N far above it. */
const drawsOf = (integralDigits: number) => Number(`1e${Math.min(15, Math.ceil((integralDigits + 2) / 2))}`);

/**
 * The law of soft best-of-N with weights v = p(c|x)^w over draws of p(x|c), beside the target times
 * 1 + (E[v²]/E[v]² − v/E[v])/N. The next term is of the order (E[v²]/N E[v]²)².
 */
function scaling<N>(atoms: Atoms<N>, w: number): Comparison<N> {
  const { A, data, own, posterior, precision } = atoms;
  const n = drawsOf(A.integralDigits);
  const held = positions(A, own);
  const weight = posterior.map((p) => (sign(A, p) > 0 ? A.exp(A.multiply(A.number(w), A.log(p))) : p));
  const mean = A.expectation(own, weight);
  const meanSquared = A.multiply(mean, mean);
  const squares = weight.map((v) => A.multiply(v, v));
  const spread = A.divide(A.expectation(own, squares), meanSquared);
  const term = (i: number) => A.divide(A.subtract(spread, A.divide(weight[i], mean)), A.number(n));
  const law = A.softBestOfNLaw(A.guidanceProblem(data, "own", A.number(w)), n);
  const target = A.guidedTarget(data, "own", A.number(w));
  // The masses, and the exponentials of the log-masses.
  const both = (of: MeasureOf<N>) => [...held.map((i) => of.mass[i]), ...held.map((i) => A.exp(of.logMass[i]))];
  const factors = [...held, ...held].map((i) => A.add(A.number(1), term(i)));
  return {
    left: both(law),
    right: both(target).map((p, k) => A.multiply(p, factors[k])),
    precision: Math.max(precision, 10 * square(A.toNumber(spread) / n)),
  };
}

/** Equations (30)–(39): diffusion on data that are a finite set of atoms. */
export const diffusion: readonly Identity[] = [
  {
    kind: "identity",
    equation: "(30)",
    statement: "E|ε − ε_q(x_t)|² = E|ε − ε*(x_t)|² + E|ε* − ε_q|²: the loss is least at the exact noise predictor ε*",
    hypotheses: ON_ATOMS,
    sides: onAtoms((atoms) => pythagoras(atoms, atoms.own)),
  },
  {
    kind: "identity",
    equation: "(31)",
    statement: "p(c|x)^w p(x|c) ∝ p(x|c)^(1+w) p(x)^(−w): guidance tilts p(x|c) by w·log p(c|x)",
    hypotheses: `${ON_ATOMS}; w = 0.5, 1, 3`,
    sides: onAtoms((atoms) => {
      const { A, data, own, marginal, posterior } = atoms;
      const logs = posterior.map((p) => A.log(p));
      const targets = [0.5, 1, 3].flatMap((w) => {
        const strength = A.number(w);
        const logTarget = logs.map((_, i) =>
          A.subtract(A.multiply(A.number(1 + w), own.logMass[i]), A.multiply(strength, A.log(marginal.mass[i]))),
        );
        const target = writtenLaw(A, logTarget);
        return [A.guidedTarget(data, "own", strength), A.rlhfOptimum(A.guidanceProblem(data, "own", strength))].flatMap(
          (law) => isWritten(A, law, target),
        );
      });
      const one = logs.map(() => A.number(1));
      const bayes = { left: entries(A.logClassProbability(data, "own")), right: logs, scale: one };
      return [bayes, ...targets].map((comparison) => ({ ...comparison, precision: 0 }));
    }),
  },
  {
    kind: "identity",
    equation: "(32)",
    statement: "E_p[r] − β KL(p‖p_data) is largest at p_data·e^(r/β)/Z, with value β log Z, and falls short by β KL",
    hypotheses: `${ON_ATOMS}; a reward that grows with the rank of the atom`,
    sides: onAtoms((atoms) => {
      const { A, own, reward, beta, problem } = atoms;
      const optimum = A.rlhfOptimum(problem);
      const exponents = reward.map((r) => A.divide(r, beta));
      const weights = exponents.map((x) => A.exp(x));
      const best = A.multiply(beta, A.log(A.expectation(own, weights)));
      const sizes = reward.map((r) => magnitude(A, r));
      const scale = [A.add(magnitude(A, best), A.add(beta, largest(A, sizes)))];
      const short = (p: typeof own, q: typeof own) => A.multiply(beta, A.klDivergence(p, q));
      const written = writtenTilt(A, own, exponents);
      return [
        ...isWritten(A, optimum, written).map((comparison) => ({ ...comparison, precision: 0 })),
        { left: [A.rlhfOptimalValue(problem)], right: [best], scale, precision: 0 },
        ...atoms.laws.flatMap((p) => {
          const objective = A.rlhfObjective(problem, p);
          return [
            { left: [objective], right: [A.subtract(best, short(p, optimum))], scale, precision: 0 },
            { left: [objective], right: [A.subtract(A.expectation(p, reward), short(p, own))], scale, precision: 0 },
          ];
        }),
      ];
    }),
  },
  {
    kind: "identity",
    equation: "(33)",
    statement: "−2 d/dλ KL(p_λ‖q_λ) = E_p[|ε − ε_q|² − |ε − ε_p|²], so that KL(p‖q) = ½∫ of it dλ over log-SNR λ",
    hypotheses: ON_ATOMS,
    sides: onAtoms((atoms) => [
      ...[atoms.marginal, atoms.tilted].map((q) => mismatch(atoms, q)),
      divergence(atoms, atoms.marginal),
    ]),
  },
  {
    kind: "identity",
    equation: "(34)",
    statement: "it is (32) plus β(KL(p‖p_data) − E_data|ε − ε_p|²), which is not 0 at p = p_data, and no constant",
    hypotheses: `${ON_ATOMS}; a reward that grows with the rank of the atom`,
    sides: onAtoms((atoms) => {
      const { A, own, beta, problem } = atoms;
      return atoms.lawsOnOwn.map((p) => {
        const loss = atoms.field().loss(own, p);
        const extra = A.subtract(A.klDivergence(p, own), loss);
        return {
          left: [surrogate(atoms, p)],
          right: [A.add(A.rlhfObjective(problem, p), A.multiply(beta, extra))],
          scale: [A.add(magnitude(A, A.expectation(p, atoms.reward)), A.multiply(beta, beside(A, loss)))],
        };
      });
    }),
  },
  {
    kind: "identity",
    equation: "(35)",
    statement:
      "soft best-of-N with weights v = p(c|x)^w over draws of p(x|c) is the target (31) times 1 + (E[v²]/E[v]² − v/E[v])/N + O(1/N²)",
    hypotheses: `${ON_ATOMS}; w = 1; N = 10⁷ in float64, 10¹¹ at 60 digits`,
    sides: onAtoms((atoms) => [scaling(atoms, 1)]),
  },
  {
    kind: "identity",
    equation: "(36)",
    statement:
      "p(x|c)/p(x) = e^(−L(x;c)), L = ½∫ E_ε[|ε − ε(x_t|c)|² − |ε − ε(x_t)|²] dλ, whose integrand is −2 d/dλ of E_ε log p_λ(x_t|c)/p_λ(x_t)",
    hypotheses: ON_ATOMS,
    sides: onAtoms((atoms) => {
      const without = atoms.points.flatMap((_, i) => (sign(atoms.A, atoms.atPoint(atoms.own, i)) > 0 ? [] : [i]));
      return [ratioSlopes(atoms), ...[atoms.farthest, ...without].flatMap((i) => ratio(atoms, i))];
    }),
  },
  {
    kind: "identity",
    equation: "(37)",
    statement:
      "L = Σ ω_t E_ε[|ε − ε(x_t|c)|² − |ε − ε(x_t)|²] with ω_t = (σ²_{t+1} − σ²_t)/(2σ²_t(1 − σ²_t)), a rule for ½∫dλ: above it while σ² < ½, below it past that",
    hypotheses: `${ON_ATOMS}, 0.9 and 0.95; ω also at levels 0.3, 0.5, 0.6`,
    sides: onAtoms((atoms) => {
      const { A, points } = atoms;
      const [rise, fall] = [levelWeights(A, [0.3, 0.5, 0.6]), levelWeights(A, [0.8, 0.9, 0.95])];
      return [
        ...points.map((_, i) => lossOnGrid(atoms, i)),
        ...[rise, fall].map(({ omega, formula }) => ({ left: omega, right: formula, precision: 0 })),
        { left: rise.exact, right: rise.omega, relation: "<=" },
        { left: fall.omega, right: fall.exact, relation: "<=" },
      ];
    }),
  },
  {
    kind: "identity",
    equation: "(38)",
    statement: "Z⁻¹ E_data[e^(r/β) |ε − ε_θ|²] = E_tilted|ε − ε_θ|²: weights on draws of the data make the tilted loss",
    hypotheses: `${ON_ATOMS}; a reward that grows with the rank of the atom`,
    sides: onAtoms((atoms) => {
      const both = (q: typeof atoms.own) => [atoms.weightedLoss(q), atoms.weightedLoss(q)];
      return atoms.laws.map((q) => ({
        left: both(q),
        right: [weighted(atoms, q), atoms.loss(atoms.tilted, q)],
        scale: both(q).map((loss) => beside(atoms.A, loss)),
      }));
    }),
  },
  {
    kind: "identity",
    equation: "(39)",
    statement:
      "the tilted loss is least at the noise predictor of the tilted atoms, and larger by E|ε* − ε_θ|² elsewhere",
    hypotheses: `${ON_ATOMS}; a reward that grows with the rank of the atom`,
    sides: onAtoms((atoms) => [...pythagoras(atoms, atoms.tilted), ...weightedExcess(atoms)]),
  },
];
