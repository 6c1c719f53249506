import { colourOf, legendLine, PANEL, panel, picture, series } from "../picture/panel.js";
import { countedQueries } from "../terminal/countedQueries.js";
import type { MeanCurve, MeanPoint } from "./tally.js";

const TITLES: Readonly<Record<string, string>> = {
  gold: "Expected gold reward",
  reward: "Expected reward",
  klToRef: "KL to the reference, nats",
};

/**
 * The curves as one picture: a panel each for gold reward, reward and KL, against N on a logarithmic axis, with bands of one
 * standard error. Plug-in figures are dashed.
 */
export function plotCurves(curves: readonly MeanCurve[], dataset: string, queries: number): string {
  const rewards = [...new Set(curves.map(({ reward }) => reward))];
  const panels: { readonly name: string; readonly title: string; readonly own: readonly MeanCurve[] }[] = [];
  for (const reward of rewards) {
    const own = curves.filter((curve) => curve.reward === reward);
    const by = rewards.length > 1 ? ` by ${reward}` : "";
    for (const name of ["gold", "reward", "klToRef"])
      if (name in own[0].points[0].cells) panels.push({ name, title: `${TITLES[name]}${by}`, own });
  }
  const height = PANEL.top + panels.length * (PANEL.height + PANEL.gap) + 8;
  const body = panels.flatMap(({ name, title, own }, i) =>
    curvesOf(own, name, title, PANEL.top + i * (PANEL.height + PANEL.gap)),
  );
  return picture(`Best-of-N on ${dataset}, ${countedQueries(queries)}`, height, body);
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
  for (const [c, { beta, points }] of curves.entries()) {
    const places = finite(points);
    const limit = read(points[points.length - 1]);
    const { y } = frame.at({ x: 1, y: limit.y });
    const dash = places.length > 0 && dashed(places[0].estimate) ? " plug-in" : "";
    out.push(
      ...series(frame, c, `β = ${beta}`, places, dash),
      `<line class="limit" stroke="${colourOf(c)}" x1="${PANEL.left}" x2="${frame.right}" y1="${y}" y2="${y}"/>`,
    );
  }
  const limit = plugIn ? "N → ∞, plug-in" : "N → ∞";
  return [...out, ...legendLine(frame, curves.length, `class="limit" stroke="currentColor"`, limit)];
}
