/** The value of a field that holds a value or its maker, to be put in the field's place when it is first read. */
export function made<T extends Float64Array | number>(held: T | (() => T)): T {
  return typeof held === "function" ? held() : (held as T);
}
