import { levelsOf } from "../../measure/levels.js";
import { lawOf, normalize } from "../../measure/measure.js";
import { log1p } from "../../numeric/elementary.js";
import { winOf } from "../../selection/reading.js";
import { type Query, requireFiniteRewards } from "../input/dataset.js";
import { InputError } from "../input/inputError.js";
import { refOf } from "../input/reference.js";

/** A number for each answer of a query. */
type Feature = (query: Query) => ArrayLike<number>;

/** log ref(o), 0 where ref has no mass and the policy therefore none either. */
const logRef: Feature = (query) => normalize(refOf(query)).logMass.map((l) => (l === -Infinity ? 0 : l));

/** The reward as a feature. */
function finiteReward(query: Query): readonly number[] {
  requireFiniteRewards(query, "as a feature it must be a number; take others, such as rank or best");
  return query.reward;
}

/** The features that every data set has. */
const FEATURES: Readonly<Record<string, { readonly about: string; readonly of: Feature }>> = {
  reward: { about: "the reward", of: finiteReward },
  reward2: { about: "its square", of: (query) => finiteReward(query).map((r) => r * r) },
  rank: {
    about: "the chance that a draw of ref has a lower reward, ties half",
    of: (query) => {
      const score = Float64Array.from(query.reward);
      return winOf(levelsOf("train", lawOf("train", "ref", refOf(query)), score), score);
    },
  },
  best: {
    about: "1 for answers of the query's highest reward, else 0",
    of: ({ reward }) => {
      const top = reward.reduce((a, b) => Math.max(a, b));
      return reward.map((r) => Number(r === top));
    },
  },
  logref: { about: "log ref(answer): its parameter sharpens ref", of: logRef },
  logref2: { about: "its square", of: (query) => Array.from(logRef(query), (l) => l * l) },
  length: {
    about: "log(1 + characters of the answer)",
    of: ({ text, place }) =>
      text.map((t, i) => {
        if (t === undefined) throw new InputError(`${place}: answers[${i}] has no "answer" to take the length of`);
        return log1p(t.length);
      }),
  },
};

/** The help on the built-in features. */
export const FEATURE_HELP: string = Object.entries(FEATURES)
  .map(([name, { about }]) => `  ${name.padEnd(8)} ${about}`)
  .join("\n");

/** The features of a query, one row an answer. Names that are not built in stand for the answers' own `features`. */
export function featureRows(query: Query, names: readonly string[]): number[][] {
  const columns = names.map((name) => (Object.hasOwn(FEATURES, name) ? FEATURES[name].of(query) : own(query, name)));
  return query.reward.map((_, i) =>
    columns.map((column, j) => {
      if (Number.isFinite(column[i])) return column[i];
      throw new InputError(`${query.place}: feature ${names[j]} of answers[${i}] leaves the range of doubles`);
    }),
  );
}

function own({ features, place }: Query, name: string): number[] {
  return features.map((record, i) => {
    if (Object.hasOwn(record, name)) return record[name];
    const known = Object.keys(FEATURES).join(", ");
    throw new InputError(`${place}: answers[${i}].features has no ${JSON.stringify(name)} (built in: ${known})`);
  });
}

/** The names in a comma-separated list. */
export function featureNames(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  const bad = names.findIndex((name, i) => name === "" || names.indexOf(name) < i);
  if (bad >= 0) throw new InputError(`--features must be names between commas, each once, got ${JSON.stringify(text)}`);
  return names;
}
