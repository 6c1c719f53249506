import { type PolicyReading, policyReading, rlhfOptimum } from "exptilt";
import type { SetProblem } from "../explorer/laws.js";
import { type Method, readingsAlong } from "./methods.js";

/** A point of a curve: what is read at one N, or at one β of the RLHF frontier. */
export interface Point {
  /** N or β. */
  readonly at: number;
  readonly reward: number;
  /** NaN where some answer has no gold reward. */
  readonly gold: number;
  readonly kl: number;
}

export function pointOf(at: number, { reward, gold = Number.NaN, klToRef }: PolicyReading): Point {
  return { at, reward, gold, kl: klToRef };
}

/** As far as curves over N go where nobody asks for more. */
export const MOST_DRAWS = 1024;

const FRONTIER_POINTS = 80;

/** N between the first whole ones, where curves bend most. The laws are of any real N. */
const BETWEEN: readonly number[] = [1.02, 1.07, 1.15, 1.3, 1.5, 1.75, 2.5, 3.5];

/** Whole N from 1 to a power of 2, four an octave up to `MOST_DRAWS` and one an octave from there. */
export function drawsUpTo(most: number): number[] {
  const ns = new Set<number>();
  for (let k = 0; 2 ** (k / 4) <= Math.min(most, MOST_DRAWS); k++) ns.add(Math.round(2 ** (k / 4)));
  for (let n = 2 * MOST_DRAWS; n <= most; n *= 2) ns.add(n);
  return [...ns];
}

/** The numbers of draws at which votes are counted: fewer, since a vote takes longer. */
export const VOTE_DRAWS: readonly number[] = [1, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 128, 256, 512, 1024];

/** The curves of one answer set. Each is computed when it is first asked for, and kept. */
export class Curves {
  readonly problem: SetProblem;
  /** The least and the largest β that are looked at, by the range of the rewards. */
  readonly #betas: readonly [number, number];
  readonly #kept = new Map<Method, { readonly key: string; readonly points: readonly Point[] }>();
  readonly #votes: Point[] = [];
  #frontier: readonly Point[] | undefined;

  constructor(problem: SetProblem) {
    this.problem = problem;
    const possible = problem.reward.filter((r, i) => r > -Infinity && problem.ref.logMass[i] > -Infinity);
    const range = Math.max(...possible) - Math.min(...possible);
    const unit = range > 0 && range < Infinity ? range : 1;
    this.#betas = [unit / 500, unit * 20].map((beta) => Number(beta.toPrecision(2))) as [number, number];
  }

  /** The RLHF optima from the largest β to the least: from ref on, to about the KL of best-of-N. */
  get frontier(): readonly Point[] {
    if (this.#frontier !== undefined) return this.#frontier;
    const [least, most] = this.#betas;
    const points = Array.from({ length: FRONTIER_POINTS }, (_, i) => {
      const beta = Number((most * (least / most) ** (i / (FRONTIER_POINTS - 1))).toPrecision(3));
      return pointOf(beta, policyReading(this.problem, rlhfOptimum({ ...this.problem, beta })));
    });
    const spent = this.along("best", 0, MOST_DRAWS).at(-1)?.kl ?? 0;
    this.#frontier = points.filter(({ kl }, i) => i < 2 || kl <= 1.1 * spent);
    return this.#frontier;
  }

  /** The least and the largest β of the frontier. */
  get betas(): readonly [number, number] {
    const { frontier } = this;
    return [frontier[frontier.length - 1].at, frontier[0].at];
  }

  /** A method's points over N; those of votes as far as they were counted. */
  along(method: Exclude<Method, "rlhf">, beta: number, most: number): readonly Point[] {
    if (method === "vote") return this.#votes;
    const key = `${most} ${method === "best" ? "" : beta}`;
    const kept = this.#kept.get(method);
    if (kept?.key === key) return kept.points;
    const ns = [...drawsUpTo(most), ...BETWEEN].sort((a, b) => a - b);
    const points = readingsAlong(method, this.problem, ns, beta).map((reading, i) => pointOf(ns[i], reading));
    this.#kept.set(method, { key, points });
    return points;
  }

  /** Whether a method's curve at β is there already. */
  has(method: Exclude<Method, "rlhf">, beta: number, most: number): boolean {
    return method === "vote" || this.#kept.get(method)?.key === `${most} ${method === "best" ? "" : beta}`;
  }

  /** The curve as it was last computed, at whatever β. */
  last(method: Exclude<Method, "rlhf">): readonly Point[] {
    return method === "vote" ? this.#votes : (this.#kept.get(method)?.points ?? []);
  }

  /** Counts the votes of one N more; false when all are counted. */
  countVotes(): boolean {
    const n = VOTE_DRAWS[this.#votes.length];
    if (n === undefined) return false;
    const [reading] = readingsAlong("vote", this.problem, [n], Infinity);
    this.#votes.push(pointOf(n, reading));
    return true;
  }

  /** The β of the frontier at a KL, between its points on a logarithmic scale. */
  betaAt(kl: number): number {
    const { frontier } = this;
    const next = frontier.findIndex((point) => point.kl >= kl);
    const [least, most] = this.betas;
    if (next === 0) return most;
    if (next < 0) return least;
    const [a, b] = [frontier[next - 1], frontier[next]];
    const share = (kl - a.kl) / (b.kl - a.kl);
    return Number((a.at * (b.at / a.at) ** share).toPrecision(3));
  }
}
