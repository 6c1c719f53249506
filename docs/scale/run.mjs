/**
 * One data set read whole, by worker threads, by GNU parallel, as an array of Slurm and by the ranks of MPI, in a folder of
 * its own: holds the figures against each other byte for byte, and writes times and memory to docs/scale/record.json and into
 * the guide. It needs the built package, GNU parallel, Open MPI and Slurm, of which it starts one of its own.
 */
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { startCluster } from "../../test/scale/cluster.mjs";

const bin = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/** A folder with the command `exptilt` on its path. */
export function workplace() {
  const folder = mkdtempSync(join(tmpdir(), "exptilt-scale-"));
  writeFileSync(join(folder, "exptilt"), `#!/bin/sh\nexec "${process.execPath}" "${bin}" "$@"\n`, { mode: 0o755 });
  const env = { ...process.env, LC_ALL: "C" };
  return {
    folder,
    /** Runs a line of shell there; what it prints. */
    run(line, more = {}) {
      const { status, stdout, stderr } = spawnSync("bash", ["-e", "-c", line], {
        cwd: folder,
        env: { ...env, ...more, PATH: `${folder}${delimiter}${more.PATH ?? env.PATH}` },
        encoding: "utf8",
        maxBuffer: 2 ** 28,
      });
      if (status !== 0) throw new Error(`${line}\nended with ${status}: ${stderr}`);
      return stdout;
    },
    close: () => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }),
  };
}

/** Writes a data set of known laws: probabilities of six decimals, rewards of three. */
export function writeDataset(file, queries, candidates) {
  const out = openSync(file, "w");
  let state = 1;
  const next = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  for (let q = 0; q < queries; q++) {
    const answers = Array.from({ length: candidates }, (_, i) => ({
      answer: `answer ${i}`,
      probability: Math.round((1 + next() * 20) * 1e4) / 1e6,
      reward: Math.round(next() * 1000) / 1000,
    }));
    writeSync(out, `${JSON.stringify({ query: `query ${q}`, answers })}\n`);
  }
  closeSync(out);
}

/** The commands of a section of the guide: its block of shell. */
export function commandsOf(section) {
  const guide = readFileSync(new URL("../scale.md", import.meta.url), "utf8");
  const [, block] = new RegExp(`^## ${section}$[^]*?^\`\`\`sh\\n([^]*?)^\`\`\`$`, "m").exec(guide) ?? [];
  if (block === undefined) throw new Error(`docs/scale.md has no commands in the section ${section}`);
  return block;
}

/** Seconds of a line of shell. */
function timed(place, line, env) {
  const start = performance.now();
  place.run(line, env);
  return (performance.now() - start) / 1000;
}

/** The largest memory of a run of `exptilt`, in MB. */
function peak(place, args) {
  const memory = join(place.folder, "memory");
  const hook = `import { writeFileSync } from "node:fs"; process.on("exit", () => writeFileSync(${JSON.stringify(memory)}, String(process.resourceUsage().maxRSS)));`;
  place.run(`exptilt ${args} > /dev/null`, {
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hook)}`,
  });
  return Number(readFileSync(memory, "utf8")) / 1024;
}

/** The ways to read a data set, by their sections, and what each prints its figures to. */
const WAYS = {
  "In one process": "jobs.csv",
  "GNU parallel": "parallel.csv",
  Slurm: "slurm.csv",
  MPI: "mpi.csv",
};

async function main() {
  const [queries, candidates] = [100_000, 32];
  const place = workplace();
  const cluster = await startCluster(place.folder);
  try {
    const file = join(place.folder, "queries.jsonl");
    writeDataset(file, queries, candidates);
    const bytes = statSync(file).size;
    const settings = "--beta 0.1 --n 16 --csv";
    const seconds = { single: timed(place, `exptilt curve queries.jsonl ${settings} > single.csv`) };
    for (const section of Object.keys(WAYS)) {
      place.run("rm -f shard-*");
      seconds[section] = timed(place, commandsOf(section), cluster.env);
    }
    const read = (name) => readFileSync(join(place.folder, name), "utf8");
    for (const name of Object.values(WAYS))
      if (read(name) !== read("single.csv")) throw new Error(`${name} differs from what a single run prints`);
    const peaks = () => ({
      single: peak(place, `curve queries.jsonl ${settings}`),
      two: peak(place, `curve queries.jsonl ${settings} --jobs 2`),
    });
    const most = peaks();
    const memory = [10_000, 100_000, 1_000_000].map((lines) => {
      writeDataset(file, lines, 2);
      return { lines, ...peaks() };
    });
    // A million queries, as the last of these.
    const million = {
      seconds: timed(place, `exptilt curve queries.jsonl ${settings} --partial sums.json > single.csv`),
      of: timed(place, "exptilt merge sums.json --of queries.jsonl --csv > merged.csv"),
      partial: statSync(join(place.folder, "sums.json")).size,
    };
    const record = {
      queries,
      candidates,
      bytes,
      machine: `${cpus()[0].model}, ${availableParallelism()} cores, Node.js ${process.versions.node}, ${cluster.version}`,
      seconds,
      peak: most,
      memory,
      million,
    };
    writeFileSync(new URL("record.json", import.meta.url), `${JSON.stringify(record, undefined, 2)}\n`);
    return record;
  } finally {
    await cluster.close();
    place.close();
  }
}

const count = (n) => n.toLocaleString("en-GB");

/** When one machine is enough, as the guide has it. */
export function enoughOf({ million, queries, candidates, seconds }) {
  return `A million queries of 2 answers take ${Math.round(million.seconds)} s in one process, and ${count(queries)} of ${candidates} answers ${seconds.single.toFixed(0)} s: at one β and one N,
the time grows with the number of answers, of β and of N. So up to some ten million queries one machine with \`--jobs\` is
enough, and a second one is worth its trouble where a run would take longer than you care to wait: votes of many draws, many
methods at once, a long list of N over queries of many answers. Then cut the data set into parts, and add up what was made of
them. That takes little: of the million queries the sums are a file of ${(million.partial / 1e6).toFixed(1)} MB, and \`merge\` proves in ${Math.round(million.of)} s that they
are of all queries.
`;
}

/** The figures of a run as the guide has them. */
export function figuresOf({ queries, candidates, bytes, machine, seconds, peak, memory }) {
  const ways = [
    ["one process", seconds.single],
    ["one process, two workers", seconds["In one process"]],
    ["eight parts under GNU parallel", seconds["GNU parallel"]],
    ["eight tasks of a Slurm array", seconds.Slurm],
    ["eight ranks of Open MPI", seconds.MPI],
  ];
  const megabytes = [
    ...memory.map(({ lines, single, two }) => [`${count(lines)} queries × 2`, single, two]),
    [`${count(queries)} queries × ${candidates}`, peak.single, peak.two],
  ];
  return `The commands above on ${count(queries)} queries of ${candidates} answers of known probability, ${Math.round(bytes / 1e6)} MB of JSON, splitting, merging
and the proof included (${machine}, all on one machine):

| way | seconds |
|---|---|
${ways.map(([way, s]) => `| ${way} | ${s.toFixed(1)} |`).join("\n")}

All print the same bytes. The most memory that \`exptilt curve\` held, in MB:

| data set | one worker | two workers |
|---|---|---|
${megabytes.map(([set, one, two]) => `| ${set} | ${Math.round(one)} | ${Math.round(two)} |`).join("\n")}
`;
}

/** Puts the figures of a run into the guide, in place of those before. */
function intoGuide(record) {
  const guide = new URL("../scale.md", import.meta.url);
  const text = readFileSync(guide, "utf8");
  writeFileSync(
    guide,
    text
      .replace(/(?<=^## When one machine is enough\n\n).*?(?=\n^## )/ms, () => enoughOf(record))
      .replace(/(?<=^## Figures\n\n).*?(?=\n^`node docs\/scale)/ms, () => figuresOf(record)),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) intoGuide(await main());
