/** The tables of docs/methods.md as data: which public functions there are, and what each is for. */

/**
 * @typedef {object} Method a row of the tables
 * @property {string} module the door that its functions are behind
 * @property {string} category what they are for
 * @property {string[]} names the functions
 * @property {{ title: string, source: string }} guide the guide that explains them
 */

/**
 * @param {string} text docs/methods.md
 * @returns {Method[]} its rows, in order
 */
export function readMethods(text) {
  let module;
  return text.split("\n").flatMap((line) => {
    module = /^## `([^`]+)`/.exec(line)?.[1] ?? module;
    const [, category, functions, , guide] =
      /^\|(.*)\|(.*)\|(.*)\|(.*)\|$/.exec(line)?.map((cell) => cell.trim()) ?? [];
    const names = [...(functions ?? "").matchAll(/`(\w+)`/g)].map(([, name]) => name);
    if (names.length === 0) return [];
    const [, title, href] = /^\[([^\]]+)\]\(([\w-]+\.md)\)$/.exec(guide) ?? [];
    if (href === undefined) throw new Error(`docs/methods.md: the row "${category}" names no guide`);
    return [{ module, category, names, guide: { title, source: `docs/${href}` } }];
  });
}

/**
 * Where each public function has its row. A function in no row and a name in the table that is no function are errors.
 *
 * @param {Method[]} methods
 * @param {{ module: string, name: string }[]} functions all that are public
 * @returns {Map<string, Method>} the row of `module:name`
 */
export function rowsOf(methods, functions) {
  const rows = new Map(methods.flatMap((row) => row.names.map((name) => [`${row.module}:${name}`, row])));
  const known = new Set(functions.map(({ module, name }) => `${module}:${name}`));
  const missing = [...known].filter((key) => !rows.has(key));
  const unknown = [...rows.keys()].filter((key) => !known.has(key));
  if (missing.length > 0) throw new Error(`public, but in no row of docs/methods.md: ${missing.join(", ")}`);
  if (unknown.length > 0) throw new Error(`in docs/methods.md, but not public: ${unknown.join(", ")}`);
  return rows;
}
