import type { BigNumber } from "mathjs";
import { requireMaskedGuidance, requireSequences, requireSupported } from "../diffusion/maskedGuidance.js";
import { requireSameSupport } from "../measure/support.js";
import type { Exact } from "./input.js";
import { ofMass, readMeasure } from "./measure.js";
import { finite, requireNumber } from "./read.js";

/** The jump chain, token by token: the probability of passing each partial sequence, found by its revealed tokens. */
export const maskedGuidanceLaw: Exact<"maskedGuidanceLaw"> = (
  arithmetic,
  conditional,
  unconditional,
  strength,
  options = {},
) => {
  const caller = "maskedGuidanceLaw";
  const own = readMeasure(arithmetic, caller, "conditional", conditional);
  const all = readMeasure(arithmetic, caller, "unconditional", unconditional);
  requireSameSupport(caller, own.support, all.support, ["conditional", "unconditional"]);
  const w = requireNumber(arithmetic, caller, "strength", strength, finite);
  const perPosition = requireMaskedGuidance(caller, options);
  const tokens = requireSequences(caller, own.support as readonly (readonly unknown[])[]);
  if (w.isZero()) return own.law.normalized();
  const { zero, one } = arithmetic;
  const [p, q] = [own.law.mass, all.law.mass];
  requireSupported(
    caller,
    (k) => p[k].gt(0),
    (k) => q[k].gt(0),
    p.length,
  );

  /** The sequences that each partial sequence allows; a masked position is −1. */
  const key = (partial: ArrayLike<number>) => Array.from(partial).join();
  const tilted = new Map<string, BigNumber>();
  const tiltedOf = (partial: readonly number[]): BigNumber => {
    const known = tilted.get(key(partial));
    if (known !== undefined) return known;
    const on = tokens.flatMap((row, k) => (partial.every((t, i) => t < 0 || t === row[i]) ? [k] : []));
    const [a, b] = [p, q].map((mass) => arithmetic.sum(on.map((k) => mass[k])));
    const value = a.gt(0) ? a.times(arithmetic.exp(w.times(arithmetic.log(a.div(b))))) : zero;
    tilted.set(key(partial), value);
    return value;
  };

  const length = tokens[0].length;
  let level = new Map<string, { partial: readonly number[]; passed: BigNumber }>();
  const start = Array.from({ length }, () => -1);
  level.set(key(start), { partial: start, passed: one });
  for (let masked = length; masked > 0; masked--) {
    const next: typeof level = new Map();
    for (const { partial, passed } of level.values()) {
      const rows = start.flatMap((_, i) => {
        if (partial[i] >= 0) return [];
        const values = new Set(tokens.map((row) => row[i]));
        return [[...values].map((v) => partial.with(i, v)).filter((s) => tiltedOf(s).gt(0))];
      });
      const hand = (to: readonly (readonly number[])[], share: BigNumber) => {
        const total = arithmetic.sum(to.map(tiltedOf));
        for (const s of to) {
          const known = next.get(key(s));
          const more = passed.times(tiltedOf(s)).div(total).times(share);
          next.set(key(s), { partial: s, passed: known === undefined ? more : known.passed.plus(more) });
        }
      };
      if (perPosition) for (const row of rows) hand(row, one.div(masked));
      else hand(rows.flat(), one);
    }
    level = next;
  }
  return ofMass(
    arithmetic,
    own.support,
    Object.freeze(tokens.map((row) => level.get(key(row))?.passed ?? zero)),
  ).law.normalized();
};
