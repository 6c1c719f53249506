/** A file of the package by its path from the top. This module stands two folders below it, and so does what it is built into. */
export const packageFile = (path: string): URL => new URL(`../../${path}`, import.meta.url);
