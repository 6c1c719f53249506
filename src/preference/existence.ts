import { answerKey } from "../measure/support.js";
import { show } from "../numeric/check.js";
import { digraph, type Partition, strongComponents } from "../numeric/strongComponents.js";
import type { Tournament } from "./comparisons.js";

/** The groups, and the items of a group, that an error names before it counts the others. */
const MAX_NAMED = 4;

/**
 * The finite maximum of a Bradley–Terry likelihood exists when, however the items are split in two groups, some item of
 * each has beaten one of the other: when the digraph of wins is strongly connected (Zermelo 1929, Ford 1957).
 * Where it is not, a `RangeError` names the groups, and ends with a remedy.
 */
export function requireMaximum(
  caller: string,
  { items, first, second, firstWins, secondWins }: Tournament<unknown>,
  remedy = "",
): void {
  const winner = new Int32Array(2 * first.length);
  const loser = new Int32Array(2 * first.length);
  let won = 0;
  for (let p = 0; p < first.length; p++) {
    if (firstWins[p] > 0) {
      winner[won] = first[p];
      loser[won++] = second[p];
    }
    if (secondWins[p] > 0) {
      winner[won] = second[p];
      loser[won++] = first[p];
    }
  }
  const n = items.length;
  if (n > 1 && won === 0) {
    throw new RangeError(`${caller}: comparisons must have a positive count somewhere, got none between ${n} items`);
  }
  const { count, of } = strongComponents(digraph(n, winner.subarray(0, won), loser.subarray(0, won)));
  if (count <= 1) return;

  const [wins, loses] = [new Uint8Array(count), new Uint8Array(count)]; // against another group
  for (let c = 0; c < won; c++) {
    const [w, l] = [of[winner[c]], of[loser[c]]];
    if (w === l) continue;
    wins[w] = 1;
    loses[l] = 1;
  }
  const groups = gather(items, { count, of });
  const apart = islands(n, first, second);
  const say = (which: readonly (readonly unknown[])[], what: string): string[] =>
    which.length === 0 ? [] : [`${abbreviated(which.map(named), " and ")} ${what}`];
  const faults = [
    ...say(apart.count > 1 ? gather(items, apart) : [], "were never compared with one another"),
    ...say(
      groups.filter((_, g) => wins[g] === 1 && loses[g] === 0),
      "lost to no other group",
    ),
    ...say(
      groups.filter((_, g) => wins[g] === 0 && loses[g] === 1),
      "beat no other group",
    ),
  ];
  throw new RangeError(
    `${caller}: comparisons must link every group of items to the others by wins in both directions, or the ` +
      `likelihood has no maximum: ${faults.join("; ")}${remedy}`,
  );
}

/** The groups of items that no comparison links. */
export function islands(n: number, first: Int32Array, second: Int32Array): Partition {
  return strongComponents(digraph(n, [...first, ...second], [...second, ...first]));
}

/** The items of each part. */
function gather(items: readonly unknown[], { count, of }: Partition): unknown[][] {
  const groups = Array.from({ length: count }, (): unknown[] => []);
  for (let i = 0; i < items.length; i++) groups[of[i]].push(items[i]);
  return groups;
}

/** `{"a", "b", "c", … 7 more}` */
function named(group: readonly unknown[]): string {
  return `{${abbreviated(group.slice(0, MAX_NAMED + 1).map(shown), ", ", group.length)}}`;
}

function shown(item: unknown): string {
  const key = answerKey(item);
  const text = typeof key === "string" && typeof item !== "string" ? key : show(item);
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}

function abbreviated(parts: readonly string[], separator: string, count = parts.length): string {
  if (count <= MAX_NAMED) return parts.join(separator);
  return `${parts.slice(0, MAX_NAMED - 1).join(separator)}${separator}… ${count - MAX_NAMED + 1} more`;
}
