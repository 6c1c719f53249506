import { show } from "../../numeric/check.js";
import { type Columns, columnNames } from "./columns.js";
import type { Fields } from "./fields.js";
import { hasField } from "./firstRecord.js";
import { didYouMean } from "./nearest.js";

/** Notes on fields of the first record that are not read, but may be meant by the name of a column that it lacks. */
export function misspelt(record: Fields, sample: Fields, columns: Columns): string[] {
  const { query, answer, rewards, gold, masses } = columns;
  const lacks = (...names: readonly (string | undefined)[]) =>
    names.every((name) => name === undefined || !hasField(sample, name));
  const wanted = [
    ...(lacks("reward") ? ["reward"] : []),
    ...(lacks(gold?.text) ? ["gold"] : []),
    ...(lacks(answer) ? ["answer"] : []),
    ...(lacks(...masses.map(({ name }) => name)) ? ["count"] : []),
    ...(query === undefined || !hasField(record, query) ? ["query"] : []),
  ];
  const read = new Set([...columnNames(columns), ...rewards.map(({ text }) => text)]);
  return Object.keys(sample)
    .filter((field) => field.length > 2 && !read.has(field) && !wanted.includes(field))
    .flatMap((field) => {
      // The beginning of a word is a word of its own here.
      const words = wanted.filter((word) => !word.startsWith(field.toLowerCase()));
      const hint = didYouMean(field.toLowerCase(), words);
      return hint === "" ? [] : [`the field ${show(field)} is not read${hint}`];
    });
}
