/** What loses to a number of votes, against sums over all numbers below it. */
import fc from "fast-check";
import { describe, expect } from "vitest";
import { poissonCounts } from "../../src/selection/votes/countModel.js";
import { Rivals } from "../../src/selection/votes/rivals.js";
import { test } from "../support/test.js";

const near = (got: number, want: number, scale = 1) =>
  expect(Math.abs(got - want), `${got} for ${want}`).toBeLessThanOrEqual(1e-12 * scale);

type Complex = readonly [re: number, im: number];
const times = ([a, b]: Complex, [c, d]: Complex): Complex => [a * c - b * d, a * d + b * c];

describe("rivals that lose to a number of votes", () => {
  const contenders = fc.array(
    fc.record({
      rate: fc.oneof(fc.double({ min: 0.01, max: 30, noNaN: true }), fc.constantFrom(1e-30, 1e-4, 3)),
      answers: fc.integer({ min: 1, max: 4 }),
      kept: fc.boolean(),
      // By how much its number rises from step to step, and whether it may be tied there.
      rises: fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.boolean()), { minLength: 4, maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 4 },
  );

  test.prop([contenders, fc.double({ min: 0, max: 1, noNaN: true })])(
    "have the chances and the characteristic functions of fewer votes, ties of a share among them",
    (all, y) => {
      const answers = all.map((c) => c.answers);
      const n = all.reduce((s, c) => s + c.answers * c.rate, 0);
      const shares = Float64Array.from(all, (c) => c.rate / n);
      const counts = poissonCounts(answers, shares, shares.map(Math.log), n).at(Math.log(n));
      /** The probabilities of all numbers of votes that are asked for. */
      const chances = all.map(({ rate }) => {
        let log = -rate;
        return Array.from({ length: 202 }, (_, i) => {
          if (i > 0) log += Math.log(rate / i);
          return Math.exp(log);
        });
      });
      const kept = [...all.keys()].filter((c) => all[c].kept);
      const angles = [0, 0.3, 2];
      const rivals = new Rivals(counts, answers, kept, angles);
      const below = all.map(() => 1);
      for (let step = 0; step < 4; step++) {
        for (const [c, { rises }] of all.entries()) below[c] += rises[step][0];
        const isTied = (c: number) => all[c].rises[step][1];
        rivals.raise((c) => ({ below: below[c], tied: isTied(c) }));

        const chance = (c: number, i: number) => chances[c][i];
        const fewer = all.map((_, c) => [...Array(below[c]).keys()].reduce((s, i) => s + chance(c, i), 0));
        const hazard = all.map((_, c) => (isTied(c) ? chance(c, below[c]) / fewer[c] : 0));
        const lost = fewer.map(Math.log);
        const total = (of: (c: number) => number) => answers.reduce((s, a, c) => s + a * of(c), 0);
        const size = (x: number) => 1 + Math.abs(x);
        near(
          rivals.logLost,
          total((c) => lost[c]),
          size(rivals.logLost) + total((c) => all[c].rate),
        );
        for (const c of kept) {
          near(rivals.logLostOf(c), lost[c], size(lost[c]) + all[c].rate);
          near(rivals.logTieOf(c), Math.log1p(hazard[c]));
        }
        near(
          rivals.ties.hazard,
          total((c) => hazard[c]),
          size(rivals.ties.hazard),
        );
        near(
          rivals.ties.logMost,
          total((c) => Math.log1p(hazard[c])),
          size(rivals.ties.logMost),
        );
        // What hardly ever has so many votes is not counted among those tied.
        expect(rivals.ties.answers).toBeLessThanOrEqual(total((c) => Number(isTied(c))));
        expect(rivals.ties.answers).toBeGreaterThanOrEqual(total((c) => Number(hazard[c] > 1e-21)));

        const functionAt = (c: number, theta: number): Complex => {
          let [re, im] = [0, 0];
          for (let i = 0; i <= below[c]; i++) {
            const p = (i < below[c] ? chance(c, i) / fewer[c] : y * hazard[c]) / (1 + hazard[c]);
            re += p * Math.cos(i * theta);
            im += p * Math.sin(i * theta);
          }
          return [re, im];
        };
        const place = Int32Array.from(all, (_, c) => kept.indexOf(c));
        const seen: number[] = [];
        rivals.without(place, y, (j, re, im) => {
          seen.push(j);
          for (const [k, theta] of angles.entries()) {
            let want: Complex = [1, 0];
            for (const c of all.keys())
              for (let i = c === kept[j] ? 1 : 0; i < answers[c]; i++) want = times(want, functionAt(c, theta));
            near(re[k], want[0]);
            near(im[k], want[1]);
          }
        });
        expect(seen.sort((a, b) => a - b)).toEqual([...kept.keys()]);
      }
    },
  );
});
