import { csvText } from "../terminal/csvText.js";
import { OutputFile } from "../terminal/outputFile.js";
import type { CurveReading } from "./readCurve.js";
import { betaText, type CurveSettings, cellsOf, pointsOf } from "./settings.js";

/** Writes what is read on each query to a file of comma-separated values, a row a query and point, for statistics of one's own. */
export class PerQueryFile {
  readonly #file: OutputFile;
  readonly #settings: CurveSettings;
  #begun = false;

  constructor(file: string, settings: CurveSettings) {
    this.#file = new OutputFile(file);
    this.#settings = settings;
  }

  add({ query, cluster, samples, gold, cells }: CurveReading): void {
    const names = cellsOf(this.#settings, gold);
    const own = names.filter((name) => !name.includes("."));
    const { rewards, methods } = this.#settings;
    const named = methods === undefined ? [] : ["method"];
    if (!this.#begun)
      this.#file.write(`${["query", "cluster", "samples", "rewardName", ...named, "beta", "n", ...own].join(",")}\n`);
    this.#begun = true;
    const head = [csvText(query), csvText(cluster ?? ""), samples ?? ""];
    let next = 0;
    for (const reward of rewards) {
      for (const { method, beta, n } of pointsOf(reward, this.#settings)) {
        const values = own.map((_, c) => (Number.isNaN(cells[next + c]) ? "" : cells[next + c]));
        this.#file.write(
          `${[...head, csvText(reward.name), ...named.map(() => method), betaText(method, beta), n, ...values].join(",")}\n`,
        );
        next += names.length;
      }
    }
  }

  /** Puts the rows under the file's name. */
  commit(): void {
    this.#file.commit();
  }

  /** Leaves the file as it was. */
  discard(): void {
    this.#file.discard();
  }
}
