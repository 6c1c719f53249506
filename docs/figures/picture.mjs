/** Pictures of one or more Observable Plot charts as a single SVG, readable in light and dark. */
import { readFileSync } from "node:fs";
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";

/** Widths in pixels: beside text on a wide screen, and on a telephone. */
export const WIDE = 736;
export const NARROW = 358;

/** Colours are written once, in the site's stylesheet: [name, light, dark]. */
const stylesheet = readFileSync(new URL("../build/style.css", import.meta.url), "utf8");
const colours = [...stylesheet.matchAll(/--(page|text|line|series-\d): light-dark\((#\w+), (#\w+)\)/g)];
const values = (column) => colours.map((match) => `--${match[1]}: ${match[column]};`).join(" ");

const STYLE = `
svg { color: var(--text); font: 13px system-ui, sans-serif; --plot-background: var(--page); }
.picture { background: var(--page); ${values(2)} }
.title { font-weight: 600; } text { fill: currentColor; }
@media (prefers-color-scheme: dark) { .picture { ${values(3)} } }
`;

const PAD = 4;
const LINE = 20;
const GAP = 24;

/**
 * @typedef {{ label: string, colour: string, dash?: string, dot?: boolean }} LegendEntry
 * @param {object} picture
 * @param {number} picture.width
 * @param {string} picture.title read to those who cannot see it
 * @param {readonly LegendEntry[]} picture.legend
 * @param {readonly (Plot.PlotOptions & { title: string })[]} picture.panels charts, beside each other where there is room
 * @returns {string} the SVG
 */
export function picture({ width, title, legend, panels }) {
  const { document } = parseHTML("<html><body></body></html>");
  const columns = width < 600 ? 1 : panels.length;
  const panelWidth = Math.floor((width - 2 * PAD - (columns - 1) * GAP) / columns);
  const body = [];
  let y = PAD;
  let x = PAD;
  for (const { label, colour, dash, dot } of legend) {
    // System fonts differ: 7.2 px a character at 13 px is as wide as they come.
    const wide = 34 + label.length * 7.2 + 12;
    if (x > PAD && x + wide > width) [x, y] = [PAD, y + LINE];
    body.push(
      dot
        ? `<circle cx="${x + 13}" cy="${y + 10}" r="4" fill="${colour}"/>`
        : `<line x1="${x}" x2="${x + 26}" y1="${y + 10}" y2="${y + 10}" stroke="${colour}" stroke-width="2.5"${dash === undefined ? "" : ` stroke-dasharray="${dash}"`}/>`,
      `<text x="${x + 34}" y="${y + 14.5}">${escapeXml(label)}</text>`,
    );
    x += wide;
  }
  if (legend.length > 0) y += LINE + 12;
  let bottom = y;
  for (const [i, { title: panelTitle, ...options }] of panels.entries()) {
    const column = i % columns;
    if (i > 0 && column === 0) y = bottom + 16;
    const chart = Plot.plot({
      document,
      width: panelWidth,
      height: 300,
      marginLeft: 52,
      marginRight: 16,
      marginBottom: 40,
      marginTop: 14,
      style: { fontSize: "13px", background: "none" },
      ...options,
    });
    if (chart.tagName.toLowerCase() !== "svg") throw new Error("a chart must be one svg: no legend or title of Plot's");
    const left = PAD + column * (panelWidth + GAP);
    chart.setAttribute("x", left);
    chart.setAttribute("y", y + LINE);
    body.push(`<text class="title" x="${left}" y="${y + 14}">${escapeXml(panelTitle)}</text>`, chart.outerHTML);
    bottom = Math.max(bottom, y + LINE + Number(chart.getAttribute("height")));
  }
  const height = Math.ceil(bottom + PAD);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" class="picture" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeXml(title)}"><style>${STYLE}</style>\n${body.join("\n")}\n</svg>\n`;
  // Hundredths of a pixel are enough, and the same on every machine.
  const rounded = (number) => String(Math.round(Number(number) * 100) / 100);
  return svg.replace(/<[^>]*>/g, (tag) => tag.replace(/-?\d+\.\d{3,}/g, rounded));
}

/** The hyphens of a caption that are minus signs. */
export const MINUS = /(?<=\s|\de)-(?=\d)/g;

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** 10ᵏ with the exponent raised, for the ticks of a logarithmic axis. */
export function powerOfTen(value) {
  const exponent = Math.round(Math.log10(value));
  const digits = [...String(Math.abs(exponent))].map((digit) => SUPERSCRIPTS[Number(digit)]).join("");
  return `10${exponent < 0 ? "⁻" : ""}${digits}`;
}

function escapeXml(text) {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}
