/** Writes docs/mutation.md from what the last runs measured. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { FUZZ, PAGE, SUMMARY, writePage } from "./page.js";

const [summary, fuzz] = [SUMMARY, FUZZ].map((file) =>
  existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined,
);
writeFileSync(PAGE, writePage(summary, fuzz));
