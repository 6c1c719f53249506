import type { Erratum } from "../claim.js";
import { fewOf, ranksOf } from "../fewAnswers.js";
import type { World } from "../instance.js";
import { entries, largest, least, sign, total } from "../sums.js";
import { isSame } from "../written.js";

/** The few answers, each listed twice with half its mass, and rewards that are their ranks: ties at every level. */
function tied<N>(world: World<N>) {
  const { algebra: A } = world;
  const { ref, reward } = fewOf(world);
  const size = reward.length;
  const ranks = ranksOf(A, reward);
  const halves = entries(ref.logMass).map((l) => A.subtract(l, A.log(A.number(2))));
  const law = A.normalize(
    A.fromLogMass(
      Array.from({ length: 2 * size }, (_, i) => i),
      [...halves, ...halves],
    ),
  );
  return { ref: law, reward: [...ranks, ...ranks] };
}

/**
 * A β at which a draw of the next rank has no weight beside a draw of the best one, at the precision of the arithmetic:
 * 1 + e^{spread − 1/β} rounds to 1, with spread the largest log-ratio of two masses.
 */
function coldBeta<N>({ algebra: A }: World<N>, logMass: readonly N[]): N {
  const spread = A.subtract(largest(A, logMass), least(A, logMass));
  const one = A.number(1);
  let nats = 200;
  while (sign(A, A.subtract(A.add(one, A.exp(A.number(-nats))), one)) > 0) nats *= 2;
  return A.divide(one, A.add(spread, A.number(nats)));
}

/** E9, on the case β = 0, which the note leaves open. */
export const selectionErrata: readonly Erratum[] = [
  {
    kind: "erratum",
    equation: "E9",
    statement: "(13) at β = 0 picks argmax r, which is no law where draws tie; broken uniformly it is the limit β → 0",
    hypotheses:
      "the first 4 answers with mass, each listed twice, rewards their ranks; N = 2; the limit at a β too small to matter",
    printed: (world) => {
      const { algebra: A } = world;
      const { ref, reward } = tied(world);
      // The probability that an answer is drawn and no better one is: several answers may be the argmax.
      const attained = reward.map((r, o) => {
        const miss = reward.map((s, j) => (j !== o && A.toNumber(s) <= A.toNumber(r) ? ref.mass[j] : A.number(0)));
        const without = total(A, miss);
        const within = A.add(without, ref.mass[o]);
        return A.subtract(A.multiply(within, within), A.multiply(without, without));
      });
      return [{ left: [total(A, attained)], right: [A.number(1)] }];
    },
    corrected: (world) => {
      const { algebra: A } = world;
      const problem = tied(world);
      const cold = A.softBestOfNLaw({ ...problem, beta: coldBeta(world, entries(problem.ref.logMass)) }, 2);
      return isSame(A, A.bestOfNLaw(problem, 2), cold);
    },
  },
];
