/** An object of a data set, whatever its fields are. */
export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads one field of an object. */
export type FieldReader = (record: Fields) => unknown;

/**
 * Reads a field by its name. A name with dots is that of a field of a field, unless a field has just this name. What objects
 * inherit is no field.
 */
export function fieldReader(name: string): FieldReader {
  const own = ownReader(name);
  if (!name.includes(".")) return own;
  const steps = name.split(".").map(ownReader);
  const nested = (record: Fields) =>
    steps.reduce<unknown>(
      (at, step) => (typeof at === "object" && at !== null ? step(at as Fields) : undefined),
      record,
    );
  return (record) => own(record) ?? nested(record);
}

function ownReader(name: string): FieldReader {
  if (name in Object.prototype) return (record) => (Object.hasOwn(record, name) ? record[name] : undefined);
  return (record) => record[name];
}
