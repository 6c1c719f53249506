import type { BigNumber } from "mathjs";
import { requireBetaOptions } from "../diffusion/betaSchedule.js";
import { type NoiseForm, requireNoiseForm } from "../diffusion/convertNoiseLevel.js";
import { unguided } from "../diffusion/guidanceScale.js";
import { requireInteger, requireOptions } from "../numeric/check.js";
import type { Arithmetic } from "./arithmetic.js";
import type { Exact } from "./input.js";
import {
  betweenZeroAndOne,
  bigOutOfRange,
  type Condition,
  finite,
  notNaN,
  positive,
  positiveOrInfinite,
  requireNumber,
} from "./read.js";

/** s − 1, or w itself. */
export const guidanceWeight: Exact<"guidanceWeight"> = (arithmetic, scale, convention) =>
  requireNumber(arithmetic, "guidanceWeight", "scale", scale, finite).minus(unguided("guidanceWeight", convention));

/** 1 + w, or w itself. */
export const guidanceScale: Exact<"guidanceScale"> = (arithmetic, weight, convention) =>
  requireNumber(arithmetic, "guidanceScale", "weight", weight, finite).plus(unguided("guidanceScale", convention));

const share: Condition = { fits: (x) => x.gte(0) && x.lte(1), says: "be from 0 to 1" };
const ranges: Readonly<Record<NoiseForm, Condition>> = {
  sigma: share,
  alphaBar: share,
  sigmaVe: { fits: (x) => x.gte(0), says: "be non-negative (Infinity allowed)" },
  logSnr: notNaN,
};

/** σ² and ᾱ, each to its own digits. */
interface Parts {
  readonly lost: BigNumber;
  readonly kept: BigNumber;
}

/** By the noise-to-signal ratio t. */
const ofRatio = (arithmetic: Arithmetic, t: BigNumber): Parts =>
  t.isFinite()
    ? { lost: t.div(t.plus(1)), kept: arithmetic.one.div(t.plus(1)) }
    : { lost: arithmetic.one, kept: arithmetic.zero };

const read: Readonly<Record<NoiseForm, (arithmetic: Arithmetic, x: BigNumber) => Parts>> = {
  sigma: ({ one }, s) => ({ lost: s.times(s), kept: one.minus(s).times(one.plus(s)) }),
  alphaBar: ({ one }, a) => ({ lost: one.minus(a), kept: a }),
  sigmaVe: (arithmetic, s) => ofRatio(arithmetic, s.times(s)),
  logSnr: (arithmetic, l) => ofRatio(arithmetic, arithmetic.exp(l.neg())),
};

const written: Readonly<Record<NoiseForm, (arithmetic: Arithmetic, parts: Parts) => BigNumber>> = {
  sigma: (_, { lost }) => lost.sqrt(),
  alphaBar: (_, { kept }) => kept,
  sigmaVe: ({ infinity }, { lost, kept }) => (kept.isZero() ? infinity : lost.div(kept).sqrt()),
  logSnr: (arithmetic, { lost, kept }) => {
    if (lost.isZero()) return arithmetic.infinity;
    const excess = kept.minus(lost).div(lost);
    return excess.abs().lt(0.5) ? arithmetic.log1p(excess) : arithmetic.log(kept.div(lost));
  },
};

/** By σ² and ᾱ. */
export const convertNoiseLevel: Exact<"convertNoiseLevel"> = (arithmetic, value, from, to) => {
  const source = requireNoiseForm("from", from);
  const target = requireNoiseForm("to", to);
  const x = requireNumber(arithmetic, "convertNoiseLevel", "value", value, ranges[source]);
  return source === target ? x : written[target](arithmetic, read[source](arithmetic, x));
};

/** ᾱ and β step by step, with π and the cosines at this precision. */
export const betaSchedule: Exact<"betaSchedule"> = (arithmetic, name, options = {}) => {
  const caller = "betaSchedule";
  const { steps, ends } = requireBetaOptions(caller, name, options);
  const { one, zero } = arithmetic;
  const beta = ends === undefined ? cosine(arithmetic, steps) : even(arithmetic, caller, name, steps, ends, options);
  let [kept, lost] = [one, zero];
  const parts = beta.map((b) => {
    lost = lost.plus(b.times(kept));
    kept = kept.times(one.minus(b));
    return { kept, lost };
  });
  const column = (form: NoiseForm) => parts.map((p) => written[form](arithmetic, p));
  return {
    beta,
    alphaBar: column("alphaBar"),
    sigma: column("sigma"),
    sigmaVe: column("sigmaVe"),
    logSnr: column("logSnr"),
  };
};

/** β, or its root, evenly spaced. */
function even(
  arithmetic: Arithmetic,
  caller: string,
  name: string,
  steps: number,
  ends: readonly [number, number],
  given: { readonly betaStart?: unknown; readonly betaEnd?: unknown },
): BigNumber[] {
  const rooted = name === "scaled_linear";
  const [start, end] = (["betaStart", "betaEnd"] as const).map((key, k) => {
    const beta = requireNumber(arithmetic, caller, `options.${key}`, given[key] ?? ends[k], betweenZeroAndOne);
    return rooted ? beta.sqrt() : beta;
  });
  return Array.from({ length: steps }, (_, i) => {
    const x =
      i === 0
        ? start
        : start.plus(
            end
              .minus(start)
              .times(i)
              .div(steps - 1),
          );
    return rooted ? x.times(x) : x;
  });
}

/** 1 − cos²(b_i)/cos²(b_{i−1}), at most 0.999. */
function cosine(arithmetic: Arithmetic, steps: number): BigNumber[] {
  const { Big, one, zero } = arithmetic;
  const cap = new Big("0.999");
  const halfPi = zero.acos();
  const squared = Array.from({ length: steps + 1 }, (_, i) => {
    const cos = halfPi
      .times(125 * i + steps)
      .div(126 * steps)
      .cos();
    return cos.times(cos);
  });
  return Array.from({ length: steps }, (_, k) => {
    const beta = one.minus(squared[k + 1].div(squared[k]));
    return beta.gt(cap) ? cap : beta;
  });
}

/** (σ_min^{1/ρ} + i/(n−1)·(σ_max^{1/ρ} − σ_min^{1/ρ}))^ρ. */
export const karrasSchedule: Exact<"karrasSchedule"> = (arithmetic, steps, options = {}) => {
  const caller = "karrasSchedule";
  const n = requireInteger(caller, "steps", steps, 2);
  const given = requireOptions(caller, options, { sigmaMin: true, sigmaMax: true, rho: true });
  const least = requireNumber(arithmetic, caller, "options.sigmaMin", given.sigmaMin ?? 0.002, positive);
  const most = requireNumber(arithmetic, caller, "options.sigmaMax", given.sigmaMax ?? 80, positive);
  const rho = requireNumber(arithmetic, caller, "options.rho", given.rho ?? 7, positiveOrInfinite);
  if (!most.gt(least)) throw bigOutOfRange(caller, "options.sigmaMax", "exceed sigmaMin", most);
  // Relative to the highest level.
  const apart = arithmetic.log(least.div(most));
  return Array.from({ length: n }, (_, i) => {
    if (i === 0 || i === n - 1) return i === 0 ? least : most;
    const way = arithmetic.one.times(n - 1 - i).div(n - 1);
    if (!rho.isFinite()) return most.times(arithmetic.exp(apart.times(way)));
    const bent = arithmetic.log1p(way.times(arithmetic.expm1(apart.div(rho))));
    return most.times(arithmetic.exp(rho.times(bent)));
  });
};
