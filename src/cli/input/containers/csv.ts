import { show } from "../../../numeric/check.js";
import { batchesOf, type Splitter } from "../batches.js";
import { InputError } from "../inputError.js";
import { type Line, readLineBatches } from "../lines.js";
import type { Contents, Reader, Row } from "./container.js";
import { inCommand } from "./refused.js";

/** The fields of a record, and the line on which it begins. */
interface Fields {
  readonly fields: readonly string[];
  readonly number: number;
}

/**
 * CSV or TSV with a header, as RFC 4180 has it: a field in quotes may hold delimiters, line ends, and quotes written twice. A
 * record is an object of strings; an empty field is undefined. `header` is the first record.
 */
export async function csv(contents: Contents, name: string, kind: "CSV" | "TSV", header: Line): Promise<Reader> {
  const fieldsOf = await fieldReader(kind === "CSV" ? "," : "\t", name);
  const columns = columnsOf(header, fieldsOf, name);
  // A column without a name has nothing to be called by.
  const known = columns.filter((column) => column !== "");
  const blank = Object.fromEntries(known.map((column) => [column, undefined as string | undefined]));
  const row = ({ fields, number }: Fields): Row => {
    const place = `${name}:${number}`;
    if (fields.length !== columns.length)
      throw new InputError(`${place}: the number of fields is ${fields.length}, and ${columns.length} in the header`);
    const record = { ...blank };
    for (let i = 0; i < columns.length; i++) if (columns[i] !== "") record[columns[i]] = fields[i] || undefined;
    return { record, place };
  };
  return {
    kind,
    columns: known,
    async *rows(signal?: AbortSignal): AsyncGenerator<Row> {
      let isHeader = true;
      for await (const records of batchesOf(readLineBatches(contents(signal), name), new RecordJoiner(name))) {
        for (const fields of fieldsOf(records)) {
          if (!isHeader) yield row(fields);
          isHeader = false;
        }
      }
    },
  };
}

/** The names in the header. */
function columnsOf(header: Line, fieldsOf: (records: Line[]) => Iterable<Fields>, name: string): string[] {
  const joiner = new RecordJoiner(name);
  const records: Line[] = [];
  joiner.take([header], records);
  joiner.end();
  const [{ fields }] = fieldsOf(records);
  if (fields.some((field) => /\r(?!\n)/.test(field)))
    throw new InputError(
      `${name}: its lines end in a carriage return alone; convert it: tr '\\r' '\\n' < ${inCommand(name)} > out.csv`,
    );
  const columns = fields.map((field) => field.trim());
  const twice = columns.find((column, i) => column !== "" && columns.indexOf(column) < i);
  if (twice !== undefined)
    throw new InputError(`${name}:${header.number}: the header gives the column ${show(twice)} twice`);
  return columns;
}

const QUOTING = "a field with a quote is put in quotes, and the quote is written twice";

/** A record without its end must not fill the memory. */
const MAX_CHARACTERS = 2 ** 26;

/** Puts together the lines of each record: a line end in quotes does not end it. Blank lines hold no record. */
class RecordJoiner implements Splitter<Line[], Line> {
  readonly #name: string;
  #lines: string[] = [];
  #size = 0;
  /** The line on which the record begins. */
  #number = 1;

  constructor(name: string) {
    this.#name = name;
  }

  take(lines: Line[], out: Line[]): void {
    for (const { text, number } of lines) {
      const begins = this.#lines.length === 0;
      if (begins && /^ *\r?$/.test(text)) continue;
      if (begins) this.#number = number;
      this.#lines.push(text);
      this.#size += text.length;
      if (this.#size > MAX_CHARACTERS) throw this.#unclosed();
      // Quotes come in pairs, but for the one that opens a field and is closed on a later line.
      if (begins !== hasPairs(text)) continue;
      out.push({ text: this.#lines.join("\n").replace(/\r$/, ""), number: this.#number });
      this.#lines = [];
      this.#size = 0;
    }
  }

  end(): void {
    if (this.#lines.length > 0) throw this.#unclosed();
  }

  #unclosed(): InputError {
    return new InputError(`${this.#name}:${this.#number}: a quote of this record is not closed; ${QUOTING}`);
  }
}

function hasPairs(text: string): boolean {
  let pairs = true;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) pairs = !pairs;
  return pairs;
}

/** What the parser's codes say to a user. */
const REASONS: Readonly<Record<string, string>> = {
  INVALID_OPENING_QUOTE: "a quote stands in a field that does not begin with one",
  CSV_INVALID_CLOSING_QUOTE: "something stands between a closing quote and the end of its field",
};

/** Takes records apart. Those without a quote need no parser, which takes several times as long. */
async function fieldReader(delimiter: string, name: string): Promise<(records: Line[]) => Generator<Fields>> {
  const { parse } = await import("csv-parse/sync");
  const parsed = (texts: string[]): string[][] =>
    parse(texts.join("\n"), { delimiter, record_delimiter: "\n", relax_column_count: true });

  return function* fieldsOf(records: Line[]): Generator<Fields> {
    const quoted = records.filter(({ text }) => text.includes('"'));
    let all: string[][] | undefined;
    try {
      all = parsed(quoted.map(({ text }) => text));
    } catch {
      // One of them is refused: each is parsed by itself.
    }
    let next = 0;
    for (const { text, number } of records) {
      if (!text.includes('"')) {
        yield { fields: text.split(delimiter), number };
        continue;
      }
      try {
        yield { fields: all?.[next++] ?? parsed([text])[0], number };
      } catch (error) {
        const { code = "" } = error as { code?: string };
        const reason = REASONS[code] ?? "a quote is out of place";
        throw new InputError(`${name}:${number}: ${reason}; ${QUOTING}`);
      }
    }
  };
}
