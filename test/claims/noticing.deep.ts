import { claims } from "exptilt/claims";
import { exactAlgebra } from "exptilt/exact";
import { expect, test } from "vitest";
import { noticing, plainInstances } from "./noticing.js";
import { speaksOf } from "./speaksOf.js";

/** Functions of which each section of the note has one. */
const SOME = [
  "entropy",
  "humanPreference",
  "rlhfOptimum",
  "rlifOptimum",
  "selfCertainty",
  "bestOfNLaw",
  "softBestOfNLaw",
  "firstOrderExpansion",
  "importanceWeights",
  "fitWeightedMle",
] as const;

test("at 60 digits too, a function that is off by 1 % is noticed by the claims that speak of it", () => {
  const found = noticing(exactAlgebra(), 60, SOME, plainInstances.slice(0, 1));
  for (const [equation, functions] of Object.entries(speaksOf)) {
    const rows = found.filter((_, i) => claims[i].equation === equation);
    for (const name of SOME) {
      if (!functions.includes(name)) continue;
      expect(
        rows.some((row) => row.get(name) === "every"),
        `${equation} and ${name}`,
      ).toBe(true);
    }
  }
});
