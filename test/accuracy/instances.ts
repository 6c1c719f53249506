/** Hostile instances: what a sweep draws from. Each takes its randomness from the case's own source. */

type Rng = () => number;

export const whole = (rng: Rng, from: number, to: number): number => from + Math.floor(rng() * (to - from + 1));
export const between = (rng: Rng, from: number, to: number): number => from + rng() * (to - from);
/** 10^u for u uniform: every order of magnitude as likely. */
export const order = (rng: Rng, from: number, to: number): number => 10 ** between(rng, from, to);
export const pick = <T>(rng: Rng, ...choices: readonly T[]): T => choices[Math.floor(rng() * choices.length)];
export const times = (size: number, f: (i: number) => number): number[] => Array.from({ length: size }, (_, i) => f(i));
const normal = (rng: Rng) => Math.sqrt(-2 * Math.log(rng())) * Math.cos(2 * Math.PI * rng());

/** Mostly few answers, now and then a hundred or a thousand. */
export function sizeOf(rng: Rng, index: number): number {
  if (index % 100 === 99) return 1000;
  if (index % 25 === 24) return 100;
  return pick(rng, 1, 2, 2, 3, 4, 5, 8, 13, 30);
}

export const MASSES = "masses over 300 orders, zeros, ties, next to a point mass, 1 ulp apart, subnormal, up to 1e307";

/** Masses of every hostile kind; at least one is positive. */
export function masses(rng: Rng, size: number): number[] {
  const kinds: (() => number[])[] = [
    () => times(size, rng),
    () => times(size, () => order(rng, -300, 0)),
    () => times(size, () => (rng() < 0.3 ? 0 : order(rng, -300, 0))),
    () => times(size, (i) => (i === 0 ? 1 : order(rng, -300, -10))),
    () => times(size, () => whole(rng, 1, 1000)),
    () => times(size, () => order(rng, -20, 307) / size),
    () => times(size, () => 0.1),
    () => times(size, () => 1 + whole(rng, 0, 8) * 2 ** -52),
    () => times(size, () => (rng() < 0.5 ? whole(rng, 1, 1000) * 5e-324 : order(rng, -310, 0))),
  ];
  const mass = pick(rng, ...kinds)();
  if (!mass.some((m) => m > 0)) mass[0] = 1;
  return mass;
}

/** Masses in the range where powers and products of them stay doubles. */
export const ordinary = (rng: Rng, size: number): number[] =>
  pick<() => number[]>(
    rng,
    () => times(size, rng),
    () => times(size, () => order(rng, -12, 0)),
    () => times(size, () => whole(rng, 1, 100)),
  )();

export const LOG_MASSES = "log-masses from 0 to −6,000, next to a point mass, around the smallest double";

/** Log-masses that no double holds the masses of. */
export function logMasses(rng: Rng, size: number): number[] {
  return pick<() => number[]>(
    rng,
    () => times(size, () => between(rng, -6000, 0)),
    () => times(size, (i) => (i === 0 ? 0 : between(rng, -6000, -600))),
    () => times(size, () => between(rng, -760, -690)),
    () => times(size, () => between(rng, -5, 0)),
  )();
}

/** Rewards within a range, and a temperature that makes it as many as 7,000 nats, or next to none. */
export function farRewards(rng: Rng, size: number): { reward: number[]; beta: number } {
  const reward = pick<() => number[]>(
    rng,
    () => times(size, rng),
    () => times(size, () => whole(rng, 0, 2)),
  )();
  const range = Math.max(...reward) - Math.min(...reward) || 1;
  return { reward, beta: range / pick(rng, order(rng, -3, 1), between(rng, 10, 700), between(rng, 700, 7000)) };
}

export const PAIRS = "two laws: apart, or near-equal at a relative spread of 1e-8 to 1e-15; zeros in either";

/** Two vectors of masses on the same answers. */
export function pairs(rng: Rng, size: number): { p: number[]; q: number[] } {
  const p = masses(rng, size);
  const near = () => {
    const spread = order(rng, -15, -8);
    return p.map((x) => x * (1 + spread * normal(rng)));
  };
  const q = pick<() => number[]>(
    rng,
    near,
    near,
    () => masses(rng, size),
    () => p.map((x) => x * rng()),
    () => p.map((x) => (x === 0 ? 0 : x * order(rng, -8, 0) + Number.MIN_VALUE)),
    () => p.map((x) => (x === 0 ? 1e-3 : x)),
  )();
  if (!q.some((m) => m > 0)) q[0] = 1;
  return { p, q };
}

export const REWARDS = "rewards near, far, tied, offset by 1e6, of 1e10, −∞; β from 1e-6 to 1e6";

/** Rewards of every hostile kind; at least one is finite. */
export function rewards(rng: Rng, size: number, forbids = true): number[] {
  const kinds: (() => number[])[] = [
    () => times(size, () => normal(rng)),
    () => times(size, () => whole(rng, 0, 3)),
    () => times(size, () => 1e6 + normal(rng)),
    () => times(size, () => 1e10 * rng()),
    () => times(size, () => 1e-9 * normal(rng)),
    () => times(size, () => 1 + whole(rng, 0, 9) * 2 ** -52),
    () => times(size, () => order(rng, -20, 2) * pick(rng, -1, 1)),
  ];
  if (forbids) kinds.push(() => times(size, (i) => (i > 0 && rng() < 0.3 ? -Infinity : normal(rng))));
  return pick(rng, ...kinds)();
}

export const temperature = (rng: Rng): number => pick(rng, 1, 0.1, order(rng, -6, 6), order(rng, -2, 2));

/** A reference with a reward; some answer that has mass is not forbidden. */
export function tilts(rng: Rng, size: number, forbids = true): { mass: number[]; reward: number[]; beta: number } {
  const mass = masses(rng, size);
  const reward = rewards(rng, size, forbids);
  if (!mass.some((m, i) => m > 0 && reward[i] > -Infinity)) reward[mass.findIndex((m) => m > 0)] = 0;
  return { mass, reward, beta: temperature(rng) };
}
