import { FINITE, outOfRange, requireNumber, wrongType } from "../numeric/check.js";

/**
 * Whose number the strength of classifier-free guidance is: Ho and Salimans' w, or the scale s = 1 + w of Imagen, of
 * diffusers (`guidance_scale`), of Stable Diffusion (the cfg scale) and of EDM2 and autoguidance (`guidance`).
 */
export type GuidanceConvention = "ho-salimans" | "imagen" | "diffusers" | "stable-diffusion" | "edm2";

/** What p(x|c) itself is called. */
const UNGUIDED: Readonly<Record<GuidanceConvention, 0 | 1>> = {
  "ho-salimans": 0,
  imagen: 1,
  diffusers: 1,
  "stable-diffusion": 1,
  edm2: 1,
};

/** The number of no guidance in a convention: 0 or 1. */
export function unguided(caller: string, convention: GuidanceConvention): 0 | 1 {
  if (typeof convention !== "string") throw wrongType(caller, "convention", "be a string", convention);
  if (!Object.hasOwn(UNGUIDED, convention))
    throw outOfRange(caller, "convention", `be one of ${Object.keys(UNGUIDED).join(", ")}`, convention);
  return UNGUIDED[convention];
}

/**
 * The strength w of this library, of (31) and of Ho and Salimans (arXiv 2207.12598), from the guidance scale of others:
 *
 * $$(1 + w)\, \varepsilon(x_t \mid c) - w\, \varepsilon(x_t) = \varepsilon(x_t) + s\,
 * (\varepsilon(x_t \mid c) - \varepsilon(x_t)), \qquad w = s - 1$$
 *
 * s is Imagen's w (arXiv 2205.11487, equation 2), the `guidance_scale` of diffusers, the cfg scale of Stable Diffusion, and
 * the `guidance` of EDM2, of autoguidance (arXiv 2406.02507) and of guidance intervals (arXiv 2404.07724). No guidance is
 * s = 1, where w = 0. A guider of diffusers with `use_original_formulation` takes w itself: "ho-salimans".
 *
 * @param scale the number in the other convention, finite
 * @param convention whose number it is
 * @returns w
 * @throws TypeError when an argument has the wrong type
 * @throws RangeError when the scale is not finite, or the convention is another text
 * @example
 * ```ts
 * import { guidanceWeight } from "exptilt/diffusion";
 * guidanceWeight(7.5, "diffusers") // => 6.5
 * guidanceWeight(1, "imagen") // => 0
 * guidanceWeight(6.5, "ho-salimans") // => 6.5
 * ```
 */
export function guidanceWeight(scale: number, convention: GuidanceConvention): number {
  const s = requireNumber("guidanceWeight", "scale", scale, FINITE);
  return s - unguided("guidanceWeight", convention);
}

/**
 * The guidance scale of a convention from the strength w: the inverse of `guidanceWeight`.
 *
 * $$s = 1 + w$$
 *
 * @param weight the strength w, finite
 * @param convention whose number is asked for
 * @returns the scale in that convention
 * @throws TypeError when an argument has the wrong type
 * @throws RangeError when the weight is not finite, or the convention is another text
 * @example
 * ```ts
 * import { guidanceScale } from "exptilt/diffusion";
 * guidanceScale(6.5, "stable-diffusion") // => 7.5
 * guidanceScale(6.5, "ho-salimans") // => 6.5
 * ```
 */
export function guidanceScale(weight: number, convention: GuidanceConvention): number {
  const w = requireNumber("guidanceScale", "weight", weight, FINITE);
  return w + unguided("guidanceScale", convention);
}
