import { InputError } from "../input/inputError.js";
import { numberList } from "../input/numberList.js";

/** The settings of `curve`: the same for every query and every shard of a data set. */
export interface CurveSettings {
  /** The rewards to select by, each with its temperatures: every reward has its own unit, and its own curves. */
  readonly rewards: readonly CurveReward[];
  /** The numbers of draws. */
  readonly ns: readonly number[];
  /** Whether samples are read as a law, also past their number. */
  readonly plugIn: boolean;
  /** The row that every other is compared with, beside one draw. */
  readonly versus?: CurvePoint;
}

export interface CurveReward {
  readonly name: string;
  readonly betas: readonly number[];
}

/** The numbers of draws where none are asked for: 1, 2, 4, …, 1024. */
export const DEFAULT_NS: readonly number[] = Array.from({ length: 11 }, (_, i) => 2 ** i);

/** What `--beta` and `--n` list, undefined where they are left out. */
export function gridOf({ beta, n }: { readonly beta?: string; readonly n?: string }): {
  readonly betas: readonly number[] | undefined;
  readonly ns: readonly number[] | undefined;
} {
  return {
    betas: beta === undefined ? undefined : numberList("beta", beta, (x) => x >= 0, "at least 0"),
    ns: n === undefined ? undefined : numberList("n", n, (x) => x >= 1 && x < Infinity, "at least 1 and finite"),
  };
}

/** A row of a curve: N draws at a temperature. N = ∞ is the limit. */
export interface CurvePoint {
  readonly beta: number;
  readonly n: number;
}

/** What is read off a law. Gold where the data have it. */
export const QUANTITIES = ["reward", "gold", "klToRef", "winRate"] as const;
export type Quantity = (typeof QUANTITIES)[number];

/** What selection can change: the quantities that rows are compared in. */
export const COMPARED = ["reward", "gold"] as const;

/** The points of one reward in order: those of each β, its limit last. */
export function pointsOf({ betas }: CurveReward, ns: readonly number[]): CurvePoint[] {
  return betas.flatMap((beta) => [...ns, Infinity].map((n) => ({ beta, n })));
}

export const samePoint = (a: CurvePoint, b: CurvePoint | undefined): boolean => a.beta === b?.beta && a.n === b.n;

/** The row that `--versus "BETA,N"` names, one of those that are read. */
export function versusOf(text: string, { rewards, ns }: Omit<CurveSettings, "versus">): CurvePoint {
  const [beta, n, ...more] = text.split(",").map((item) => (item.trim() === "" ? Number.NaN : Number(item)));
  const named = { beta, n };
  const read = rewards.every((reward) => pointsOf(reward, ns).some((point) => samePoint(point, named)));
  if (more.length > 0 || !read)
    throw new InputError(
      `--versus must be a β and an N that are among those of --beta and --n, like "0,16", got ${JSON.stringify(text)}`,
    );
  return named;
}

/** The cells of one point in the order in which they are kept: the quantities, and the differences from other rows. */
export function cellsOf(settings: CurveSettings, gold: boolean): string[] {
  const has = (name: Quantity) => name !== "gold" || gold;
  const compared = COMPARED.filter(has);
  return [
    ...QUANTITIES.filter(has),
    ...compared.map((name) => `gain.${name}`),
    ...(settings.versus === undefined ? [] : compared.map((name) => `versus.${name}`)),
  ];
}
