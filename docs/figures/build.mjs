import { mkdirSync } from "node:fs";
export async function buildFigures(folder) {
  mkdirSync(folder, { recursive: true });
}
