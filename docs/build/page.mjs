/** The frame that every page of the site shares: head, bar, footer. */
import { existsSync, readFileSync } from "node:fs";

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));

/** Text as it stands in HTML. */
export function escapeHtml(text) {
  return text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);
}

/** The parts of the site, by where they begin, from its top; what a page is about that is no guide. */
export const PARTS = [
  { name: "Guides", href: "getting-started.html" },
  {
    name: "Explorer",
    href: "explorer/index.html",
    about: "Edit an answer set, move β, N and L, and see six laws at once: interactive, in the browser.",
  },
  ...(isBuilt("your-file")
    ? [
        {
          name: "Your file",
          href: "your-file/index.html",
          about:
            "Drop a file of answers and rewards, and see what best-of-N gives on it, in the browser. Nothing is uploaded.",
        },
      ]
    : []),
  { name: "Reference", href: "api/index.html" },
];

/** Whether a part of the site that is a folder of its own in `docs` is there. */
export function isBuilt(part) {
  return existsSync(new URL(`../${part}/build.mjs`, import.meta.url));
}

/**
 * The bar above a page: the parts of the site, the search and the choice of a theme. The last two need the script of the
 * site, and are not shown without it.
 *
 * @param {string} root where the top of the site is, from the page: "" or "../"
 * @param {string} [part] the part the page belongs to
 */
function bar(root, part) {
  const item = ({ name, href }) =>
    `<li><a href="${root}${href}"${name === part ? ' aria-current="true"' : ""}>${name}</a></li>`;
  return `<header class="site-header">
<a class="site-name" href="${root}index.html">exptilt</a>
<nav aria-label="Site"><ul>${PARTS.map(item).join("")}</ul></nav>
<div class="site-search" role="search">
<input type="search" id="site-query" role="combobox" aria-label="Search guides and reference" aria-autocomplete="list" aria-expanded="false" aria-controls="site-results" placeholder="Search" autocomplete="off" autocapitalize="off" spellcheck="false" aria-keyshortcuts="/">
<kbd aria-hidden="true">/</kbd>
<div id="site-results" role="listbox" aria-label="Results" hidden></div>
<p id="site-found" class="unseen" role="status"></p>
</div>
<label class="site-theme"><span class="unseen">Theme</span><select id="site-theme"><option value="os">Auto</option><option value="light">Light</option><option value="dark">Dark</option></select></label>
</header>`;
}

/**
 * What a page may load, as a tag for its head: its own files, and data within its text. No script and no style within the page
 * takes effect, and nothing is fetched or sent elsewhere, also not by what somebody pastes. A page may have directives of its
 * own.
 */
function securityPolicy(own) {
  const policy = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self' data:",
    "base-uri": "'none'",
    "form-action": "'none'",
    ...own,
  };
  const content = Object.entries(policy).map(([name, sources]) => `${name} ${sources}`);
  return `<meta http-equiv="Content-Security-Policy" content="${content.join("; ")}">`;
}

/**
 * A whole page.
 *
 * @param {object} page
 * @param {string} page.title the title of the document
 * @param {string} page.body what stands between bar and footer; its `main` has the id "content"
 * @param {string} [page.description] one sentence for search engines and previews
 * @param {string} [page.root] where the top of the site is, from the page: "" or "../"
 * @param {string} [page.part] the part of the site the page belongs to
 * @param {string} [page.head] more for the head
 * @param {object} [page.policy] directives of its own on what it may load
 */
export function pageHtml({ title, body, description, root = "", part, head = "", policy = {} }) {
  const meta = description === undefined ? "" : `<meta name="description" content="${escapeHtml(description)}">\n`;
  return `<!doctype html>
<html lang="en" data-root="${root}">
<head>
<meta charset="utf-8">
${securityPolicy(policy)}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
${meta}<link rel="icon" href="data:,">
<link rel="stylesheet" href="${root}style.css">
<script src="${root}theme.js"></script>
<script src="${root}site.js" defer></script>
${head}</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
${bar(root, part)}
${body}
<footer class="site-footer"><p>exptilt ${version} · MIT licence · <a href="${root}citing.html">How to cite</a></p></footer>
</body>
</html>
`;
}

/** A link in a navigation; the one to the page itself is marked, and may have links to the places in it below. */
export function navLink(href, text, isHere = false, inside = "") {
  const current = isHere ? ' aria-current="page"' : "";
  // A name in camel case may be broken at its parts.
  const name = escapeHtml(text).replace(/(?<=[a-z])(?=[A-Z])/g, "<wbr>");
  return `<li><a href="${href}"${current}>${name}</a>${inside === "" ? "" : `<ul>${inside}</ul>`}</li>`;
}

/**
 * The main content of a page, with a navigation beside it where there is room, else below it.
 *
 * @param {string} main the content
 * @param {string} name what the navigation is of
 * @param {{ name: string, href?: string, links: string }[]} groups its links, by group
 */
export function columns(main, name, groups) {
  const group = ({ name, href, links }) => {
    const title = href === undefined ? escapeHtml(name) : `<a href="${href}">${escapeHtml(name)}</a>`;
    return `<h2>${title}</h2>\n<ul>${links}</ul>`;
  };
  return `<div class="site-columns">
<main id="content">
<a class="site-contents" href="#site-guides">Contents</a>
${main}</main>
<nav id="site-guides" class="site-guides" aria-label="${name}">${groups.map(group).join("\n")}</nav>
</div>`;
}
