/** A column of a text table: its heading, its alignment, and whether its cells may wrap onto further lines. */
export interface Column {
  readonly heading: string;
  readonly align?: "left" | "right";
  readonly wrap?: boolean;
}

/** A table of texts. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

/** The least width of a column that may wrap, in characters. */
const MIN_WRAPPED_WIDTH = 24;

/** A plain text table of about `width` characters: the columns that may wrap share what the others leave. */
export function formatTable({ columns, rows }: Table, width: number): string {
  const natural = columns.map(({ heading }, c) => Math.max(heading.length, ...rows.map((row) => row[c].length)));
  const gaps = 2 * (columns.length - 1);
  const others = natural.reduce((s, w, c) => (columns[c].wrap ? s : s + w), gaps);
  const widths = [...natural];
  // From the last to the first, each takes at most an equal share of what is left.
  let [left, sharing] = [width - others, columns.filter((c) => c.wrap).length];
  for (let c = columns.length - 1; c >= 0; c--) {
    if (!columns[c].wrap) continue;
    widths[c] = Math.min(natural[c], Math.max(MIN_WRAPPED_WIDTH, Math.floor(left / sharing)));
    left -= widths[c];
    sharing--;
  }
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, c) => (columns[c].align === "right" ? cell.padStart(widths[c]) : cell.padEnd(widths[c])))
      .join("  ")
      .trimEnd();
  const out = [line(columns.map((c) => c.heading)), line(widths.map((w) => "─".repeat(w)))];
  for (const row of rows) {
    const wrapped = row.map((cell, c) => (columns[c].wrap ? wrapText(cell, widths[c]) : [cell]));
    const height = Math.max(...wrapped.map((cell) => cell.length));
    for (let l = 0; l < height; l++) out.push(line(wrapped.map((cell) => cell[l] ?? "")));
  }
  return out.join("\n");
}

/** Text broken at spaces into lines of at most `width` characters. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [""];
  for (const word of text.split(" ")) {
    const last = lines[lines.length - 1];
    if (last === "") lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
