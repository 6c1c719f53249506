import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Contender } from "./harness.js";

/** What a Python on this machine says of itself. */
export interface PythonVersions {
  readonly python: string;
  readonly numpy: string;
  readonly scipy: string | null;
  /** The processor features with vectors of 512 bits that numpy uses. */
  readonly wide: readonly string[];
}

interface Answer extends PythonVersions {
  readonly contenders: readonly string[];
  readonly seconds: number;
  readonly value: number | null;
  readonly values: readonly number[];
}

/** What a case is about: lists of doubles, by name. */
type Data = Readonly<Record<string, ArrayLike<number>>>;

/** A Python process that does the work of `peers.py` on request. */
class Python {
  readonly #process: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  constructor(script: string, environment: Record<string, string>) {
    this.#process = spawn("python3", [script], {
      stdio: ["pipe", "pipe", "ignore"],
      env: { ...process.env, ...environment },
    });
    this.#answers = createInterface({ input: this.#process.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  }

  async ask(request: object): Promise<Answer> {
    this.#process.stdin?.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error(`the Python peers ended at ${JSON.stringify(request)}`);
    return JSON.parse(value) as Answer;
  }

  close(): void {
    this.#process.stdin?.end();
  }
}

/** The contenders of Python, where one with numpy is on the machine; none otherwise. */
export class Peers {
  readonly versions: PythonVersions | undefined;
  readonly #all: { label: string; python: Python }[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), "exptilt-bench-"));

  private constructor(versions: PythonVersions | undefined, all: { label: string; python: Python }[]) {
    this.versions = versions;
    this.#all = all;
  }

  static async start(): Promise<Peers> {
    if (spawnSync("python3", ["-c", "import numpy"]).status !== 0) return new Peers(undefined, []);
    const script = fileURLToPath(new URL("../../test/bench/peers.py", import.meta.url));
    const one = { OPENBLAS_NUM_THREADS: "1", OMP_NUM_THREADS: "1" };
    const python = new Python(script, one);
    const versions = await python.ask({ versions: true });
    const all = [{ label: "", python }];
    if (versions.wide.length > 0) {
      // What numpy does on a machine without them: most of those with 256-bit vectors, and all ARM ones.
      const narrow = new Python(script, { ...one, NPY_DISABLE_CPU_FEATURES: versions.wide.join(" ") });
      all.push({ label: " (no AVX-512)", python: narrow });
    }
    return new Peers(versions, all);
  }

  /** The contenders of a case, which read the same numbers from files. */
  async of(name: string, data: Data, size: object): Promise<Contender[]> {
    const found: Contender[] = [];
    for (const { label, python } of this.#all) {
      const { contenders } = await python.ask({ open: name, data: this.#write(data), size });
      for (const contender of contenders) {
        const time = async (reps: number) => {
          const { seconds, value } = await python.ask({ run: contender, reps });
          return { seconds, value: value ?? Number.NaN };
        };
        found.push({ name: `${contender}${label}`, time, run: async () => (await time(1)).value });
      }
    }
    return found;
  }

  /** All numbers that the first contender of a case gives; undefined where there is none. */
  async values(name: string, data: Data, size: object): Promise<readonly number[] | undefined> {
    const python = this.#all[0]?.python;
    const contender = (await python?.ask({ open: name, data: this.#write(data), size }))?.contenders[0];
    return contender === undefined ? undefined : (await python.ask({ all: contender })).values;
  }

  #write(data: Data): Record<string, string> {
    return Object.fromEntries(
      Object.entries(data).map(([key, values]) => {
        const path = join(this.#folder, key);
        writeFileSync(path, Float64Array.from(values));
        return [key, path];
      }),
    );
  }

  close(): void {
    for (const { python } of this.#all) python.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
