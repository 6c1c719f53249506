import { klDivergence, measure, randomSource } from "exptilt";
import { exactAlgebra } from "exptilt/exact";
import { quantile } from "./harness.js";
import type { Peers } from "./peers.js";

const ANSWERS = 10;
const TRIALS = 200;
/** How far apart, relatively, the masses of the two laws are. */
const SPREAD = 1e-10;

/** The relative errors of the divergence of nearly equal laws, over the trials. */
export interface CloseLaws {
  readonly answers: number;
  readonly trials: number;
  readonly spread: number;
  /** The worst of `klDivergence`. */
  readonly exptilt: number;
  readonly scipy?: { readonly median: number; readonly negative: number };
}

/** What is left of KL(p‖q) where p and q nearly agree: each term is 1e10 times the sum. */
export async function measureCloseLaws(peers: Peers): Promise<CloseLaws> {
  const random = randomSource("close laws");
  const draw = (f: () => number) => Float64Array.from({ length: ANSWERS * TRIALS }, f);
  const p = draw(random);
  const q = p.map((x) => x * (1 + SPREAD * (2 * random() - 1)));
  const { measure: exactMeasure, klDivergence: exactKl } = exactAlgebra({ digits: 60 });
  const support = Array.from({ length: ANSWERS }, (_, i) => i);
  const trials = Array.from({ length: TRIALS }, (_, t) =>
    [p, q].map((mass) => [...mass.subarray(t * ANSWERS, (t + 1) * ANSWERS)]),
  );
  const truth = trials.map(([a, b]) => exactKl(exactMeasure(support, a), exactMeasure(support, b)).toNumber());
  const own = trials.map(([a, b]) => klDivergence(measure(support, a), measure(support, b)));
  const errors = (found: readonly number[]) => found.map((kl, t) => Math.abs(kl - truth[t]) / truth[t]);
  const scipy = await peers.values("close", { p, q }, { answers: ANSWERS });
  return {
    answers: ANSWERS,
    trials: TRIALS,
    spread: SPREAD,
    exptilt: Math.max(...errors(own)),
    ...(scipy && { scipy: { median: quantile(errors(scipy), 0.5), negative: scipy.filter((kl) => kl < 0).length } }),
  };
}
