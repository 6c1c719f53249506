/** Which column of a data set is what. A plain value, so that worker threads get it as it is. */
export interface Columns {
  /** The rewards asked for, as they were written. */
  readonly rewards: readonly string[];
}

/** The columns of the native form. */
export const NATIVE: Columns = { rewards: ["reward"] };
