/**
 * The recipes of the guide, as they stand there, on a real Slurm, GNU parallel and Open MPI: whatever becomes of the
 * tasks, `exptilt merge` prints the bytes of one run over the whole, or says what is missing and prints nothing.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commandsOf, workplace, writeDataset } from "../../docs/scale/run.mjs";
import { missingPackages, startCluster, until } from "./cluster.mjs";

const missing = missingPackages();
if (missing.length > 0) console.log(`The recipes are not run: ${missing.join(", ")} not here.`);

/** The answers of a query whose votes take long, and the seconds that a part of such takes. */
const SLOW = 30;
const PART_SECONDS = 10;

describe.skipIf(missing.length > 0)("on a cluster", () => {
  const place = workplace();
  let cluster: Awaited<ReturnType<typeof startCluster>>;
  const path = (name: string) => join(place.folder, name);
  const read = (name: string) => readFileSync(path(name), "utf8");
  const run = (line: string) => place.run(line, cluster.env);
  /** What a command says that is refused: it ends with 2 and prints nothing. */
  const refused = (line: string): string => {
    const said = run(`status=0; ${line} > refused.out 2> refused.err || status=$?; echo $status`);
    expect([said, read("refused.out")]).toEqual(["2\n", ""]);
    return read("refused.err");
  };
  /**
   * A data set of eight parts as large as each other, of which the first two take some ten seconds each on this machine: the
   * laws of votes among many answers take long, and their tasks are met in the middle of the work. Gives the lines of a part.
   */
  const writeSlowParts = (options: string): number => {
    const tried = 16;
    writeDataset(path("queries.jsonl"), tried, SLOW);
    const start = performance.now();
    run(`exptilt curve queries.jsonl ${options} --jobs 1`);
    const each = Math.max(40, Math.ceil((PART_SECONDS * 1000 * tried) / (performance.now() - start)));
    writeDataset(path("queries.jsonl"), 8 * each, SLOW);
    const lines = read("queries.jsonl").trimEnd().split("\n");
    const quick = lines.slice(2 * each).map((line) => {
      const { query, answers } = JSON.parse(line) as { query: string; answers: { answer: string }[] };
      const short = { query, answers: answers.slice(0, 2) };
      const padding = ".".repeat(line.length - JSON.stringify(short).length);
      return JSON.stringify({ query, answers: [{ ...answers[0], answer: `answer 0${padding}` }, answers[1]] });
    });
    writeFileSync(path("queries.jsonl"), `${[...lines.slice(0, 2 * each), ...quick].join("\n")}\n`);
    return each;
  };
  const queue = (format: string) => run(`squeue --noheader --array --format='${format}'`);

  beforeAll(async () => {
    cluster = await startCluster(place.folder);
    console.log(
      `${cluster.version}, ${run("parallel --version").split("\n")[0]}, ${run("mpirun --version").split("\n")[0]}`,
    );
  });
  afterAll(async () => {
    console.log(
      cluster
        .log()
        .split("\n")
        .filter((line) => /requeue|cancel|complet|error/i.test(line))
        .slice(-60)
        .join("\n"),
    );
    await cluster.close();
    place.close();
  });

  describe("the recipes give the bytes of one run", () => {
    beforeAll(() => writeDataset(path("queries.jsonl"), 400, 8));

    it.each([
      ["In one process", "jobs.csv"],
      ["GNU parallel", "parallel.csv"],
      ["Slurm", "slurm.csv"],
      ["MPI", "mpi.csv"],
    ])("of the guide: %s", (section, printed) => {
      run("rm -f shard-*; exptilt curve queries.jsonl --beta 0.1 --n 16 --csv > single.csv");
      run(commandsOf(section));
      expect(read("single.csv")).toMatch(/^beta,n,reward,klToRef,winRate,rewardSe,.*\n0\.1,16,0\.\d+,/);
      expect(read(printed)).toBe(read("single.csv"));
    });
  });

  it("an array of which a task is cancelled, one requeued and one has a bad line is whole in the end, or refused", async () => {
    const options = "--beta 0.1 --method vote --n 64";
    const each = writeSlowParts(options);
    run("rm -f shard-* slurm-*; split -n l/8 queries.jsonl shard-");
    const [, recipe] = /(sbatch .*?')\n(?=exptilt merge)/s.exec(commandsOf("Slurm")) ?? [];
    const submit = (flags: string, { tasks = "0-7", asked = options } = {}) =>
      run(
        (recipe as string)
          .replace("--wait", `--parsable ${flags}`)
          .replace("--array=0-7", `--array=${tasks}`)
          .replace("--beta 0.1 --n 16", asked),
      ).trim();
    const good = read("shard-ac").split("\n");
    writeFileSync(path("shard-ac"), [...good.slice(0, 20), "{", ...good.slice(20)].join("\n"));
    const mergeAll = "exptilt merge shard-??.json --of queries.jsonl --csv";

    const id = submit("");
    expect(refused(mergeAll)).toContain("there is no such file or folder");
    const isAtWork = (task: number) =>
      existsSync(path(`slurm-${id}_${task}.out`)) && /exptilt: curve {2}\d+ quer/.test(read(`slurm-${id}_${task}.out`));
    await until("the first two tasks are at work", () => isAtWork(0) && isAtWork(1));
    run(`scontrol requeue ${id}_0; scancel ${id}_1`);
    await until("both have kept what they have", () =>
      ["aa", "ab"].every((name) => existsSync(path(`shard-${name}.json`))),
    );
    for (const name of ["aa", "ab"]) {
      const { broken, queries } = JSON.parse(read(`shard-${name}.json`));
      expect([broken, queries > 0]).toEqual(["ended by SIGTERM", true]);
    }
    const kept = JSON.parse(read("shard-aa.json")).queries;
    // A requeued task would wait for two minutes.
    await until("the task is requeued", () => queue("%i %t").includes(`${id}_0 PD`));
    run(`scontrol update jobid=${id}_0 starttime=now`);
    await until("the array has ended", () => queue("%i") === "", 500);
    expect(read(`slurm-${id}_0.out`)).toContain(`shard-aa.json: going on after ${kept} queries`);
    expect(read(`slurm-${id}_2.out`)).toContain("shard-ac:21: the line is not JSON");
    expect(
      run(
        "exptilt curve shard-aa --resume shard-aa.json --partial again.json > /dev/null; cmp shard-aa.json again.json",
      ),
    ).toBe("");

    expect(refused(mergeAll)).toContain("shard-ab.json: it is of a run that broke off: ended by SIGTERM");
    submit("--wait", { tasks: "1" });
    expect(refused(mergeAll)).toContain(
      "shard-ac.json: it is of a run that broke off: shard-ac:21: the line is not JSON",
    );
    writeFileSync(path("shard-ac"), good.join("\n"));
    submit("--wait", { tasks: "2" });
    expect(Math.abs(JSON.parse(read("shard-ac.json")).queries - each)).toBeLessThanOrEqual(2);
    expect(run(mergeAll)).toBe(run(`exptilt curve queries.jsonl ${options} --csv --jobs 2`));

    // A second data set under the same names, whose tasks are still pending.
    run(
      "tac queries.jsonl | sed 's/query /question /' > second.jsonl; mv second.jsonl queries.jsonl; split -n l/8 queries.jsonl shard-",
    );
    const pending = submit("--hold", { asked: "--beta 0.1 --n 16" });
    expect(queue("%t").trim().split("\n")).toEqual(Array(8).fill("PD"));
    expect(refused(mergeAll)).toMatch(/shard-aa\.json: (\d+) of its \1 queries are not in queries\.jsonl/);
    run(`scontrol release ${pending}`);
    await until("the second array has ended", () => queue("%i") === "", 500);
    expect(run(mergeAll)).toBe(run("exptilt curve queries.jsonl --beta 0.1 --n 16 --csv"));
    rmSync(path("shard-ad.json"));
    expect(refused(mergeAll)).toMatch(
      /^exptilt: queries\.jsonl:\d+: \d+ queries of queries\.jsonl are in none of the files/,
    );
  });
});
