import { readFileSync } from "node:fs";
import type { Assessment } from "./assess.js";

/** What a run measured, as it stands in test/reference/accuracy.json. */
export interface Report {
  readonly digits: number;
  readonly node: string;
  readonly peers: Readonly<Record<string, string>>;
  readonly folders: Readonly<Record<string, readonly Assessment[]>>;
}

export const REPORT: URL = new URL("../reference/accuracy.json", import.meta.url);
export const PAGE: URL = new URL("../../docs/accuracy.md", import.meta.url);

/** Inputs longer than this are named by their case alone. */
const LONGEST = 40;
const SPECIAL = ["Infinity", "-Infinity", "NaN", "-0"];

/** JSON has no infinities, no NaN and no −0: they are strings. */
const coded = (_: string, value: unknown) =>
  typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))
    ? Object.is(value, -0)
      ? "-0"
      : String(value)
    : value;
const decoded = (_: string, value: unknown) =>
  typeof value === "string" && SPECIAL.includes(value) ? Number(value) : value;

/** One line a subject. */
export function write(report: Report): string {
  const { folders, ...rest } = report;
  const line = (a: Assessment) => {
    const { inputs, ...worst } = a.worst;
    return JSON.stringify({ ...a, worst: worst.size > LONGEST ? worst : { ...worst, inputs } }, coded);
  };
  const lists = Object.entries(folders).map(
    ([folder, list]) => `${JSON.stringify(folder)}: [\n${list.map(line).join(",\n")}\n]`,
  );
  return `${JSON.stringify(rest).slice(0, -1)},"folders":{\n${lists.join(",\n")}\n}}\n`;
}

export const read = (): Report => JSON.parse(readFileSync(REPORT, "utf8"), decoded) as Report;
