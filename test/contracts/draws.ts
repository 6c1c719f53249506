/** The first draws of every sampler of the library, from fixed seeds: whole numbers as they are, doubles by their bits. */
import {
  categoricalQuantile,
  categoricalSampler,
  fromLogMass,
  measure,
  metropolisSampler,
  randomSource,
  rlhfOptimum,
  type Sampler,
  samplingProbabilities,
  selectSoftBestOfN,
  softBestOfNLaw,
  softBestOfNSampler,
} from "exptilt";
import {
  atomicData,
  cosineSchedule,
  ddimSample,
  ddpmSample,
  estimateDensityRatioLoss,
  estimateGuidanceGap,
  estimateKlByMismatchedEstimation,
  fitScoreMatching,
  linearSchedule,
  logSnrSchedule,
  noisePrediction,
  rewardDirectedProblem,
} from "exptilt/diffusion";
import {
  autoregressiveTabularPolicy,
  drawnWeights,
  fitWeightedMle,
  importanceWeights,
  logLinearPolicy,
} from "exptilt/training";

const size = 50;
const answers = Array.from({ length: size }, (_, i) => i);
const logMass = answers.map((i) => -((i * 7919) % 101) / 9);
const reward = answers.map((i) => ((i * 104_729) % 997) / 997);
const counts = measure(
  answers,
  answers.map((i) => (i * 7919) % 101),
);
const tail = fromLogMass(answers, logMass);
const atoms = answers.slice(0, 12);
const classLaw = (weight: (i: number) => number) => {
  const total = atoms.reduce((sum, i) => sum + weight(i), 0);
  return atoms.map((i) => weight(i) / total);
};
const data = atomicData({
  atoms: atoms.map((i) => [reward[i], Math.sqrt(i) / 3, 1 / (1 + i)]),
  classes: { a: classLaw((i) => 1 + (i % 5)), b: classLaw((i) => 1 + (i % 3)) },
});
const predict = (x: Float64Array, sigma: number) => noisePrediction(data, x, sigma, "a");

const times = <T>(n: number, f: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => f(i));
const indices = (sampler: Sampler) => sampler.fill(new Int32Array(24));
const bits = (values: ArrayLike<number>): string[] => {
  const view = new DataView(new ArrayBuffer(8));
  return Array.from(values, (x) => {
    view.setFloat64(0, x);
    return view.getBigUint64(0).toString(16).padStart(16, "0");
  });
};

/** Each sampler's draws, one line each. */
export async function draws(): Promise<string> {
  const { parameters: fitted } = await fitWeightedMle(
    logLinearPolicy({
      size: 2,
      base: (q: number) => (q === 0 ? counts : tail),
      features: (_, i) => [reward[i], i / 50],
    }),
    [0, 1, 0, 1, 0].map((query) => ({
      query,
      ...importanceWeights({ ref: query ? tail : counts, reward, beta: 0.3 }),
    })),
    { method: "adam", batchSize: 2, seed: 5, maxIterations: 20 },
  );
  const sequences = autoregressiveTabularPolicy({ vocabulary: ["x", "y", "z"], length: 3 });
  const logits = times(39, (i) => Math.sqrt((i * 31) % 17) - 2);
  const onQuery = sequences.on(undefined);
  const uniform = randomSource("uniform");
  const quantile = randomSource("quantile");
  const policy = randomSource("policy");
  const picks = randomSource("picks");
  const stream = metropolisSampler(0.3, randomSource("stream"));
  const soft = { ref: tail, reward, beta: 0.05 };
  const drawn = times(40, categoricalSampler(tail, randomSource("drawn")));
  const matched = await fitScoreMatching(
    data,
    rewardDirectedProblem(data, "a", ([x]) => x, 0.5),
    [0.3, 0.6, 0.9],
    { draws: 2, seed: 3, maxIterations: 4 },
  );
  const some = { samples: 50 };
  const estimated = [
    estimateDensityRatioLoss(data, data.points.slice(0, 3), "a", randomSource("loss"), some),
    estimateDensityRatioLoss(data, data.points.slice(0, 3), "a", randomSource("grid"), {
      ...some,
      grid: [0.2, 0.5, 0.8],
    }),
    estimateKlByMismatchedEstimation(data, "a", "b", randomSource("kl"), some),
    estimateGuidanceGap(data, "a", 1.5, 0.6, randomSource("gap"), some),
  ];
  const lines: Record<string, ArrayLike<number | string>> = {
    "randomSource, of a text": bits(times(8, uniform)),
    "randomSource, of a number": bits(times(8, randomSource(20_251_125))),
    "categoricalSampler, of counts": indices(categoricalSampler(counts, randomSource(1))),
    "categoricalSampler, of log-masses": indices(categoricalSampler(tail, randomSource(2))),
    "categoricalSampler, of a tilt": indices(
      categoricalSampler(rlhfOptimum({ ref: tail, reward, beta: 0.1 }), randomSource(3)),
    ),
    categoricalQuantile: times(24, () => categoricalQuantile(tail, quantile())),
    "softBestOfNSampler, by the law": indices(softBestOfNSampler(soft, 16, randomSource(4))),
    "softBestOfNSampler, by the law at a real N": indices(softBestOfNSampler(soft, 7.5, randomSource(5))),
    "softBestOfNSampler, by the law at β = 0": indices(softBestOfNSampler({ ...soft, beta: 0 }, 3, randomSource(6))),
    "samplingProbabilities, of soft best-of-N": bits(samplingProbabilities(softBestOfNLaw(soft, 16)).slice(0, 6)),
    "softBestOfNSampler, by simulation": indices(
      softBestOfNSampler(soft, 16, randomSource(7), { method: "simulation" }),
    ),
    "metropolisSampler, among 16 draws": indices(metropolisSampler(soft, randomSource(8)).among(16)),
    "metropolisSampler, of a stream": times(24, (i) => Number(stream.offer(i, reward[i]))),
    selectSoftBestOfN: times(24, () => selectSoftBestOfN(reward, 0.2, picks)),
    "sample, of an autoregressive policy": times(12, () => onQuery.sample(Float64Array.from(logits), policy).join("")),
    "drawnWeights, smoothed": bits(drawnWeights(soft, drawn, { smooth: true }).weight.slice(0, 6)),
    "fitWeightedMle, by Adam in batches": bits(fitted),
    "fitScoreMatching, under drawn noise": bits(matched.parameters.slice(0, 6)),
    logSnrSchedule: bits(logSnrSchedule(5)),
    cosineSchedule: bits(cosineSchedule(5)),
    linearSchedule: bits(linearSchedule(21).slice(0, 5)),
    ddimSample: bits(ddimSample(predict, cosineSchedule(20), [0.3, -0.2, 1])),
    ddpmSample: bits(ddpmSample(predict, logSnrSchedule(20), [0.3, -0.2, 1], randomSource("ddpm"))),
    "estimates of the density-ratio loss, of KL and of the guidance gap": bits(
      estimated.flatMap(({ value, standardError }) => [value, standardError]),
    ),
  };
  return Object.entries(lines)
    .map(([name, values]) => `${name}: ${Array.from(values).join(" ")}\n`)
    .join("");
}
