import type { CurveTally } from "./tally.js";

/** Which N no query has the samples for, in words. */
export function leftOut({ settings: { ns, plugIn }, samples }: CurveTally): string | undefined {
  const beyond = ns.filter((n) => n > (samples ?? Infinity));
  if (plugIn || beyond.length === 0) return undefined;
  const shown =
    beyond.length > 4 ? `${beyond.slice(0, 3).join(", ")}, … ${beyond[beyond.length - 1]}` : beyond.join(", ");
  return `N = ${shown} left out: no query has more than ${samples} samples (--plug-in reads them off the samples' own law)`;
}
