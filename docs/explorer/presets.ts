import { distribution, randomSource } from "exptilt";
import humanEval from "../../src/data/humaneval-codegen16b.jsonl";
import { answerSetOf, readLine } from "./paste.js";
import type { AnswerSet, Settings } from "./view.js";

export interface Preset {
  /** What the address calls it. */
  readonly id: string;
  /** What the list of presets calls it. */
  readonly title: string;
  /** Where its numbers come from. */
  readonly source: string;
  /** The page that says more of them, from the top of the site. */
  readonly page?: string;
  readonly set: () => AnswerSet;
  /** Settings at which there is something to see, where they differ from those at first. */
  readonly settings: Partial<Settings>;
  /** What it shares its settings with: going from one to another of a family leaves the settings alone. */
  readonly family: string;
}

export const DEFAULT_SETTINGS: Settings = {
  beta: 0.5,
  betaTts: 0.5,
  tied: true,
  n: 16,
  length: 8,
  betaIf: 0.25,
  matched: false,
};

/** As many answers as the page promises to be smooth with. */
export const GENERATED: Preset = {
  id: "generated",
  title: "200 generated answers",
  source: "Generated with seed 1: gold is a normal variate, the reward is gold with noise, and ref falls with gold.",
  set: generated,
  settings: { beta: 0.7, n: 64, betaIf: 0.4 },
  family: "generated",
};

const EXAMPLES: readonly Preset[] = [
  {
    id: "readme",
    title: "Three answers, from the README",
    source: "The first example of the README: 100 samples, counted.",
    set: () => ({
      name: "Three answers",
      logarithmic: false,
      labels: ["42", "41", "I don't know"],
      mass: [20, 50, 30],
      reward: [1, 0.2, 0],
      gold: [undefined, undefined, undefined],
    }),
    settings: {},
    family: "readme",
  },
  {
    id: "proxy",
    title: "A proxy reward that is hacked",
    source: "The second example of the README: the reward prefers a wrong answer, gold does not.",
    set: () => ({
      name: "A hacked proxy",
      logarithmic: false,
      labels: ["right", "hacked", "wrong"],
      mass: [60, 1, 39],
      reward: [1, 1.2, 0],
      gold: [1, 0, 0],
    }),
    settings: { beta: 0.1, n: 64 },
    family: "proxy",
  },
  GENERATED,
];

const ATTRIBUTION =
  "100 samples of CodeGen-Mono-16B on a HumanEval query (Chen et al. 2021), from CodeT (Chen et al. 2022, MIT licence), in " +
  "classes that behave alike. Reward: the share of model-written asserts passed. Gold: whether the hidden tests pass.";

/** Queries worth a look before the other 162. */
const REMARKABLE: Readonly<Record<string, string>> = {
  "HumanEval/98": "hacked beyond N = 16",
  "HumanEval/38": "needs many draws",
};

const QUERIES: readonly Preset[] = humanEval
  .trim()
  .split("\n")
  .map((line) => {
    const query = readLine(line, "the embedded data");
    const note = REMARKABLE[query.query];
    return {
      id: query.query,
      title: `${query.query} · ${query.reward.length} answers${note === undefined ? "" : ` · ${note}`}`,
      source: ATTRIBUTION,
      page: "data.html",
      set: () => answerSetOf(query),
      settings: { beta: 0.05 },
      family: "HumanEval",
    };
  });

/** The presets by the groups of their list. */
export const GROUPS: readonly { readonly title: string; readonly presets: readonly Preset[] }[] = [
  { title: "Examples", presets: EXAMPLES },
  { title: "HumanEval, worth a look", presets: QUERIES.filter(({ id }) => id in REMARKABLE) },
  { title: "HumanEval, all others", presets: QUERIES.filter(({ id }) => !(id in REMARKABLE)) },
];

export const DEFAULT_PRESET = EXAMPLES[0];

export function presetOf(id: string): Preset | undefined {
  return GROUPS.flatMap(({ presets }) => presets).find((preset) => preset.id === id);
}

/** 200 answers whose reward tells half of what they are worth, in the order of the reward. */
function generated(): AnswerSet {
  const uniform = randomSource(1);
  const normal = () => Math.sqrt(-2 * Math.log1p(-uniform())) * Math.cos(2 * Math.PI * uniform());
  const round = (x: number) => Number(x.toFixed(3));
  const answers = Array.from({ length: 200 }, () => {
    const gold = normal();
    return { gold: round(gold), reward: round((gold + normal()) / Math.SQRT2), logMass: 0.4 * normal() - gold };
  }).sort((a, b) => a.reward - b.reward);
  const { mass } = distribution(
    [...answers.keys()],
    answers.map(({ logMass }) => Math.exp(logMass)),
  );
  return {
    name: "200 generated answers",
    logarithmic: false,
    labels: answers.map((_, i) => `answer ${i + 1}`),
    mass: Array.from(mass, (p) => Number(p.toPrecision(4))),
    reward: answers.map((a) => a.reward),
    gold: answers.map((a) => a.gold),
  };
}
