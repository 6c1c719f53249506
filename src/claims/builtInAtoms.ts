import type { Algebra, DistributionOf, MeasureOf, TiltProblemOf } from "../exact/algebra.js";
import type { AtomicDataOf } from "../exact/diffusionAlgebra.js";
import { cached } from "../numeric/cache.js";
import { trapezoidStep } from "../numeric/trapezoid.js";
import type { AtomicInstance } from "./atomicInstance.js";
import { dot, largest, positions, total } from "./sums.js";

/** Atomic data in an arithmetic, with the laws, fields and losses that the diffusion claims use. Each part is made once. */
export class Atoms<N> {
  readonly A: Algebra<N>;
  readonly points: readonly N[];
  /** The classes `own` (p(x|c)) and `other` with their priors. */
  readonly data: AtomicDataOf<N>;
  readonly own: DistributionOf<N>;
  readonly other: DistributionOf<N>;
  readonly marginal: DistributionOf<N>;
  /** p(c|x) of each atom. */
  readonly posterior: readonly N[];
  readonly reward: readonly N[];
  readonly beta: N;
  /** ∝ p(x|c) e^{r/β}. */
  readonly tilted: DistributionOf<N>;
  /** p(x|c) with reward and β: (32). */
  readonly problem: TiltProblemOf<N>;
  /** σ of each level. */
  readonly levels: readonly N[];
  /** The relative gap that integrals may leave: those of the library, and those of the claims. */
  readonly precision: number;
  readonly #instance: AtomicInstance;
  readonly #fields = new Map<number, Field<N>>();
  readonly #supports = new Map<MeasureOf<N>, readonly number[]>();
  readonly #ratioLosses = new Map<number, N>();
  readonly #divergences = new Map<MeasureOf<N>, N>();
  readonly #weightedLosses = new Map<MeasureOf<N>, N>();
  readonly #losses = new Map<MeasureOf<N>, Map<MeasureOf<N>, N>>();

  constructor(A: Algebra<N>, instance: AtomicInstance) {
    const numbers = (values: readonly number[]) => values.map((x) => A.number(x));
    const support = [...instance.points.keys()];
    this.A = A;
    this.#instance = instance;
    this.points = numbers(instance.points);
    this.own = A.distribution(support, numbers(instance.own));
    this.other = A.distribution(support, numbers(instance.other));
    const prior = A.number(instance.prior);
    const rest = A.subtract(A.number(1), prior);
    const mine = support.map((i) => A.multiply(prior, this.own.mass[i]));
    const all = support.map((i) => A.add(mine[i], A.multiply(rest, this.other.mass[i])));
    this.marginal = A.distribution(support, all);
    this.posterior = support.map((i) => A.divide(mine[i], all[i]));
    this.data = {
      atoms: this.points,
      classes: { own: this.own, other: this.other },
      prior: { own: prior, other: rest },
    };
    this.reward = numbers(instance.reward);
    this.beta = A.number(instance.beta);
    this.tilted = A.tilt(this.own, this.reward, this.beta);
    this.problem = A.rewardDirectedProblem(this.points, this.own, this.reward, this.beta);
    this.levels = numbers(instance.levels);
    this.precision = Number(`1e-${A.integralDigits}`);
  }

  /** The laws whose predictors are compared. */
  get laws(): readonly DistributionOf<N>[] {
    return [this.own, this.marginal, this.tilted];
  }

  /** The laws that have mass only where p(x|c) has. */
  get lawsOnOwn(): readonly DistributionOf<N>[] {
    const support = new Set(this.supportOf(this.own));
    return this.laws.filter((law) => this.supportOf(law).every((i) => support.has(i)));
  }

  /** The noise level of most claims. */
  get level(): readonly [N] {
    return [this.levels[0]];
  }

  /** The noisy points of level number t, with the predictions there. */
  field(t = 0): Field<N> {
    return cached(this.#fields, t, () => new Field(this, this.#instance, t));
  }

  /** E_law[f], with f given at each atom. */
  average(law: MeasureOf<N>, f: readonly N[]): N {
    const terms = this.supportOf(law).map((i) => this.A.multiply(law.mass[i], f[i]));
    return total(this.A, terms);
  }

  /** The atoms that have mass under a law. */
  supportOf(law: MeasureOf<N>): readonly number[] {
    return cached(this.#supports, law, () => positions(this.A, law));
  }

  /** L(x;c) of (37) over all levels, at an atom. */
  ratioLoss(i: number): N {
    return cached(this.#ratioLosses, i, () => this.A.densityRatioLoss(this.data, this.points[i], "own"));
  }

  /** KL(p(x|c)‖q) by the noise predictors. */
  divergence(q: MeasureOf<N>): N {
    return cached(this.#divergences, q, () => this.A.klByMismatchedEstimation(this.points, this.own, q));
  }

  /** E|ε − ε_q(x_t)|² for x₀ ~ p, by the library. */
  loss(p: MeasureOf<N>, q: MeasureOf<N>): N {
    const ofP = cached(this.#losses, p, () => new Map<MeasureOf<N>, N>());
    return cached(ofP, q, () => this.A.denoisingLoss(this.points, p, q, this.level));
  }

  /** Z⁻¹ E_{p(x|c)}[e^{r/β} |ε − ε_q|²], by the library. */
  weightedLoss(q: MeasureOf<N>): N {
    return cached(this.#weightedLosses, q, () =>
      this.A.weightedDenoisingLoss(this.points, this.problem, q, this.level),
    );
  }

  /** The atom at which p(x|c)/p(x) is farthest from 1, and not 0. */
  get farthest(): number {
    const { A, own, marginal } = this;
    const size = (i: number) => Math.abs(A.toNumber(A.subtract(own.logMass[i], marginal.logMass[i])));
    return this.supportOf(own).reduce((far, i) => (size(i) > size(far) ? i : far));
  }

  /** The probability of the point of an atom: of all atoms there. */
  atPoint(law: MeasureOf<N>, i: number): N {
    const here = [...this.#instance.points.keys()].filter((j) => this.#instance.points[j] === this.#instance.points[i]);
    const mass = here.map((j) => law.mass[j]);
    return total(this.A, mass);
  }

  /** A law of the atoms as a law of points: coincident atoms are one point. */
  onPoints(law: MeasureOf<N>): DistributionOf<N> {
    const { points } = this.#instance;
    const different = [...points.keys()].filter((i) => points.indexOf(points[i]) === i);
    return this.A.distribution(
      different,
      different.map((i) => this.atPoint(law, i)),
    );
  }

  /** Noisy points at which fields are compared, between the atoms and outside them. */
  get places(): readonly N[] {
    const { points } = this.#instance;
    const [low, high] = [Math.min(...points), Math.max(...points)];
    return [-0.125, 0.375, 0.75, 1.5].map((part) => this.A.number(low + part * (high - low)));
  }
}

/** Atoms kept for each algebra, the latest ones: other instances may have the same. */
const MAX_ATOMS_KEPT = 64;
const kept = new WeakMap<object, Map<string, unknown>>();

/** Atoms in an arithmetic, made once for all instances that have the same atoms. */
export function atomsOf<N>(A: Algebra<N>, instance: AtomicInstance): Atoms<N> {
  const known = cached(kept, A, () => new Map<string, unknown>());
  const key = JSON.stringify(instance);
  const atoms = (known.get(key) as Atoms<N> | undefined) ?? new Atoms(A, instance);
  known.delete(key);
  known.set(key, atoms);
  for (const oldest of known.keys()) if (known.size > MAX_ATOMS_KEPT) known.delete(oldest);
  return atoms;
}

/**
 * Atoms under noise at one level, at the nodes of the trapezoid rule in z = x_t/σ. With u = α/σ the noise in z is z − ua if
 * it comes from the atom at a. Averages over the noise are right to two digits more than the algebra's integrals.
 */
export class Field<N> {
  readonly sigma: N;
  /** √(1 − σ²). */
  readonly alpha: N;
  readonly u: N;
  readonly #atoms: Atoms<N>;
  /** x_t at each node. */
  readonly #noisy: readonly N[];
  /** Row i: the noise in each noisy point if it comes from atom i. */
  readonly #noise: readonly (readonly N[])[];
  /** Row i: the weight of each node in E over the noise of atom i, of total 1. */
  readonly #weight: readonly (readonly N[])[];
  readonly #predicted = new Map<MeasureOf<N>, readonly N[]>();
  readonly #errors = new Map<MeasureOf<N>, readonly N[]>();
  readonly #slopes = new Map<MeasureOf<N>, readonly N[]>();
  readonly #mixed = new Map<MeasureOf<N>, readonly N[]>();
  readonly #gaussians = new Map<string, readonly (readonly N[])[]>();

  constructor(atoms: Atoms<N>, instance: AtomicInstance, t: number) {
    const { A, points } = atoms;
    this.#atoms = atoms;
    this.sigma = atoms.levels[t];
    const one = A.number(1);
    this.alpha = A.exp(A.multiply(A.number(0.5), A.log(A.subtract(one, A.multiply(this.sigma, this.sigma)))));
    this.u = A.divide(this.alpha, this.sigma);
    const places = points.map((a) => A.multiply(this.u, a));
    const [step, nodes] = nodesOf(A.integralDigits + 2, A.toNumber(this.u), instance);
    const z = nodes.map((n) => A.multiply(A.number(step), A.number(n)));
    this.#noisy = z.map((x) => A.multiply(this.sigma, x));
    this.#noise = places.map((s) => z.map((x) => A.subtract(x, s)));
    this.#weight = this.#noise.map((noises) => {
      const weights = noises.map((e) => A.exp(exponent(A, e)));
      const sum = total(A, weights);
      return weights.map((w) => A.divide(w, sum));
    });
  }

  /** ε_law(x_t) at each node. */
  #predictedBy(law: MeasureOf<N>): readonly N[] {
    const { A, points } = this.#atoms;
    return cached(this.#predicted, law, () => this.#noisy.map((x) => A.noisePrediction(points, law, x, this.sigma)));
  }

  /** E of a function of the node number, under the weights of the nodes. */
  #mean(weight: readonly N[], f: (n: number) => N): N {
    const { A } = this.#atoms;
    const values = weight.map((_, n) => f(n));
    return dot(A, weight, values);
  }

  /** E over ε of |ε − ε_law(x_t)|² at each atom. */
  errors(law: MeasureOf<N>): readonly N[] {
    const { A } = this.#atoms;
    return cached(this.#errors, law, () => {
      const predicted = this.#predictedBy(law);
      return this.#weight.map((weight, i) =>
        this.#mean(weight, (n) => {
          const miss = A.subtract(this.#noise[i][n], predicted[n]);
          return A.multiply(miss, miss);
        }),
      );
    });
  }

  /** E|ε − ε_q(x_t)|² for x₀ ~ p. */
  loss(p: MeasureOf<N>, q: MeasureOf<N>): N {
    return this.#atoms.average(p, this.errors(q));
  }

  /** E|ε_p(x_t) − ε_q(x_t)|² for x₀ ~ p. */
  distance(p: MeasureOf<N>, q: MeasureOf<N>): N {
    const { A } = this.#atoms;
    const [ours, theirs] = [this.#predictedBy(p), this.#predictedBy(q)];
    const weight = cached(this.#mixed, p, () =>
      this.#noisy.map((_, n) =>
        this.#atoms.average(
          p,
          this.#weight.map((row) => row[n]),
        ),
      ),
    );
    return this.#mean(weight, (n) => {
      const apart = A.subtract(ours[n], theirs[n]);
      return A.multiply(apart, apart);
    });
  }

  /** E over ε of u·d/du of log p_u(ux + ε) at each atom x, for X ~ law: by the densities, without a predictor. */
  slopes(law: MeasureOf<N>): readonly N[] {
    const { A, points } = this.#atoms;
    return cached(this.#slopes, law, () => {
      const support = this.#atoms.supportOf(law);
      const gaussians = cached(this.#gaussians, support.join(), () =>
        this.#noisy.map((_, n) =>
          relative(
            A,
            support.map((j) => this.#noise[j][n]),
          ),
        ),
      );
      // Σ q_j (z − ua_j) and Σ q_j (z − ua_j) a_j at each node, with q_j ∝ p_j φ(z − ua_j).
      const sums = gaussians.map((g, n) => {
        const q = support.map((j, k) => A.multiply(law.mass[j], g[k]));
        const gaps = support.map((j, k) => A.multiply(q[k], this.#noise[j][n]));
        const all = total(A, q);
        const moments = gaps.map((gap, k) => A.multiply(gap, points[support[k]]));
        return [A.divide(total(A, gaps), all), A.divide(total(A, moments), all)];
      });
      return this.#weight.map((weight, i) => {
        const slope = (n: number) => A.subtract(sums[n][1], A.multiply(points[i], sums[n][0]));
        return A.multiply(this.u, this.#mean(weight, slope));
      });
    });
  }

  /** −σ times ∇ log of the density of scale·X + σε with X ~ law, by the densities. */
  minusScore(law: MeasureOf<N>, scale: N): (x: N) => N {
    const { A, points } = this.#atoms;
    const support = this.#atoms.supportOf(law);
    return (x) => {
      const gaps = support.map((j) => A.divide(A.subtract(x, A.multiply(scale, points[j])), this.sigma));
      const q = relative(A, gaps).map((g, k) => A.multiply(law.mass[support[k]], g));
      return A.divide(dot(A, q, gaps), total(A, q));
    };
  }
}

/** −gap²/2. */
function exponent<N>(A: Algebra<N>, gap: N): N {
  return A.multiply(A.number(-0.5), A.multiply(gap, gap));
}

/** e^(−gap²/2) of each gap, divided by the largest. */
function relative<N>(A: Algebra<N>, gaps: readonly N[]): N[] {
  const exponents = gaps.map((gap) => exponent(A, gap));
  const top = largest(A, exponents);
  return exponents.map((e) => A.exp(A.subtract(e, top)));
}

/** The step in z, and the nodes within reach of an atom. */
function nodesOf(digits: number, u: number, { points }: AtomicInstance): [number, number[]] {
  const nats = digits * Math.LN10;
  const reach = Math.sqrt(2 * nats);
  const places = points.map((a) => u * a).sort((a, b) => a - b);
  const spread = places[places.length - 1] - places[0];
  // A place farther than this from a node has no weight there.
  const step = trapezoidStep(nats, Math.min(spread, 4 * reach));
  const nodes = new Set<number>();
  for (const s of places) for (let n = Math.ceil((s - reach) / step); n <= (s + reach) / step; n++) nodes.add(n);
  return [step, [...nodes]];
}
