import { limitDistance, rlhfEquivalent, totalVariation } from "exptilt";
import { brief, show } from "./format.js";
import type { Laws } from "./laws.js";
import type { View } from "./view.js";

/** What the page can do so that a hypothesis holds. */
export type Remedy = "faithful" | "match" | "tie" | "matchTts";

export interface Hypothesis {
  readonly statement: string;
  /** What is so where it fails. */
  readonly denial: string;
  readonly holds: boolean;
  /** The numbers that decide it. */
  readonly finding: string;
  /** Undefined where another hypothesis' remedy mends it too. */
  readonly remedy: Remedy | undefined;
}

/** Two methods with one solution, where the hypotheses hold. */
export interface Equivalence {
  readonly hypotheses: readonly Hypothesis[];
  readonly holds: boolean;
  /** How far apart the two laws are, in total variation. */
  readonly gap: number;
}

export const EQUIVALENCES = ["rlif", "limit", "rlifLimit"] as const;

export type EquivalenceName = (typeof EQUIVALENCES)[number];

/** How far apart in total variation ref and hp may be and still count as equal: what `rlifEquivalent` allows. */
const FAITHFUL = 1e-9;

export function equivalencesOf(view: View, laws: Laws): Record<EquivalenceName, Equivalence> {
  const { settings } = view;
  const { beta, betaTts } = settings;
  const escort = laws.rlif.regime === "escort";
  // Lβ_if − 1 of the exact product of the two doubles.
  const excess = escort ? rlhfEquivalent(laws.internal).beta : Number.NaN;

  const apart = totalVariation(laws.ref, laws.hp);
  const faithful: Hypothesis = {
    statement: "ref = hp",
    denial: "ref ≠ hp",
    holds: apart <= FAITHFUL,
    finding: `total variation ${show(apart)}`,
    remedy: "faithful",
  };
  const steep: Hypothesis = {
    statement: "Lβ_if > 1",
    denial: "Lβ_if ≤ 1",
    holds: escort,
    finding: `Lβ_if = ${brief(settings.length * settings.betaIf)}`,
    remedy: undefined,
  };
  const meets = (name: string, other: number, remedy: Remedy | undefined): Hypothesis => ({
    statement: `${name} = Lβ_if − 1`,
    denial: `${name} ≠ Lβ_if − 1`,
    holds: equalButForRounding(excess, other),
    finding: escort ? `${brief(other)} and ${brief(excess)}` : "Lβ_if − 1 is not positive",
    remedy,
  });
  const tied: Hypothesis = {
    statement: "β_tts = β_hf",
    denial: "β_tts ≠ β_hf",
    holds: betaTts === beta,
    finding: `${brief(betaTts)} and ${brief(beta)}`,
    remedy: "tie",
  };
  return {
    rlif: equivalence([faithful, steep, meets("β_hf", beta, "match")], totalVariation(laws.rlif, laws.rlhf)),
    limit: equivalence([tied], tied.holds ? limitGap(view, laws) : totalVariation(laws.soft, laws.rlhf)),
    rlifLimit: equivalence(
      [faithful, steep, meets("β_tts", betaTts, betaTts > 0 ? "matchTts" : undefined)],
      totalVariation(laws.soft, laws.rlif),
    ),
  };
}

/** How far soft best-of-N is from its limit: where the two laws are apart by less than they are exact, by the exact ratio. */
function limitGap({ set, settings }: View, laws: Laws): number {
  const apart = totalVariation(laws.soft, laws.rlhf);
  if (apart > 1e-9) return apart;
  return limitDistance({ ref: laws.given, reward: set.reward, beta: settings.beta }, settings.n).totalVariation;
}

function equivalence(hypotheses: readonly Hypothesis[], gap: number): Equivalence {
  return { hypotheses, holds: hypotheses.every((h) => h.holds), gap };
}

/** β_if = (β + 1)/L is a rounded quotient, so that Lβ_if − 1 meets β only within the rounding of β + 1. */
function equalButForRounding(excess: number, beta: number): boolean {
  return Math.abs(excess - beta) <= 2 * Number.EPSILON * (beta + 1);
}
