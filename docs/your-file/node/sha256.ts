/** The first 32 bits of the fractional parts of the square or cube roots of the first primes. */
const bitsOfRoots = (count: number, root: (x: number) => number): Uint32Array =>
  Uint32Array.from(PRIMES.slice(0, count), (prime) => (root(prime) % 1) * 2 ** 32);

const PRIMES = Array.from({ length: 312 }, (_, n) => n).filter(
  (n) => n > 1 && Array.from({ length: n }, (_, d) => d).every((d) => d < 2 || n % d !== 0),
);
const START = bitsOfRoots(8, Math.sqrt);
const ROUNDS = bitsOfRoots(64, Math.cbrt);

const rotated = (x: number, bits: number) => (x >>> bits) | (x << (32 - bits));

/** The SHA-256 digest (FIPS 180-4) of a text in UTF-8. That of browsers has to be waited for. */
export function sha256(text: string, encoding: "hex" | "base64"): string {
  const bytes = new TextEncoder().encode(text);
  const padded = new DataView(new ArrayBuffer(64 * Math.ceil((bytes.length + 9) / 64)));
  new Uint8Array(padded.buffer).set(bytes);
  padded.setUint8(bytes.length, 0x80);
  padded.setBigUint64(padded.byteLength - 8, 8n * BigInt(bytes.length));
  const hash = START.slice();
  const words = new Uint32Array(64);
  for (let block = 0; block < padded.byteLength; block += 64) {
    for (let i = 0; i < 64; i++) {
      const [x, y] = [words[i - 15], words[i - 2]];
      words[i] =
        i < 16
          ? padded.getUint32(block + 4 * i)
          : words[i - 16] +
            (rotated(x, 7) ^ rotated(x, 18) ^ (x >>> 3)) +
            words[i - 7] +
            (rotated(y, 17) ^ rotated(y, 19) ^ (y >>> 10));
    }
    let [a, b, c, d, e, f, g, h] = hash;
    for (let i = 0; i < 64; i++) {
      const first = h + (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) + ((e & f) ^ (~e & g)) + ROUNDS[i] + words[i];
      const second = (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      [a, b, c, d, e, f, g, h] = [(first + second) | 0, a, b, c, (d + first) | 0, e, f, g];
    }
    for (const [i, x] of [a, b, c, d, e, f, g, h].entries()) hash[i] += x;
  }
  const digest = new DataView(new ArrayBuffer(32));
  for (const [i, word] of hash.entries()) digest.setUint32(4 * i, word);
  const all = [...new Uint8Array(digest.buffer)];
  return encoding === "hex"
    ? all.map((byte) => byte.toString(16).padStart(2, "0")).join("")
    : btoa(String.fromCharCode(...all));
}
