/** The number of letters to insert, delete or replace that makes one word the other (Levenshtein 1966). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++)
      next.push(Math.min(row[j] + Number(letter !== b[j]), row[j + 1] + 1, next[j] + 1));
    row = next;
  }
  return row[b.length];
}

/** `; did you mean curve?` for the word that is nearest to a misspelt one, empty where none is near. */
export function didYouMean(word: string, words: readonly string[]): string {
  const [best] = words
    .map((known) => ({ known, off: word !== "" && known.startsWith(word) ? 0 : distance(word, known) }))
    .sort((x, y) => x.off - y.off);
  return best !== undefined && best.off <= Math.max(1, word.length / 3) ? `; did you mean ${best.known}?` : "";
}

/** The first of the fields whose name is near to one of the words. */
export function nearest(fields: readonly string[], words: readonly string[]): string | undefined {
  return fields.find((field) => didYouMean(field.toLowerCase(), words) !== "");
}
