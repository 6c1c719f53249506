import type { LawName, Reading } from "./laws.js";

/** A symbol with its index, as markup. */
const beta = (index: string): string => `<i>β</i><sub>${index}</sub>`;

/** What the page says of a law or of a figure. */
export interface Words {
  readonly title: string;
  /** The formula, as markup. */
  readonly formula: string;
  /** The equations of the note, "" where it has none. */
  readonly equation: string;
  /** The function of the library that gives it. */
  readonly api: string;
  readonly text: string;
}

export const LAW_WORDS: Readonly<Record<LawName, Words>> = {
  ref: {
    title: "Reference",
    formula: "ref",
    equation: "",
    api: "normalize",
    text: "The policy before alignment: the masses of the table, divided by their total.",
  },
  hp: {
    title: "Human preference",
    formula: "∝ <i>e</i><sup><i>r</i></sup>",
    equation: "(4)",
    api: "humanPreference",
    text: "The law under which the odds of two answers are those of a Bradley–Terry comparison of their rewards.",
  },
  rlhf: {
    title: "RLHF optimum",
    formula: `∝ ref · <i>e</i><sup><i>r</i>/${beta("hf")}</sup>`,
    equation: "(9)",
    api: "rlhfOptimum",
    text: "The policy of largest expected reward less β_hf times KL to ref. A small β_hf follows the reward, a large one stays at ref.",
  },
  rlif: {
    title: "RLIF optimum",
    formula: `∝ ref<sup><i>L</i>${beta("if")} / (<i>L</i>${beta("if")} − 1)</sup>`,
    equation: "(10)",
    api: "rlifOptimum",
    text: "The reward is the policy's own certainty, so that ref is sharpened and no reward is read. For Lβ_if ≤ 1 all probability goes to a mode of ref.",
  },
  best: {
    title: "Best-of-N",
    formula: "best of <i>N</i> draws",
    equation: "(8)",
    api: "bestOfNLaw",
    text: "Draw N answers from ref and keep one of highest reward, ties broken uniformly: the limit β_tts → 0 of soft best-of-N.",
  },
  soft: {
    title: "Soft best-of-N",
    formula: `1 of <i>N</i> draws, ∝ <i>e</i><sup><i>r</i>/${beta("tts")}</sup>`,
    equation: "(13), (26)",
    api: "softBestOfNLaw",
    text: "Draw N answers from ref and pick one of them with probability ∝ e^(r/β_tts). N = 1 gives ref, N → ∞ the RLHF optimum at β_hf = β_tts.",
  },
};

export const READING_WORDS: Readonly<Record<keyof Reading, Words>> = {
  reward: {
    title: "Reward",
    formula: "E[<i>r</i>]",
    equation: "(5)",
    api: "policyReading",
    text: "The expected reward: what the method is after.",
  },
  gold: {
    title: "Gold",
    formula: "E[gold]",
    equation: "",
    api: "policyReading",
    text: "The expected gold reward: what one really wants, where the answers say so. Where it falls while the reward rises, the reward is hacked.",
  },
  klToRef: {
    title: "KL to ref",
    formula: "KL(π ‖ ref)",
    equation: "(2)",
    api: "klDivergence",
    text: "How far the law has left ref, in nats; ∞ where it gives what ref never does.",
  },
  winRate: {
    title: "Win rate",
    formula: "against ref",
    equation: "",
    api: "winRate",
    text: "The probability that an answer has a higher reward than an independent one of ref, ties counting half.",
  },
  totalVariation: {
    title: "To RLHF",
    formula: "total variation",
    equation: "",
    api: "totalVariation",
    text: "½ Σ |π − π*|: the largest difference in the probability of any event between the law and the RLHF optimum, from 0 to 1.",
  },
  regret: {
    title: "Regret",
    formula: `${beta("hf")} KL(π ‖ π*)`,
    equation: "(5), (9)",
    api: "rlhfRegret",
    text: "What the law loses of the RLHF objective, in units of the reward; 0 for the RLHF optimum π* itself.",
  },
};

/** Where the site keeps the page of a function. */
export function apiPage(name: string): string {
  return `../api/functions/exptilt.${name}.html`;
}
