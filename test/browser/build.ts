/** Runs once before the tests: builds the site where something that goes into it is newer. */
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { modified } from "../support/modified.js";

const INPUTS = ["src", "package.json", "typedoc.config.js"];

export default function setup(): void {
  const docs = readdirSync("docs").filter((name) => name !== "site");
  const newest = Math.max(...[...INPUTS, ...docs.map((name) => `docs/${name}`)].map(modified));
  // The home page is written last.
  if (modified("docs/site/index.html") > newest) return;
  execFileSync("npm", ["run", "--silent", "docs"], { stdio: "inherit" });
}
