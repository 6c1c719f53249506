/**
 * Runs once before the tests: builds `dist` where a source is newer than it, for the tests that start the built command.
 * The other tests read the sources and need no build, so a failed build is only said; the command's tests then fail.
 */
import { execFileSync } from "node:child_process";

export default function setup(): void {
  try {
    execFileSync("npm", ["run", "--silent", "build"], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    console.error(`The build failed, so the tests of the built command will fail too:\n${stdout ?? ""}${stderr ?? ""}`);
  }
}
