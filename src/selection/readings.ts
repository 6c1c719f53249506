import { klOf, totalVariationOf } from "../information/divergence.js";
import { Law } from "../measure/law.js";
import { isRounded, type Levels } from "../measure/levels.js";
import { measure } from "../measure/measure.js";
import { resolveScore, type Score } from "../measure/score.js";
import { expm1MinusX } from "../numeric/deviance.js";
import { twoSum } from "../numeric/doubleDouble.js";
import { exp, expm1, log1p } from "../numeric/elementary.js";
import { isNormal } from "../numeric/float64.js";
import { floats } from "../numeric/floats.js";
import { peakOf } from "../numeric/peak.js";
import { stretches } from "../numeric/stretches.js";
import { sum } from "../numeric/sum.js";
import { isVote, type Method } from "./method.js";
import { byMethod, type MethodOnLevels } from "./methodOnLevels.js";
import { type BestOfNProblem, prepare } from "./problem.js";
import { allowedBy } from "./ratio/kept.js";
import type { LevelRatios, RatioToRef } from "./ratio/levelRatios.js";
import { type LimitDistance, limitDistanceOf } from "./ratio/limitDistanceOf.js";
import { type LimitLevels, levelMass } from "./ratio/limitLevels.js";
import type { Prepared } from "./ratio/prepared.js";
import { type PolicyReading, type ReadingBase, readByLevel, readLaw, winByLevel, winOf } from "./reading.js";
import { voteMode } from "./voteMode.js";
import { lawOfVotes } from "./votes/lawOfVotes.js";

/** What N draws give. */
export interface ReadingAtN extends PolicyReading {
  readonly n: number;
}

/** Reads a method's laws on one problem. */
export interface MethodReader {
  /** Makes a point of each N, Infinity for the limit, from its readings and, when asked, its distances to the limit. */
  readAt<Point>(ns: readonly number[], make: (reading: ReadingAtN, distance: () => LimitDistance) => Point): Point[];
}

/**
 * The reader of a method on a prepared problem. Where several entries of the support are one answer to a vote, `answerOf` tells
 * which by whole numbers from 0; weighted votes need equal rewards of them.
 */
export function readerOf<A>(
  prepared: Prepared<A>,
  values: ReadValues,
  method: Method,
  answerOf?: Uint32Array,
): MethodReader {
  if (isVote(method)) return new VoteReader(prepared, votesOn(prepared, method, answerOf), values);
  return new LevelReader(byMethod(prepared, method), values);
}

/** The distances of a method's laws from their limit, at several finite N. */
export function distancesOf<A>(prepared: Prepared<A>, method: Method): (ns: readonly number[]) => LimitDistance[] {
  if (isVote(method)) {
    const votes = votesOn(prepared, method);
    return (ns) => ns.map((n) => votes.distance(votes.at(n)));
  }
  const { prepared: own, limit, ratiosAt } = byMethod(prepared, method);
  return (ns) => ratiosAt(ns).map((ratios) => limitDistanceOf(own.levels, limit, ratios));
}

/** What is read at each level. */
interface LevelValues {
  readonly reward: Float64Array;
  readonly gold: Float64Array | undefined;
  readonly win: Float64Array;
}

/** What is read of the answers of a problem that may have a gold reward. */
export function valuesOf<A>(prepared: Prepared<A>, gold: Score<A> | undefined): ReadValues {
  const { caller, ref } = prepared;
  return new ReadValues(prepared, gold === undefined ? undefined : resolveScore(caller, "gold", ref.support, gold));
}

/** What is read of each answer of a problem, whatever the temperature. */
class ReadValues {
  readonly #levels: Levels;
  readonly #score: Float64Array;
  readonly #own: LevelValues;
  readonly gold: Float64Array | undefined;

  constructor(prepared: Prepared<unknown>, gold: Float64Array | undefined) {
    const { levels, score } = prepared;
    this.gold = gold;
    this.#levels = levels;
    this.#score = score;
    this.#own = { reward: levels.reward, gold: gold && meansByLevel(prepared, gold), win: winByLevel(levels) };
  }

  /** By the levels that a method goes by: unions of the problem's own where rewards are capped. */
  at(by: Prepared<unknown>): LevelValues {
    if (by.levels === this.#levels) return this.#own;
    return {
      reward: meansByLevel(by, this.#score),
      gold: this.gold && meansByLevel(by, this.gold),
      win: meansByLevel(by, winOf(this.#levels, this.#score)),
    };
  }

  /** What one draw gives that is not forbidden. */
  get oneDraw(): Pick<PolicyReading, "reward" | "gold"> {
    const { reward, gold } = this.#own;
    const { allowed, logAllowed } = allowedBy(this.#levels);
    const size = reward.length;
    const once = { ratio: floats(size).fill(1 / allowed), logRatio: floats(size).fill(-logAllowed) };
    const law = levelMass(this.#levels, once);
    return { reward: readByLevel(reward, law), ...(gold && { gold: readByLevel(gold, law) }) };
  }
}

/** Levels times numbers of draws that are in memory at once. */
const MAX_RATIOS_HELD = 2 ** 22;

const AT_LIMIT: LimitDistance = { totalVariation: 0, kl: 0, reverseKl: 0 };

class LevelReader<A> implements MethodReader {
  readonly #by: MethodOnLevels<A>;
  readonly #values: ReadValues;

  constructor(by: MethodOnLevels<A>, values: ReadValues) {
    this.#by = by;
    this.#values = values;
  }

  readAt<Point>(ns: readonly number[], make: (reading: ReadingAtN, distance: () => LimitDistance) => Point): Point[] {
    const { prepared, limit } = this.#by;
    const { levels } = prepared;
    const { reward, gold, win } = this.#values.at(prepared);
    const points: Point[] = [];
    const take = (n: number, law: Float64Array, ratios: LevelRatios | undefined) => {
      const reading = {
        n,
        reward: readByLevel(reward, law),
        ...(gold !== undefined && { gold: readByLevel(gold, law) }),
        klToRef: klToRef(prepared, ratios ?? limitRatios(limit), law),
        winRate: readByLevel(win, law),
      };
      points.push(make(reading, () => (ratios === undefined ? AT_LIMIT : limitDistanceOf(levels, limit, ratios))));
    };
    const together = Math.max(1, Math.floor(MAX_RATIOS_HELD / levels.mass.length));
    for (const some of stretches(ns, together)) {
      const finite = some.filter((n) => n < Infinity);
      let next = 0;
      const ratios = this.#by.ratiosAt(finite);
      for (const n of some) {
        if (n === Infinity) take(n, limit.mass, undefined);
        else take(n, levelMass(levels, ratios[next]), ratios[next++]);
      }
    }
    return points;
  }
}

/** The laws of votes on a problem. */
interface VotesOn {
  readonly at: (n: number) => Law;
  readonly distance: (law: Law) => LimitDistance;
}

/** A majority vote is the weighted one at β = ∞. */
function votesOn(given: Prepared<unknown>, { method }: Method, answerOf?: Uint32Array): VotesOn {
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

class VoteReader implements MethodReader {
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

/** The limit's ratios, of which only the logarithm is read but where the likeliest level has nearly its own probability. */
const limitRatios = ({ logRatio }: LimitLevels): RatioToRef => ({
  logRatio,
  get ratio() {
    return logRatio.map(exp);
  },
});

/** The mean of f over the answers of each level, within their range; −∞ where one of them has it. */
function meansByLevel<A>({ law, levels }: Prepared<A>, f: Float64Array): Float64Array {
  const { mass, logMass, levelOf } = levels;
  const held = new Float64Array(mass.length);
  const low = new Float64Array(mass.length);
  const least = new Float64Array(mass.length).fill(Infinity);
  const most = new Float64Array(mass.length).fill(-Infinity);
  for (let i = 0; i < f.length; i++) {
    const level = levelOf[i];
    if (level < 0) continue;
    if (f[i] < least[level]) least[level] = f[i];
    if (f[i] > most[level]) most[level] = f[i];
    const whole = !isRounded(mass[level]);
    const share = whole ? law.probability(i) / mass[level] : exp(law.logProbability(i) - logMass[level]);
    const { hi, lo } = twoSum(held[level], share === 0 ? 0 : share * f[i]);
    held[level] = hi;
    low[level] += lo;
  }
  return held.map((h, i) => {
    const mean = Number.isFinite(h) ? h + low[i] : h;
    return least[i] === -Infinity ? least[i] : Math.min(most[i], Math.max(least[i], mean));
  });
}

/**
 * KL(P‖ref) as a sum of non-negative terms ref·(ρ log ρ − ρ + 1), ρ = P/ref, which keeps its digits near ρ = 1. Where
 * the likeliest level's ρ is nearest 1, its ρ − 1 comes from the others': Σ ref·(ρ − 1) = P(a draw is forbidden).
 */
function klToRef<A>({ levels }: Prepared<A>, ratios: RatioToRef, law: Float64Array): number {
  const { mass, forbidden } = levels;
  const { logRatio } = ratios;
  const term = (p: number, q: number, l: number) => (l > -1 ? q * expm1MinusX(-l) : p - q + (q > 0 ? q * l : 0));
  const terms = floats(mass.length);
  for (let i = 0; i < terms.length; i++) terms[i] = term(mass[i], law[i], logRatio[i]);
  const peak = peakOf(mass);
  if (Math.abs(logRatio[peak]) < 0.01) {
    const { ratio } = ratios;
    const more = mass.map((p, i) => (i === peak ? 0 : isNormal(p) ? p * excess(ratio[i], logRatio[i]) : law[i] - p));
    const own = (forbidden - sum(more).hi) / mass[peak];
    terms[peak] = term(mass[peak], mass[peak] * (1 + own), log1p(own));
  }
  return sum(terms).hi + forbidden;
}

/** ρ − 1, from its logarithm where it is small. */
const excess = (rho: number, l: number) => (l > -0.5 && l < 0.5 ? expm1(l) : rho - 1);
