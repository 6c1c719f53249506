/** The number of generated problems: few in the quick suite, as many as DEEP_PROBLEMS says in a deep run. */
export const runs = (quick: number): number => Number(process.env.DEEP_PROBLEMS ?? quick);
