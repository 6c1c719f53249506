import { type Columns, columnScore, type Score } from "./columns.js";
import { columnsIn, parseExpression } from "./expression.js";
import type { Fields } from "./fields.js";
import { type FirstRecord, hasField, listed, type Needs, numericFields, requireField, untold } from "./firstRecord.js";
import { InputError } from "./inputError.js";
import { firstNamed, isGoldName, isRewardName } from "./names.js";
import { nearest } from "./nearest.js";

/** Which columns are the rewards and gold. */
export type Scores = Pick<Columns, "rewards" | "gold" | "goldNeeded" | "firstRight">;

/** The rewards and gold that the options give, or else the names of the first record's fields. */
export function findScores(first: FirstRecord): Scores {
  // A column of the very name is meant, whatever it holds: what cannot be a number is refused at its place.
  const meant = first.native ? ["reward", "gold"] : ["reward", "rewards"];
  const fields = [...new Set([...numericFields(first), ...meant.filter((name) => Object.hasOwn(first.sample, name))])];
  const rewards = findRewards(first, fields);
  return { rewards, goldNeeded: false, ...findGold(first, fields, rewards) };
}

function findRewards(first: FirstRecord, fields: readonly string[]): readonly Score[] {
  const { sample, settings, needs, native } = first;
  if (settings.rewards.length > 0) return settings.rewards.map((text) => givenScore(text, sample, "--reward", needs));
  const named = onlyOne(needs, fields.filter(isRewardName), ["reward", "rewards"], "reward");
  const found = named ?? onlyOne(needs, fields.filter(isGoldName), ["gold"], "reward");
  if (found !== undefined) return [columnScore(found)];
  if (!needs.rewardNeeded) return [];
  // That a record of the native form lacks it is told at its line.
  if (native) return [columnScore("reward")];
  const all = Object.keys(sample);
  const near = nearest(all, ["reward", "score", "gold", "correct", "passed"]);
  const hint = near === undefined ? "name it with --reward" : `did you mean --reward ${near}?`;
  throw untold(needs, `has the fields ${listed(all)}, but no reward; ${hint}`);
}

function findGold(first: FirstRecord, fields: readonly string[], rewards: readonly Score[]): Partial<Scores> {
  const { record, sample, shape, settings, needs } = first;
  if (settings.gold === "none") return {};
  if (settings.gold !== undefined)
    return { gold: givenScore(settings.gold, sample, "--gold", needs), goldNeeded: true };
  // A column that is the only reward tells nothing more as gold.
  const golds = fields.filter(isGoldName);
  const others = golds.filter((name) => rewards.length === 0 || rewards.some(({ text }) => text !== name));
  const gold = onlyOne(needs, others, ["gold"], "gold");
  // evalplus counts as right what passes both sets of tests.
  if (gold === "plus_status" && Object.hasOwn(sample, "base_status"))
    return { gold: givenScore("min(base_status, plus_status)", sample, "--gold", needs), goldNeeded: true };
  if (gold !== undefined) return { gold: columnScore(gold), goldNeeded: true };
  const firstRight = shape === "arrays" ? firstNamed(Object.keys(record), ["numcorrect"]) : undefined;
  if (firstRight !== undefined) return { gold: columnScore("gold"), firstRight };
  // Later records may have it.
  return Object.hasOwn(sample, "gold") ? {} : { gold: columnScore("gold") };
}

/** A score that an option gives: a column's name, or an expression. */
export function givenScore(text: string, sample: Fields, option: string, needs: Needs): Score {
  if (hasField(sample, text)) return columnScore(text);
  const expression = parseExpression(text, option);
  const names = columnsIn(expression);
  for (const name of names) requireField(needs, name, sample, option);
  if (names.length === 0) throw new InputError(`${option} ${JSON.stringify(text)} names no column`);
  return { text, expression };
}

/** The one of the fields, or the one with the best name. */
function onlyOne(
  needs: Needs,
  fields: readonly string[],
  best: readonly string[],
  option: "reward" | "gold",
): string | undefined {
  const found = firstNamed(fields, best);
  if (found !== undefined || fields.length <= 1) return found ?? fields[0];
  const candidates = `${listed(fields.slice(0, -1))} and ${fields[fields.length - 1]}`;
  const none = option === "gold" ? ", or --gold none" : "";
  throw untold(
    needs,
    `${candidates} may each be the ${option}; name one with --${option}, like --${option} ${fields[0]}${none}`,
  );
}
