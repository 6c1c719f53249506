import { InputError } from "../inputError.js";

/** A format that is not read: how its files begin, what they are, and what makes of them a file that is read. */
interface Refused {
  readonly begins: (head: Buffer) => boolean;
  readonly is: string;
  readonly convert: string;
}

/** Whether the bytes at a place are those of a text in Latin-1. */
const has =
  (text: string, at = 0) =>
  (head: Buffer) =>
    head.toString("latin1", at, at + text.length) === text;

/** Whether the first file of a zip archive has such a name. */
const zipped = (name: RegExp) => (head: Buffer) =>
  has("PK\x03\x04")(head) && name.test(head.toString("latin1", 30, 30 + head.readUInt16LE(26)));

const either =
  (...tests: readonly ((head: Buffer) => boolean)[]) =>
  (head: Buffer) =>
    tests.some((test) => test(head));

/** A line of Python that makes Parquet or JSON Lines of FILE. */
const python = (code: string) => `python3 -c "${code}"`;
const pandas = (read: string) =>
  python(`import pandas as p; p.${read}('FILE').to_json('out.jsonl', orient='records', lines=True)`);

const REFUSED: readonly Refused[] = [
  { begins: has("PARE"), is: "Parquet that is encrypted", convert: "decrypt it with what wrote it" },
  {
    begins: zipped(/\.npy$/),
    is: "an archive of NumPy arrays",
    convert: python(
      "import numpy as n, pandas as p; p.DataFrame({k: list(v) for k, v in n.load('FILE').items()}).to_json('out.jsonl', orient='records', lines=True)",
    ),
  },
  {
    begins: has("\x93NUMPY"),
    is: "a NumPy array, which names no columns",
    convert: python(
      "import numpy as n, pandas as p; p.DataFrame({'rewards': list(n.load('FILE'))}).to_json('out.jsonl', orient='records', lines=True)",
    ),
  },
  {
    begins: zipped(/^(\[Content_Types\]\.xml|_rels\/|docProps\/|xl\/)/),
    is: "an Excel workbook",
    convert: python("import pandas as p; p.read_excel('FILE').to_csv('out.csv', index=False)"),
  },
  { begins: has("PK\x03\x04"), is: "a zip archive", convert: "unzip -p FILE > out.jsonl" },
  { begins: has("ustar", 257), is: "a tar archive", convert: "tar -xOf FILE > out.jsonl" },
  { begins: has("BZh"), is: "compressed by bzip2", convert: "bzip2 -dc FILE > out.jsonl" },
  { begins: has("\xfd7zXZ\0"), is: "compressed by xz", convert: "xz -dc FILE > out.jsonl" },
  { begins: has("7z\xbc\xaf\x27\x1c"), is: "a 7-Zip archive", convert: "7z e -so FILE > out.jsonl" },
  {
    begins: either(has("\x1f\x8b"), has("\x28\xb5\x2f\xfd")),
    is: "compressed twice",
    convert: "decompress it once with gzip -dc or zstd -dc",
  },
  {
    begins: either(has("ARROW1"), has("FEA1")),
    is: "an Arrow or Feather file",
    convert: python("import pandas as p; p.read_feather('FILE').to_parquet('out.parquet')"),
  },
  {
    begins: has("\xff\xff\xff\xff"),
    is: "a stream of Arrow",
    convert: python(
      "import pyarrow as a, pyarrow.parquet as q; q.write_table(a.ipc.open_stream('FILE').read_all(), 'out.parquet')",
    ),
  },
  {
    begins: has("SQLite format 3\0"),
    is: "an SQLite database",
    convert: "sqlite3 -header -csv FILE 'select * from TABLE' > out.csv",
  },
  {
    begins: (head) => head[0] === 0x80 && head[1] >= 2 && head[1] <= 5,
    is: "a pickle of Python",
    convert: pandas("read_pickle"),
  },
  {
    begins: has("Obj\x01"),
    is: "Avro",
    convert: python(
      "import fastavro as f, pandas as p; p.DataFrame(f.reader(open('FILE', 'rb'))).to_json('out.jsonl', orient='records', lines=True)",
    ),
  },
  {
    begins: has("ORC"),
    is: "an ORC file",
    convert: python("import pandas as p; p.read_orc('FILE').to_parquet('out.parquet')"),
  },
  { begins: has("\x89HDF\r\n\x1a\n"), is: "an HDF5 file", convert: pandas("read_hdf") },
  ...(
    [
      ["UTF-32LE", /^(\xff\xfe\0\0|[^\0]\0\0\0)/],
      ["UTF-32BE", /^(\0\0\xfe\xff|\0\0\0[^\0])/],
      ["UTF-16LE", /^(\xff\xfe|[^\0]\0[^\0]\0)/],
      ["UTF-16BE", /^(\xfe\xff|\0[^\0]\0[^\0])/],
    ] as const
  ).map(([encoding, begins]) => ({
    begins: (head: Buffer) => begins.test(head.toString("latin1", 0, 4)),
    is: `text in ${encoding}`,
    convert: `iconv -f ${encoding} -t UTF-8 FILE > out.jsonl`,
  })),
  {
    begins: (head) =>
      /^(\xef\xbb\xbf)?(%YAML|---\s|- |[\w.-]+:(\s(?!.*[,\t])|$))/.test(head.toString("latin1", 0, 1000)),
    is: "YAML",
    convert: `${python("import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)")} < FILE > out.json`,
  },
];

/** Refuses a file of a format that is not read, by its first bytes, and says how to convert it. */
export function refuseFormat(head: Buffer, name: string): void {
  const refused = REFUSED.find(({ begins }) => begins(head));
  if (refused === undefined) return;
  // A name that a shell or Python would read otherwise stays out of the command.
  const convert = /^[\w./-]+$/.test(name) ? refused.convert.replaceAll("FILE", name) : refused.convert;
  throw new InputError(`${name}: it is ${refused.is}, which is not read; convert it: ${convert}`);
}
