/** The one generator of seedrandom that is used, with its types: the package's own types name the whole package. */
declare module "seedrandom/lib/tychei.js" {
  interface Tychei {
    (): number;
    double(): number;
    state(): { a: number; b: number; c: number; d: number };
  }
  function tychei(seed?: string, options?: { state: true | { a: number; b: number; c: number; d: number } }): Tychei;
  export default tychei;
}
