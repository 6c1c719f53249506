/** The primes of XXH64, a hash by Yann Collet that Zstandard takes for a checksum (https://xxhash.com, seed 0). */
const P1 = 0x9e3779b185ebca87n;
const P2 = 0xc2b2ae3d27d4eb4fn;
const P3 = 0x165667b19e3779f9n;
const P4 = 0x85ebca77c2b2ae63n;
const P5 = 0x27d4eb2f165667c5n;

const STRIPE = 32;

/** XXH64 of bytes that come in pieces. */
export class XxHash64 {
  /** The four sums, each with its low half first. */
  readonly #sums = Int32Array.from([P1 + P2, P2, 0n, -P1].flatMap((x) => [Number(u32(x)), Number(u32(x >> 32n))]));
  /** The bytes after the last whole stripe. */
  #rest = new Uint8Array();
  #length = 0;

  update(bytes: Uint8Array): void {
    this.#length += bytes.length;
    const all = new Uint8Array(this.#rest.length + bytes.length);
    all.set(this.#rest);
    all.set(bytes, this.#rest.length);
    const whole = all.length - (all.length % STRIPE);
    const words = new Int32Array(all.buffer, 0, whole / 4);
    for (let lane = 0; lane < 4; lane++) addLane(this.#sums, lane, words);
    this.#rest = all.slice(whole);
  }

  digest(): bigint {
    let hash = P5;
    if (this.#length >= STRIPE) {
      const sums = [...new BigUint64Array(this.#sums.buffer)];
      hash = [1n, 7n, 12n, 18n].reduce((sum, bits, i) => sum + rotated(sums[i], bits), 0n);
      for (const sum of sums) hash = u64((u64(hash) ^ mixed(sum)) * P1 + P4);
    }
    hash = u64(hash + BigInt(this.#length));
    const rest = new DataView(this.#rest.buffer);
    let at = 0;
    for (; at + 8 <= rest.byteLength; at += 8)
      hash = u64(rotated(hash ^ mixed(rest.getBigUint64(at, true)), 27n) * P1 + P4);
    for (; at + 4 <= rest.byteLength; at += 4)
      hash = u64(rotated(hash ^ u64(BigInt(rest.getUint32(at, true)) * P1), 23n) * P2 + P3);
    for (; at < rest.byteLength; at++) hash = u64(rotated(hash ^ u64(BigInt(rest.getUint8(at)) * P5), 11n) * P1);
    hash = u64((hash ^ (hash >> 33n)) * P2);
    hash = u64((hash ^ (hash >> 29n)) * P3);
    return hash ^ (hash >> 32n);
  }
}

const u32 = (x: bigint) => BigInt.asUintN(32, x);
const u64 = (x: bigint) => BigInt.asUintN(64, x);
const rotated = (x: bigint, bits: bigint) => u64((u64(x) << bits) | (u64(x) >> (64n - bits)));
const mixed = (x: bigint) => u64(rotated(x * P2, 31n) * P1);

/** Adds to one sum every fourth word of 64 bits, in halves and quarters: whole ones of `BigInt` take ten times as long. */
function addLane(sums: Int32Array, lane: number, words: Int32Array): void {
  let [low, high] = [sums[2 * lane], sums[2 * lane + 1]];
  for (let i = 2 * lane; i < words.length; i += 8) {
    // The word times P2.
    let a = words[i] & 0xffff;
    let b = words[i] >>> 16;
    let x = 0xeb4f * a;
    let y = 0xeb4f * b + (x >>> 16);
    let z = 0x27d4 * a + (y & 0xffff);
    const wordLow = ((z << 16) | (x & 0xffff)) >>> 0;
    const wordHigh =
      0x27d4 * b + (y >>> 16) + (z >>> 16) + Math.imul(0x27d4eb4f, words[i + 1]) + Math.imul(0xc2b2ae3d, words[i]);
    // Added, and rotated by 31 bits.
    const sum = (low >>> 0) + wordLow;
    const carried = (high + wordHigh + Number(sum > 0xffffffff)) | 0;
    low = (sum << 31) | (carried >>> 1);
    high = (carried << 31) | ((sum | 0) >>> 1);
    // Times P1.
    a = low & 0xffff;
    b = low >>> 16;
    x = 0xca87 * a;
    y = 0xca87 * b + (x >>> 16);
    z = 0x85eb * a + (y & 0xffff);
    high = (0x85eb * b + (y >>> 16) + (z >>> 16) + Math.imul(0x85ebca87, high) + Math.imul(0x9e3779b1, low)) | 0;
    low = (z << 16) | (x & 0xffff);
  }
  sums[2 * lane] = low;
  sums[2 * lane + 1] = high;
}
