import { countedQueries } from "../terminal/countedQueries.js";
import type { MeanCurve, MeanPoint } from "./tally.js";

/** In pixels. */
const WIDTH = 720;
const PANEL = { left: 64, right: 120, top: 36, height: 190, gap: 58 };
/** Colours that the colour-blind can tell apart too, in light and dark (Okabe and Ito 2008). */
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

const TITLES: Readonly<Record<string, string>> = {
  gold: "Expected gold reward",
  reward: "Expected reward",
  klToRef: "KL to the reference, nats",
};

/** The curves as one picture: a panel each for gold reward, reward and KL, against N on a logarithmic axis. */
export function plotCurves(curves: readonly MeanCurve[], dataset: string, queries: number): string {
  const names = (["gold", "reward", "klToRef"] as const).filter((name) => curves[0].points[0][name] !== undefined);
  const height = PANEL.top + names.length * (PANEL.height + PANEL.gap) + 8;
  const panels = names.map((name, i) => panel(curves, name, PANEL.top + i * (PANEL.height + PANEL.gap)));
  const title = `Best-of-N on ${dataset}, ${countedQueries(queries)}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeXml(title)}">`,
    `<style>`,
    `svg { background: #fff; color: #222; font: 12px system-ui, sans-serif; }`,
    `text { fill: currentColor; } .title { font-size: 14px; font-weight: 600; }`,
    `.grid { stroke: currentColor; stroke-opacity: 0.15; } .curve { fill: none; stroke-width: 2; }`,
    `.limit { stroke-width: 1; stroke-dasharray: 3 5; }`,
    `@media (prefers-color-scheme: dark) { svg { background: #161616; color: #e8e8e8; } }`,
    `</style>`,
    `<text class="title" x="${PANEL.left}" y="20">${escapeXml(title)}</text>`,
    ...panels,
    `</svg>\n`,
  ].join("\n");
}

function panel(curves: readonly MeanCurve[], name: Exclude<keyof MeanPoint, "n">, top: number): string {
  const values = curves.flatMap(({ points }) => points.map((point) => point[name] ?? 0));
  const ns = curves[0].points.map(({ n }) => n).filter((n) => n < Infinity);
  const [first, last] = [Math.min(...ns), Math.max(...ns)];
  const right = WIDTH - PANEL.right;
  const x = (n: number) =>
    first === last
      ? (PANEL.left + right) / 2
      : PANEL.left + (Math.log(n / first) / Math.log(last / first)) * (right - PANEL.left);
  const ticks = niceTicks(Math.min(...values), Math.max(...values));
  const [low, high] = [ticks[0], ticks[ticks.length - 1]];
  const y = (v: number) => top + 20 + (1 - (v - low) / (high - low)) * PANEL.height;
  const digits = Math.max(0, Math.min(12, 1 - Math.floor(Math.log10(ticks[1] - ticks[0]) + 1e-9)));
  const out = [`<text x="${PANEL.left}" y="${top + 8}">${TITLES[name]}</text>`];
  for (const tick of ticks) {
    out.push(
      `<line class="grid" x1="${PANEL.left}" x2="${right}" y1="${at(y(tick))}" y2="${at(y(tick))}"/>`,
      `<text x="${PANEL.left - 8}" y="${at(y(tick) + 4)}" text-anchor="end">${tick.toFixed(Math.max(0, digits - 1))}</text>`,
    );
  }
  for (const n of axisLabels(ns))
    out.push(`<text x="${at(x(n))}" y="${at(y(low) + 18)}" text-anchor="middle">${n}</text>`);
  out.push(`<text x="${right + 36}" y="${at(y(low) + 18)}">N</text>`);
  for (const [c, { beta, points }] of curves.entries()) {
    const colour = COLOURS[c % COLOURS.length];
    const drawn = points.filter(({ n }) => n < Infinity).sort((a, b) => a.n - b.n);
    const path = drawn.map((point, i) => `${i === 0 ? "M" : "L"}${at(x(point.n))} ${at(y(point[name] ?? 0))}`).join("");
    const limit = y(points[points.length - 1][name] ?? 0);
    out.push(
      `<path class="curve" stroke="${colour}" d="${path}"/>`,
      `<line class="limit" stroke="${colour}" x1="${PANEL.left}" x2="${right}" y1="${at(limit)}" y2="${at(limit)}"/>`,
      `<line class="curve" stroke="${colour}" x1="${right + 12}" x2="${right + 30}" y1="${top + 28 + 18 * c}" y2="${top + 28 + 18 * c}"/>`,
      `<text x="${right + 36}" y="${top + 32 + 18 * c}">β = ${beta}</text>`,
    );
  }
  out.push(
    `<line class="limit" stroke="currentColor" x1="${right + 12}" x2="${right + 30}" y1="${top + 28 + 18 * curves.length}" y2="${top + 28 + 18 * curves.length}"/>`,
    `<text x="${right + 36}" y="${top + 32 + 18 * curves.length}">N → ∞</text>`,
  );
  return out.join("\n");
}

/** Coordinates to a hundredth of a pixel. */
const at = (v: number): string => String(Math.round(v * 100) / 100);

/** Four to nine round values, from below the least to above the greatest. */
function niceTicks(least: number, greatest: number): number[] {
  const span = greatest - least || Math.abs(greatest) || 1;
  const power = 10 ** Math.floor(Math.log10(span / 4));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => span / s <= 6) ?? 10 * power;
  const from = Math.floor(least / step + 1e-9);
  const to = Math.max(from + 1, Math.ceil(greatest / step - 1e-9));
  return Array.from({ length: to - from + 1 }, (_, i) => (from + i) * step);
}

/** At most twelve of the N, evenly taken. */
function axisLabels(ns: readonly number[]): number[] {
  const sorted = [...new Set(ns)].sort((a, b) => a - b);
  const every = Math.ceil(sorted.length / 12);
  return sorted.filter((_, i) => i % every === 0);
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}
