import { isRounded, type Levels } from "../measure/levels.js";
import { resolveScore, type Score } from "../measure/score.js";
import { twoSum } from "../numeric/doubleDouble.js";
import { exp } from "../numeric/elementary.js";
import { floats } from "../numeric/floats.js";
import { allowedBy } from "./ratio/kept.js";
import { levelMass } from "./ratio/limitLevels.js";
import type { Prepared } from "./ratio/prepared.js";
import { type PolicyReading, readByLevel, winByLevel, winOf } from "./reading.js";

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
export class ReadValues {
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
