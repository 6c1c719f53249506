import { InputError } from "../inputError.js";
import { isBinary } from "./kind.js";

/** A format that is not read: how its files begin, what they are, and what to do about it. */
interface Refused {
  readonly begins: (head: string) => boolean;
  readonly is: string;
  readonly instead: string;
}

const starts =
  (...bytes: readonly string[]) =>
  (head: string) =>
    bytes.some((some) => head.startsWith(some));
const binary = (letters: string) => (head: string) => isBinary(head, letters);

/** Whether the first file of a zip archive has such a name. */
const zipped = (name: RegExp) => (head: string) =>
  head.startsWith("PK\x03\x04") && name.test(head.slice(30, 30 + head.charCodeAt(26) + 256 * head.charCodeAt(27)));

const convert = (command: string) => `convert it: ${command}`;
const python = (code: string) => `python3 -c "${code}"`;
/** Python that makes a table of the file. Of JSON it would keep ten digits of each number. */
const table = (frame: string, modules = "pandas as p") =>
  convert(python(`import ${modules}; ${frame}.to_parquet('out.parquet')`));

const ENCODINGS: readonly (readonly [string, RegExp])[] = [
  ["UTF-32LE", /^(\xff\xfe\0\0|[^\0]\0\0\0)/],
  ["UTF-32BE", /^(\0\0\xfe\xff|\0\0\0[^\0])/],
  ["UTF-16LE", /^(\xff\xfe|[^\0]\0[^\0]\0)/],
  ["UTF-16BE", /^(\xfe\xff|\0[^\0]\0[^\0])/],
];

/** The bytes are those of Latin-1. The first that fits counts. */
const REFUSED: readonly Refused[] = [
  { begins: binary("PARE"), is: "Parquet that is encrypted", instead: "decrypt it with what wrote it" },
  {
    begins: zipped(/\.npy$/),
    is: "an archive of NumPy arrays",
    instead: table("p.DataFrame({k: v.tolist() for k, v in n.load('FILE').items()})", "numpy as n, pandas as p"),
  },
  {
    begins: starts("\x93NUMPY"),
    is: "a NumPy array",
    instead: table("p.DataFrame({'rewards': n.load('FILE').tolist()})", "numpy as n, pandas as p"),
  },
  {
    begins: zipped(/^(\[Content_Types\]\.xml|_rels\/|docProps\/|xl\/)/),
    is: "an Excel workbook",
    instead: convert(python("import pandas as p; p.read_excel('FILE').to_csv('out.csv', index=False)")),
  },
  { begins: zipped(/^/), is: "a zip archive", instead: convert("unzip -p FILE > out.jsonl") },
  {
    begins: (head) => head.startsWith("ustar", 257) && head.includes("\0"),
    is: "a tar archive",
    instead: convert("tar -xOf FILE > out.jsonl"),
  },
  {
    begins: (head) => /^BZh[1-9]1AY&SY/.test(head),
    is: "compressed by bzip2",
    instead: convert("bzip2 -dc FILE > out.jsonl"),
  },
  {
    begins: starts("\xfd7zXZ\0"),
    is: "compressed by xz",
    instead: convert("xz -dc FILE > out.jsonl"),
  },
  {
    begins: starts("7z\xbc\xaf'\x1c"),
    is: "a 7-Zip archive",
    instead: convert("7z e -so FILE > out.jsonl"),
  },
  {
    begins: starts("\x1f\x8b", "\x28\xb5\x2f\xfd"),
    is: "compressed twice",
    instead: "decompress it once",
  },
  {
    begins: starts("ARROW1\0", "FEA1\0"),
    is: "an Arrow or Feather file",
    instead: table("p.read_feather('FILE')"),
  },
  {
    begins: starts("\xff\xff\xff\xff"),
    is: "a stream of Arrow",
    instead: convert(
      python(
        "import pyarrow as a, pyarrow.parquet as q; q.write_table(a.ipc.open_stream('FILE').read_all(), 'out.parquet')",
      ),
    ),
  },
  {
    begins: starts("SQLite format 3\0"),
    is: "an SQLite database",
    instead: convert("sqlite3 -header -csv FILE 'select * from TABLE' > out.csv"),
  },
  {
    begins: starts("\x80\x02", "\x80\x03", "\x80\x04", "\x80\x05"),
    is: "a pickle of Python",
    instead: table("p.DataFrame(p.read_pickle('FILE'))"),
  },
  {
    begins: starts("Obj\x01"),
    is: "Avro",
    instead: table("p.DataFrame(f.reader(open('FILE', 'rb')))", "fastavro as f, pandas as p"),
  },
  {
    begins: binary("ORC"),
    is: "an ORC file",
    instead: table("p.read_orc('FILE')"),
  },
  {
    begins: starts("\x89HDF\r\n\x1a\n"),
    is: "an HDF5 file",
    instead: table("p.read_hdf('FILE')"),
  },
  ...ENCODINGS.map(([encoding, mark]) => ({
    begins: (head: string) => mark.test(head),
    is: `text in ${encoding}`,
    instead: convert(`iconv -f ${encoding} -t UTF-8 FILE > out.jsonl`),
  })),
  {
    begins: (head) => /^(\xef\xbb\xbf)?(%YAML|---\s|- |[\w.-]+:(?=\s)(?!.*[,\t]))/.test(head),
    is: "YAML",
    instead: convert(
      `${python("import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)")} < FILE > out.json`,
    ),
  },
  {
    // Its numbers may have decimal commas, which the file does not tell.
    begins: (head) => /^(\xef\xbb\xbf)?(?!\s*[{[])[^\n,\t]*;[^\n,\t]*\n/.test(head),
    is: "CSV with semicolons",
    instead: table("p.read_csv('FILE', sep=';', decimal=',')"),
  },
];

/** A file's name in a command, where a shell and Python read it as it is; elsewhere a word for it. */
export function inCommand(name: string): string {
  return /^[\w./-]+$/.test(name) ? name : "FILE";
}

/** Refuses a file of a format that is not read, by its first bytes, and says what to do about it. */
export function refuseFormat(head: Buffer, name: string): void {
  const beginning = head.toString("latin1", 0, 1000);
  const refused = REFUSED.find(({ begins }) => begins(beginning));
  if (refused === undefined) return;
  const instead = refused.instead.replaceAll("FILE", inCommand(name));
  throw new InputError(`${name}: it is ${refused.is}, which is not read; ${instead}`);
}
