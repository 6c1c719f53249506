/**
 * `chooseSelection` on simulated data, whose truth is known: a population of laws, queries drawn from it, samples drawn from
 * each query's law, and figures estimated from the samples as `exptilt choose` does.
 */
import { chooseSelection, measure, randomSource, selectionCurve } from "exptilt";
import { expect, it } from "vitest";
import { subsetEstimates } from "../../src/selection/samples/subsetEstimates.js";

const [SEEDS, QUERIES, SAMPLES, FOLDS] = [500, 200, 64, 5];
const BETAS = [0, 0.1, 0.3];
const NS = [1, 2, 4, 8, 16, 32, 64];

interface Kind {
  readonly share: readonly number[];
  readonly reward: Float64Array;
  readonly gold: Float64Array;
}

/** Laws of eight answers whose reward is half gold and half noise, and in a tail of them a trap. */
function population(rng: () => number): Kind[] {
  return Array.from({ length: 60 }, () => {
    const raw = Array.from({ length: 8 }, () => -Math.log(1 - rng()));
    const total = raw.reduce((s, x) => s + x, 0);
    const quality = raw.map(() => rng());
    const trap = quality.map((_, i) => (i === 0 && rng() < 0.6 ? 0.9 : 0));
    return {
      share: raw.map((x, i) => (i === 0 ? x / 4 : x) / (total - 0.75 * raw[0])),
      reward: Float64Array.from(quality, (q, i) => 0.6 * q + 0.4 * rng() + trap[i]),
      gold: Float64Array.from(quality, (q, i) => Number(trap[i] === 0 && q > 0.55)),
    };
  });
}

it("its gold is that of the settings chosen without each part, and the setting it names is near the best", () => {
  const rng = randomSource("choice");
  const kinds = population(rng);
  const settings = BETAS.flatMap((beta) => NS.map((n) => ({ beta, n })));
  const truth = settings.map(() => 0);
  for (const { share, reward, gold } of kinds) {
    const ref = measure([...share.keys()], share);
    const points = BETAS.flatMap((beta) => selectionCurve({ ref, reward, gold, beta }, NS));
    for (const [i, point] of points.entries()) truth[i] += (point.gold ?? Number.NaN) / kinds.length;
  }
  const most = Math.max(...truth);
  let [within, near, regret] = [0, 0, 0];
  for (let seed = 0; seed < SEEDS; seed++) {
    const candidates = settings.map(({ beta, n }) => ({
      beta,
      n,
      reward: new Float64Array(QUERIES),
      gold: new Float64Array(QUERIES),
      klToRef: new Float64Array(QUERIES),
    }));
    for (let q = 0; q < QUERIES; q++) {
      const { share, reward, gold } = kinds[Math.floor(rng() * kinds.length)];
      const count = new Float64Array(share.length);
      for (let i = 0; i < SAMPLES; i++) {
        let [u, place] = [rng(), 0];
        while (u >= share[place] && place + 1 < share.length) u -= share[place++];
        count[place]++;
      }
      const kept = [...count.keys()].filter((i) => count[i] > 0);
      const at = (values: Float64Array) => Float64Array.from(kept, (i) => values[i]);
      for (const [b, beta] of BETAS.entries()) {
        const [rewards, golds] = subsetEstimates(at(reward), at(count), [at(reward), at(gold)], beta, NS);
        for (let i = 0; i < NS.length; i++) {
          const candidate = candidates[b * NS.length + i];
          candidate.reward[q] = rewards[i];
          candidate.gold[q] = golds[i];
        }
      }
    }
    const { best } = chooseSelection(candidates, { folds: FOLDS, rng: randomSource(seed) });
    // The parts are of one size: 200 queries, 5 parts.
    const want = best.byPart.reduce((s, index) => s + truth[index] / FOLDS, 0);
    within += Number(Math.abs(best.value.mean - want) <= 2 * best.value.standardError);
    near += Number(most - truth[best.index] <= 0.005);
    regret += (most - truth[best.index]) / SEEDS;
  }
  console.log(
    `best ${most.toFixed(4)}; within 2 standard errors ${within}/${SEEDS}; within 0.5 points ${near}/${SEEDS}; mean regret ${regret.toFixed(5)}`,
  );
  // 95 % of 500, and three standard deviations of such a count below.
  expect(within).toBeGreaterThanOrEqual(460);
  expect(regret).toBeLessThanOrEqual(0.005);
});
