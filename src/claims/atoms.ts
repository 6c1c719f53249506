import type { Algebra, MeasureOf } from "../exact/algebra.js";
import { entries, total } from "./vectors.js";

/** The built-in atoms on a line, and the masses of a class and of the other one; both classes are equally likely. */
const POINTS = [-1, 0, 1];
const OWN = [4, 2, 1];
const OTHER = [1, 2, 4];
const REWARD = [0, 0.5, 1];
const SIGMA = 0.8;

/** The built-in instance of the diffusion claims, in an arithmetic. */
export interface Atoms<N> {
  readonly A: Algebra<N>;
  readonly points: readonly N[];
  /** p(x|c), the other class, and p(x). */
  readonly own: MeasureOf<N>;
  readonly other: MeasureOf<N>;
  readonly marginal: MeasureOf<N>;
  /** p(c|x) of each atom. */
  readonly posterior: readonly N[];
  readonly reward: readonly N[];
  readonly beta: N;
  /** ∝ p(x|c) e^{r/β}. */
  readonly tilted: MeasureOf<N>;
  readonly sigma: N;
  /** √(1 − σ²). */
  readonly alpha: N;
  /** α/σ. */
  readonly u: N;
  /** Nodes ε of the trapezoid rule for N(0, 1), and their weights, of total 1. */
  readonly noises: readonly { readonly noise: N; readonly weight: N }[];
  /** ε_law(αx + σε) of each atom x and node, made once for each law. */
  readonly predicted: (law: MeasureOf<N>) => readonly (readonly N[])[];
  /** `logDensitySlope` of each atom and node, made once for each law. */
  readonly slopes: (law: MeasureOf<N>) => readonly (readonly N[])[];
}

const made = new WeakMap<object, unknown>();

/** The built-in instance, once for each arithmetic. */
export function atomsOf<N>(A: Algebra<N>): Atoms<N> {
  const known = made.get(A) as Atoms<N> | undefined;
  if (known !== undefined) return known;
  const atoms = makeAtoms(A);
  made.set(A, atoms);
  return atoms;
}

function makeAtoms<N>(A: Algebra<N>): Atoms<N> {
  const numbers = (values: readonly number[]) => values.map((x) => A.number(x));
  const support = [...POINTS.keys()];
  const points = numbers(POINTS);
  const own = A.distribution(support, numbers(OWN));
  const other = A.distribution(support, numbers(OTHER));
  const marginal = A.distribution(
    support,
    support.map((i) => A.add(own.mass[i], other.mass[i])),
  );
  const posterior = support.map((i) => A.divide(own.mass[i], A.add(own.mass[i], other.mass[i])));
  const [reward, beta, sigma] = [numbers(REWARD), A.number(0.5), A.number(SIGMA)];
  const one = A.number(1);
  const alpha = A.exp(A.multiply(A.number(0.5), A.log(A.subtract(one, A.multiply(sigma, sigma)))));
  const u = A.divide(alpha, sigma);
  const noises = nodes(A);
  const predicted = perLaw((law: MeasureOf<N>) =>
    points.map((x) =>
      noises.map(({ noise }) => {
        const noisy = A.add(A.multiply(alpha, x), A.multiply(sigma, noise));
        return A.noisePrediction(points, law, noisy, sigma);
      }),
    ),
  );
  const slopes = perLaw((law: MeasureOf<N>) =>
    points.map((x) => noises.map(({ noise }) => logDensitySlope(A, points, law, u, x, noise))),
  );
  const tilted = A.rlhfOptimum({ ref: own, reward, beta });
  return {
    A,
    points,
    own,
    other,
    marginal,
    posterior,
    reward,
    beta,
    tilted,
    sigma,
    alpha,
    u,
    noises,
    predicted,
    slopes,
  };
}

/**
 * The trapezoid rule for E over N(0, 1), good to the digits of the arithmetic: the posterior's poles in ε are 2 and more
 * away here, so that its error is e^(−4π/step), and the normal density's tail is cut where it is smaller still.
 */
function nodes<N>(A: Algebra<N>): Atoms<N>["noises"] {
  const digits = Number.parseInt(A.name, 10) || 16;
  const count = Math.ceil(Math.sqrt(2 * Math.LN10 * (digits + 4)) / (5 / (digits + 4)));
  const step = A.divide(A.number(5), A.number(digits + 4));
  const half = A.number(-0.5);
  const grid = Array.from({ length: 2 * count + 1 }, (_, n) => A.multiply(step, A.number(n - count)));
  const weights = grid.map((noise) => A.exp(A.multiply(half, A.multiply(noise, noise))));
  const sum = total(A, weights);
  return grid.map((noise, n) => ({ noise, weight: A.divide(weights[n], sum) }));
}

/** E over x₀ ~ law and ε of a function of the atom's index and the node's. */
export function meanOver<N>({ A, noises }: Atoms<N>, law: MeasureOf<N>, f: (i: number, n: number) => N): N {
  return total(
    A,
    entries(law.mass).map((m, i) =>
      A.multiply(
        m,
        total(
          A,
          noises.map(({ weight }, n) => A.multiply(weight, f(i, n))),
        ),
      ),
    ),
  );
}

/** E over ε alone, at one atom. */
export function meanAt<N>({ A, noises }: Atoms<N>, f: (n: number) => N): N {
  return total(
    A,
    noises.map(({ weight }, n) => A.multiply(weight, f(n))),
  );
}

/** |ε − ε_law(x_t)|² at an atom and a node. */
export function squaredError<N>(atoms: Atoms<N>, law: MeasureOf<N>, i: number, n: number): N {
  const { A, noises } = atoms;
  const miss = A.subtract(noises[n].noise, atoms.predicted(law)[i][n]);
  return A.multiply(miss, miss);
}

/** E|ε − ε_q(x_t)|² for x₀ ~ p: the denoising loss at this level. */
export function loss<N>(atoms: Atoms<N>, p: MeasureOf<N>, q: MeasureOf<N>): N {
  return meanOver(atoms, p, (i, n) => squaredError(atoms, q, i, n));
}

/** E|ε_p(x_t) − ε_q(x_t)|² for x₀ ~ p. */
export function distance<N>(atoms: Atoms<N>, p: MeasureOf<N>, q: MeasureOf<N>): N {
  const { A } = atoms;
  return meanOver(atoms, p, (i, n) => {
    const d = A.subtract(atoms.predicted(p)[i][n], atoms.predicted(q)[i][n]);
    return A.multiply(d, d);
  });
}

/** The density of scale·X + σε at y with X ~ law, up to 1/√(2πσ²), and its derivative: from the Gaussians themselves. */
export function density<N>({ A, points, sigma }: Atoms<N>, law: MeasureOf<N>, scale: N, y: N): { value: N; slope: N } {
  const variance = A.multiply(sigma, sigma);
  const parts = points.map((a, i) => {
    const miss = A.subtract(y, A.multiply(scale, a));
    const exponent = A.divide(A.multiply(miss, miss), A.multiply(A.number(-2), variance));
    const value = A.multiply(law.mass[i], A.exp(exponent));
    return { value, slope: A.divide(A.multiply(value, miss), A.subtract(A.number(0), variance)) };
  });
  return {
    value: total(
      A,
      parts.map((p) => p.value),
    ),
    slope: total(
      A,
      parts.map((p) => p.slope),
    ),
  };
}

/** u·d/du of log p_u(ux + ε) for X ~ law: from the Gaussians themselves, without a predictor. */
function logDensitySlope<N>(A: Algebra<N>, points: readonly N[], law: MeasureOf<N>, u: N, x: N, noise: N): N {
  const weights: N[] = [];
  const slopes: N[] = [];
  for (const [j, a] of points.entries()) {
    const step = A.multiply(u, A.subtract(a, x));
    const gap = A.subtract(noise, step);
    const q = A.multiply(law.mass[j], A.exp(A.multiply(A.number(-0.5), A.multiply(gap, gap))));
    weights.push(q);
    slopes.push(A.multiply(q, A.multiply(step, gap)));
  }
  return A.divide(total(A, slopes), total(A, weights));
}

/** A function of a law whose values are kept. */
function perLaw<N, T>(make: (law: MeasureOf<N>) => T): (law: MeasureOf<N>) => T {
  const known = new Map<MeasureOf<N>, T>();
  return (law) => {
    const value = known.get(law) ?? make(law);
    known.set(law, value);
    return value;
  };
}
