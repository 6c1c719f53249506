/** In pixels. */
export const WIDTH = 720;
export const PANEL: Readonly<Record<"left" | "right" | "top" | "height" | "gap", number>> = {
  left: 64,
  right: 136,
  top: 36,
  height: 190,
  gap: 58,
};

/** Colours that the colour-blind can tell apart too, in light and dark (Okabe and Ito 2008). */
const COLOURS: readonly string[] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

/** A place in a panel's own units: what is across and what is up. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** A panel's frame: grid and numbers of its axes as SVG, and where a place lies in pixels. */
export interface Panel {
  readonly svg: readonly string[];
  readonly top: number;
  readonly right: number;
  readonly at: (place: Place) => { readonly x: number; readonly y: number };
}

/** What a panel is to show. */
export interface PanelSettings {
  readonly title: string;
  readonly top: number;
  /** All heights that occur. */
  readonly heights: readonly number[];
  /** The labelled places across; with `logarithmic` at equal distance for equal factors. */
  readonly across: readonly number[];
  readonly logarithmic: boolean;
  /** The name of what is across. */
  readonly name: string;
}

export function panel({ title, top, heights, across, logarithmic, name }: PanelSettings): Panel {
  const right = WIDTH - PANEL.right;
  const scale = (x: number) => (logarithmic ? Math.log(x) : x);
  const [first, last] = [scale(Math.min(...across)), scale(Math.max(...across))];
  const x = (value: number) =>
    first === last
      ? (PANEL.left + right) / 2
      : PANEL.left + ((scale(value) - first) / (last - first)) * (right - PANEL.left);
  const ticks = niceTicks(Math.min(...heights), Math.max(...heights));
  const [low, high] = [ticks[0], ticks[ticks.length - 1]];
  const y = (v: number) => top + 20 + (1 - (v - low) / (high - low)) * PANEL.height;
  const digits = digitsOf(ticks);
  const svg = [`<text x="${PANEL.left}" y="${top + 8}">${escapeXml(title)}</text>`];
  for (const tick of ticks) {
    svg.push(
      `<line class="grid" x1="${PANEL.left}" x2="${right}" y1="${pixel(y(tick))}" y2="${pixel(y(tick))}"/>`,
      `<text x="${PANEL.left - 8}" y="${pixel(y(tick) + 4)}" text-anchor="end">${tick.toFixed(digits)}</text>`,
    );
  }
  const labels = logarithmic ? someOf(across) : niceTicks(first, last).filter((t) => t >= first && t <= last);
  const labelDigits = logarithmic ? undefined : digitsOf(labels);
  for (const n of labels) {
    const text = labelDigits === undefined ? String(n) : n.toFixed(labelDigits);
    svg.push(`<text x="${pixel(x(n))}" y="${pixel(y(low) + 18)}" text-anchor="middle">${text}</text>`);
  }
  svg.push(`<text x="${right + 36}" y="${pixel(y(low) + 18)}">${escapeXml(name)}</text>`);
  return { svg, top, right, at: (place) => ({ x: x(place.x), y: y(place.y) }) };
}

/** The whole picture around panels of which the last ends at `height`. */
export function picture(title: string, height: number, body: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeXml(title)}">`,
    `<style>`,
    `svg { background: #fff; color: #222; font: 12px system-ui, sans-serif; }`,
    `text { fill: currentColor; } .title { font-size: 14px; font-weight: 600; }`,
    `.grid { stroke: currentColor; stroke-opacity: 0.15; } .curve { fill: none; stroke-width: 2; }`,
    `.band { stroke: none; fill-opacity: 0.15; } .plug-in { stroke-dasharray: 6 4; }`,
    `.limit { fill: none; stroke-width: 1; stroke-dasharray: 3 5; }`,
    `@media (prefers-color-scheme: dark) { svg { background: #161616; color: #e8e8e8; } }`,
    `</style>`,
    `<text class="title" x="${PANEL.left}" y="20">${escapeXml(title)}</text>`,
    ...body,
    `</svg>\n`,
  ].join("\n");
}

/** A line through places. */
export function line(panel: Panel, places: readonly Place[], attributes: string): string {
  const path = places.map(panel.at).map(({ x, y }, i) => `${i === 0 ? "M" : "L"}${pixel(x)} ${pixel(y)}`);
  return `<path ${attributes} d="${path.join("")}"/>`;
}

/** What lies up to one standard error from a line. */
function band(panel: Panel, places: readonly (Place & { readonly error: number })[], colour: string): string {
  const edge = (sign: number) => places.map(({ x, y, error }) => ({ x, y: y + sign * error }));
  const around = [...edge(1), ...edge(-1).reverse()].map(panel.at);
  return `<path class="band" fill="${colour}" d="${around.map(({ x, y }, i) => `${i === 0 ? "M" : "L"}${pixel(x)} ${pixel(y)}`).join("")}Z"/>`;
}

/** A line of the legend, right of a panel. */
export function legendLine({ top, right }: Panel, row: number, attributes: string, text: string): string[] {
  const y = top + 28 + 18 * row;
  return [
    `<line ${attributes} x1="${right + 12}" x2="${right + 30}" y1="${y}" y2="${y}"/>`,
    `<text x="${right + 36}" y="${y + 4}">${escapeXml(text)}</text>`,
  ];
}

/** One of several curves: its band, its line and its place in the legend; `more` are further classes of the line. */
export function series(
  frame: Panel,
  row: number,
  label: string,
  places: readonly (Place & { readonly error: number })[],
  more = "",
): string[] {
  const colour = colourOf(row);
  const drawn =
    places.length === 0
      ? []
      : [band(frame, places, colour), line(frame, places, `class="curve${more}" stroke="${colour}"`)];
  return [...drawn, ...legendLine(frame, row, `class="curve" stroke="${colour}"`, label)];
}

export const colourOf = (row: number): string => COLOURS[row % COLOURS.length];

/** Coordinates to a hundredth of a pixel. */
export const pixel = (v: number): string => String(Math.round(v * 100) / 100);

/** Four to nine round values, from below the least to above the greatest. */
function niceTicks(least: number, greatest: number): number[] {
  const span = greatest - least || Math.abs(greatest) || 1;
  const power = 10 ** Math.floor(Math.log10(span / 4));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => span / s <= 6) ?? 10 * power;
  const from = Math.floor(least / step + 1e-9);
  const to = Math.max(from + 1, Math.ceil(greatest / step - 1e-9));
  return Array.from({ length: to - from + 1 }, (_, i) => (from + i) * step);
}

/** The decimals that tell neighbouring ticks apart. */
const digitsOf = (ticks: readonly number[]): number =>
  Math.max(0, Math.min(12, 1 - Math.floor(Math.log10(ticks[1] - ticks[0]) + 1e-9)) - 1);

/** At most twelve of the numbers, evenly taken. */
function someOf(ns: readonly number[]): number[] {
  const sorted = [...new Set(ns)].sort((a, b) => a - b);
  const every = Math.ceil(sorted.length / 12);
  return sorted.filter((_, i) => i % every === 0);
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}
