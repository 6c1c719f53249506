import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { glossaryTerms } from "../../docs/build/glossary.mjs";
import { GUIDES } from "../../docs/build/guides.mjs";
import { brokenLinks } from "../../docs/build/links.mjs";
import { plainText, renderMarkdown } from "../../docs/build/markdown.mjs";
import { readMethods, rowsOf } from "../../docs/build/methods.mjs";
import { pageHtml } from "../../docs/build/page.mjs";
import { searchEntries } from "../../docs/build/search/entries.mjs";
import { finder, words } from "../../docs/build/search/finder.mjs";
import { SourcePages } from "../../docs/build/sources.mjs";

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

it("the build of the site fails on a result of the search that leads nowhere", () => {
  const site = siteOf({ "index.html": '<!doctype html><html><body><h2 id="here">Here</h2></body></html>' });
  expect(brokenLinks(site, ["index.html#here", "index.html#nowhere", "missing.html"])).toEqual([
    "search: index.html#nowhere",
    "search: missing.html",
  ]);
});

describe("the reference leads to the sources", () => {
  const text = "/** One. */\nexport const one = 1;\n\n/**\n * Two <b>.\n */\nexport async function two() {}\n";
  const top = siteOf({ "src/few/names.ts": text });
  const sources = new SourcePages(top);

  it("each name to the line that declares it, on the page of its file", () => {
    expect(sources.addressOf("src/few/names.ts", "two")).toBe("source/few/names.ts.html#L7");
    sources.write(top);
    const html = readFileSync(join(top, "source/few/names.ts.html"), "utf8");
    expect(html).toMatch(/<span id="L7"><\/span>.*two/);
    expect(html).toContain("Two &lt;b&gt;.");
    expect(html).toContain('<link rel="stylesheet" href="../../style.css">');
  });

  it("a name that the file does not declare ends the build", () => {
    expect(() => sources.addressOf("src/few/names.ts", "three")).toThrow("src/few/names.ts does not declare three");
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

  it("so does a call of it; in a link it stays what the link says", () => {
    expect(html("`entropy(p)`")).toContain('<a href="api/entropy.html"><code>entropy(p)</code></a>');
    expect(html("[`entropy`](next.md)")).toContain('<a href="next.html"><code>entropy</code></a>');
  });

  it("a formula is MathML alone: without its TeX, without styles", () => {
    const formula = html("$$\\frac{a}{b}$$\n\nand $x_t$");
    expect(formula).toContain("<mfrac>");
    expect(formula).not.toMatch(/annotation|style=|\\frac/);
  });

  it.each([
    ["∝ e^{r/β}", "∝ e<sup>r/β</sup>"],
    ["hp^(1/β)·ref", "hp<sup>1/β</sup>·ref"],
    ["e^((V(sa) − V(s))/β)", "e<sup>(V(sa) − V(s))/β</sup>"],
    ["e^{r_max/β}", "e<sup>r<sub>max</sub>/β</sup>"],
    ["σ²_{t+1} − σ²_t", "σ²<sub>t+1</sub> − σ²<sub>t</sub>"],
    ["PRINTED_FAILS, rel_entr", "PRINTED_FAILS, rel_entr"],
  ])("exponents are raised and indices lowered: %s", (text, shown) => {
    expect(html(text)).toContain(`<p>${shown}</p>`);
    expect(html(`\`${text}\``)).toContain(`<code>${text}</code>`);
  });

  it("a table says by classes how its cells are aligned, since styles within a page have no effect", () => {
    const table = html("| a | n |\n|---|--:|\n| x | 1 |");
    expect(table).toContain('<th class="right">n</th>');
    expect(table).toContain('<td class="right">1</td>');
    expect(table).not.toContain("style=");
  });

  it("a paragraph that defines a term has an address", () => {
    const { terms, html: shown } = renderMarkdown(
      "# T\n\n**pass@k** — the *chance*\nof one.\n\n**Not** a term.",
      surroundings,
    );
    expect(terms).toEqual([{ slug: "term-passk", term: "pass@k", text: "the chance of one." }]);
    expect(shown).toContain('<p id="term-passk">');
  });

  it("a link to a guide leads to its page", () => {
    expect(html("[next](next.md#part)")).toContain('<a href="next.html#part">next</a>');
  });

  it("a term of the glossary leads there where the page uses it first, but not from headings, code, links and emphasis", () => {
    const terms = glossaryTerms("**gold** — what one wants.\n\n**best-of-N** — draws.\n\n**β (beta)** — the price.");
    const glossary = { terms, address: "glossary.html" };
    const page = (text: string) => renderMarkdown(`# The gold\n\n${text}`, { ...surroundings, glossary }).html;
    const link = (slug: string, text: string) => `<a href="glossary.html#term-${slug}" class="term">${text}</a>`;
    expect(page("Gold and `gold`, gold at β.")).toContain(
      `<p>${link("gold", "Gold")} and <code>gold</code>, gold at ${link("β-beta", "β")}.</p>`,
    );
    expect(page("*gold*, [gold](x.md), golden, the gold of best-of-N")).toContain(
      `<em>gold</em>, <a href="x.html">gold</a>, golden, the ${link("gold", "gold")} of ${link("best-of-n", "best-of-N")}`,
    );
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

it("a page has the bar, a theme before it is painted, and a policy without exceptions", () => {
  const html = pageHtml({ title: "T", body: '<main id="content"></main>', root: "../", part: "Guides" });
  expect(html).toContain('<a href="../getting-started.html" aria-current="true">Guides</a>');
  expect(html).toMatch(/<script src="..\/theme.js"><\/script>(?=.*<body>)/s);
  expect(html).toContain("script-src 'self'; style-src 'self';");
  expect(html).not.toContain("unsafe");
});

it("a guide has one place and one short name", () => {
  const all = (of: (guide: (typeof GUIDES)[number]) => string) => new Set(GUIDES.map(of)).size;
  expect([all(({ source }) => source), all(({ file }) => file), all(({ title }) => title)]).toEqual(
    Array(3).fill(GUIDES.length),
  );
  expect(GUIDES.filter(({ title }) => title.length > 20)).toEqual([]);
});

describe("the table of methods", () => {
  const table = (row: string) =>
    `## \`exptilt\`: laws\n\n| category | functions | equations | guide |\n|---|---|---|---|\n${row}\n`;
  const rows = readMethods(table("| Entropy | `entropy`, `renyiEntropy` | (1) | [One problem](one-problem.md) |"));

  it("is read as it is written", () => {
    expect(rows).toEqual([
      {
        module: "exptilt",
        category: "Entropy",
        names: ["entropy", "renyiEntropy"],
        guide: { title: "One problem", source: "docs/one-problem.md" },
      },
    ]);
  });

  it("has a row for every public function and no other, else the build ends", () => {
    const all = ["entropy", "renyiEntropy"].map((name) => ({ module: "exptilt", name }));
    expect(rowsOf(rows, all).get("exptilt:entropy")).toBe(rows[0]);
    expect(() => rowsOf(rows, [...all, { module: "exptilt", name: "tilt" }])).toThrow(
      "no row of docs/methods.md: exptilt:tilt",
    );
    expect(() => rowsOf(rows, all.slice(1))).toThrow("not public: exptilt:entropy");
  });

  it("names a guide in every row", () => {
    expect(() => readMethods(table("| Entropy | `entropy` | (1) | |"))).toThrow('"Entropy" names no guide');
  });
});

describe("the search", () => {
  it("knows names in camel case by their parts, and signs by their names", () => {
    expect(words("klDivergence")).toEqual(["kldivergence", "kl", "divergence"]);
    expect(words("bestOfNLaw")).toEqual(["bestofnlaw", "best", "of", "n", "law"]);
    expect(words("pass@k at β")).toEqual(["pass", "at", "k", "at", "beta"]);
  });

  const guide = {
    name: "Best-of-N",
    title: "Exact best-of-N",
    file: "best-of-n.html",
    description: "Draw N.",
    html: '<h1 id="a">Exact best-of-N</h1><p>Draw N.</p><h2 id="b">What <code>KL</code> buys</h2><p>Much &amp; more.</p><pre>code</pre>',
    terms: [{ slug: "term-kl", term: "KL", text: "a divergence" }],
  };
  const name = (called: string, kind: string) => ({
    name: called,
    module: "exptilt",
    kind,
    category: kind === "type" ? "Types" : "Divergences",
    file: `api/${called}.html`,
    summary: `<p>About ${called}.</p>`,
  });
  const names = [name("klDivergence", "function"), name("KlDivergenceOptions", "type")];
  const entries = searchEntries([guide], names).filter(({ kind }) => kind !== "page");

  it("is of the sections of guides, terms and public names, each as plain text", () => {
    expect(entries.map(({ href, section, kind }) => [href, section, kind])).toEqual([
      ["best-of-n.html", "", "guide"],
      ["best-of-n.html#b", "What KL buys", "guide"],
      ["best-of-n.html#term-kl", "", "term"],
      ["api/klDivergence.html", "", "function"],
      ["api/KlDivergenceOptions.html", "", "type"],
    ]);
    expect(entries[1].text).toBe("Much & more.");
  });

  const find = finder(entries);
  it.each([
    ["kl divergence", "api/klDivergence.html"],
    ["KLDivergenceOpt", "api/KlDivergenceOptions.html"],
    ["divergance", "api/klDivergence.html"],
    ["best of n", "best-of-n.html"],
    ["kl buys", "best-of-n.html#b"],
    // By the list of synonyms.
    ["bon", "best-of-n.html"],
    ["kl", "api/klDivergence.html"],
    ["Kullback-Leibler", "api/klDivergence.html"],
  ])("finds by %s first %s", (query, href) => {
    expect(find(query)[0]?.href).toBe(href);
  });

  it("finds nothing where there is nothing", () => {
    expect(find("qqqqqq")).toEqual([]);
  });
});

it("plain text has the signs of formulas, and no code blocks", () => {
  expect(plainText("<p>e<sup>r/β</sup> &lt; x<sub>t</sub></p><pre>code</pre>")).toBe("e^(r/β) < x_t");
});
