import { jsonOutput } from "../terminal/jsonOutput.js";
import type { CurveTally, MeanCurve, MeanPoint } from "./tally.js";

/** The quantities of a point with their standard errors and intervals, and the differences from other rows, as JSON. */
function jsonPoint({ n, queries, estimate, cells }: MeanPoint, limit: boolean) {
  const groups: Record<string, Record<string, unknown>> = {};
  const own: Record<string, unknown> = {};
  for (const [name, { mean, standardError, interval }] of Object.entries(cells)) {
    const [group, quantity] = name.includes(".") ? name.split(".") : [undefined, name];
    if (group !== undefined) groups[group] ??= {};
    const into = group === undefined ? own : groups[group];
    into[quantity] = finite(mean);
    into[`${quantity}Se`] = finite(standardError);
    into[`${quantity}Interval`] = Number.isFinite(standardError) ? interval : null;
  }
  return { ...(!limit && { n }), ...own, ...groups, queries, estimate };
}

const finite = (x: number) => (Number.isFinite(x) ? x : null);

/** The curves as JSON. */
export function curveJson(tally: CurveTally, curves: readonly MeanCurve[], dataset: string): string {
  const several = tally.settings.rewards.length > 1;
  const { methods, versus } = tally.settings;
  const shown = curves.map(({ reward, method, beta, points }) => ({
    ...(several && { rewardName: reward }),
    ...(methods && method),
    ...(method.method !== "vote" && { beta }),
    points: points.filter(({ n }) => n < Infinity).map((point) => jsonPoint(point, false)),
    limit: jsonPoint(points[points.length - 1], true),
  }));
  const kl = tally.samples === undefined ? "exact" : "plug-in";
  return jsonOutput({
    dataset,
    queries: tally.queries,
    ...(tally.samples !== undefined && { samples: tally.samples }),
    klAndWinRate: kl,
    ...(versus && { versus: versus.method === "vote" ? { method: versus.method, n: versus.n } : versus }),
    curves: shown,
  });
}
