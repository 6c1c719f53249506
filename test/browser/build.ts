/** Runs once before the tests: builds the site where something that goes into it is newer. */
import { execFileSync } from "node:child_process";
import { modified } from "../support/modified.js";

const INPUTS = ["src", "docs/build", "docs/explorer", "docs/figures", "README.md", "package.json"];

export default function setup(): void {
  if (modified("docs/site/explorer/index.html") > Math.max(...INPUTS.map(modified))) return;
  execFileSync("npm", ["run", "--silent", "docs"], { stdio: "inherit" });
}
