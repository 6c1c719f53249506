/**
 * `npm run mutation`: Stryker on one folder after the other; what it found goes to test/reference/mutation.json, and the
 * page is made of that. MUTATE=information,selection/integral/logWeights.ts runs these alone and keeps what is known of the others;
 * TESTS=selection/votes.test.ts,contracts/badInput.test.ts calls those tests alone, the ones that are near, which saves calling all of them first.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { FOLDERS } from "./page.js";
import { forget, hasReport, record, writePages } from "./summary.js";

const top = fileURLToPath(new URL("../../", import.meta.url));
const bin = fileURLToPath(new URL("../../node_modules/@stryker-mutator/core/bin/stryker.js", import.meta.url));

for (const target of process.env.MUTATE?.split(",") ?? FOLDERS) {
  const start = performance.now();
  forget(target);
  const args = [bin, "run", "test/mutation/stryker.config.js", ...process.argv.slice(2)];
  const { status } = spawnSync(process.execPath, args, {
    cwd: top,
    stdio: "inherit",
    env: { ...process.env, MUTATE: target },
  });
  if (status !== 0) process.exitCode = 1;
  // A run that ended before its first change has no report.
  if (hasReport(target)) record(target, (performance.now() - start) / 1000);
}
writePages();
