/** The sources as pages of the site, to which the reference leads: each public name to the line that declares it. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { highlighted } from "./markdown.mjs";
import { escapeHtml, pageHtml } from "./page.mjs";

/** The page of a source, from the top of the site. */
const pageOf = (path) => `source/${path.replace(/^src\//, "")}.html`;

/** The files of the sources that were asked for, as pages below `source`. */
export class SourcePages {
  #top;
  /** The lines of each file. */
  #files = new Map();

  /** @param {string} top the folder of the repository */
  constructor(top) {
    this.#top = top;
  }

  /**
   * The page and the line of a declaration, from the top of the site.
   *
   * @param {string} path the file, from the top of the repository
   * @param {string} name what it declares
   */
  addressOf(path, name) {
    const lines = this.#linesOf(path);
    const declaration = new RegExp(`^export .*\\b(function\\*?|const|let|interface|type|class) ${name}\\b`);
    const line = lines.findIndex((text) => declaration.test(text)) + 1;
    if (line === 0) throw new Error(`${path} does not declare ${name}`);
    return `${pageOf(path)}#L${line}`;
  }

  /** @param {string} site the folder of the site */
  write(site) {
    for (const [path, lines] of this.#files) {
      const file = pageOf(path);
      // A tag that spans lines may enclose the address of one.
      const code = highlighted(lines.join("\n"), "ts").split("\n");
      const numbered = code.map((text, i) => `<span id="L${i + 1}"></span>${text}`).join("\n");
      mkdirSync(dirname(join(site, file)), { recursive: true });
      writeFileSync(
        join(site, file),
        pageHtml({
          title: `${path} · exptilt`,
          description: `The source of ${path}.`,
          root: "../".repeat(file.split("/").length - 1),
          part: "Reference",
          body: `<main id="content" class="source"><h1><code>${escapeHtml(path)}</code></h1>\n<pre tabindex="0"><code class="language-ts">${numbered}</code></pre></main>`,
        }),
      );
    }
  }

  #linesOf(path) {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    const lines = readFileSync(join(this.#top, path), "utf8").trimEnd().split("\n");
    this.#files.set(path, lines);
    return lines;
  }
}
