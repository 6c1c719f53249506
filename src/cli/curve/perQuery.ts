import { closeSync, openSync, writeSync } from "node:fs";
import { fileError } from "../input/fileError.js";
import { csvText } from "../terminal/csvText.js";
import type { CurveReading } from "./readCurve.js";
import { betaText, type CurveSettings, cellsOf, pointsOf } from "./settings.js";

/** Text is written in pieces of about so many characters. */
const PIECE_CHARACTERS = 2 ** 16;

/** Writes what is read on each query to a file of comma-separated values, a row a query and point, for statistics of one's own. */
export class PerQueryFile {
  readonly #file: string;
  readonly #settings: CurveSettings;
  #opened: number | undefined;
  #text = "";

  constructor(file: string, settings: CurveSettings) {
    this.#file = file;
    this.#settings = settings;
  }

  add({ query, cluster, samples, gold, cells }: CurveReading): void {
    const names = cellsOf(this.#settings, gold);
    const own = names.filter((name) => !name.includes("."));
    const { rewards, methods } = this.#settings;
    const named = methods === undefined ? [] : ["method"];
    if (this.#opened === undefined)
      this.#write(`${["query", "cluster", "samples", "rewardName", ...named, "beta", "n", ...own].join(",")}\n`);
    const head = [csvText(query), csvText(cluster ?? ""), samples ?? ""];
    let next = 0;
    for (const reward of rewards) {
      for (const { method, beta, n } of pointsOf(reward, this.#settings)) {
        const values = own.map((_, c) => (Number.isNaN(cells[next + c]) ? "" : cells[next + c]));
        this.#write(
          `${[...head, csvText(reward.name), ...named.map(() => method), betaText(method, beta), n, ...values].join(",")}\n`,
        );
        next += names.length;
      }
    }
  }

  close(): void {
    this.#flush();
    if (this.#opened !== undefined) closeSync(this.#opened);
  }

  #write(text: string): void {
    this.#text += text;
    if (this.#text.length >= PIECE_CHARACTERS || this.#opened === undefined) this.#flush();
  }

  #flush(): void {
    try {
      this.#opened ??= openSync(this.#file, "w");
      writeSync(this.#opened, this.#text);
      this.#text = "";
    } catch (error) {
      throw fileError(this.#file, error);
    }
  }
}
