import { klOf, totalVariationOf } from "../information/divergence.js";
import { Law } from "../measure/law.js";
import { measure } from "../measure/measure.js";
import type { Method } from "./method.js";
import { AT_LIMIT, type MethodReader, type ReadingAtN } from "./methodReader.js";
import { type BestOfNProblem, prepare } from "./problem.js";
import type { LimitDistance } from "./ratio/limitDistanceOf.js";
import type { Prepared } from "./ratio/prepared.js";
import { type ReadingBase, readLaw } from "./reading.js";
import type { ReadValues } from "./readValues.js";
import { voteMode } from "./voteMode.js";
import { lawOfVotes } from "./votes/lawOfVotes.js";

/** The laws of votes on a problem. */
export interface VotesOn {
  readonly at: (n: number) => Law;
  readonly distance: (law: Law) => LimitDistance;
}

/** A majority vote is the weighted one at β = ∞. */
export function votesOn(given: Prepared<unknown>, { method }: Method, answerOf?: Uint32Array): VotesOn {
  const { caller, ref, score } = given;
  const beta = method === "vote" ? Infinity : given.beta;
  const own = beta === given.beta ? given : prepare(caller, { ref, reward: score }, beta);
  const on: Prepared<unknown> = answerOf === undefined ? own : prepare(caller, joined(own, answerOf), beta);
  const onEntries = (law: Law) => (answerOf === undefined ? law : divided(law, on.law, given.law, answerOf));
  const mode = onEntries(voteMode(on));
  return {
    at: (n) => (n === Infinity ? mode : onEntries(lawOfVotes(on, n))),
    distance: (law) => ({
      totalVariation: totalVariationOf(law, mode),
      kl: klOf(mode, law),
      reverseKl: klOf(law, mode),
    }),
  };
}

/** Answers in place of entries: their probabilities under ref, and a reward of each. */
function joined({ law, score }: Prepared<unknown>, answerOf: Uint32Array): BestOfNProblem<number> {
  const size = answerOf.reduce((most, a) => Math.max(most, a + 1), 0);
  const mass = new Float64Array(size);
  const reward = new Float64Array(size).fill(-Infinity);
  for (const [i, a] of answerOf.entries()) {
    mass[a] += law.probability(i);
    reward[a] = Math.max(reward[a], score[i]);
  }
  return { ref: measure([...mass.keys()], mass), reward };
}

/** A law of answers on their entries, each with its share of its answer under ref. */
const divided = (law: Law, answers: Law, entries: Law, answerOf: Uint32Array): Law =>
  Law.fromMass(
    Float64Array.from(answerOf, (a, i) =>
      entries.supports(i) ? law.probability(a) * (entries.probability(i) / answers.probability(a)) : 0,
    ),
  );

/** Reads the laws of votes one by one. */
export class VoteReader implements MethodReader {
  readonly #base: ReadingBase;
  readonly #votes: VotesOn;

  constructor({ law, levels, score }: Prepared<unknown>, votes: VotesOn, { gold }: ReadValues) {
    this.#base = { law, levels, score, gold };
    this.#votes = votes;
  }

  readAt<Point>(ns: readonly number[], make: (reading: ReadingAtN, distance: () => LimitDistance) => Point): Point[] {
    const { at, distance } = this.#votes;
    return ns.map((n) => {
      const law = at(n);
      return make({ n, ...readLaw(this.#base, law) }, () => (n === Infinity ? AT_LIMIT : distance(law)));
    });
  }
}
