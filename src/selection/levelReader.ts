import { expm1MinusX } from "../numeric/deviance.js";
import { exp, expm1, log1p } from "../numeric/elementary.js";
import { isNormal } from "../numeric/float64.js";
import { floats } from "../numeric/floats.js";
import { peakOf } from "../numeric/peak.js";
import { stretches } from "../numeric/stretches.js";
import { sum } from "../numeric/sum.js";
import type { MethodOnLevels } from "./methodOnLevels.js";
import { AT_LIMIT, type MethodReader, type ReadingAtN } from "./methodReader.js";
import type { LevelRatios, RatioToRef } from "./ratio/levelRatios.js";
import { type LimitDistance, limitDistanceOf } from "./ratio/limitDistanceOf.js";
import { type LimitLevels, levelMass } from "./ratio/limitLevels.js";
import type { Prepared } from "./ratio/prepared.js";
import { readByLevel } from "./reading.js";
import type { ReadValues } from "./readValues.js";

/** Levels times numbers of draws that are in memory at once. */
const MAX_RATIOS_HELD = 2 ** 22;

/** Reads the laws of a method that goes by reward levels, without building each. */
export class LevelReader<A> implements MethodReader {
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

/** The limit's ratios, of which only the logarithm is read but where the likeliest level has nearly its own probability. */
const limitRatios = ({ logRatio }: LimitLevels): RatioToRef => ({
  logRatio,
  get ratio() {
    return logRatio.map(exp);
  },
});

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
