/** Writes the whole site to docs/site: home, guides, figures, explorable, explorer, your file, reference and search. It needs the built package. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { buildExplorable } from "../explorable/build.mjs";
import { buildExplorer } from "../explorer/build.mjs";
import { buildFigures } from "../figures/build.mjs";
import { buildYourFile } from "../your-file/build.mjs";
import { glossaryTerms } from "./glossary.mjs";
import { GROUPS, GUIDES, PAGES } from "./guides.mjs";
import { brokenLinks } from "./links.mjs";
import { renderMarkdown } from "./markdown.mjs";
import { readMethods } from "./methods.mjs";
import { columns, navLink, pageHtml } from "./page.mjs";
import { buildReference } from "./reference.mjs";
import { searchEntries } from "./search/entries.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const top = here("../../");
const site = join(top, "docs/site");
const read = (path) => readFileSync(join(top, path), "utf8");

const GLOSSARY = "docs/glossary.md";

rmSync(site, { recursive: true, force: true });
mkdirSync(site, { recursive: true });
for (const name of ["style.css", "reference.css", "browser/theme.js", "browser/site.js"]) {
  copyFileSync(here(name), join(site, posix.basename(name)));
}
await buildFigures(join(site, "figures"));
// Drawn by a run of its own, too long for every build.
copyFileSync(join(top, "docs/figures/digits.svg"), join(site, "figures/digits.svg"));
await buildExplorer(join(site, "explorer"));
await buildExplorable(join(site, "explorable"));
await buildYourFile(join(site, "your-file"));

const entries = await buildReference(site, readMethods(read("docs/methods.md")), (source) => PAGES.get(source));
const doors = [...new Set(entries.map(({ module }) => module))].map((name) => ({
  title: name,
  file: `api/modules/${name.replace("/", "_")}.html`,
}));
const names = new Map(
  // The name of the first door is the package's, which may mean anything of it.
  [...doors.slice(1), ...entries.toReversed()].map(({ title, name = title, file }) => [name, file]),
);

for (const name of readdirSync(join(top, "docs"))) {
  if (name.endsWith(".md") && !PAGES.has(`docs/${name}`)) throw new Error(`docs/${name} has no place among the guides`);
}
const rendered = GUIDES.map(render);
for (const page of rendered) writeFileSync(join(site, page.file), guidePage(page));
const found = searchEntries(rendered, entries);
await buildSearch(found);
writeFileSync(join(site, "index.html"), homePage());

const broken = brokenLinks(
  site,
  found.map(({ href }) => href),
);
if (broken.length > 0) {
  console.error(`${broken.length} links lead nowhere:\n${broken.slice(0, 20).join("\n")}`);
  process.exitCode = 1;
} else {
  console.log(`The site is in docs/site: open docs/site/index.html, or serve the folder.`);
}

function render(guide) {
  const { source, file } = guide;
  const from = (target) => posix.relative(posix.dirname(file), target);
  const surroundings = {
    link: (href) => (/^[a-z]+:|^#/.test(href) ? href : from(address(source, href))),
    reference: (name) => (names.has(name) ? from(names.get(name)) : undefined),
    picture: (href) => picture(address(source, href)),
    ...(source !== GLOSSARY && {
      glossary: { terms: glossaryTerms(read(GLOSSARY)), address: from(PAGES.get(GLOSSARY)) },
    }),
  };
  try {
    return { ...guide, name: guide.title, ...renderMarkdown(read(source), surroundings) };
  } catch (error) {
    throw new Error(`${source}: ${error.message}`, { cause: error });
  }
}

/** The address on the site, from its top, of what a link in a source points to. */
function address(source, href) {
  const [path, hash] = href.split("#");
  const target = posix.join(posix.dirname(source), path);
  const file =
    PAGES.get(target) ??
    (/^docs\/(figures|explorer|your-file|site)\//.test(target) ? target.replace(/^docs\/(site\/)?/, "") : undefined);
  if (file === undefined) throw new Error(`the link ${href} points to no part of the site`);
  return hash === undefined ? file : `${file}#${hash}`;
}

/** A figure with its size, and its form for narrow screens. */
function picture(src) {
  const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(readFileSync(join(site, src), "utf8")) ?? [];
  const narrow = src.replace(/\.svg$/, "-narrow.svg");
  return { src, width, height, ...(existsSync(join(site, narrow)) && { narrow }) };
}

/** A guide with the list of guides beside it, and the ones before and after it below. */
function guidePage({ source, file, title, description, sections, html }) {
  const root = "../".repeat(file.split("/").length - 1);
  // The front page of the reference is beside its doors, which are its sections too.
  const isReference = file.startsWith("api/");
  const inside = isReference ? "" : sections.map(({ slug, text }) => navLink(`#${slug}`, text)).join("");
  const link = (guide) => {
    const isHere = guide.source === source;
    return navLink(`${root}${guide.file}`, guide.title, isHere, isHere ? inside : "");
  };
  const groups = isReference
    ? [{ name: "Reference", links: [{ source, file, title: "Methods" }, ...doors].map(link).join("\n") }]
    : GROUPS.map(({ name, guides }) => ({ name, links: guides.map(link).join("\n") }));
  const at = GUIDES.findIndex((guide) => guide.source === source);
  const step = (guide, text) => (guide === undefined ? "" : `<a href="${root}${guide.file}">${text(guide.title)}</a>`);
  const next = `<nav class="site-next" aria-label="Guides before and after">${step(GUIDES[at - 1], (t) => `← ${t}`)}${step(GUIDES[at + 1], (t) => `${t} →`)}</nav>`;
  return pageHtml({
    title: `${title} · exptilt`,
    description,
    root,
    part: isReference ? "Reference" : "Guides",
    body: columns(`${html}${next}`, isReference ? "Reference" : "Guides", groups),
  });
}

function homePage() {
  return pageHtml({
    title: "exptilt: exact laws of best-of-N, RLHF and guidance",
    description:
      "Exact laws of best-of-N, RLHF, RLIF, weighted training and diffusion guidance on finite answer sets, with every equation verified.",
    head: '<link rel="stylesheet" href="explorable/explorable.css">\n<script src="explorable/explorable.js" defer></script>\n',
    body: read("docs/home.html"),
  });
}

/** The search, with all that it finds, as one script: a page that is opened from the disk may load no data. */
async function buildSearch(all) {
  await build({
    entryPoints: [here("search/main.mjs")],
    outfile: join(site, "search.js"),
    bundle: true,
    minify: true,
    charset: "utf8",
    format: "iife",
    target: "es2023",
    logLevel: "warning",
    plugins: [
      {
        name: "entries",
        setup(esbuild) {
          esbuild.onResolve({ filter: /^entries$/ }, () => ({ path: "entries", namespace: "entries" }));
          esbuild.onLoad({ filter: /.*/, namespace: "entries" }, () => ({
            contents: JSON.stringify(all),
            loader: "json",
          }));
        },
      },
    ],
  });
}
