import { claims } from "exptilt/claims";
import { members, type Notice } from "./noticing.js";

/** The heading under which the guide has the table. */
export const SECTION = "What each claim notices";

type Found = readonly ReadonlyMap<string, Notice>[];

const SIGN: Readonly<Record<Notice, string>> = { every: "#", some: "+", none: "·", "-": " " };

/** Functions down, claims across: # noticed wherever it is off, + somewhere, · called and not noticed. */
export function matrix(found: Found): string {
  const heads = claims.map(({ equation }) => equation.replace(/[()]/g, ""));
  const width = Math.max(...members.map((name) => name.length));
  const line = (name: string, cells: readonly string[]) =>
    `${name.padEnd(width)} ${cells.map((cell) => cell.padStart(3)).join("")}`;
  const rows = members.map((name) =>
    line(
      name,
      found.map((row) => SIGN[row.get(name) ?? "-"]),
    ),
  );
  const legend = "# fails wherever the function is off by 1 %, + in some places, · calls it and holds";
  return [line("", heads), ...rows, legend].join("\n");
}

/** One row a claim: the functions that it notices wherever they are off, and those it notices in some places. */
export function table(found: Found): string {
  const rows = claims.map(({ equation }, i) => {
    const by = (notice: Notice) =>
      members
        .filter((name) => found[i].get(name) === notice)
        .map((name) => `\`${name}\``)
        .join(", ");
    return `| ${equation} | ${by("every")} | ${by("some")} |`;
  });
  return ["| claim | fails wherever it is off | fails in some places |", "|---|---|---|", ...rows].join("\n");
}

/** The guide with this table in place of the one it has. */
export function page(guide: string, fresh: string): string {
  const start = guide.indexOf(`## ${SECTION}\n`);
  if (start < 0) throw new Error(`the guide has no section "${SECTION}"`);
  const first = guide.indexOf("\n| ", start) + 1;
  const end = guide.indexOf("\n\n", first);
  return `${guide.slice(0, first)}${fresh}${end < 0 ? "\n" : guide.slice(end)}`;
}
