import { brief, show } from "../explorer/format.js";
import type { Point } from "./curves.js";
import { METHOD_WORDS, type Method } from "./methods.js";

/** Differences of gold below this share of what there is to gain are not spoken of. */
const NOTICED = 0.005;

/** What is seen, in a sentence. */
export function sentenceOf(
  method: Method,
  at: Point,
  best: Point | undefined,
  first: Point,
  n: number,
  beta: number,
): string {
  const { at: name, usesN } = METHOD_WORDS[method];
  const where = usesN ? `At N = ${brief(n)}` : `At β = ${brief(beta)}`;
  const who = `${where} ${name(brief(n))} has`;
  const price = at.kl === Infinity ? "" : ` for ${show(at.kl)} nats`;
  if (Number.isNaN(at.gold)) {
    return `${who} reward ${show(at.reward)}${price}. These answers have no gold reward, which would tell what the reward is worth.`;
  }
  const here = `${who} reward ${show(at.reward)} and gold ${show(at.gold)}`;
  if (best === undefined) return `${here}.`;
  const noticed = NOTICED * Math.max(Math.abs(best.gold), Math.abs(first.gold), Math.abs(best.gold - first.gold));
  const top = usesN ? `at N = ${brief(best.at)}` : `at β = ${brief(best.at)}`;
  const isPast = usesN ? at.at > best.at : at.at < best.at;
  if (best.gold - at.gold <= noticed) {
    return at.gold - first.gold <= noticed
      ? `${here}, no more than one draw: there is nothing to gain here.`
      : `${here}, the most that it reaches: ${usesN ? "more draws" : "a lower β"} would bring no more.`;
  }
  if (!isPast)
    return `${here}; ${usesN ? "more draws help" : "a lower β helps"}, up to gold ${show(best.gold)} ${top}.`;
  const why = method === "vote" ? "more votes mislead" : "the reward is over-optimised";
  const end = at.gold < first.gold - noticed ? " It is worse than one draw." : "";
  return `${here}, below its best ${show(best.gold)} ${top}: ${why}.${end}`;
}
