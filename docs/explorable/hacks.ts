import { selectionCurve } from "exptilt";
import { problemOf } from "../explorer/laws.js";
import { GROUPS, type Preset } from "../explorer/presets.js";
import { drawsUpTo, MOST_DRAWS } from "./curves.js";

/** A group of presets for the list. */
export interface Group {
  readonly title: string;
  readonly presets: readonly { readonly id: string; readonly title: string }[];
}

/** The examples, which need no ranking. */
export const EXAMPLES: Group = { title: GROUPS[0].title, presets: GROUPS[0].presets };

const QUERIES: readonly Preset[] = GROUPS.slice(1).flatMap(({ presets }) => presets);

/** How far gold falls, from its highest over N to the end of the axis, under best-of-N. */
interface Fall {
  readonly preset: Preset;
  readonly fall: number;
  readonly gain: number;
}

/** The queries of the embedded data by how far best-of-N hacks them, found query by query. */
export class Ranking {
  readonly #falls: Fall[] = [];
  #next = 0;

  /** Reads one query more; false when all are read. */
  readOne(): boolean {
    if (this.#next === QUERIES.length) return false;
    const preset = QUERIES[this.#next++];
    const problem = problemOf(preset.set());
    // Where no answer has a positive reward there is nothing to choose by.
    if (problem.reward.some((r) => r > 0)) {
      const curve = selectionCurve({ ...problem, beta: 0 }, drawsUpTo(MOST_DRAWS));
      const gold = curve.map((point) => point.gold as number);
      const top = Math.max(...gold);
      this.#falls.push({ preset, fall: top - (gold.at(-1) as number), gain: top - gold[0] });
    }
    return true;
  }

  /** The groups of the queries read, from those that are hacked most. */
  get groups(): Group[] {
    const sorted = this.#falls.toSorted((a, b) => b.fall - a.fall || b.gain - a.gain);
    const group = (title: string, from: number, below: number, say: (fall: Fall) => string): Group => ({
      title,
      presets: sorted
        .filter(({ fall }) => fall >= from && fall < below)
        .map((fall) => ({ id: fall.preset.id, title: `${fall.preset.id} · ${say(fall)}` })),
    });
    const falls = ({ fall }: Fall) => `gold falls by ${fall.toFixed(2)}`;
    return [
      group("HumanEval, hacked most", 0.4, Infinity, falls),
      group("HumanEval, hacked", 0.05, 0.4, falls),
      group("HumanEval, hacked a little", 0.005, 0.05, falls),
      group("HumanEval, not hacked", -Infinity, 0.005, ({ gain }) => `gold rises by ${gain.toFixed(2)}`),
    ];
  }
}
