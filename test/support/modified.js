import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * The latest modification below a path, in milliseconds; −∞ when there is nothing.
 *
 * @param {string} path
 * @returns {number}
 */
export function modified(path) {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) return Number.NEGATIVE_INFINITY;
  if (!status.isDirectory()) return status.mtimeMs;
  return Math.max(status.mtimeMs, ...readdirSync(path).map((name) => modified(join(path, name))));
}
