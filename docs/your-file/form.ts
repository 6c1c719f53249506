import type { Options } from "./messages.js";

/** What the fields say by the names of the command line's options. An empty field leaves its option out. */
export function optionsIn(form: HTMLFormElement): Options {
  const data = new FormData(form);
  const filled = [...new Set(data.keys())]
    .map((name) => [name, data.getAll(name).map(String).filter(Boolean).join(",").trim()] as const)
    .filter(([, text]) => text !== "");
  const { reward, law, "plug-in": plugIn, ...texts } = Object.fromEntries(filled);
  return {
    ...texts,
    ...(reward !== undefined && { reward: [reward] }),
    ...(law !== undefined && { law: true }),
    ...(plugIn !== undefined && { "plug-in": true }),
  };
}
