/** Whether every link within the site leads somewhere: to a file, and to a place in it. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { parseHTML } from "linkedom";

/**
 * All links of all pages below a folder that lead nowhere, one a line: `page: link`. A link to another origin is not
 * followed; one that the page itself would load (a script, a style, an image) from there is reported.
 *
 * @param {string} site the folder of the site
 * @param {string[]} [found] what the search of the site leads to, from its top
 * @returns {string[]} the broken links
 */
export function brokenLinks(site, found = []) {
  const pages = new Map();
  /** What a page links to, and the places in it. */
  const read = (file) => {
    if (!pages.has(file)) pages.set(file, file.endsWith(".html") ? readPage(file) : { links: [], ids: new Set() });
    return pages.get(file);
  };
  const leadsSomewhere = (file, href) => {
    const [address, hash = ""] = href.split("#");
    const [path] = address.split("?");
    const target = path === "" ? file : resolve(dirname(file), decodeURI(path));
    const page = existsSync(target) && statSync(target).isDirectory() ? join(target, "index.html") : target;
    const place = decodeURIComponent(hash);
    // "#top" is the top of any page; a fragment with "=" is state that the page reads, not a place in it.
    const isPlace = page.endsWith(".html") && place !== "" && place !== "top" && !place.includes("=");
    return !relative(site, page).startsWith("..") && existsSync(page) && (!isPlace || read(page).ids.has(place));
  };
  const broken = found
    .filter((href) => !leadsSomewhere(join(site, "index.html"), href))
    .map((href) => `search: ${href}`);
  for (const file of htmlBelow(site)) {
    for (const { href, loads } of read(file).links) {
      const isElsewhere = /^[a-z][a-z0-9+.-]*:|^\/\//i.test(href);
      if (isElsewhere && loads && !href.startsWith("data:")) broken.push(`${relative(site, file)}: loads ${href}`);
      if (!isElsewhere && !leadsSomewhere(file, href)) broken.push(`${relative(site, file)}: ${href}`);
    }
  }
  return broken;
}

function htmlBelow(folder) {
  const names = readdirSync(folder, { encoding: "utf8", recursive: true });
  return names.filter((name) => name.endsWith(".html")).map((name) => join(folder, name));
}

function readPage(file) {
  const { document } = parseHTML(readFileSync(file, "utf8"));
  const links = [];
  for (const element of document.querySelectorAll("[href], [src], [srcset]")) {
    const loads = element.tagName !== "A";
    for (const name of ["href", "src"]) {
      const href = element.getAttribute(name);
      if (href !== null) links.push({ href, loads });
    }
    for (const candidate of element.getAttribute("srcset")?.split(",") ?? []) {
      links.push({ href: candidate.trim().split(/\s/)[0], loads });
    }
  }
  const ids = new Set(Array.from(document.querySelectorAll("[id]"), (element) => element.id));
  return { links, ids };
}
