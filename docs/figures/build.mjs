/** Writes every figure as SVG, for wide and for narrow pages. It needs the built package. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { budgetGold } from "./budgetGold.mjs";
import { budgetKl } from "./budgetKl.mjs";
import { convergence } from "./convergence.mjs";
import { frontier } from "./frontier.mjs";
import { gold } from "./gold.mjs";
import { grpo } from "./grpo.mjs";
import { guidance } from "./guidance.mjs";
import { nearer } from "./nearer.mjs";
import { objectives } from "./objectives.mjs";
import { NARROW, WIDE } from "./picture.mjs";
import { rates } from "./rates.mjs";
import { regimes } from "./regimes.mjs";

/** @returns all figures: a name, a caption whose numbers come from the run, and the picture at any width */
export async function figures() {
  return [
    gold(),
    frontier(),
    budgetGold(),
    nearer(),
    budgetKl(),
    objectives(),
    grpo(),
    rates(),
    regimes(),
    guidance(),
    await convergence(),
  ];
}

const here = fileURLToPath(new URL(".", import.meta.url));

/** Writes them to a folder, and those for wide pages to this one, where README and the guides show them from. */
export async function buildFigures(folder) {
  mkdirSync(folder, { recursive: true });
  for (const { name, draw } of await figures()) {
    const wide = draw(WIDE);
    writeFileSync(join(folder, `${name}.svg`), wide);
    writeFileSync(join(here, `${name}.svg`), wide);
    writeFileSync(join(folder, `${name}-narrow.svg`), draw(NARROW));
  }
}
