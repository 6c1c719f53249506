/**
 * One data set read whole, by worker threads, by GNU parallel and as an array of Slurm, in a folder of its own: holds the
 * figures against each other byte for byte, and writes times and memory to docs/scale/record.json and into the guide. It
 * needs the built package; where GNU parallel or Slurm is not installed, a stand-in runs the same commands.
 */
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/** A folder with the commands `exptilt`, and `parallel` and `sbatch` where the machine has none, on its path. */
export function workplace() {
  const folder = mkdtempSync(join(tmpdir(), "exptilt-scale-"));
  const command = (name, script) => writeFileSync(join(folder, name), script, { mode: 0o755 });
  const standIn = (name) => command(name, readFileSync(new URL(`${name}.sh`, import.meta.url)));
  const has = (test) => spawnSync("sh", ["-c", test], { stdio: "ignore" }).status === 0;
  command("exptilt", `#!/bin/sh\nexec "${process.execPath}" "${bin}" "$@"\n`);
  const parallel = has("parallel --version | grep -q GNU");
  const slurm = has("sbatch --version");
  if (!parallel) standIn("parallel");
  if (!slurm) standIn("sbatch");
  const env = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}`, LC_ALL: "C" };
  return {
    folder,
    parallel,
    slurm,
    /** Runs a line of shell there; what it prints. */
    run(line, more = {}) {
      const { status, stdout, stderr } = spawnSync("bash", ["-e", "-c", line], {
        cwd: folder,
        env: { ...env, ...more },
        encoding: "utf8",
        maxBuffer: 2 ** 28,
      });
      if (status !== 0) throw new Error(`${line}\nended with ${status}: ${stderr}`);
      return stdout;
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
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

/** Seconds of a line of shell, and what it printed. */
function timed(place, line) {
  const start = performance.now();
  const printed = place.run(line);
  return { seconds: (performance.now() - start) / 1000, printed };
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

function main() {
  const [queries, candidates] = [100_000, 32];
  const place = workplace();
  try {
    const file = join(place.folder, "queries.jsonl");
    writeDataset(file, queries, candidates);
    const bytes = statSync(file).size;
    const ways = ["In one process", "GNU parallel", "Slurm"].map((section) => ({
      section,
      ...timed(place, commandsOf(section)),
    }));
    const single = timed(place, "exptilt curve queries.jsonl --beta 0.1 --n 16 --csv > single.csv");
    const read = (name) => readFileSync(join(place.folder, name), "utf8");
    const csv = read("single.csv");
    for (const name of ["jobs.csv", "parallel.csv", "slurm.csv"])
      if (read(name) !== csv) throw new Error(`${name} differs from what a single run prints`);
    const settings = "--beta 0.1 --n 16 --csv";
    const memory = [10_000, 100_000, 1_000_000].map((lines) => {
      writeDataset(file, lines, 2);
      return {
        lines,
        megabytes: peak(place, `curve queries.jsonl ${settings}`),
        two: peak(place, `curve queries.jsonl ${settings} --jobs 2`),
      };
    });
    writeDataset(file, queries, candidates);
    const record = {
      queries,
      candidates,
      bytes,
      machine: `${cpus()[0].model}, ${availableParallelism()} cores, Node.js ${process.versions.node}`,
      parallel: place.parallel,
      slurm: place.slurm,
      seconds: {
        single: single.seconds,
        ...Object.fromEntries(ways.map(({ section, seconds }) => [section, seconds])),
      },
      peak: {
        single: peak(place, `curve queries.jsonl ${settings}`),
        two: peak(place, `curve queries.jsonl ${settings} --jobs 2`),
      },
      memory,
    };
    writeFileSync(new URL("record.json", import.meta.url), `${JSON.stringify(record, undefined, 2)}\n`);
    return record;
  } finally {
    place.close();
  }
}

const count = (n) => n.toLocaleString("en-GB");

/** The figures of a run as the guide has them. */
export function figuresOf({ queries, candidates, bytes, machine, parallel, slurm, seconds, peak, memory }) {
  const ways = [
    ["one process", seconds.single],
    ["one process, two workers", seconds["In one process"]],
    [
      `eight shards under GNU parallel${parallel ? "" : ", by a stand-in one after the other"}`,
      seconds["GNU parallel"],
    ],
    [`eight tasks of a Slurm array${slurm ? "" : ", by a stand-in one after the other"}`, seconds.Slurm],
  ];
  const megabytes = [
    ...memory.map(({ lines, megabytes: one, two }) => [`${count(lines)} queries × 2`, one, two]),
    [`${count(queries)} queries × ${candidates}`, peak.single, peak.two],
  ];
  return `The commands above on ${count(queries)} queries of ${candidates} answers of known probability, ${Math.round(bytes / 1e6)} MB of JSON, splitting and merging
included (${machine}):

| way | seconds |
|---|---|
${ways.map(([way, s]) => `| ${way} | ${s.toFixed(1)} |`).join("\n")}

All four print the same bytes. The most memory that \`exptilt curve\` held, in MB:

| data set | one thread | two workers |
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
    text.replace(/^The commands above on .*?(?=\n^`node docs\/scale)/ms, () => figuresOf(record)),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) intoGuide(main());
