/** Why changes survive: the first group that a survivor `{file, line, from, to}` is of counts. */
export const reasons = [];
