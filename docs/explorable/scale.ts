/** The two ends of something. */
export type Span = readonly [number, number];

/** A map from values to pixels, and back. */
export interface Scale {
  readonly to: (x: number) => number;
  readonly from: (pixel: number) => number;
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
}

/** A scale that is linear, with round ticks. */
export function linear([low, high]: Span, [start, end]: Span): Scale {
  const slope = (end - start) / (high - low);
  const step = roundStep((high - low) / Math.max(2, Math.min(6, Math.abs(end - start) / 34)));
  const ticks = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) {
    const at = Number((k * step).toPrecision(12));
    ticks.push({ at, text: String(at).replace("-", "−") });
  }
  return { to: (x) => start + (x - low) * slope, from: (pixel) => low + (pixel - start) / slope, ticks };
}

/** A scale from 1 to a power of 2, with ticks at powers of 4, fewer where there are many. */
export function logarithmic(most: number, [start, end]: Span): Scale {
  const octaves = Math.log2(most);
  const slope = (end - start) / octaves;
  const step = 2 * Math.ceil(octaves / 2 / Math.max(2, (end - start) / 42));
  const ticks = [];
  for (let k = 0; k <= octaves; k += step) {
    const at = 2 ** k;
    ticks.push({ at, text: k > 16 ? at.toExponential(0).replace("e+", "e") : String(at) });
  }
  return { to: (x) => start + Math.log2(x) * slope, from: (pixel) => 2 ** ((pixel - start) / slope), ticks };
}

/** The ends of an axis that holds all values, at round numbers; from 0 where that is near. */
export function roundRange(values: Iterable<number>): Span {
  let [low, high] = [Infinity, -Infinity];
  for (const x of values) {
    if (!Number.isFinite(x)) continue;
    low = Math.min(low, x);
    high = Math.max(high, x);
  }
  if (!(low <= high)) return [0, 1];
  if (low >= 0 && low < 0.6 * high) low = 0;
  if (high - low < 1e-9 * Math.max(1, Math.abs(high))) return [low - 0.5, high + 0.5];
  const step = roundStep((high - low) / 8);
  return [Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step].map((x) =>
    Number(x.toPrecision(12)),
  ) as [number, number];
}

/** The round number next above: 1, 2 or 5 times a power of ten. */
function roundStep(x: number): number {
  const power = 10 ** Math.floor(Math.log10(x));
  return power * ([1, 2, 5].find((k) => k * power >= x * (1 - 1e-9)) ?? 10);
}
