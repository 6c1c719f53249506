/** Data sets in the forms that other programs write, made of the same samples. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { parquetWriteBuffer } from "hyparquet-writer";

/** A sampled answer. */
export interface Sample {
  readonly text: string;
  readonly reward: number;
  readonly gold: 0 | 1;
}

/** A query with its samples. */
export interface Sampled {
  readonly name: string;
  readonly samples: readonly Sample[];
}

/** A file's content, and how its queries come out: their names, and what an answer has. */
export interface DataFile {
  readonly content: string | Uint8Array;
  readonly name?: (query: Sampled) => string;
  /** The samples of a query that are written; all of them in their order where left out. */
  readonly samples?: (query: Sampled) => readonly Sample[];
  /** What is kept of a sample; all of it where left out. */
  readonly keep?: (sample: Sample) => Partial<Sample>;
}

export interface Form {
  /** The options that it takes to be read. */
  readonly options?: Readonly<Record<string, string | readonly string[]>>;
  readonly write: (queries: readonly Sampled[]) => DataFile;
}

type Row = Readonly<Record<string, unknown>>;

export const jsonLines = (rows: readonly unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

const quoted = (value: unknown, separator: string): string => {
  const text = value === undefined || value === null ? "" : String(value);
  return text === "" || [separator, '"', "\n", "\r"].some((c) => text.includes(c))
    ? `"${text.replaceAll('"', '""')}"`
    : text;
};

export function table(rows: readonly Row[], separator = ","): string {
  const names = Object.keys(rows[0]);
  const lines = rows.map((row) => names.map((name) => quoted(row[name], separator)).join(separator));
  return `${names.join(separator)}\n${lines.join("\n")}\n`;
}

type ParquetType = "STRING" | "DOUBLE" | "INT64" | "BOOLEAN" | "JSON";

export function parquet(rows: readonly Row[], types: Readonly<Record<string, ParquetType>>): Uint8Array {
  const columnData = Object.entries(types).map(([name, type]) => ({
    name,
    type,
    data: rows.map((row) => (type === "INT64" ? BigInt(row[name] as number) : (row[name] ?? null))),
  }));
  return new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 3 }));
}

/** A row for each sample. */
const rowsOf = (queries: readonly Sampled[], row: (query: Sampled, sample: Sample, i: number) => Row): Row[] =>
  queries.flatMap((query) => query.samples.map((sample, i) => row(query, sample, i)));

/** The samples of a query as a list of one of their fields. */
const lists = ({ samples }: Sampled) => ({
  texts: samples.map(({ text }) => text),
  rewards: samples.map(({ reward }) => reward),
  golds: samples.map(({ gold }) => gold),
});

/** Equal samples counted, in the order of the first of each. */
export function counted(samples: readonly Partial<Sample>[]): (Partial<Sample> & { count: number })[] {
  const seen: (Partial<Sample> & { count: number })[] = [];
  for (const sample of samples) {
    const known = seen.find((s) => s.text === sample.text && s.reward === sample.reward && s.gold === sample.gold);
    if (known === undefined) seen.push({ ...sample, count: 1 });
    else known.count++;
  }
  return seen;
}

/** The native form: distinct answers with their counts. Equal texts of other scores are told apart by their scores. */
const nativeOf = (queries: readonly Sampled[]): Row[] =>
  queries.map(({ name, samples }) => ({
    query: name,
    answers: counted(samples).map(({ text, reward, gold, count }) => ({
      answer: `${text} ${reward} ${gold}`,
      count,
      reward,
      gold,
    })),
  }));
const nativeText = (sample: Sample) => ({ ...sample, text: `${sample.text} ${sample.reward} ${sample.gold}` });

const messages = (text: string) => [{ role: "user", content: text }];
const rewardOnly = ({ text, reward }: Sample) => ({ text, reward });
const goldAsReward = ({ text, gold }: Sample) => ({ text, reward: gold });
const withoutText = ({ reward, gold }: Sample) => ({ reward, gold });

/** The first two samples as a pair, of which the first is right. */
const pairOf = ({ samples }: Sampled): readonly Sample[] =>
  [0, 1].map((i) => ({ ...samples[i % samples.length], gold: i === 0 ? 1 : 0 }));
const pairsOf = (queries: readonly Sampled[]): Sampled[] =>
  queries.map((query) => ({ name: query.name, samples: pairOf(query) }));

/** The right samples first. */
const rightFirst = ({ samples }: Sampled): readonly Sample[] => [...samples].sort((a, b) => b.gold - a.gold);

const verdict = (gold: number) => (gold === 1 ? "pass" : "fail");

/** The forms, by name. */
export const FORMS: Readonly<Record<string, Form>> = {
  "HumanEval results": {
    write: (queries) => ({
      content: jsonLines(
        rowsOf(queries, ({ name }, { text, gold }) => ({
          ...{
            task_id: name,
            completion: text,
            result: gold === 1 ? "passed" : "failed: timed out",
            passed: gold === 1,
          },
        })),
      ),
      keep: goldAsReward,
    }),
  },
  "evalplus eval_results.json": {
    write: (queries) => ({
      content: JSON.stringify({
        date: "2024-01-01 00:00",
        hash: "0",
        eval: Object.fromEntries(
          queries.map(({ name, samples }) => [
            name,
            samples.map(({ text, reward, gold }) => ({
              ...{
                task_id: name,
                solution: text,
                base_status: verdict(Number(reward > 0)),
                plus_status: verdict(gold),
              },
              ...{ base_fail_tests: [], plus_fail_tests: [[1]] },
            })),
          ]),
        ),
      }),
      keep: ({ text, reward, gold }) => ({ text, reward: Number(reward > 0), gold: reward > 0 ? gold : 0 }),
    }),
  },
  "lm-evaluation-harness samples": {
    write: (queries) => ({
      content: jsonLines(
        rowsOf(queries, ({ name }, { text, gold }) => ({
          ...{ doc_id: name, doc: { question: "?" }, target: "4", arguments: [["?", {}]], resps: [[text]] },
          ...{ filtered_resps: [text], filter: "none", metrics: ["exact_match"], doc_hash: "0", exact_match: gold },
        })),
      ),
      keep: ({ text, gold }) => ({ text: JSON.stringify([text]), reward: gold }),
    }),
  },
  "verl rollout dump": {
    write: (queries) => ({
      content: jsonLines(
        rowsOf(queries, ({ name }, { text, reward, gold }) => ({
          ...{ input: name, output: text, gts: "4", score: reward, step: 7, acc: gold === 1, pred: text },
        })),
      ),
    }),
  },
  "verl Parquet, the prompt as messages": {
    write: (queries) => ({
      content: parquet(
        queries.map((query) => ({
          ...{ data_source: "x", prompt: messages(query.name), responses: lists(query).texts },
          ...{ scores: lists(query).rewards, reward_model: { ground_truth: "4" } },
        })),
        { data_source: "STRING", prompt: "JSON", responses: "JSON", scores: "JSON", reward_model: "JSON" },
      ),
      name: ({ name }) => JSON.stringify(messages(name)),
      keep: rewardOnly,
    }),
  },
  "OpenRLHF output": {
    write: (queries) => ({
      content: jsonLines(rowsOf(queries, ({ name }, { text, reward }) => ({ input: name, output: text, reward }))),
      keep: rewardOnly,
    }),
  },
  "TRL completions, one of two rewards": {
    options: { reward: ["accuracy_reward"] },
    write: (queries) => ({
      content: parquet(
        rowsOf(queries, ({ name }, { text, reward, gold }) => ({
          ...{ step: 1, prompt: name, completion: text, accuracy_reward: reward, format_reward: gold, advantage: 0.5 },
        })),
        {
          ...{ step: "INT64", prompt: "STRING", completion: "STRING" },
          ...{ accuracy_reward: "DOUBLE", format_reward: "DOUBLE", advantage: "DOUBLE" },
        },
      ),
      keep: rewardOnly,
    }),
  },
  "TRL completions with their total reward": {
    write: (queries) => ({
      content: parquet(
        rowsOf(queries, ({ name }, { text, reward, gold }) => ({
          ...{ step: 1, prompt: name, completion: text, reward, reward_format: gold },
        })),
        { step: "INT64", prompt: "STRING", completion: "STRING", reward: "DOUBLE", reward_format: "DOUBLE" },
      ),
      keep: rewardOnly,
    }),
  },
  "RewardBench pairs": {
    write: (queries) => ({
      content: jsonLines(
        pairsOf(queries).map((query) => ({
          ...{ id: 3, prompt: query.name, chosen: lists(query).texts[0], rejected: lists(query).texts[1] },
          ...{ scores_chosen: lists(query).rewards[0], scores_rejected: [lists(query).rewards[1]], results: 1 },
        })),
      ),
      samples: pairOf,
    }),
  },
  "RewardBench scores in columns": {
    write: (queries) => {
      const pairs = pairsOf(queries).map((query) => ({ name: query.name, ...lists(query) }));
      return {
        content: JSON.stringify({
          ...{ model: "m", model_type: "Seq. Classifier", chat_template: "tokenizer" },
          ...{ id: pairs.map((_, i) => i), subset: pairs.map(() => "hep"), results: pairs.map(() => 1) },
          prompt: pairs.map(({ name }) => name),
          text_chosen: pairs.map(({ texts }) => texts[0]),
          text_rejected: pairs.map(({ texts }) => texts[1]),
          scores_chosen: pairs.map(({ rewards }) => rewards[0]),
          scores_rejected: pairs.map(({ rewards }) => rewards[1]),
        }),
        samples: pairOf,
      };
    },
  },
  "RewardBench 2 scores": {
    write: (queries) => ({
      content: jsonLines(
        queries.map((query) => {
          const sorted = rightFirst(query);
          const right = sorted.filter(({ gold }) => gold === 1).length;
          return {
            ...{
              id: "x",
              prompt: query.name,
              subset: "Ties",
              num_correct: right,
              num_incorrect: sorted.length - right,
            },
            ...{
              chosen: sorted.slice(0, right).map(({ text }) => text),
              rejected: sorted.slice(right).map(({ text }) => text),
            },
            scores: sorted.map(({ reward }) => [reward]),
          };
        }),
      ),
      samples: rightFirst,
    }),
  },
  "AlpacaEval annotations": {
    options: { reward: ["preference"], answer: "output_2" },
    write: (queries) => ({
      content: JSON.stringify(
        rowsOf(queries, ({ name }, { text, reward }) => ({
          ...{ instruction: name, output_1: "base", generator_1: "b", output_2: text, generator_2: "m" },
          ...{ annotator: "j", preference: reward },
        })),
        undefined,
        2,
      ),
      keep: rewardOnly,
    }),
  },
  "code_eval results, by task": {
    write: (queries) => ({
      content: JSON.stringify(
        Object.fromEntries(
          queries.map(({ name, samples }) => [
            name,
            samples.map(({ gold }, i) => [i, { task_id: name, passed: gold === 1, result: "x", completion_id: i }]),
          ]),
        ),
      ),
      keep: ({ gold }) => ({ reward: gold }),
    }),
  },
  "lists by query without the query's field": {
    write: (queries) => ({
      content: JSON.stringify({
        results: Object.fromEntries(
          queries.map(({ name, samples }) => [
            name,
            samples.map(({ text, reward }) => ({ response: text, score: reward })),
          ]),
        ),
      }),
      keep: rewardOnly,
    }),
  },
  "records in one field": {
    write: (queries) => ({
      content: JSON.stringify(
        {
          model: "m",
          data: rowsOf(queries, ({ name }, { text, reward }) => ({ question: name, prediction: text, score: reward })),
        },
        undefined,
        1,
      ),
      keep: rewardOnly,
    }),
  },
  "CSV with truth values": {
    write: (queries) => ({
      content: table(
        rowsOf(queries, ({ name }, { text, gold }) => ({
          prompt: name,
          response: text,
          correct: gold === 1 ? "True" : "False",
        })),
      ),
      keep: goldAsReward,
    }),
  },
  "CSV with an index and two scores": {
    write: (queries) => ({
      content: table(
        rowsOf(queries, ({ name }, { text, reward, gold }, i) => ({
          ...{ "": i, "Task ID": name, "Generated Text": text, RM_Score: reward, "is-correct": gold },
        })).map(({ "": index, ...row }) => ({ index, ...row })),
      ),
    }),
  },
  "TSV without texts": {
    write: (queries) => ({
      content: table(
        rowsOf(queries, ({ name }, { reward, gold }) => ({ uid: name, reward, gold })),
        "\t",
      ),
      keep: withoutText,
    }),
  },
  "pandas to_json, columns": {
    write: (queries) => {
      const rows = rowsOf(queries, ({ name }, { text, reward }) => ({ problem: name, response: text, reward }));
      const column = (name: string) => Object.fromEntries(rows.map((row, i) => [String(i), row[name]]));
      return {
        content: JSON.stringify({ problem: column("problem"), response: column("response"), reward: column("reward") }),
        keep: rewardOnly,
      };
    },
  },
  "pandas to_json, records": {
    write: (queries) => ({
      content: JSON.stringify(
        rowsOf(queries, ({ name }, { text, reward }) => ({ problem: name, answer: text, reward })),
      ),
      keep: rewardOnly,
    }),
  },
  "columns of a Dataset": {
    write: (queries) => {
      const rows = rowsOf(queries, ({ name }, sample) => ({ name, ...sample }) as never) as unknown as (Sample & {
        name: string;
      })[];
      return {
        content: JSON.stringify({
          prompt: rows.map(({ name }) => name),
          completion: rows.map(({ text }) => text),
          score: rows.map(({ reward }) => reward),
          label: rows.map(({ gold }) => gold),
        }),
      };
    },
  },
  "arrays side by side": {
    write: (queries) => ({
      content: jsonLines(
        queries.map((query) => ({
          prompt: query.name,
          responses: lists(query).texts,
          rewards: lists(query).rewards,
          is_correct: lists(query).golds.map((gold) => gold === 1),
        })),
      ),
    }),
  },
  "arrays of arrays of one, without texts": {
    write: (queries) => ({
      content: JSON.stringify(
        queries.map((query) => ({
          question_id: query.name,
          proxy_scores: lists(query).rewards.map((r) => [r]),
          labels: lists(query).golds.map((g) => [g]),
        })),
      ),
      keep: withoutText,
    }),
  },
  "a list of answers under other names": {
    write: (queries) => ({
      content: jsonLines(
        queries.map(({ name, samples }) => ({
          prompt: messages(name),
          generations: samples.map(({ text, reward, gold }) => ({
            text,
            score: reward,
            correct: gold === 1,
            tokens: 5,
          })),
        })),
      ),
      name: ({ name }) => JSON.stringify(messages(name)),
    }),
  },
  "nested columns by options": {
    options: { query: "doc.id", answer: "out.text", reward: ["metrics.rm.score"], gold: "metrics.em" },
    write: (queries) => ({
      content: jsonLines(
        rowsOf(queries, ({ name }, { text, reward, gold }) => ({
          ...{ doc: { id: name }, out: { text }, metrics: { rm: { score: reward }, em: gold } },
        })),
      ),
    }),
  },
  "columns whose own names have dots": {
    options: { query: "doc.id", reward: ["score.a"], gold: "none" },
    write: (queries) => ({
      content: table(
        rowsOf(queries, ({ name }, { text, reward, gold }) => ({
          "doc.id": name,
          response: text,
          "score.a": reward,
          gold,
        })),
      ),
      keep: rewardOnly,
    }),
  },
  "an expression of columns": {
    options: { reward: ["min(2*half - -0, top)"] },
    write: (queries) => ({
      content: jsonLines(
        rowsOf(queries, ({ name }, { text, reward, gold }) => ({
          ...{ query: name, response: text, half: reward / 2, top: 1e6, gold },
        })),
      ),
    }),
  },
  "rows with counts": {
    write: (queries) => ({
      content: table(
        queries.flatMap(({ name, samples }) =>
          counted(samples).map(({ text, reward, gold, count }) => ({ query: name, answer: text, count, reward, gold })),
        ),
      ),
    }),
  },
  "ids as numbers": {
    write: (queries) => ({
      content: jsonLines(
        queries.flatMap(({ samples }, q) =>
          samples.map(({ text, reward }) => ({ task_id: q, completion: text, score: reward })),
        ),
      ),
      name: (query) => String(queries.indexOf(query)),
      keep: rewardOnly,
    }),
  },
  "ids in a column of INT64": {
    write: (queries) => ({
      content: parquet(
        queries.flatMap(({ samples }, q) =>
          samples.map(({ text, reward, gold }) => ({ docId: q, text, reward, passed: gold === 1 })),
        ),
        { docId: "INT64", text: "STRING", reward: "DOUBLE", passed: "BOOLEAN" },
      ),
      name: (query) => String(queries.indexOf(query)),
    }),
  },
  native: { write: (queries) => ({ content: jsonLines(nativeOf(queries)), keep: nativeText }) },
  "native in gzip": {
    write: (queries) => ({ content: gzipSync(jsonLines(nativeOf(queries))), keep: nativeText }),
  },
  "native in an array of JSON": {
    write: (queries) => ({ content: JSON.stringify(nativeOf(queries), undefined, 2), keep: nativeText }),
  },
  "native in Parquet": {
    write: (queries) => ({
      content: parquet(nativeOf(queries), { query: "STRING", answers: "JSON" }),
      keep: nativeText,
    }),
  },
};

const sample: fc.Arbitrary<Sample> = fc.record({
  text: fc.constantFrom("a", "b", 'say "b"', "c, d", "é\n2", " "),
  reward: fc.constantFrom(-1.5, 0, 0.25, 1, 1e-9, 3e5),
  gold: fc.constantFrom(0, 1),
});

/** Names that are no whole numbers, since objects put such keys first. */
export const sampled: fc.Arbitrary<readonly Sampled[]> = fc
  .uniqueArray(fc.stringMatching(/^[A-Za-z]{1,8}(\/[0-9]{1,3})?( [ -~]{1,5})?$/), { minLength: 1, maxLength: 5 })
  .filter((names) => !names.some((name) => /^(__proto__|nan)$/i.test(name)))
  .chain((names) =>
    fc.tuple(
      ...names.map((name) => fc.array(sample, { minLength: 1, maxLength: 6 }).map((samples) => ({ name, samples }))),
    ),
  );

/** A folder for files, removed at the end. */
export function dataFolder(): {
  readonly write: (name: string, content: string | Uint8Array) => string;
  readonly remove: () => void;
} {
  const folder = mkdtempSync(join(tmpdir(), "exptilt-data-"));
  return {
    write: (name, content) => {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
