/** The frame that every hand-made page of the site shares: head, bar, footer. */

/** Text as it stands in HTML. */
export function escapeHtml(text) {
  return text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);
}

/** The parts of the site, by where they begin, from its top. */
export const PARTS = [
  { name: "Guides", href: "getting-started.html" },
  { name: "Explorer", href: "explorer/index.html" },
  { name: "Your file", href: "your-file/index.html" },
  { name: "API reference", href: "api/index.html" },
];

/**
 * The bar above a page.
 *
 * @param {string} root where the top of the site is, from the page: "" or "../"
 * @param {string} [part] the part the page belongs to
 */
export function siteHeader(root, part) {
  const item = ({ name, href }) =>
    `<li><a href="${root}${href}"${name === part ? ' aria-current="true"' : ""}>${name}</a></li>`;
  return `<header class="site-header"><a class="site-name" href="${root}index.html">exptilt</a><nav aria-label="Site"><ul>${PARTS.map(item).join("")}</ul></nav></header>`;
}

/**
 * What a page may load, as a tag for its head: its own files, and data within its text. Formulas, drawings and the explorer place
 * things by styles of their own. Nothing is fetched or sent elsewhere, also not by what somebody pastes. Of scripts within the
 * page those run that have one of the hashes. A page may have directives of its own.
 */
export function securityPolicy(scriptHashes = [], more = {}) {
  const policy = {
    "default-src": "'none'",
    "script-src": ["'self'", ...scriptHashes.map((hash) => `'${hash}'`)].join(" "),
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self' data:",
    "base-uri": "'none'",
    "form-action": "'none'",
    ...more,
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
<html lang="en">
<head>
<meta charset="utf-8">
${securityPolicy([], policy)}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
${meta}<link rel="icon" href="data:,">
<link rel="stylesheet" href="${root}style.css">
${head}</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
${siteHeader(root, part)}
${body}
<footer class="site-footer">exptilt · MIT licence · <a href="${root}citing.html">how to cite</a></footer>
</body>
</html>
`;
}
