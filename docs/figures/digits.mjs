/**
 * The worked example of docs/diffusion.md: made digits of 8×8 pixels, d = 64, and a picture of what guidance and soft
 * best-of-N draw from them. `npm run build && node docs/figures/digits.mjs` writes digits.svg and the figures of the guide,
 * digits.json, beside this file.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  atomicData,
  ddimSample,
  guidanceProblem,
  guidedNoisePrediction,
  guidedTarget,
  logClassProbability,
  logSnrSchedule,
} from "../../dist/diffusion/index.js";
import {
  categoricalSampler,
  randomSource,
  softBestOfNLaw,
  softBestOfNSampler,
  totalVariation,
} from "../../dist/index.js";

/** How many images of each digit. */
const COUNT = 180;
/** How many samples stand behind each figure of the table, and how many are shown. */
const SAMPLES = 200;
const SHOWN = 16;
/** The class that is asked for, and n of soft best-of-N. */
const CLASS = "3";
const N = 16;
/** p(c|x) ∝ e^(−|x − mean of c|²/TEMPERATURE). */
const TEMPERATURE = 8;
const LEVELS = 40;

/** An arc of an ellipse as a list of points; angles in turns, clockwise from the right. */
function arc(cx, cy, rx, ry, from, to) {
  return Array.from({ length: 13 }, (_, i) => {
    const angle = 2 * Math.PI * (from + ((to - from) * i) / 12);
    return [cx + rx * Math.cos(angle), cy + ry * Math.sin(angle)];
  });
}

/** The strokes of the ten digits, in a box of width 0.6 and height 1. */
const STROKES = [
  [arc(0.3, 0.5, 0.28, 0.48, 0, 1)],
  [
    [
      [0.1, 0.22],
      [0.34, 0.02],
      [0.34, 0.98],
    ],
  ],
  [[...arc(0.3, 0.28, 0.26, 0.26, -0.5, 0.12), [0.04, 0.97], [0.58, 0.97]]],
  [[...arc(0.27, 0.26, 0.25, 0.24, -0.42, 0.25), ...arc(0.27, 0.74, 0.29, 0.24, -0.25, 0.42)]],
  [
    [
      [0.42, 0.98],
      [0.42, 0.02],
      [0.03, 0.68],
      [0.6, 0.68],
    ],
  ],
  [[[0.55, 0.03], [0.1, 0.03], [0.07, 0.44], ...arc(0.28, 0.68, 0.28, 0.29, -0.3, 0.4)]],
  [[[0.46, 0.02], [0.12, 0.45], ...arc(0.3, 0.72, 0.25, 0.25, -0.5, 0.5)]],
  [
    [
      [0.03, 0.03],
      [0.57, 0.03],
      [0.22, 0.98],
    ],
  ],
  [arc(0.3, 0.26, 0.23, 0.24, 0, 1), arc(0.3, 0.74, 0.27, 0.24, 0, 1)],
  [[...arc(0.3, 0.28, 0.25, 0.25, 0, 1), [0.53, 0.4], [0.4, 0.98]]],
];

/** The square of the distance of a point from a segment. */
function toSegment(x, y, [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const along = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
  return (x - ax - along * dx) ** 2 + (y - ay - along * dy) ** 2;
}

/** A digit drawn by a random hand: each pixel counts the inked points of a 4×4 grid in it, 0 to 16. */
function image(digit, random) {
  const between = (low, high) => low + (high - low) * random();
  const [turn, slant] = [between(-0.18, 0.18), between(-0.25, 0.25)];
  const [width, height] = [between(0.8, 1.25), between(0.66, 0.84)];
  const [x0, y0] = [between(0.44, 0.56), between(0.46, 0.54)];
  const thickness = between(0.055, 0.1);
  const segments = STROKES[digit].flatMap((stroke) => {
    const moved = stroke.map(([x, y]) => {
      const [u, v] = [(x - 0.3 + between(-0.015, 0.015)) * width, (y - 0.5 + between(-0.015, 0.015)) * height];
      const s = u - slant * v;
      return [x0 + s * Math.cos(turn) - v * Math.sin(turn), y0 + s * Math.sin(turn) + v * Math.cos(turn)];
    });
    return moved.slice(1).map((point, i) => [moved[i], point]);
  });
  const pixels = new Uint8Array(64);
  for (let i = 0; i < 1024; i++) {
    const [x, y] = [((i % 32) + 0.5) / 32, (Math.floor(i / 32) + 0.5) / 32];
    if (segments.some(([a, b]) => toSegment(x, y, a, b) < thickness * thickness))
      pixels[Math.floor(i / 128) * 8 + Math.floor((i % 32) / 4)]++;
  }
  return pixels;
}

/** All images, and what each was drawn as. */
export function makeDigits() {
  const random = randomSource("digits");
  const labels = Array.from({ length: 10 * COUNT }, (_, i) => Math.floor(i / COUNT));
  return { images: labels.map((digit) => image(digit, random)), labels };
}

const squaredDistance = (a, b) => a.reduce((s, v, k) => s + (v - b[k]) ** 2, 0);

/**
 * The atoms, in [−1, 1]^64. An image is drawn as one digit but may be read as another: p(c|x) is a softmax of distances
 * from the digits' mean images, so every atom has some weight in every class, and p(x|c) ∝ p(c|x).
 */
export function dataOf({ images, labels }) {
  const atoms = images.map((pixels) => Array.from(pixels, (v) => v / 8 - 1));
  const means = STROKES.map((_, digit) => {
    const own = atoms.filter((_, i) => labels[i] === digit);
    return own[0].map((_, k) => own.reduce((s, atom) => s + atom[k], 0) / own.length);
  });
  const classOf = atoms.map((atom) => {
    const weights = means.map((mean) => Math.exp(-squaredDistance(atom, mean) / TEMPERATURE));
    const total = weights.reduce((s, w) => s + w, 0);
    return weights.map((w) => w / total);
  });
  const prior = {};
  const classes = {};
  for (let c = 0; c < 10; c++) {
    const total = classOf.reduce((s, p) => s + p[c], 0);
    prior[c] = total / atoms.length;
    classes[c] = classOf.map((p) => p[c] / total);
  }
  return atomicData({ atoms, classes, prior });
}

/** Points of N(0, I), by Box and Muller's method. */
function noise(random) {
  return Array.from({ length: 64 }, () => Math.sqrt(-2 * Math.log1p(-random())) * Math.cos(2 * Math.PI * random()));
}

/** The atom nearest to a point, and its distance. */
function nearest({ points, size, dimension }, x) {
  let best = { atom: -1, distance: Infinity };
  for (let i = 0; i < size; i++) {
    const distance = squaredDistance(x, points.subarray(i * dimension, (i + 1) * dimension));
    if (distance < best.distance) best = { atom: i, distance };
  }
  return { atom: best.atom, distance: Math.sqrt(best.distance) };
}

/** What the table says of a law of atoms: E log p(c|x), the share drawn as the digit c, and 1/Σp², its atoms in effect. */
export function readLaw(law, logClass, labels) {
  const mean = (f) => law.mass.reduce((s, p, i) => (p > 0 ? s + p * f(i) : s), 0);
  return {
    logClass: mean((i) => logClass[i]),
    share: mean((i) => (String(labels[i]) === CLASS ? 1 : 0)),
    atoms: 1 / mean((i) => law.mass[i]),
  };
}

/** The same of samples, with standard errors of the means; 1/Σp² from the pairs that coincide, ∞ if none do. */
function readSamples(atoms, logClass, labels) {
  const n = atoms.length;
  const average = (values) => {
    const mean = values.reduce((s, v) => s + v, 0) / n;
    return { mean, error: Math.sqrt(values.reduce((s, v) => s + (v - mean) ** 2, 0) / (n - 1) / n) };
  };
  const log = average(atoms.map((i) => logClass[i]));
  const share = average(atoms.map((i) => (String(labels[i]) === CLASS ? 1 : 0)));
  const counts = new Map();
  for (const i of atoms) counts.set(i, (counts.get(i) ?? 0) + 1);
  const pairs = [...counts.values()].reduce((s, k) => s + k * (k - 1), 0);
  return {
    logClass: log.mean,
    logClassError: log.error,
    share: share.mean,
    shareError: share.error,
    atoms: (n * (n - 1)) / pairs,
  };
}

/** The exact laws of the table: p(x|c), the targets (31), and soft best-of-N. */
export function lawsOf(data) {
  return [
    { name: "target, w = 0: p(x|c)", law: guidedTarget(data, CLASS, 0) },
    { name: "target, w = 1", law: guidedTarget(data, CLASS, 1) },
    { name: "target, w = 3", law: guidedTarget(data, CLASS, 3) },
    { name: `soft best-of-${N}, w = 1`, law: softBestOfNLaw(guidanceProblem(data, CLASS, 1), N) },
    { name: `soft best-of-${N}, w = 3`, law: softBestOfNLaw(guidanceProblem(data, CLASS, 3), N) },
  ];
}

/** The samples of DDIM from the same starts at each w: the nearest atoms, and how far the farthest sample is from its. */
export function guidedSamples(data, w, count, levels = LEVELS) {
  const grid = logSnrSchedule(levels, 10, -10);
  const random = randomSource("noise");
  const predict = (x, sigma) => guidedNoisePrediction(data, x, sigma, CLASS, w);
  const found = Array.from({ length: count }, () => nearest(data, ddimSample(predict, grid, noise(random))));
  return { atoms: found.map(({ atom }) => atom), off: found.map(({ distance }) => distance) };
}

/** The ink of rows of images, a path for each of the 16 shades; equal neighbours are one run. */
function inkOf(rows, images, place) {
  const paths = Array.from({ length: 17 }, () => "");
  for (const [r, row] of rows.entries()) {
    for (const [c, atom] of row.entries()) {
      const [x0, y0] = place(r, c);
      for (let y = 0; y < 8; y++) {
        for (let x = 0, end = 0; x < 8; x = end) {
          const shade = images[atom][8 * y + x];
          for (end = x; end < 8 && images[atom][8 * y + end] === shade; ) end++;
          paths[shade] += `M${x0 + x} ${y0 + y}h${end - x}v1h${x - end}z`;
        }
      }
    }
  }
  return paths
    .map((d, shade) => (shade > 0 && d ? `<path fill-opacity="${shade / 16}" d="${d}"/>` : ""))
    .filter(Boolean)
    .join("\n");
}

function svgOf(rows, images) {
  const [left, pitch, high, scale] = [250, 9, 12, 4];
  const width = left + SHOWN * pitch * scale + 8;
  const height = rows.length * high * scale + 8;
  const ink = inkOf(
    rows.map(({ atoms }) => atoms.slice(0, SHOWN)),
    images,
    (r, c) => [c * pitch, r * high],
  );
  const texts = rows.map(
    ({ name, figures }, r) =>
      `<text y="${r * high * scale + 20}">${name}<tspan x="8" dy="16" class="small">${figures}</tspan></text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title about">
<title id="title">Guided samples beside soft best-of-${N} samples of the digit ${CLASS}</title>
<desc id="about">${rows.map(({ name, figures }) => `${name}: ${figures}.`).join(" ")}</desc>
<style>
svg { background: #fff; color: #1a1a1a }
text { font: 14px system-ui, sans-serif; fill: currentColor }
.small { font-size: 11px; fill-opacity: 0.75 }
.ink { fill: currentColor }
.ink rect { fill-opacity: 0.06 }
@media (prefers-color-scheme: dark) { svg { background: #16181c; color: #f0f0f0 } }
</style>
${texts.join("\n").replaceAll("<text ", '<text x="8" ')}
<g class="ink" transform="translate(${left} 6) scale(${scale})" shape-rendering="crispEdges">
${rows.map((_, r) => `<rect x="-0.5" y="${r * high - 0.5}" width="${SHOWN * pitch}" height="9"/>`).join("\n")}
${ink}
</g>
</svg>
`;
}

function main() {
  const made = makeDigits();
  const data = dataOf(made);
  const logClass = logClassProbability(data, CLASS);
  const laws = lawsOf(data);
  const cell = (value, digits, error) =>
    value.toFixed(digits) + (error === undefined ? "" : ` ± ${error.toFixed(digits)}`);
  const cells = (f, last) => [
    cell(f.logClass, 3, f.logClassError),
    cell(f.share, 3, f.shareError),
    f.atoms.toFixed(0),
    last,
  ];
  const table = laws.map(({ name, law }, i) => [
    name,
    ...cells(readLaw(law, logClass, made.labels), i < 3 ? "0" : totalVariation(law, laws[i - 2].law).toFixed(3)),
  ]);
  const caption = (f) =>
    `mean log p(${CLASS}|x) ${f.logClass.toFixed(2)}, ${(100 * f.share).toFixed(0)} % drawn as ${CLASS}`;
  const random = randomSource("draws");
  const drawn = (name, law, sampler) => {
    const atoms = Array.from({ length: SHOWN }, sampler);
    return { name, figures: caption(readLaw(law, logClass, made.labels)), atoms };
  };
  const sampled = (w, levels) => {
    const { atoms: drawn, off } = guidedSamples(data, w, SAMPLES, levels);
    return { drawn, off: Math.max(...off), ...readSamples(drawn, logClass, made.labels) };
  };
  const guided = [0, 1, 3].map((w, i) => {
    const f = sampled(w);
    const name = w === 0 ? "DDIM, w = 0" : `guided DDIM, w = ${w}`;
    // How often a digit other than the class is drawn is one event: the distance is at least its difference.
    const apart = Math.abs(f.share - readLaw(laws[i].law, logClass, made.labels).share);
    table.push([name, ...cells(f, `≥ ${cell(apart, 3, f.shareError)}`)]);
    return { name, figures: caption(f), atoms: f.drawn, off: f.off };
  });
  const finer = sampled(3, 4 * LEVELS);
  const [plain, , goal] = laws;
  const select = softBestOfNSampler(guidanceProblem(data, CLASS, 3), N, random, { method: "simulation" });
  const rows = [
    drawn(`data: p(x|${CLASS})`, plain.law, categoricalSampler(plain.law, random)),
    ...guided,
    drawn("the target (31), w = 3", goal.law, categoricalSampler(goal.law, random)),
    drawn(`soft best-of-${N}, w = 3`, laws[4].law, select),
  ];
  writeFileSync(new URL("digits.svg", import.meta.url), svgOf(rows, made.images));
  const record = {
    table,
    finer: {
      levels: 4 * LEVELS,
      sameAtom: finer.drawn.filter((atom, i) => atom === guided[2].atoms[i]).length,
      share: cell(finer.share, 3, finer.shareError),
    },
    samples: SAMPLES,
    farthest: Math.max(finer.off, ...guided.map(({ off }) => off)),
  };
  writeFileSync(new URL("digits.json", import.meta.url), `${JSON.stringify(record, null, 2)}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
