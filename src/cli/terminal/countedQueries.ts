/** `1 query`, `164 queries`. */
export function countedQueries(queries: number): string {
  return queries === 1 ? "1 query" : `${queries} queries`;
}
