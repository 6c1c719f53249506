import { normalize } from "../../measure/measure.js";
import { exp, log, square } from "../../numeric/elementary.js";
import { logRoot } from "../../numeric/logRoot.js";
import type { Query } from "../input/dataset.js";
import { refOf } from "../input/reference.js";

/** What the limits of the default temperatures spend on average, in nats, beside β = 0. */
const SPENT_NATS = [2, 1, 0.5, 0.25];

/** Answers that are kept. Of more, every second query is left out, and again: a few digits of β need no more. */
const MAX_ANSWERS = 2 ** 22;

/** A reference law and a reward, its answers relative to the best one. */
interface Levels {
  readonly mass: Float64Array;
  readonly below: Float64Array;
}

/**
 * Finds temperatures that tell a picture in any unit of the reward: those at which the RLHF optimum spends ¼, ½, 1 and 2 nats
 * of KL on average over the queries, as far as the rewards can spend them, and 0.
 */
export class DefaultTemperatures {
  readonly #kept: Levels[][] = [];
  #answers = 0;
  #read = 0;
  #every = 1;

  add(query: Query): void {
    if (this.#read++ % this.#every !== 0) return;
    const { mass } = normalize(refOf(query));
    const read = query.rewards.map((reward): Levels => {
      const kept = [...reward.keys()].filter((i) => mass[i] > 0 && reward[i] > -Infinity);
      const top = kept.reduce((most, i) => Math.max(most, reward[i]), -Infinity);
      return { mass: Float64Array.from(kept, (i) => mass[i]), below: Float64Array.from(kept, (i) => reward[i] - top) };
    });
    this.#kept.push(read);
    this.#answers += read[0].mass.length;
    if (this.#answers <= MAX_ANSWERS) return;
    this.#every *= 2;
    const half = this.#kept.filter((_, q) => q % 2 === 0);
    this.#kept.splice(0, Infinity, ...half);
    this.#answers = half.reduce((s, [{ mass }]) => s + mass.length, 0);
  }

  /** Of how many queries one was taken. */
  get every(): number {
    return this.#every;
  }

  /** The temperatures of a reward, to three digits, increasing from 0. */
  of(reward: number): number[] {
    const all = this.#kept.map((read) => read[reward]);
    const most = all.reduce(
      (s, { mass, below }) => s - log(mass.reduce((t, p, i) => (below[i] === 0 ? t + p : t), 0)),
      0,
    );
    const scale = all.reduce((range, { below }) => below.reduce((m, d) => Math.max(m, -d), range), 0);
    if (!(scale > 0 && scale < Infinity)) return [0];
    const reached = SPENT_NATS.filter((nats) => nats < 0.999 * (most / all.length));
    const betas = reached.map((nats) => 1 / logRoot((eta) => spent(all, eta), nats * all.length, 1 / scale));
    return [...new Set([0, ...betas.map((beta) => Number(beta.toPrecision(3)))])];
  }
}

/** Σ KL(π*‖ref) at η = 1/β, and its slope on logarithmic scales: KL grows by η·Var(r). */
function spent(all: readonly Levels[], eta: number) {
  let [value, growth] = [0, 0];
  for (const { mass, below } of all) {
    let [total, first, second] = [0, 0, 0];
    for (let i = 0; i < mass.length; i++) {
      const weight = mass[i] * exp(eta * below[i]);
      total += weight;
      first += weight * below[i];
      second += weight * square(below[i]);
    }
    const mean = first / total;
    value += Math.max(0, eta * mean - log(total));
    growth += square(eta) * Math.max(0, second / total - square(mean));
  }
  return { value, slope: growth / value };
}
