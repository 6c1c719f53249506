import { colourOf, legendLine, PANEL, panel, picture, series } from "../picture/panel.js";
import { countedQueries } from "../terminal/countedQueries.js";
import { rowName } from "./methods.js";
import type { MeanCurve, MeanPoint } from "./tally.js";

const TITLES: Readonly<Record<string, string>> = {
  gold: "Expected gold reward",
  reward: "Expected reward",
  klToRef: "KL to the reference, nats",
};

/** As many as there is room for in the legend. */
const MAX_CURVES = 12;

/**
 * The curves as one picture: a panel each for gold reward, reward and KL, against N on a logarithmic axis, with bands of one
 * standard error. Plug-in figures are dashed.
 */
export function plotCurves(curves: readonly MeanCurve[], dataset: string, queries: number): string {
  const rewards = [...new Set(curves.map(({ reward }) => reward))];
  const panels: { readonly name: string; readonly title: string; readonly own: readonly MeanCurve[] }[] = [];
  const methods = [...new Set(curves.map(({ method }) => method.method))];
  for (const reward of rewards) {
    const all = curves.filter((curve) => curve.reward === reward);
    const by = rewards.length > 1 ? ` by ${reward}` : "";
    // One panel where its legend holds all curves, else one a method.
    const groups = all.length <= MAX_CURVES ? [undefined] : methods;
    for (const name of ["gold", "reward", "klToRef"])
      for (const group of groups) {
        const own = all.filter(({ method }) => group === undefined || method.method === group);
        const title = `${TITLES[name]}${by}${group === undefined ? "" : `, ${group}`}`;
        if (name in own[0].points[0].cells) panels.push({ name, title, own });
      }
  }
  const height = PANEL.top + panels.length * (PANEL.height + PANEL.gap) + 8;
  const body = panels.flatMap(({ name, title, own }, i) =>
    curvesOf(own, name, title, PANEL.top + i * (PANEL.height + PANEL.gap)),
  );
  const what = methods.every((method) => method === "soft") ? "Best-of-N" : "N draws";
  return picture(`${what} on ${dataset}, ${countedQueries(queries)}`, height, body);
}

function curvesOf(curves: readonly MeanCurve[], name: string, title: string, top: number): string[] {
  const read = ({ n, cells, estimate }: MeanPoint) => {
    const { mean, standardError } = cells[name];
    return { x: n, y: mean, error: Number.isNaN(standardError) ? 0 : standardError, estimate };
  };
  const all = curves.flatMap(({ points }) => points.map(read));
  const finite = (points: readonly MeanPoint[]) => points.map(read).filter(({ x }) => x < Infinity);
  const across = curves.flatMap(({ points }) => finite(points).map(({ x }) => x));
  // KL off samples is always their own law's.
  const plugIn = all.some(({ estimate }) => estimate === "plug-in");
  const dashed = (estimate: string) => estimate === "plug-in" || (plugIn && name === "klToRef");
  const frame = panel({
    title: `${title}${curves.every(({ points }) => dashed(read(points[0]).estimate)) ? ", plug-in" : ""}`,
    top,
    heights: all.flatMap(({ y, error }) => [y - error, y + error]),
    across: across.length > 0 ? across : [1],
    logarithmic: true,
    name: "N",
  });
  const out = [...frame.svg];
  const isSoft = curves.every(({ method }) => method.method === "soft");
  for (const [c, { method, beta, points }] of curves.entries()) {
    const places = finite(points);
    const limit = read(points[points.length - 1]);
    const { y } = frame.at({ x: 1, y: limit.y });
    const dash = places.length > 0 && dashed(places[0].estimate) ? " plug-in" : "";
    out.push(
      ...series(frame, c, isSoft ? `β = ${beta}` : rowName(method.method, beta), places, dash),
      `<line class="limit" stroke="${colourOf(c)}" x1="${PANEL.left}" x2="${frame.right}" y1="${y}" y2="${y}"/>`,
    );
  }
  const limit = plugIn ? "N → ∞, plug-in" : "N → ∞";
  return [...out, ...legendLine(frame, curves.length, `class="limit" stroke="currentColor"`, limit)];
}
