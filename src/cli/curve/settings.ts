import { isVote, type Method, type SelectionMethod, SOFT } from "../../selection/method.js";
import { InputError } from "../input/inputError.js";
import { numberList } from "../input/numberList.js";

/** The settings of `curve`: the same for every query and every shard of a data set. */
export interface CurveSettings {
  /** The rewards to select by, each with its temperatures: every reward has its own unit, and its own curves. */
  readonly rewards: readonly CurveReward[];
  /** The numbers of draws. */
  readonly ns: readonly number[];
  /** The ways to spend the draws; soft best-of-N where none were named. */
  readonly methods?: readonly Method[];
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

/** A row of a curve: N draws at a temperature, spent by a method, soft where left out. N = ∞ is the limit. */
export interface CurvePoint {
  readonly method?: SelectionMethod;
  readonly beta: number;
  readonly n: number;
}

/** The ways to spend the draws. */
export const methodsIn = ({ methods = [SOFT] }: Pick<CurveSettings, "methods">): readonly Method[] => methods;

/** Whether the texts of answers are read: a vote compares them. */
export const needsTexts = (methods: CurveSettings["methods"]): boolean => methods?.some(isVote) ?? false;

/** The temperatures of a reward that a method is read at: a majority vote is the weighted one at β = ∞. */
export const betasOf = ({ betas }: CurveReward, { method }: Method): readonly number[] =>
  method === "vote" ? [Infinity] : betas;

/** What is read off a law. Gold where the data have it. */
export const QUANTITIES = ["reward", "gold", "klToRef", "winRate"] as const;
export type Quantity = (typeof QUANTITIES)[number];

/** What selection can change: the quantities that rows are compared in. */
export const COMPARED = ["reward", "gold"] as const;

/** β as it is printed: a majority vote has none. */
export const betaText = (method: SelectionMethod, beta: number): string => (method === "vote" ? "" : String(beta));

/** What the rows are of one reward: the methods and the numbers of draws. */
type Grid = Pick<CurveSettings, "methods" | "ns">;

/** The points of one reward in order: for each method those of each β, its limit last. */
export function pointsOf(reward: CurveReward, grid: Grid): Required<CurvePoint>[] {
  return methodsIn(grid).flatMap((method) =>
    betasOf(reward, method).flatMap((beta) => [...grid.ns, Infinity].map((n) => ({ method: method.method, beta, n }))),
  );
}

/** How many points one reward has. */
export const sizeOf = (reward: CurveReward, grid: Grid): number =>
  methodsIn(grid).reduce((s, method) => s + betasOf(reward, method).length * (grid.ns.length + 1), 0);

export function samePoint({ method = "soft", beta, n }: CurvePoint, other: CurvePoint | undefined): boolean {
  return other !== undefined && method === (other.method ?? "soft") && beta === other.beta && n === other.n;
}

/** The row that `--versus "[METHOD,]BETA,N"` names, one of those that are read; a majority vote has no β. */
export function versusOf(text: string, settings: Omit<CurveSettings, "versus">): CurvePoint {
  const items = text.split(",").map((item) => item.trim());
  const known = methodsIn(settings).map(({ method }) => method);
  const [method] = known.filter((name) => name === items[0]);
  if (method !== undefined) items.shift();
  if (method === "vote" && items.length === 1) items.unshift("Infinity");
  const [beta, n, ...more] = items.map((item) => (item === "" ? Number.NaN : Number(item)));
  const named = { ...(settings.methods && { method: method ?? known[0] }), beta, n };
  const read = settings.rewards.every((reward) => pointsOf(reward, settings).some((point) => samePoint(point, named)));
  if (more.length > 0 || !read) {
    const like = settings.methods === undefined ? "0,16" : known[0] === "vote" ? "vote,16" : `${known[0]},0,16`;
    throw new InputError(
      `--versus must be a β and an N that are among those of --beta and --n, like "${like}", got ${JSON.stringify(text)}`,
    );
  }
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
