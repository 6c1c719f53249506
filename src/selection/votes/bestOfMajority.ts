import type { Distribution } from "../../measure/measure.js";
import { requireWhole } from "../draws.js";
import { type BestOfNProblem, prepare } from "../problem.js";
import { lawOfRatios, onAnswers } from "../ratio/law.js";
import { countedRatios, MAX_COUNTED } from "./countedRatios.js";
import { electionOf } from "./election.js";
import { requireVotes } from "./lawOfVotes.js";
import { qualifyingRounds } from "./rounds.js";

/**
 * The exact law of best-of-majority: draw N answers from ref, and among the answers drawn at least τ times take one of
 * the best reward. Where no answer was drawn so often, those drawn most often take their place. Ties are broken uniformly
 * among answers (Di and others, arXiv 2510.03199, where τ is a share of N).
 *
 * τ = 1 takes the best reward that was drawn, as `bestOfNLaw` does but for ties, which it breaks among draws; τ > N is
 * `majorityVoteLaw` with ties broken by the reward.
 *
 * Each probability has its own relative accuracy down to 1e−250 of ref's; where all ways to it are rarer, it is 0. Time
 * grows as K N³ log K: 50 ms for 20 answers and N = 64.
 *
 * @param problem the reference policy and the reward
 * @param n the number of draws N, a whole number from 1 to 500
 * @param tau the number of draws τ that qualify an answer, a whole number of at least 1
 * @returns the law of the answer taken
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when n is not a whole number from 1 to 500, tau is not a whole number of at least 1, or a reward is
 *   NaN, +∞ or −∞ throughout
 * @example
 * ```ts
 * import { bestOfMajorityLaw, distribution } from "exptilt";
 * // The best reward goes to an answer that is seldom drawn.
 * const problem = { ref: distribution(["a", "b", "c"], [6, 3, 1]), reward: [0, 1, 2] };
 * bestOfMajorityLaw(problem, 3, 1).mass // => [0.216, 0.513, 0.271]
 * bestOfMajorityLaw(problem, 3, 2).mass // => [0.648, 0.216, 0.136]
 * ```
 */
export function bestOfMajorityLaw<A>(problem: BestOfNProblem<A>, n: number, tau: number): Distribution<A> {
  const caller = "bestOfMajorityLaw";
  const prepared = prepare(caller, problem, 0);
  n = requireVotes(caller, "n", n, MAX_COUNTED);
  tau = requireWhole(caller, "tau", tau, 1);
  const law = lawOfRatios(electionOf(prepared), (election) => {
    const { contenders, rewards } = election;
    return countedRatios(election, qualifyingRounds(contenders, rewards.reward.length, tau, n), n);
  });
  return onAnswers(prepared, law);
}
