/** Writes the whole site to docs/site: home, guides, figures, explorer, the page of the reader's own file and reference. It needs the built package. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { buildExplorer } from "../explorer/build.mjs";
import { buildFigures } from "../figures/build.mjs";
import { buildYourFile } from "../your-file/build.mjs";
import { brokenLinks } from "./links.mjs";
import { renderMarkdown } from "./markdown.mjs";
import { escapeHtml, pageHtml, securityPolicy } from "./page.mjs";

const top = fileURLToPath(new URL("../../", import.meta.url));
const site = join(top, "docs/site");

/** The guides in the order they are read in. */
const GUIDES = [
  "getting-started",
  "one-problem",
  "best-of-n",
  "n-draws",
  "objectives",
  "your-samples",
  "training",
  "diffusion",
  "scale",
  "verification",
  "accuracy",
  "benchmarks",
  "mutation",
  "errata",
  "extending",
  "citing",
];

/** The pages by their source, and where each goes. */
const pages = new Map([
  ["README.md", "index.html"],
  ...GUIDES.map((name) => [`docs/${name}.md`, `${name}.html`]),
  ["src/data/README.md", "data.html"],
]);

rmSync(site, { recursive: true, force: true });
mkdirSync(site, { recursive: true });
copyFileSync(join(top, "docs/build/style.css"), join(site, "style.css"));
await buildFigures(join(site, "figures"));
// Drawn by a run of its own, too long for every build.
copyFileSync(join(top, "docs/figures/digits.svg"), join(site, "figures/digits.svg"));
buildReference();
await buildExplorer(join(site, "explorer"));
await buildYourFile(join(site, "your-file"));

const names = publicNames();
for (const name of readdirSync(join(top, "docs"))) {
  if (name.endsWith(".md") && !pages.has(`docs/${name}`)) throw new Error(`docs/${name} has no place among the guides`);
}
const rendered = [...pages.keys()].map(render);
for (const page of rendered) writeFileSync(join(site, page.file), whole(page));

const broken = brokenLinks(site);
if (broken.length > 0) {
  console.error(`${broken.length} links lead nowhere:\n${broken.slice(0, 20).join("\n")}`);
  process.exitCode = 1;
} else {
  console.log(`The site is in docs/site: open docs/site/index.html, or serve the folder.`);
}

/** The reference of all public names, by TypeDoc with its strict settings. */
function buildReference() {
  const bin = join(top, "node_modules/typedoc/bin/typedoc");
  const { status } = spawnSync(process.execPath, [bin, "--logLevel", "Warn"], { cwd: top, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
  const folder = join(site, "api");
  for (const name of readdirSync(folder, { recursive: true })) {
    if (!name.endsWith(".html")) continue;
    const html = readFileSync(join(folder, name), "utf8");
    const scripts = [...html.matchAll(/<script>(.*?)<\/script>/gs)];
    const hashes = scripts.map(([, script]) => `sha256-${createHash("sha256").update(script).digest("base64")}`);
    const head = `${securityPolicy([...new Set(hashes)])}<link rel="icon" href="data:,"/>`;
    writeFileSync(join(folder, name), html.replace(/(?<=<meta charset="utf-8"\/?>)/i, head));
  }
}

/** Where each public name has its page in the reference; the core's where both entry points have one. */
function publicNames() {
  const found = new Map();
  for (const folder of ["functions", "variables", "interfaces", "types", "classes"]) {
    if (!existsSync(join(site, "api", folder))) continue;
    for (const file of readdirSync(join(site, "api", folder))) {
      const [, module, name] = /^(\w+)\.(\w+)\.html$/.exec(file) ?? [];
      if (name !== undefined && (module === "index" || !found.has(name))) found.set(name, `api/${folder}/${file}`);
    }
  }
  return found;
}

function render(source) {
  const surroundings = {
    link: (href) => address(source, href),
    reference: (name) => names.get(name),
    picture: (href) => picture(address(source, href)),
  };
  try {
    const text = readFileSync(join(top, source), "utf8");
    return { source, file: pages.get(source), ...renderMarkdown(text, surroundings) };
  } catch (error) {
    throw new Error(`${source}: ${error.message}`, { cause: error });
  }
}

/** The address on the site of what a link in a source points to. */
function address(source, href) {
  if (/^[a-z]+:|^#/.test(href)) return href;
  const [path, hash] = href.split("#");
  const target = posix.join(posix.dirname(source), path);
  const file =
    pages.get(target) ??
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

/** A page with the list of guides beside it, and the one after it below. */
function whole({ source, file, title, description, sections, html }) {
  const guides = rendered.filter((page) => page.source.startsWith("docs/"));
  const here = guides.findIndex((page) => page.source === source);
  const isGuide = here >= 0;
  const entries = guides.map((guide) => {
    if (guide.source !== source) return `<li><a href="${guide.file}">${escapeHtml(guide.title)}</a></li>`;
    const inside = sections.map(({ slug, text }) => `<li><a href="#${slug}">${escapeHtml(text)}</a></li>`).join("");
    return `<li><a href="${guide.file}" aria-current="page">${escapeHtml(guide.title)}</a><ul>${inside}</ul></li>`;
  });
  const step = (page, text) => (page === undefined ? "" : `<a href="${page.file}">${text(escapeHtml(page.title))}</a>`);
  const next = isGuide
    ? `<nav class="site-next" aria-label="Guides before and after">${step(guides[here - 1], (t) => `← ${t}`)}${step(guides[here + 1], (t) => `${t} →`)}</nav>`
    : "";
  return pageHtml({
    title: file === "index.html" ? "exptilt: alignment methods as exponential tilts" : `${title} · exptilt`,
    description,
    ...(isGuide && { part: "Guides" }),
    body: `<div class="site-columns">
<main id="content">
${html}${next}</main>
<nav class="site-guides" aria-label="Guides"><h2>Guides</h2><ul>${entries.join("\n")}</ul></nav>
</div>`,
  });
}
