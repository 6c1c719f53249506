import { angleOf } from "../../numeric/angle.js";
import { exp, expm1, log, log1p, square } from "../../numeric/elementary.js";
import type { CirclePoint } from "./circle.js";
import { LOW_NATS, POWERS } from "./sampleGrid.js";

/** Parts of complex numbers. */
export interface Complex {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

const complex = (size: number): Complex => ({ re: new Float64Array(size), im: new Float64Array(size) });

/** A function of z: at points of the grid, and for small z by the powers of z/e^{LOW_NATS} from the first. */
interface OfWeight {
  readonly table: Complex;
  readonly low: Complex;
}

/** What one sample does to the product at one point of the circle. */
export interface Response {
  readonly point: CirclePoint;
  /** log of its factor beside that of a sample without weight, (q + p e^{iθ−z})/(q + p e^{iθ}). */
  readonly log: OfWeight;
  /** The same at z = ∞. */
  readonly gone: readonly [re: number, im: number];
  /** z p e^{iθ−z}/(q + p e^{iθ−z}). */
  readonly share: OfWeight;
}

/** The response at z = e^{(far − i)h} for i from 0 to width − 1; p + q = 1. */
export function responseOf(point: CirclePoint, p: number, q: number, far: number, width: number, h: number): Response {
  const { cos, sin } = point;
  /** |q + p s e^{iθ}|². */
  const squareAt = (s: number) => square(q - p * s) + 2 * p * q * s * (1 + cos);
  const base = squareAt(1);
  /** The logarithm at e^{−z} = 1 + less, which keeps its digits for small z. */
  const logAt = (less: number): [re: number, im: number] => {
    const s = 1 + less;
    const apart = (p * less * (2 * q * cos + p * (1 + s))) / base;
    return [
      (apart > -0.5 ? log1p(apart) : log(squareAt(s) / base)) / 2,
      angleOf(q * q + p * p * s + p * q * cos * (1 + s), p * q * sin * less),
    ];
  };
  const [logs, shares] = [complex(width), complex(width)];
  for (let i = 0; i < width; i++) {
    const z = exp((far - i) * h);
    [logs.re[i], logs.im[i]] = logAt(expm1(-z));
    const s = exp(-z);
    const scale = (z * p * s) / squareAt(s);
    shares.re[i] = scale * (q * cos + p * s);
    shares.im[i] = scale * q * sin;
  }
  const low = lowResponse((p * (p + q * cos)) / base, (p * q * sin) / base);
  return {
    point,
    log: { table: logs, low: low.log },
    gone: logAt(-1),
    share: { table: shares, low: low.share },
  };
}

/** The series of log(1 + ρ(e^{−z} − 1)) = Σ g_k z^k, ρ = p e^{iθ}/(q + p e^{iθ}), and of the share, −Σ k g_k z^k. */
function lowResponse(re: number, im: number): { readonly log: Complex; readonly share: Complex } {
  const [logs, shares] = [complex(POWERS), complex(POWERS)];
  // (−1)^k/k!.
  const inverse = [1];
  for (let k = 1; k <= POWERS; k++) inverse.push(-inverse[k - 1] / k);
  // With f_k = ρ(−1)^k/k! for the argument of the logarithm, k g_k = k f_k − Σ_j j g_j f_{k−j}.
  for (let k = 1; k <= POWERS; k++) {
    let [sumRe, sumIm] = [k * inverse[k], 0];
    for (let j = 1; j < k; j++) {
      sumRe += shares.re[j - 1] * inverse[k - j];
      sumIm += shares.im[j - 1] * inverse[k - j];
    }
    shares.re[k - 1] = im * sumIm - re * sumRe;
    shares.im[k - 1] = -re * sumIm - im * sumRe;
  }
  for (let k = 1; k <= POWERS; k++) {
    const power = exp(k * LOW_NATS);
    shares.re[k - 1] *= power;
    shares.im[k - 1] *= power;
    logs.re[k - 1] = -shares.re[k - 1] / k;
    logs.im[k - 1] = -shares.im[k - 1] / k;
  }
  return { log: logs, share: shares };
}
