/**
 * All of `exptilt`, `exptilt/training` and `exptilt/diffusion`, built into one file that imports nothing: for pages without a
 * bundler, for workers, and for any other runtime of ECMAScript modules.
 *
 * @module
 */
export * from "../diffusion/index.js";
export * from "../index.js";
export * from "../training/index.js";
