/** The reference of all public names: TypeDoc reads the sources and writes signatures and comments, in the frame of the site. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Application, DefaultTheme, DefaultThemeRenderContext, JSX, ReflectionKind } from "typedoc";
import { plainText, useBlocks, useLinks } from "./markdown.mjs";
import { rowsOf } from "./methods.mjs";
import { columns, escapeHtml, navLink, pageHtml } from "./page.mjs";
import { SourcePages } from "./sources.mjs";

const KINDS = new Map([
  [ReflectionKind.Function, "function"],
  [ReflectionKind.Variable, "constant"],
  [ReflectionKind.Interface, "type"],
  [ReflectionKind.TypeAlias, "type"],
  [ReflectionKind.Class, "class"],
]);
const TYPES = "Types";

/**
 * @typedef {object} Entry a public name
 * @property {string} name
 * @property {string} module the door it is behind
 * @property {string} kind
 * @property {string} category the category of its row in docs/methods.md, or "Types"
 * @property {import("./methods.mjs").Method} [row] its row
 * @property {string} file its page, from the top of the site
 * @property {string} summary the first paragraph of its comment, as HTML
 */

/**
 * Writes the reference below the site, in `api`, all but its front page.
 *
 * @param {string} site
 * @param {import("./methods.mjs").Method[]} methods
 * @param {(source: string) => string} fileOf the page that a guide becomes
 * @returns {Promise<Entry[]>} all public names, in the order of the tables
 */
export async function buildReference(site, methods, fileOf) {
  const out = join(site, "api");
  const sources = new SourcePages(fileURLToPath(new URL("../../", import.meta.url)));
  let names;
  let router;
  const app = await Application.bootstrapWithPlugins({
    options: fileURLToPath(new URL("../../typedoc.config.js", import.meta.url)),
    theme: "site",
    markdownItLoader: (parser) => {
      useBlocks(parser);
      useLinks(parser, { link: (href) => href, reference: (name) => names(name) });
    },
  });
  const project = await app.convert();
  if (project === undefined) throw new Error("TypeDoc read no sources");
  app.validate(project);
  for (const reflection of Object.values(project.reflections)) mergeThrows(reflection.comment);

  const exported = project.children.flatMap((module) =>
    module.children.map((reflection) => ({ module: module.name, name: reflection.name, reflection })),
  );
  const kindOf = ({ reflection }) => KINDS.get((reflection.getTargetReflectionDeep?.() ?? reflection).kind);
  const functions = exported.filter((one) => kindOf(one) !== "type" && kindOf(one) !== "class");
  const rows = rowsOf(methods, functions);
  const order = [...rows.keys()];
  const place = ({ module, name }) => (order.includes(`${module}:${name}`) ? order.indexOf(`${module}:${name}`) : 1e9);
  const doors = [...new Set(methods.map(({ module }) => module))];
  const entries = exported
    .filter(({ reflection }) => !reflection.isReference())
    .map((one) => ({ ...one, kind: kindOf(one), row: rows.get(`${one.module}:${one.name}`) }))
    .map((entry) => ({ ...entry, category: entry.row?.category ?? TYPES }))
    .sort(
      (a, b) => doors.indexOf(a.module) - doors.indexOf(b.module) || place(a) - place(b) || (a.name < b.name ? -1 : 1),
    );
  const first = new Map(entries.toReversed().map((entry) => [entry.name, entry]));

  /** What a page is written among: the address of everything else, from it. */
  const surroundings = (page, context) => {
    const own = new Set(page.model.signatures?.flatMap(({ parameters = [] }) => parameters.map(({ name }) => name)));
    names = (name) => {
      const named = first.get(name)?.reflection ?? project.children.find((door) => door.name === name);
      return named === undefined || named === page.model || own.has(name) ? undefined : context.urlTo(named);
    };
    return {
      urlTo: (entry) => context.urlTo(entry.reflection),
      module: (name) => context.urlTo(project.children.find((module) => module.name === name)),
      guide: (row) => `../../${fileOf(row.guide.source)}`,
    };
  };

  const navigation = (here, to) => {
    const inModule = entries.filter(({ module }) => module === here.module);
    const categories = [...new Set(inModule.map(({ category }) => category))];
    const doorLinks = doors.map((door) => {
      const inside = categories.map((category) => {
        const members = inModule.filter((entry) => entry.category === category);
        const links = members.map((entry) => navLink(to.urlTo(entry), entry.name, entry.name === here.name)).join("");
        return navLink(
          `${to.module(door)}#${anchorOf(category)}`,
          category,
          false,
          category === here.category ? links : "",
        );
      });
      const isHere = door === here.module;
      return navLink(to.module(door), door, isHere && here.name === undefined, isHere ? inside.join("") : "");
    });
    return [{ name: "Reference", href: "../index.html", links: doorLinks.join("") }];
  };

  const modulePage = (page, context) => {
    const to = surroundings(page, context);
    const { model } = page;
    const inModule = entries.filter(({ module }) => module === model.name);
    const sections = [...new Set(inModule.map(({ category }) => category))].map((category) => {
      const members = inModule.filter((entry) => entry.category === category);
      const { row } = members[0];
      const guide =
        row === undefined ? "" : `<p class="api-guide">Guide: <a href="${to.guide(row)}">${row.guide.title}</a></p>`;
      const list = members.map((entry) => {
        const text = html(context.commentShortSummary(entry.reflection));
        entry.summary = text;
        return `<dt id="${entry.name}"><a href="${to.urlTo(entry)}"><code>${entry.name}</code></a></dt><dd>${text}</dd>`;
      });
      return `<h2 id="${anchorOf(category)}">${escapeHtml(category)}</h2>\n${guide}<dl class="api-list">${list.join("\n")}</dl>`;
    });
    return {
      title: model.name,
      main: `<h1><code>${model.name}</code></h1>\n${html(context.commentSummary(model))}\n${sections.join("\n")}`,
      navigation: navigation({ module: model.name }, to),
    };
  };

  const namePage = (page, context) => {
    const to = surroundings(page, context);
    const entry = entries.find(({ reflection }) => reflection === page.model);
    const { name, module, kind, category, row, reflection } = entry;
    const others = entries.filter((other) => row !== undefined && other.row === row && other !== entry);
    const also = [
      ...others.map((other) => `<a href="${to.urlTo(other)}"><code>${other.name}</code></a>`),
      ...(row === undefined ? [] : [`the guide <a href="${to.guide(row)}">${escapeHtml(row.guide.title)}</a>`]),
    ];
    const { packagePath } = project.getSymbolIdFromReflection(reflection);
    const source = `../../${sources.addressOf(packagePath, name)}`;
    const seeAlso = also.length === 0 ? "" : `<h2 id="see-also">See also</h2>\n<p>${also.join(", ")}</p>\n`;
    return {
      title: name,
      main: `<p class="api-place"><a href="${to.module(module)}"><code>${module}</code></a> › <a href="${to.module(module)}#${anchorOf(category)}">${escapeHtml(category)}</a></p>
<h1><code>${name}</code> <small>${kind}</small> <a class="api-source" href="${source}">source</a></h1>
${asSections(html(context.reflectionTemplate(page)))}
${seeAlso}`,
      navigation: navigation(entry, to),
    };
  };

  app.renderer.defineTheme(
    "site",
    class extends DefaultTheme {
      ContextClass = PlainContext;

      render(page) {
        const { model } = page;
        // The front page is that of the methods, which the guides are written with.
        if (model.isProject()) return "";
        const context = this.getRenderContext(page);
        router = this.router;
        const { title, main, navigation } = model.kindOf(ReflectionKind.Module)
          ? modulePage(page, context)
          : namePage(page, context);
        return pageHtml({
          title: `${title} · exptilt`,
          description: plainText(html(context.commentShortSummary(model))) || undefined,
          root: "../../",
          part: "Reference",
          head: '<link rel="stylesheet" href="../../reference.css">\n',
          body: columns(main, "Reference", navigation),
        });
      }
    },
  );
  await app.generateDocs(project, out);
  if (app.logger.hasErrors() || app.logger.hasWarnings()) throw new Error("TypeDoc complained");
  sources.write(site);
  // Scripts and styles of TypeDoc's own pages.
  rmSync(join(out, "assets"), { recursive: true });
  return entries.map(({ reflection, ...entry }) => ({
    ...entry,
    file: `api/${router.getFullUrl(reflection)}`,
  }));
}

/** TypeDoc's parts of a page, without its icons and its list of what is on the page. */
class PlainContext extends DefaultThemeRenderContext {
  get icons() {
    return new Proxy({}, { get: (_, name) => () => (name === "anchor" ? "#" : null) });
  }
  index = () => null;
  hierarchy = () => null;
}

/** All that a function throws, below one heading. */
function mergeThrows(comment) {
  const [first, ...others] = comment?.getTags("@throws") ?? [];
  if (others.length === 0) return;
  for (const { content } of others) first.content.push({ kind: "text", text: "\n\n" }, ...content);
  comment.blockTags = comment.blockTags.filter((tag) => !others.includes(tag));
}

function html(element) {
  return element === undefined || element === null ? "" : JSX.renderElement(element);
}

function anchorOf(category) {
  return `of-${category.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`;
}

/** What TypeDoc writes for a name, as sections under the heading of the page: none folds, and no level is left out. */
function asSections(content) {
  const levels = [];
  return content
    .replace(/<details[^>]*>/g, '<section class="tsd-member-group">')
    .replaceAll("</details>", "</section>")
    .replace(/<\/?summary[^>]*>/g, "")
    .replace(/<h([2-6])\b(.*?)<\/h\1>/gs, (_, level, rest) => {
      while (levels.at(-1) >= level) levels.pop();
      levels.push(level);
      return `<h${levels.length + 1}${rest}</h${levels.length + 1}>`;
    });
}
