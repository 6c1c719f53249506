import { readFileSync } from "node:fs";
import {
  categoricalQuantile,
  comparisonsFromWins,
  entropy,
  escort,
  fitBradleyTerry,
  fromLogMass,
  generalizedKlDivergence,
  klDivergence,
  logPreferenceProbability,
  logSoftmax,
  logSumExp,
  measure,
  normalize,
  preferenceProbability,
  rlhfObjective,
  rlhfOptimalValue,
  rlhfOptimum,
  samplingProbabilities,
  softmax,
  tilt,
  weightedBestOfNLaw,
} from "exptilt";
import { effectiveSampleSize, selfNormalizedWeights } from "exptilt/training";
import { describe, expect, test } from "vitest";

/** JSON has no NaN, no infinities, no −0 and no long runs: see `meta.number_encoding` of the fixture. */
type Scalar = number | "NaN" | "Infinity" | "-Infinity" | "-0";
type Vector = Scalar[] | { tile: Scalar[]; n: number; head?: Scalar[] };
type Inputs = Record<string, Scalar | Vector | Scalar[][]>;

interface Case {
  id: string;
  family: string;
  inputs: Inputs;
  expect: { value: string[]; rel: number; abs: number; select?: number[] } | { error: true };
  rationale: string;
}

function vector(v: unknown): number[] {
  if (Array.isArray(v)) return v.map(Number);
  const { tile, n, head = [] } = v as { tile: Scalar[]; n: number; head?: Scalar[] };
  const out = head.map(Number);
  for (let i = out.length; i < n + head.length; i++) out.push(Number(tile[(i - head.length) % tile.length]));
  return out;
}

const of = (inputs: Inputs, key: string) => {
  const mass = vector(inputs[key]);
  return measure([...mass.keys()], mass);
};
const scalar = (inputs: Inputs, key: string) => Number(inputs[key]);
const problem = (inputs: Inputs) => ({
  ref: of(inputs, "ref"),
  reward: vector(inputs.r),
  beta: scalar(inputs, "beta"),
});

const weights = ({ w, logw }: Inputs) => (w === undefined ? { logWeight: vector(logw) } : { weight: vector(w) });

/** What the library answers, by family; a family may have several witnesses, which must all agree with the fixture. */
const families: Record<string, ((inputs: Inputs) => ArrayLike<number>)[]> = {
  entropy: [(i) => [entropy(of(i, "p"))], (i) => [entropy(normalize(of(i, "p")))]],
  kl: [
    (i) => [klDivergence(of(i, "p"), of(i, "q"))],
    (i) => [klDivergence(normalize(of(i, "p")), normalize(of(i, "q")))],
  ],
  genkl: [(i) => [generalizedKlDivergence(vector(i.p), vector(i.q))]],
  logsumexp: [(i) => [logSumExp(vector(i.x))]],
  softmax: [(i) => softmax(vector(i.x)), (i) => normalize(fromLogMass([...vector(i.x).keys()], vector(i.x))).mass],
  log_softmax: [
    (i) => logSoftmax(vector(i.x)),
    (i) => normalize(fromLogMass([...vector(i.x).keys()], vector(i.x))).logMass,
  ],
  exp_tilt: [(i) => rlhfOptimum(problem(i)).mass, (i) => tilt(of(i, "ref"), vector(i.r), scalar(i, "beta")).mass],
  power_tilt: [(i) => escort(of(i, "ref"), scalar(i, "a")).mass],
  bt_prob: [
    ({ a, b }) => [
      preferenceProbability(Number(a), Number(b)),
      preferenceProbability(Number(b), Number(a)),
      logPreferenceProbability(Number(a), Number(b)),
      logPreferenceProbability(Number(b), Number(a)),
    ],
  ],
  bt_mle: [
    ({ wins }) => {
      const matrix = (wins as Scalar[][]).map((row) => row.map(Number));
      const items = [...matrix.keys()];
      return fitBradleyTerry(comparisonsFromWins(items, matrix), { items }).ability;
    },
  ],
  best_of_n: [
    (i) => {
      const ref = of(i, "pi");
      return weightedBestOfNLaw({ ref, weight: vector(i.w) }, scalar(i, "N")).mass;
    },
  ],
  categorical_sample: [
    (i) => {
      const weights = measure([...vector(i.weights).keys()], vector(i.weights));
      return vector(i.u).map((u) => categoricalQuantile(weights, u));
    },
  ],
  alias_table: [(i) => samplingProbabilities(measure([...vector(i.weights).keys()], vector(i.weights)))],
  rlhf_objective: [(i) => [rlhfObjective(problem(i), of(i, "pi"))]],
  snis: [(i) => selfNormalizedWeights(weights(i))],
  ess: [(i) => [effectiveSampleSize(weights(i))]],
  rlhf_optimum: [(i) => [rlhfOptimalValue(problem(i))]],
};

/**
 * Contract choices of cases whose `policy` leaves one: laws are normalised, so 0.5 : 0.6 is a law; draws that all have
 * weight 0 are drawn again; and the number of draws may be real, its law then the integral, here by mpmath.
 */
const documented: Record<string, readonly number[]> = {
  "entropy-036": [Math.log(1.1) - (0.5 * Math.log(0.5) + 0.6 * Math.log(0.6)) / 1.1],
  "best_of_n-033": [0, 0.2895 / 0.992, 0.7025 / 0.992],
  "best_of_n-036": [0.1188973663020901, 0.28521326210474746, 0.5958893715931624],
};

const { cases } = JSON.parse(readFileSync(new URL("./adversarial.json", import.meta.url), "utf8")) as { cases: Case[] };

for (const [family, witnesses] of Object.entries(families)) {
  describe(family, () => {
    for (const { id, inputs, expect: expected, rationale } of cases.filter((c) => c.family === family)) {
      witnesses.forEach((witness, w) => {
        test(`${id}${w > 0 ? `, way ${w + 1}` : ""}: ${rationale}`, () => {
          if (id in documented) {
            for (const [i, want] of documented[id].entries()) expect(witness(inputs)[i]).toBeCloseTo(want, 14);
            return;
          }
          if ("error" in expected) {
            expect(() => witness(inputs)).toThrow(/^[a-zA-Z]+: /);
            return;
          }
          const got = witness(inputs);
          const { value, rel, abs, select = [...value.keys()] } = expected;
          select.forEach((at, i) => {
            const want = Number(value[i]);
            if (got[at] === want) return;
            expect(Math.abs(got[at] - want), `entry ${at}: got ${got[at]}, want ${value[i]}`).toBeLessThanOrEqual(
              abs + rel * Math.abs(want),
            );
          });
        });
      });
    }
  });
}
