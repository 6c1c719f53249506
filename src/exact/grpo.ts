import type { BigNumber } from "mathjs";
import { outOfRange } from "../numeric/check.js";
import { forwardRoot, gainRoots } from "../objective/gainRoots.js";
import { requireGrpoOptions } from "../objective/grpo.js";
import { rationalLaw as nearRational } from "../objective/rationalLaw.js";
import type { Units } from "../objective/rewardUnits.js";
import { spreadRoots } from "../objective/spreadRoots.js";
import type { Arithmetic } from "./arithmetic.js";
import type { Exact } from "./input.js";
import { type ExactDistribution, expectationOf } from "./measure.js";
import { readSelection } from "./problem.js";
import type { GrpoFixedPointOf } from "./problems.js";
import { rewardLevels } from "./ratios.js";
import { positiveOrInfinite } from "./read.js";
import { forwardOptimum } from "./regularizedOptimum.js";
import { rootNear } from "./root.js";
import { tiltOf } from "./tilt.js";

/** The levels, best first, as distances from the best in units of half the range. */
interface BigUnits {
  readonly gap: readonly BigNumber[];
  readonly mass: readonly BigNumber[];
  readonly unit: BigNumber;
  /** The same as doubles: they say how many fixed points there are, and where about. */
  readonly near: Units;
}

/** The fixed points: doubles find them, and each is then the root of its equation in a bracket around that. */
export const grpoOptimum: Exact<"grpoOptimum"> = (arithmetic, problem, options) => {
  const caller = "grpoOptimum";
  const selection = readSelection(arithmetic, caller, problem, positiveOrInfinite);
  const { ref, reward, beta } = selection;
  const { penalty, groupSize, normalize, correction } = requireGrpoOptions(caller, options);
  const { zero, one, infinity, negativeInfinity } = arithmetic;
  const { levels: rising } = rewardLevels(arithmetic, ref.law.mass, reward);
  const levels = [...rising].reverse();
  const size = levels.length;
  if (normalize === "std" && groupSize < Infinity && size > 2) {
    throw outOfRange(caller, "options.groupSize", "be Infinity where there are more than two rewards", groupSize);
  }

  const point = (policy: ExactDistribution, temperature: BigNumber, attracts = true): GrpoFixedPointOf<BigNumber> => {
    const mean = expectationOf(policy, reward);
    const squares = reward.map((r) => (r.isFinite() ? r.minus(mean).pow(2) : zero));
    const standardDeviation = expectationOf(policy, squares).sqrt();
    return { policy: policy.normalized(), mean, standardDeviation, temperature, attracts };
  };
  const tilted = (temperature: BigNumber) => tiltOf(caller, "reward", ref, reward, temperature).law;
  const byLevel = (score: readonly BigNumber[]) => {
    const scoreOf = new Map(levels.map((level, j) => [level.reward.toString(), score[j]]));
    const scores = reward.map((r) => scoreOf.get(r.toString()) ?? negativeInfinity);
    return tiltOf(caller, "reward", ref, scores, one).law;
  };
  const only = (law: ExactDistribution, temperature: BigNumber) => ({
    fixedPoints: [point(law, temperature)],
    collapse: zero,
  });

  const own = groupSize < Infinity ? beta.times(groupSize).div(groupSize - 1) : beta;
  if (normalize === "none" && (penalty === "kl" || size === 1 || !beta.isFinite())) return only(tilted(own), own);
  if (normalize === "none") return only(forwardOptimum(arithmetic, { ...selection, beta: own }), own);
  if (size === 1) return only(tilted(infinity), infinity);
  const units = unitsOf(arithmetic, levels);
  const { unit, near } = units;
  const range = unit.times(2);
  const free = () => point(tilted(infinity), infinity);
  const nearBeta = beta.toNumber();
  if (penalty === "k3") {
    if (!beta.isFinite()) return only(tilted(infinity), infinity);
    if (groupSize < Infinity) {
      const excess = forwardExcess(arithmetic, units, beta, groupSize, correction);
      const gain = polished(arithmetic, excess, 2 * forwardRoot(near, nearBeta, groupSize, correction).eta);
      const start = units.mass[0].div(units.mass[1]);
      const gap = gapAt(arithmetic, groupSize, correction, start.times(arithmetic.exp(gain)));
      return only(tilted(range.div(gain)), range.times(beta).div(gap));
    }
    const { score, temperature } = rationalLaw(arithmetic, units, beta, nearRational(near, nearBeta).x);
    return only(byLevel(score), temperature.times(unit));
  }
  if (groupSize < Infinity) {
    if (!beta.isFinite()) return { fixedPoints: [free()], collapse: zero };
    const start = units.mass[0].div(units.mass[1]);
    const excess = (x: BigNumber) =>
      beta.times(x).minus(gapAt(arithmetic, groupSize, correction, start.times(arithmetic.exp(x))));
    const fixedPoints = gainRoots(near, nearBeta, groupSize, correction).map(({ x, rises }) => {
      const temperature = range.div(polished(arithmetic, excess, 2 * x));
      return point(tilted(temperature), temperature, rises);
    });
    return { fixedPoints, collapse: zero };
  }
  const { roots, highest } = spreadRoots(near, nearBeta);
  const spread = (eta: BigNumber) => spreadOf(arithmetic, units, eta);
  const turn = polished(arithmetic, (eta) => spread(eta).slope(), highest);
  const collapse = one.div(spread(turn).square.sqrt());
  if (!beta.isFinite()) return { fixedPoints: [free()], collapse };
  const price = beta.times(beta);
  const fixedPoints = roots.map(({ x, rises }) => {
    const eta = polished(arithmetic, (eta) => spread(eta).square.times(price).minus(one), x);
    return point(tilted(unit.div(eta)), unit.div(eta), rises);
  });
  const best = byLevel(levels.map((_, j) => (j === 0 ? zero : negativeInfinity)));
  return { fixedPoints: [...fixedPoints, point(best, zero)], collapse };
};

function unitsOf(
  arithmetic: Arithmetic,
  levels: readonly { readonly reward: BigNumber; readonly mass: BigNumber }[],
): BigUnits {
  const top = levels[0].reward;
  const unit = top.minus(levels[levels.length - 1].reward).div(2);
  const allowed = arithmetic.sum(levels.map((level) => level.mass));
  const gap = levels.map(({ reward }) => top.minus(reward).div(unit));
  const mass = levels.map((level) => level.mass.div(allowed));
  const doubles = (values: readonly BigNumber[]) => Float64Array.from(values, (x) => x.toNumber());
  const logMass = doubles(mass.map((p) => arithmetic.log(p)));
  const near = { gap: doubles(gap), logMass, unit: unit.toNumber() };
  return { gap, mass, unit, near };
}

/** The root that doubles have found, to all digits. */
function polished(arithmetic: Arithmetic, f: (x: BigNumber) => BigNumber, near: number): BigNumber {
  const root = rootNear(arithmetic, f, near);
  if (root === undefined) throw new Error(`grpoOptimum: no root is near ${near}`);
  return root;
}

/** η² Var of the tilt at temperature 1/η, and 2 κ₂ + η κ₃, which has the sign of its derivative. */
function spreadOf(arithmetic: Arithmetic, { gap, mass }: BigUnits, eta: BigNumber) {
  const weight = gap.map((g, j) => mass[j].times(arithmetic.exp(g.times(eta).neg())));
  const total = arithmetic.sum(weight);
  const mean = arithmetic.sum(weight.map((w, j) => w.times(gap[j]))).div(total);
  const apart = gap.map((g) => mean.minus(g));
  const squares = weight.map((w, j) => w.times(apart[j]).times(apart[j]));
  const second = arithmetic.sum(squares);
  const slope = () => second.times(2).plus(eta.times(arithmetic.sum(squares.map((s, j) => s.times(apart[j])))));
  return { square: second.times(eta).times(eta).div(total), slope };
}

/** ref·T/(ν − r) by level, with χ²(ref‖π) = 1/β², given log(ν − top) in doubles. */
function rationalLaw(
  arithmetic: Arithmetic,
  { gap, mass }: BigUnits,
  beta: BigNumber,
  near: number,
): { score: BigNumber[]; temperature: BigNumber } {
  const mean = arithmetic.sum(mass.map((p, j) => p.times(gap[j])));
  const price = arithmetic.one.div(beta).pow(2);
  const distancesAt = (x: BigNumber) => gap.map((g) => g.plus(arithmetic.exp(x)));
  const excess = (x: BigNumber) => {
    const distance = distancesAt(x);
    const squares = mass.map((p, j) => p.times(gap[j].minus(mean).pow(2)).div(distance[j]));
    return price.minus(arithmetic.sum(squares).div(arithmetic.exp(x).plus(mean)));
  };
  const distance = distancesAt(polished(arithmetic, excess, near));
  const temperature = arithmetic.one.div(arithmetic.sum(mass.map((p, j) => p.div(distance[j]))));
  return { score: distance.map((d) => arithmetic.log(temperature.div(d))), temperature };
}

/** The gap of the expected advantages of success and failure in groups of G, at given odds of success. */
function gapAt(arithmetic: Arithmetic, groupSize: number, correction: 0 | 1, odds: BigNumber): BigNumber {
  const others = groupSize - 2;
  let weight = arithmetic.one;
  let [total, sum] = [arithmetic.zero, arithmetic.zero];
  for (let i = 0; i <= others; i++) {
    if (i > 0)
      weight = weight
        .times(odds)
        .times(others - i + 1)
        .div(i);
    total = total.plus(weight);
    sum = sum.plus(weight.div(arithmetic.number((i + 1) * (groupSize - 1 - i)).sqrt()));
  }
  const share =
    correction === 1
      ? arithmetic
          .number(groupSize - 1)
          .div(groupSize)
          .sqrt()
      : arithmetic.one;
  return sum
    .div(total)
    .times(groupSize - 1)
    .times(share);
}

/** For two rewards and the k3 loss, β(p − p_ref) less gap·p(1 − p), over p(1 − p_ref), by what the log-odds gain. */
function forwardExcess(
  arithmetic: Arithmetic,
  { mass }: BigUnits,
  beta: BigNumber,
  groupSize: number,
  correction: 0 | 1,
) {
  const [right, wrong] = mass;
  return (x: BigNumber) => {
    const grown = arithmetic.exp(x);
    const failing = arithmetic.one.div(wrong.plus(right.times(grown)));
    const gap = gapAt(arithmetic, groupSize, correction, right.div(wrong).times(grown));
    return beta.times(arithmetic.expm1(x.neg())).neg().minus(gap.times(failing));
  };
}
