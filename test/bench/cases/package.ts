import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { parquetWriteFile } from "hyparquet-writer";
import type { Case } from "../harness.js";
import { count, instance } from "../instance.js";
import { CANDIDATES, QUERIES } from "./selection.js";

const root = new URL("../../", import.meta.url);
const path = (file: string) => fileURLToPath(new URL(file, root));

/** A process from its start to its end. */
function process_(command: string, args: readonly string[]): () => number {
  return () => {
    const { status, stderr } = spawnSync(command, args, { encoding: "utf8" });
    if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}: ${stderr}`);
    return Number.NaN;
  };
}

/** Starts of Node that import the library and others, beside bare ones. */
export function importCase(python: boolean): Case {
  const node = (code: string) => process_(process.execPath, ["--input-type=module", "-e", code]);
  const file = (name: string) => JSON.stringify(new URL(name, root).href);
  return {
    group: "Import",
    title: "a process from start to end",
    rounds: 20,
    contenders: [
      { name: "node, bare", prepare: () => {}, run: node("") },
      { name: "node, import exptilt", prepare: () => {}, run: node(`import ${file("dist/node/index.js")}`) },
      { name: "node, import mathjs", prepare: () => {}, run: node('import "mathjs"') },
      ...(python
        ? [
            { name: "python, bare", prepare: () => {}, run: process_("python3", ["-c", ""]) },
            {
              name: "python, import numpy, scipy.special",
              prepare: () => {},
              run: process_("python3", ["-c", "import numpy, scipy.special"]),
            },
          ]
        : []),
    ],
  };
}

/** The same data set as a Parquet file, its lists side by side. */
function writeParquet(filename: string, mass: ArrayLike<number>, reward: ArrayLike<number>): void {
  const list = (name: string, element: SchemaElement): SchemaElement[] => [
    { name, repetition_type: "OPTIONAL", converted_type: "LIST", num_children: 1 },
    { name: "list", repetition_type: "REPEATED", num_children: 1 },
    { ...element, name: "element", repetition_type: "OPTIONAL" },
  ];
  const text = { name: "query", type: "BYTE_ARRAY", converted_type: "UTF8" } as const;
  const number = { name: "element", type: "DOUBLE" } as const;
  const queries = Array.from({ length: QUERIES }, (_, q) => q);
  const places = Array.from({ length: CANDIDATES }, (_, i) => i);
  const lists = <T>(of: (place: number, i: number) => T) =>
    queries.map((q) => places.map((i) => of(q * CANDIDATES + i, i)));
  parquetWriteFile({
    filename,
    rowGroupSize: 10_000,
    schema: [
      { name: "root", num_children: 4 },
      { ...text, repetition_type: "REQUIRED" },
      ...list("answers", text),
      ...list("probabilities", number),
      ...list("rewards", number),
    ],
    columnData: [
      { name: "query", data: queries.map((q) => `query ${q}`) },
      { name: "answers", data: lists((_, i) => `answer ${i}`) },
      { name: "probabilities", data: lists((place) => mass[place]) },
      { name: "rewards", data: lists((place) => reward[place]) },
    ],
  });
}

type SchemaElement = NonNullable<Parameters<typeof parquetWriteFile>[0]["schema"]>[number];

/** The same data set as the functions read, as a file that the command streams. */
export function commandCase(): Case & { close: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "exptilt-bench-"));
  const file = join(folder, "queries.jsonl");
  const { mass, reward } = instance(QUERIES * CANDIDATES);
  const out = openSync(file, "w");
  for (let q = 0; q < QUERIES; q++) {
    const answers = Array.from({ length: CANDIDATES }, (_, i) => ({
      answer: `answer ${i}`,
      probability: mass[q * CANDIDATES + i],
      reward: reward[q * CANDIDATES + i],
    }));
    writeSync(out, `${JSON.stringify({ query: `query ${q}`, answers })}\n`);
  }
  closeSync(out);
  const parquet = join(folder, "queries.parquet");
  writeParquet(parquet, mass, reward);
  const command = (name: string, jobs: number, ...read: string[]) => ({
    name: `exptilt curve ${name} --beta 0.1 --n 16 --jobs ${jobs}`,
    prepare: () => {},
    run: process_(process.execPath, [
      path("dist/cli/main.js"),
      "curve",
      ...read,
      "--beta",
      "0.1",
      "--n",
      "16",
      "--jobs",
      String(jobs),
    ]),
  });
  const reader = `import { createReadStream } from "node:fs"; import { createInterface } from "node:readline";
    for await (const line of createInterface({ input: createReadStream(${JSON.stringify(file)}) })) JSON.parse(line);`;
  return {
    group: "The same data set through the command line, from the file to the table",
    title: `${count(QUERIES)} queries × ${CANDIDATES} candidates`,
    rounds: 3,
    contenders: [
      command("FILE", 1, file),
      command("FILE", availableParallelism(), file),
      command("PARQUET", 1, parquet, "--probability", "probabilities"),
      {
        name: "JSON.parse of every line, nothing else",
        prepare: () => {},
        run: process_(process.execPath, ["--input-type=module", "-e", reader]),
      },
    ],
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** What a bundler makes of an import, minified and gzipped, with seedrandom in it. */
export interface BundleSize {
  readonly name: string;
  readonly exports: string;
  readonly minified: number;
  readonly gzipped: number;
}

const MEASURES =
  "measure, distribution, fromLogMass, uniform, normalize, power, product, tilt, tiltedMass, escort, expectation, entropy, renyiEntropy, klDivergence, generalizedKlDivergence, totalVariation, chiSquaredDivergence, logSumExp, softmax, logSoftmax";
const ALIGNMENT =
  "humanPreference, preferenceProbability, logPreferenceProbability, rlhfObjective, rlhfOptimum, rlhfOptimalValue, rlhfRegret, rlifObjective, rlifOptimum, rlifOptimalValue, rlhfEquivalent, rlifEquivalent, unifiedObjective";
const SAMPLERS = "categoricalSampler, categoricalQuantile, samplingProbabilities, randomSource";
const SELECTION =
  "bestOfNLaw, softBestOfNLaw, weightedBestOfNLaw, softBestOfNSampler, selectSoftBestOfN, selectionLimit, limitDistance, selectionCurve, policyReading, winRate";

const DOORS = ["", "training/", "diffusion/", "claims/"];

const ENTRIES: readonly (readonly [name: string, exports: string])[] = [
  [
    "core: every function of measures, divergences, RLHF, RLIF and samplers",
    `{ ${MEASURES}, ${ALIGNMENT}, ${SAMPLERS} }`,
  ],
  [
    "one function of each: measure, tilt, klDivergence, entropy, rlhfOptimum, rlifOptimum, bestOfNLaw, softBestOfNLaw, both samplers, randomSource",
    "{ measure, tilt, klDivergence, entropy, rlhfOptimum, rlifOptimum, bestOfNLaw, softBestOfNLaw, categoricalSampler, softBestOfNSampler, randomSource }",
  ],
  [
    "core and exact selection: laws, samplers, curves, limits, readings",
    `{ ${MEASURES}, ${ALIGNMENT}, ${SAMPLERS}, ${SELECTION} }`,
  ],
  ["everything: also preference fits, training, diffusion, the claims", "*"],
];

/** The sizes of what is built in a folder, by default in this one. */
export async function bundleSizes(folder: string = fileURLToPath(root)): Promise<BundleSize[]> {
  const sizes: BundleSize[] = [];
  for (const [name, exports] of ENTRIES) {
    const doors = exports === "*" ? DOORS : [""];
    const { outputFiles } = await build({
      stdin: {
        contents: doors.map((door) => `export ${exports} from "./dist/${door}index.js";`).join(""),
        resolveDir: folder,
      },
      bundle: true,
      minify: true,
      write: false,
      format: "esm",
      platform: "browser",
    });
    const code = outputFiles[0].contents;
    sizes.push({ name, exports, minified: code.length, gzipped: gzipSync(code, { level: 9 }).length });
  }
  return sizes;
}
