import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { brokenLinks } from "../../docs/build/links.mjs";
import { renderMarkdown } from "../../docs/build/markdown.mjs";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function siteOf(pages: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "site-"));
  folders.push(folder);
  for (const [name, html] of Object.entries(pages)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), html);
  }
  return folder;
}

describe("the build of the site fails on a link that leads nowhere", () => {
  const other = '<!doctype html><html><body><h2 id="here">Here</h2></body></html>';
  const page = (link: string) => `<!doctype html><html><body>${link}</body></html>`;

  it.each([
    '<a href="other.html">',
    '<a href="other.html#here">',
    '<a href="folder/index.html">',
    '<a href="folder/">',
    '<a href="#top">',
    '<a href="https://example.org/x">',
    '<a href="other.html#state=1">',
    '<img src="data:,">',
  ])("not on %s", (link) => {
    expect(brokenLinks(siteOf({ "index.html": page(link), "other.html": other, "folder/index.html": other }))).toEqual(
      [],
    );
  });

  it.each([
    ['<a href="missing.html">', "missing.html"],
    ['<a href="other.html#nowhere">', "other.html#nowhere"],
    ['<a href="#nowhere">', "#nowhere"],
    ['<img src="missing.svg">', "missing.svg"],
    ['<picture><source srcset="missing.svg"></picture>', "missing.svg"],
    ['<a href="../outside.html">', "../outside.html"],
    ['<script src="https://example.org/x.js"></script>', "loads https://example.org/x.js"],
    ['<link rel="stylesheet" href="//example.org/x.css">', "loads //example.org/x.css"],
  ])("on %s", (link, said) => {
    expect(brokenLinks(siteOf({ "index.html": page(link), "other.html": other }))).toEqual([`index.html: ${said}`]);
  });
});

describe("a guide in Markdown becomes a page", () => {
  const surroundings = {
    link: (href: string) => href.replace(".md", ".html"),
    reference: (name: string) => (name === "entropy" ? "api/entropy.html" : undefined),
    picture: (src: string) => ({ src, width: 4, height: 3 }),
  };
  const html = (text: string) => renderMarkdown(`---\ntitle: T\n---\n\n# Title\n\n${text}`, surroundings).html;

  it("the name of a public function leads to its page in the reference, other code nowhere", () => {
    expect(html("`entropy` and `other`")).toContain(
      '<a href="api/entropy.html"><code>entropy</code></a> and <code>other</code>',
    );
  });

  it("a link to a guide leads to its page", () => {
    expect(html("[next](next.md#part)")).toContain('<a href="next.html#part">next</a>');
  });

  it("an image with a paragraph in italics below it is a figure with its caption", () => {
    expect(html("![What](a.svg)\n\n_It is seen._")).toContain(
      '<figure><picture><img src="a.svg" width="4" height="3" alt="What"></picture><figcaption>It is seen.</figcaption></figure>',
    );
  });

  it("an image without a caption and a formula that is none end the build", () => {
    expect(() => html("![What](a.svg)\n\nText.")).toThrow("no caption");
    expect(() => html("$$\\frac{1$$")).toThrow();
  });

  it("headings get the addresses they have on GitHub, and those of the second level are listed", () => {
    const { sections } = renderMarkdown("# Title\n\n## What KL buys: `N`\n\n## One\n\n## One\n", surroundings);
    expect(sections.map(({ slug }) => slug)).toEqual(["what-kl-buys-n", "one", "one-1"]);
  });
});
